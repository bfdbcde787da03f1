// The explorer for its tests: its parts by name, and what its canvas shows.

import { createHash } from 'node:crypto';
import { expect, type Locator, type Page } from '@playwright/test';
import { status } from './page.ts';

export const DRAWN = /^Drew (\d+) tiles in \d+ ms$/;

export const explorer = (page: Page): Locator => page.locator('#explorer');
export const canvas = (page: Page): Locator => explorer(page).locator('.picture');
export const drawButton = (page: Page): Locator => explorer(page).getByRole('button', { name: 'Draw' });
export const ownThread = (page: Page): Locator =>
  explorer(page).getByRole('switch', { name: 'On the page’s own thread' });
export const slider = (page: Page): Locator => explorer(page).getByRole('slider', { name: 'Workers' });
export const where = (page: Page): Locator => explorer(page).locator('.where');

export async function drawn(page: Page): Promise<void> {
  await expect(status(explorer(page))).toHaveText(DRAWN, { timeout: 90_000 });
}

export async function draw(page: Page): Promise<void> {
  await drawButton(page).click();
  await drawn(page);
}

export const figure = async (page: Page, mode: 'pool' | 'page', column: string): Promise<string> =>
  (await explorer(page).locator(`[data-mode="${mode}"] [data-column="${column}"]`).textContent()) ?? '';

export const givenUp = async (page: Page): Promise<number> =>
  Number(await explorer(page).locator('.given-up').textContent());

interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** What a canvas shows, read from a copy: a canvas that is read is moved to where drawing is slower. */
export async function read(of: Locator): Promise<Pixels> {
  const { text, width, height } = await of.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement;
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    if (context === null) throw new Error('No canvas.');
    context.drawImage(element as HTMLCanvasElement, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    let text = '';
    for (let i = 0; i < data.length; i += 8192) text += String.fromCharCode(...data.subarray(i, i + 8192));
    return { text: btoa(text), width, height };
  });
  return { data: new Uint8Array(Buffer.from(text, 'base64')), width, height };
}

/** Every pixel, as a checksum; and how many colours there are. */
export async function pixels(page: Page): Promise<{ sum: string; colours: number }> {
  const { data } = await read(canvas(page));
  const sum = createHash('sha256').update(data).digest('hex');
  return { sum, colours: new Set(new Uint32Array(data.buffer, data.byteOffset, data.length / 4)).size };
}

/** Zooms in three times, each time before the last picture is complete. */
export async function zoomThrice(page: Page): Promise<void> {
  await canvas(page).evaluate((element) => element.scrollIntoView({ block: 'center', behavior: 'instant' }));
  const { width, height } = (await canvas(page).boundingBox()) ?? { width: 0, height: 0 };
  const position = { x: width * 0.42, y: height * 0.42 };
  for (let i = 0; i < 3; i++) {
    await canvas(page).dblclick({ position });
    await expect(status(explorer(page))).toHaveText('Drawing…');
  }
}
