// The race as a user meets it: processes that paint one shared array, with and without the lock.

import { readFileSync } from 'node:fs';
import { expect, type Locator, type Page } from '@playwright/test';
import { read } from './explorer-page.ts';
import { card, expectReadable, run, status, test } from './page.ts';

test.use({ viewport: { width: 1000, height: 800 } });

const race = (page: Page): Locator => page.locator('#race');
const button = (page: Page, name: string): Locator => race(page).getByRole('button', { name });
const lock = (page: Page): Locator => race(page).getByRole('switch', { name: 'Take the lock' });
const processes = (page: Page): Locator => race(page).getByRole('slider', { name: 'Processes' });
const work = (page: Page): Locator => race(page).getByRole('slider', { name: 'Work in between' });
/** Milliseconds until all have begun or ended: a slow machine is busy. */
const soon = { timeout: 90_000 };

async function figure(page: Page, name: 'made' | 'counted' | 'lost'): Promise<number> {
  const text = await race(page).locator(`[data-stat="${name}"] .total`).textContent();
  return Number(text?.replaceAll(',', ''));
}

/** What each has made; from a million on it is written in short. */
const each = async (page: Page): Promise<number[]> =>
  (await race(page).locator('.painters .made').allTextContents()).map((text) =>
    text.endsWith('M') ? 1e6 * Number.parseFloat(text) : Number(text.replaceAll(',', '')),
  );

/** Until so many more increments were made. */
async function more(page: Page, count: number): Promise<void> {
  const before = (await figure(page, 'made')) || 0;
  await expect.poll(() => figure(page, 'made'), soon).toBeGreaterThan(before + count);
}

async function start(page: Page): Promise<void> {
  await race(page).locator('.field').scrollIntoViewIfNeeded();
  await button(page, 'Start').click();
  await expect(status(race(page))).toHaveText('Running…');
  await more(page, 100);
}

/** Stops, and answers the figures, which are final then. */
async function stop(page: Page): Promise<{ made: number; counted: number; lost: number }> {
  await button(page, 'Stop').click();
  await expect(status(race(page))).toHaveText(/^Stopped: /, soon);
  await expect.poll(() => page.workers().length).toBe(0);
  const [made, counted, lost] = [await figure(page, 'made'), await figure(page, 'counted'), await figure(page, 'lost')];
  return { made, counted, lost };
}

/** How many pixels of the picture glow: much more red in them than blue. */
async function glowing(page: Page): Promise<number> {
  const { data } = await read(race(page).locator('.field'));
  let count = 0;
  for (let at = 0; at < data.length; at += 4) if ((data[at] ?? 0) > 200 && (data[at + 2] ?? 0) < 140) count++;
  return count;
}

test('nothing runs before somebody asks for it', async ({ page }) => {
  await expect(status(race(page))).toHaveText('Ready');
  await expect(lock(page)).toBeChecked();
  expect(page.workers()).toEqual([]);
});

test('the listings are the files that run', async ({ page }) => {
  const sources = ['paint.ts', 'crew.ts'].map((name) =>
    readFileSync(new URL(`../demo/race/${name}`, import.meta.url), 'utf8').trim(),
  );
  expect(await race(page).locator('pre').allTextContents()).toEqual(sources);
});

test('with the lock every increment counts', { tag: '@dev' }, async ({ page }) => {
  await start(page);
  await expect.poll(() => page.workers().length).toBe(4);
  await more(page, 1000);
  await expect.poll(async () => Math.min(...(await each(page)).slice(0, 4)), soon).toBeGreaterThan(0);
  expect(await glowing(page)).toBe(0);
  const { made, counted, lost } = await stop(page);
  await expect(status(race(page))).toHaveText('Stopped: every increment counted');
  expect(made).toBeGreaterThan(1000);
  expect(counted).toBe(made);
  expect(lost).toBe(0);
  expect((await each(page)).reduce((sum, one) => sum + one)).toBe(made);
});

test('without the lock updates are lost, and the picture glows', async ({ page }) => {
  await start(page);
  expect(await figure(page, 'lost')).toBe(0);
  await lock(page).uncheck();
  await expect.poll(() => figure(page, 'lost'), soon).toBeGreaterThan(50);
  await expect.poll(() => glowing(page), soon).toBeGreaterThan(0);
  const { made, counted, lost } = await stop(page);
  expect(lost).toBeGreaterThan(50);
  expect(made - counted).toBe(lost);
  await expect(status(race(page))).toHaveText(`Stopped: ${lost.toLocaleString('en')} lost`);
});

test('the lock can be taken again, and then no more are lost', async ({ page }) => {
  await lock(page).uncheck();
  await start(page);
  await expect.poll(() => figure(page, 'lost'), soon).toBeGreaterThan(50);
  await lock(page).check();
  // Who was between read and write when the lock came may still undo what others did: until each has begun anew.
  const sofar = (await each(page)).slice(0, 4);
  const anew = async () => (await each(page)).slice(0, 4).every((made, n) => made >= (sofar[n] ?? 0) + 2);
  await expect.poll(anew, soon).toBe(true);
  const before = { made: await figure(page, 'made'), lost: await figure(page, 'lost') };
  await more(page, 1000);
  await expect.poll(() => glowing(page), soon).toBe(0);
  const { made, lost } = await stop(page);
  expect(made - before.made).toBeGreaterThan(1000);
  // The page may have read between a write and its being noted.
  expect(Math.abs(lost - before.lost)).toBeLessThanOrEqual(1);

  // The next run knows nothing of this one.
  await start(page);
  expect(await stop(page)).toMatchObject({ lost: 0 });
});

test('the sliders act while it runs', async ({ page }) => {
  await start(page);
  await processes(page).fill('2');
  await expect.poll(() => page.workers().length, soon).toBe(2);
  // Until the figures are newer than its end.
  await more(page, 1);
  const [, , third] = await each(page);
  await more(page, 300);
  expect((await each(page))[2]).toBe(third);
  await processes(page).fill('8');
  await expect.poll(() => page.workers().length, soon).toBe(8);
  await expect.poll(async () => Math.min(...(await each(page))), soon).toBeGreaterThan(0);
  await expect(race(page).locator('.painters [data-off]')).toHaveCount(0);

  // Less work, more steps: from one in two milliseconds at most to as many as there can be.
  await work(page).fill('2');
  await expect(work(page)).toHaveAttribute('aria-valuetext', '2.0 ms');
  await more(page, 100);
  await work(page).fill('0');
  await more(page, 20_000);
  expect(await stop(page)).toMatchObject({ lost: 0 });
});

test('a slider that moves while it stops starts nobody', async ({ page }) => {
  await start(page);
  await race(page).evaluate((section) => {
    section.querySelector<HTMLElement>('.stop')?.click();
    const slider = section.querySelector<HTMLInputElement>('#race-size');
    if (slider === null) throw new Error('There is no slider.');
    slider.value = '8';
    slider.dispatchEvent(new Event('input'));
  });
  await expect(status(race(page))).toHaveText('Stopped: every increment counted', soon);
  await expect.poll(() => page.workers().length).toBe(0);
});

test('works from the keyboard alone', async ({ page }) => {
  await button(page, 'Start').focus();
  await page.keyboard.press('Enter');
  await expect(status(race(page))).toHaveText('Running…');
  await expect(button(page, 'Start')).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(button(page, 'Stop')).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(lock(page)).toBeFocused();
  await page.keyboard.press('Space');
  await expect(lock(page)).not.toBeChecked();
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowRight');
  await expect(processes(page)).toHaveValue('5');
  await expect.poll(() => page.workers().length, soon).toBe(5);
  await expect.poll(() => figure(page, 'lost'), soon).toBeGreaterThan(0);
  await button(page, 'Stop').focus();
  await page.keyboard.press('Enter');
  await expect(status(race(page))).toHaveText(/ lost$/, soon);
  await expect(button(page, 'Stop')).toBeFocused();
  await expect.poll(() => page.workers().length).toBe(0);
});

test('its processes belong to no example', async ({ page }) => {
  await start(page);
  expect((await run(card(page, 'process'))).map(({ text }) => text)).toEqual(['hello bob']);
  await race(page).locator('.field').scrollIntoViewIfNeeded();
  await more(page, 100);
  expect(await stop(page)).toMatchObject({ lost: 0 });
});

test('draws nothing while it is not seen', async ({ page }) => {
  await start(page);
  await page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }));
  const made = () => figure(page, 'made');
  // The frame that was due may still come.
  await expect(async () => {
    const before = await made();
    await page.waitForTimeout(500);
    expect(await made()).toBe(before);
  }).toPass(soon);
  const before = await made();
  await race(page).locator('.field').scrollIntoViewIfNeeded();
  await expect.poll(made, soon).toBeGreaterThan(before);
  await stop(page);
});

test('tells a failure, and recovers', async ({ page, complaints }) => {
  const executable = /\/process(?:-[\w-]+)?\.js(?:\?|$)/;
  await page.route(executable, (route) => route.abort());
  await button(page, 'Start').click();
  await expect(status(race(page))).toHaveText(/^Failed: /, { timeout: 90_000 });
  for (const text of complaints.splice(0)) expect(text).toMatch(/could not be started|ERR_FAILED/);
  await page.unroute(executable);
  await start(page);
  expect(await stop(page)).toMatchObject({ lost: 0 });
});

for (const width of [360, 1280]) {
  test(`does not move while it runs, at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 });
    const boxes = () =>
      race(page)
        .locator('.controls, .settings, .field, .stat, .painters li, .notice')
        .evaluateAll((parts) => parts.map((part) => [part.clientWidth, part.clientHeight]));
    const before = await boxes();
    await start(page);
    await lock(page).uncheck();
    await work(page).fill('0');
    await processes(page).fill('8');
    await more(page, 100_000);
    expect(await boxes()).toEqual(before);
    await stop(page);
    expect(await boxes()).toEqual(before);
  });
}

test('fits every width', async ({ page }) => {
  await lock(page).uncheck();
  await start(page);
  for (const width of [360, 390, 600, 800, 1000, 1280, 2000]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    const cut = await race(page)
      .locator('.controls, .settings, .slider, .canvas, .stat, .painters li, .notice')
      .evaluateAll((parts) =>
        parts.filter((part) => part.scrollWidth > part.clientWidth).map((part) => part.outerHTML),
      );
    expect(cut, `at ${width} px`).toEqual([]);
  }
  await stop(page);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`is readable in the ${colorScheme} scheme`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await lock(page).uncheck();
    await start(page);
    await expectReadable(
      race(page).locator('h2, .summary, .status, label, .count, dt, .total, .rate, .who, .made, .notice, figcaption'),
    );
    await stop(page);
  });
}
