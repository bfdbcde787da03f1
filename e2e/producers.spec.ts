// Producers and consumers as a user meets them: processes at the two ends of a bounded queue, drawn while they work.

import { readFileSync } from 'node:fs';
import { expect, type Locator, type Page } from '@playwright/test';
import { read } from './explorer-page.ts';
import { card, expectReadable, run, status, test } from './page.ts';

test.use({ viewport: { width: 1000, height: 900 } });

const section = (page: Page): Locator => page.locator('#producers');
const button = (page: Page, name: string): Locator => section(page).getByRole('button', { name });
const slider = (page: Page, name: string): Locator => section(page).getByRole('slider', { name });
const boxes = (page: Page, kind: 'Producers' | 'Consumers'): Locator =>
  section(page).getByRole('list', { name: kind }).getByRole('listitem');
const slots = (page: Page): Locator => section(page).getByRole('meter', { name: 'Items in the queue' });
const full = (page: Page): Locator => slots(page).locator('[data-full]');
/** Milliseconds until all have begun or ended: a slow machine is busy. */
const soon = { timeout: 90_000 };

async function figure(page: Page, name: 'put' | 'waiting' | 'taken'): Promise<number> {
  const text = await section(page).locator(`[data-stat="${name}"] .total`).textContent();
  return Number(text?.replaceAll(',', ''));
}

/** Until so many more items were taken. */
async function more(page: Page, count: number): Promise<void> {
  const before = (await figure(page, 'taken')) || 0;
  await expect.poll(() => figure(page, 'taken'), soon).toBeGreaterThanOrEqual(before + count);
}

async function start(page: Page): Promise<void> {
  await slots(page).scrollIntoViewIfNeeded();
  await button(page, 'Start').click();
  await expect(status(section(page))).toHaveText('Running…');
  await more(page, 1);
}

async function stop(page: Page): Promise<void> {
  await button(page, 'Stop').click();
  await expect(status(section(page))).toHaveText('Stopped: all processes have ended', soon);
  await expect.poll(() => page.workers().length).toBe(0);
}

/** How many items the queue holds when nobody is quick enough to take them. */
async function fill(page: Page): Promise<void> {
  await slider(page, 'To make an item').fill('0');
  await slider(page, 'To use an item').fill('500');
}

test('nothing runs before somebody asks for it', async ({ page }) => {
  await expect(status(section(page))).toHaveText('Ready');
  await expect(full(page)).toHaveCount(0);
  expect(page.workers()).toEqual([]);
});

test('the listings are the files that run', async ({ page }) => {
  const sources = ['work.ts', 'line.ts'].map((name) =>
    readFileSync(new URL(`../demo/producers/${name}`, import.meta.url), 'utf8').trim(),
  );
  expect(await section(page).locator('pre').allTextContents()).toEqual(sources);
});

test('items go through the queue, each in the colour of its producer', { tag: '@dev' }, async ({ page }) => {
  await start(page);
  await expect.poll(() => page.workers().length, soon).toBe(4);
  await more(page, 5);
  await expect.poll(() => figure(page, 'put')).toBeGreaterThanOrEqual(await figure(page, 'taken'));
  await expect(boxes(page, 'Producers').nth(0)).toContainText(/\d\.\d\/s/);
  await expect(boxes(page, 'Producers').nth(3)).toContainText('not there');
  await fill(page);
  await expect(full(page)).toHaveCount(12, soon);
  // Who is quicker may have filled it alone at first.
  const hues = () => full(page).evaluateAll((parts) => parts.map((part) => (part as HTMLElement).dataset.hue));
  await expect.poll(async () => [...new Set(await hues())].sort(), soon).toEqual(['165', '255']);
  await stop(page);
  // None is lost on its way: what was put was taken, or was in the queue that was shut down.
  expect(await figure(page, 'put')).toBeGreaterThanOrEqual(await figure(page, 'taken'));
});

test('producers wait when it is full, consumers when it is empty', async ({ page }) => {
  await start(page);
  await fill(page);
  await expect(slots(page)).toHaveAttribute('aria-valuetext', '12 of 12', soon);
  for (const n of [0, 1]) await expect(boxes(page, 'Producers').nth(n)).toContainText('queue is full', soon);
  await expect(boxes(page, 'Consumers').nth(0)).toContainText('using', soon);
  await slider(page, 'To make an item').fill('500');
  await slider(page, 'To use an item').fill('0');
  await expect(slots(page)).toHaveAttribute('aria-valuetext', '0 of 12', soon);
  for (const n of [0, 1]) await expect(boxes(page, 'Consumers').nth(n)).toContainText('queue is empty', soon);
  await expect(boxes(page, 'Producers').nth(0)).toContainText('making', soon);
  await stop(page);
});

test('processes come and go, and the queue goes on', async ({ page }) => {
  await start(page);
  await slider(page, 'Producers').fill('4');
  await expect.poll(() => page.workers().length, soon).toBe(6);
  await fill(page);
  await expect(full(page)).toHaveCount(12, soon);
  // Those who go wait for room, or use an item.
  await slider(page, 'Producers').fill('1');
  await slider(page, 'Consumers').fill('1');
  await expect.poll(() => page.workers().length, soon).toBe(2);
  await expect(boxes(page, 'Producers').nth(1)).toContainText('not there');
  await more(page, 3);
  await expect(full(page)).toHaveCount(12, soon);
  await slider(page, 'To use an item').fill('0');
  await more(page, 1000);
  await slider(page, 'Consumers').fill('4');
  await expect.poll(() => page.workers().length, soon).toBe(5);
  await expect(boxes(page, 'Consumers').nth(3)).not.toContainText(/starting|not there/, soon);
  await stop(page);
});

test('another size is another queue', async ({ page }) => {
  await slider(page, 'Queue size').fill('1');
  await expect(slots(page).locator('.slot')).toHaveCount(1);
  await start(page);
  await fill(page);
  await expect(full(page)).toHaveCount(1, soon);
  await slider(page, 'Queue size').fill('24');
  await expect(slots(page).locator('.slot')).toHaveCount(24);
  await expect(full(page)).toHaveCount(24, soon);
  // Those of the old queue have ended.
  await expect.poll(() => page.workers().length, soon).toBe(4);
  await stop(page);
});

test('the plots show what happened', async ({ page }) => {
  const canvases = section(page).locator('.plot canvas');
  await expect(canvases).toHaveCount(2);
  const coloured = async (index: number) => {
    const { data } = await read(canvases.nth(index));
    let count = 0;
    // Axes and grid are grey; curves are not.
    for (let at = 0; at < data.length; at += 4) {
      const [red = 0, green = 0, blue = 0, alpha = 0] = data.subarray(at, at + 4);
      if (alpha > 100 && Math.max(red, green, blue) - Math.min(red, green, blue) > 80) count++;
    }
    return count;
  };
  expect([await coloured(0), await coloured(1)]).toEqual([0, 0]);
  await start(page);
  await fill(page);
  await expect(full(page)).toHaveCount(12, soon);
  for (const index of [0, 1]) await expect.poll(() => coloured(index), soon).toBeGreaterThan(20);
  await stop(page);
});

test('works from the keyboard alone', async ({ page }) => {
  await button(page, 'Start').focus();
  await page.keyboard.press('Enter');
  await expect(status(section(page))).toHaveText('Running…');
  await expect(button(page, 'Start')).toBeFocused();
  for (const key of ['Tab', 'Tab', 'ArrowRight']) await page.keyboard.press(key);
  await expect(slider(page, 'Producers')).toHaveValue('3');
  await expect.poll(() => page.workers().length, soon).toBe(5);
  for (const key of ['Tab', 'ArrowLeft', 'Tab', 'ArrowRight']) await page.keyboard.press(key);
  await expect(slider(page, 'To make an item')).toHaveValue('140');
  await expect(slots(page).locator('.slot')).toHaveCount(13);
  await button(page, 'Stop').focus();
  await page.keyboard.press('Enter');
  await expect(status(section(page))).toHaveText('Stopped: all processes have ended', soon);
  await expect(button(page, 'Stop')).toBeFocused();
  await expect.poll(() => page.workers().length).toBe(0);
});

test('its processes belong to no example', async ({ page }) => {
  await start(page);
  expect((await run(card(page, 'process'))).map(({ text }) => text)).toEqual(['hello bob']);
  await slots(page).scrollIntoViewIfNeeded();
  await more(page, 3);
  await stop(page);
});

test('tells a failure, and recovers', async ({ page, complaints }) => {
  const executable = /\/process(?:-[\w-]+)?\.js(?:\?|$)/;
  await page.route(executable, (route) => route.abort());
  await button(page, 'Start').click();
  await expect(status(section(page))).toHaveText(/^Failed: /, { timeout: 90_000 });
  for (const text of complaints.splice(0)) expect(text).toMatch(/could not be started|ERR_FAILED/);
  await page.unroute(executable);
  await start(page);
  await stop(page);
});

for (const width of [360, 1280]) {
  test(`does not move while it runs, at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    const sizes = () =>
      section(page)
        .locator('.controls, .settings, .floor, .box, .slots, .stat, .plotted, .plot, .notice')
        .evaluateAll((parts) => parts.map((part) => [part.clientWidth, part.clientHeight]));
    const before = await sizes();
    await start(page);
    await fill(page);
    await slider(page, 'Queue size').fill('24');
    await expect(full(page)).toHaveCount(24, soon);
    await slider(page, 'To use an item').fill('0');
    await more(page, 1000);
    await slider(page, 'Consumers').fill('4');
    await slider(page, 'Producers').fill('4');
    await more(page, 1000);
    expect(await sizes()).toEqual(before);
    await stop(page);
    expect(await sizes()).toEqual(before);
  });
}

test('fits every width', async ({ page }) => {
  await slider(page, 'Queue size').fill('24');
  await start(page);
  for (const width of [360, 390, 600, 800, 1000, 1280, 2000]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    const cut = () =>
      section(page)
        .locator('.controls, .settings, .slider, .floor, .box, .slots, .stat, .plots, .plot, .notice')
        .evaluateAll((parts) =>
          parts.filter((part) => part.scrollWidth > part.clientWidth).map((part) => part.outerHTML),
        );
    await expect.poll(cut, { message: `at ${width} px` }).toEqual([]);
  }
  await stop(page);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`is readable in the ${colorScheme} scheme`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await start(page);
    await expectReadable(
      section(page).locator(
        'h2, .summary, .status, label, .count, dt, .total, .rate, .who, .state, .key, .ends, figcaption, .notice',
      ),
    );
    await stop(page);
  });
}
