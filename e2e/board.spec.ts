// The board that tabs share: two frames of the page, and other tabs, see the same object, whoever of them serves it.

import { readFileSync } from 'node:fs';
import { expect, type FrameLocator, type Locator, type Page } from '@playwright/test';
import { expectReadable, listenTo, luminance, test } from './page.ts';

test.use({ viewport: { width: 1000, height: 800 } });

/** A frame or a tab that shows the board. */
type View = Page | FrameLocator;

const section = (page: Page): Locator => page.locator('#board');
const first = (page: Page): FrameLocator => page.frameLocator('iframe[title="First frame"]');
const second = (page: Page): FrameLocator => page.frameLocator('iframe[title="Second frame"]');
const button = (page: Page, name: string): Locator => section(page).getByRole('button', { name });
const status = (view: View): Locator => view.locator('#status');
const guests = (view: View): Locator => view.locator('#guests');
const cell = (view: View, row: number, column: number): Locator =>
  view.getByRole('gridcell', { name: `Row ${row}, column ${column}:` });

const SERVES = /^Serves the board$/;
const TOOK_OVER = /^Took over: serves the board$/;
const CONNECTED = /^Connected$/;
const AGAIN = /^Connected: another one took over$/;
/** Milliseconds that all may take until they have a board: processes start, and a slow machine is busy. */
const soon = { timeout: 90_000 };

async function openBoth(page: Page): Promise<void> {
  await button(page, 'Open both').click();
  await expect(guests(first(page))).toHaveText(/of 2$/, soon);
  await expect(guests(second(page))).toHaveText(/of 2$/, soon);
}

/** Another tab, with the board alone. */
async function openTab(page: Page, complaints: string[]): Promise<Page> {
  const tab = await page.context().newPage();
  await listenTo(tab, complaints);
  await tab.goto('/board.html');
  await expect(guests(tab)).toHaveText(/^You are \d/, soon);
  return tab;
}

/** Which of the two frames serves, and which does not. */
async function roles(page: Page): Promise<{ serving: string; other: FrameLocator }> {
  const isFirst = SERVES.test((await status(first(page)).textContent()) ?? '');
  return isFirst ? { serving: 'first', other: second(page) } : { serving: 'second', other: first(page) };
}

test('nothing runs before somebody asks for it', async ({ page }) => {
  await expect(section(page).locator('iframe')).toHaveCount(0);
  await expect(section(page).getByRole('status')).toHaveText('Ready');
  expect(page.workers()).toEqual([]);
});

test('the listings are the files that run', async ({ page }) => {
  const sources = ['board.ts', 'join.ts'].map((name) =>
    readFileSync(new URL(`../demo/board/${name}`, import.meta.url), 'utf8').trim(),
  );
  expect(await section(page).locator('pre').allTextContents()).toEqual(sources);
});

test('both frames have one board: one serves it, and both see what either does', { tag: '@dev' }, async ({ page }) => {
  await openBoth(page);
  const texts = [await status(first(page)).textContent(), await status(second(page)).textContent()];
  expect(texts.sort()).toEqual(['Connected', 'Serves the board']);
  // The manager's process, and no other that lost the race for the address.
  await expect.poll(() => page.workers().length).toBe(1);

  await cell(first(page), 3, 5).click();
  await expect(cell(second(page), 3, 5)).not.toHaveAttribute('data-colour', '0');
  await cell(second(page), 4, 6).click();
  await expect(cell(first(page), 4, 6)).not.toHaveAttribute('data-colour', '0');
  // Each guest has a colour of its own.
  const colours = [cell(first(page), 3, 5), cell(first(page), 4, 6)].map((each) => each.getAttribute('data-colour'));
  expect((await Promise.all(colours)).sort()).toEqual(['1', '2']);
  // And a pointer, which the other one sees.
  await expect(first(page).locator('.cursor:visible')).toHaveText(/^[12]$/);
  await cell(second(page), 9, 9).hover();
  await expect(first(page).locator('.cursor')).toHaveAttribute('style', /--column: 8; --row: 8;/);

  await second(page).getByRole('button', { name: 'Clear' }).click();
  await expect(first(page).locator('.cell[data-colour="0"]')).toHaveCount(24 * 12);
});

test('a line is drawn by dragging, in the colour that was chosen', async ({ page }) => {
  await openBoth(page);
  await first(page).getByRole('radio', { name: 'Paint in pink' }).check();
  await cell(first(page), 6, 3).hover();
  await page.mouse.down();
  const to = await cell(first(page), 6, 10).boundingBox();
  await page.mouse.move((to?.x ?? 0) + 5, (to?.y ?? 0) + 5, { steps: 40 });
  await page.mouse.up();
  await expect(second(page).locator('.cell[data-colour="4"]')).toHaveCount(8);
  await expect(cell(second(page), 6, 10)).toHaveAccessibleName('Row 6, column 10: pink');
});

test('another tab joins, and leaves', async ({ page, complaints }) => {
  await openBoth(page);
  await cell(first(page), 1, 1).click();
  const opening = page.context().waitForEvent('page');
  await section(page).getByRole('link', { name: 'Open another tab' }).click();
  const tab = await opening;
  await listenTo(tab, complaints);
  await expect(status(tab)).toHaveText(CONNECTED, soon);
  expect(await tab.evaluate(() => globalThis.crossOriginIsolated)).toBe(true);
  await expect(cell(tab, 1, 1)).not.toHaveAttribute('data-colour', '0');
  await expect(guests(tab)).toHaveText('You are 3 of 3');
  await cell(tab, 12, 24).click();
  await expect(cell(first(page), 12, 24)).toHaveAttribute('data-colour', '3');
  await expect(cell(second(page), 12, 24)).toHaveAttribute('data-colour', '3');
  await tab.close();
  await expect(guests(first(page))).toHaveText(/of 2$/, soon);
  await expect(second(page).locator('.cursor')).toHaveCount(1);
});

test('the frame that serves is closed: the other takes over with what was there, and the next joins it', async ({
  page,
}) => {
  await openBoth(page);
  const { serving, other } = await roles(page);
  await cell(other, 2, 2).click();
  await expect(cell(other, 2, 2)).not.toHaveAttribute('data-colour', '0');
  await button(page, `Close the ${serving} frame`).click();
  await expect(status(other)).toHaveText(TOOK_OVER, soon);
  await expect(guests(other)).toHaveText('You are 1 of 1', soon);
  await expect(cell(other, 2, 2)).not.toHaveAttribute('data-colour', '0');
  await cell(other, 5, 5).click();

  await button(page, `Open the ${serving} frame`).click();
  const back = serving === 'first' ? first(page) : second(page);
  await expect(status(back)).toHaveText(CONNECTED, soon);
  await expect(cell(back, 2, 2)).not.toHaveAttribute('data-colour', '0');
  await expect(cell(back, 5, 5)).not.toHaveAttribute('data-colour', '0');
});

test('the tab that serves is closed: of two frames one takes over, and the other follows', async ({
  page,
  complaints,
}) => {
  const tab = await openTab(page, complaints);
  await expect(status(tab)).toHaveText(SERVES);
  await cell(tab, 7, 7).click();
  await page.bringToFront();
  await button(page, 'Open both').click();
  for (const frame of [first(page), second(page)]) {
    await expect(status(frame)).toHaveText(CONNECTED, soon);
    await expect(guests(frame)).toHaveText(/of 3$/, soon);
    await expect(cell(frame, 7, 7)).toHaveAttribute('data-colour', '1');
  }
  await tab.close();
  for (const frame of [first(page), second(page)]) await expect(guests(frame)).toHaveText(/of 2$/, soon);
  const texts = [await status(first(page)).textContent(), await status(second(page)).textContent()].sort();
  expect(texts[0]).toMatch(AGAIN);
  expect(texts[1]).toMatch(TOOK_OVER);
  await expect(cell(first(page), 7, 7)).toHaveAttribute('data-colour', '1');
  await cell(first(page), 8, 8).click();
  await expect(cell(second(page), 8, 8)).not.toHaveAttribute('data-colour', '0');
});

test('the tab that serves is loaded again: somebody serves, and all are there', async ({ page, complaints }) => {
  const tab = await openTab(page, complaints);
  await button(page, 'Open the first frame').click();
  await expect(status(first(page))).toHaveText(CONNECTED, soon);
  await tab.reload();
  for (const view of [tab, first(page)]) await expect(guests(view)).toHaveText(/of 2$/, soon);
});

test('works from the keyboard', async ({ page }) => {
  await openBoth(page);
  await cell(first(page), 1, 1).focus();
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowUp', 'ArrowUp', 'ArrowDown', 'Space']) {
    await page.keyboard.press(key);
  }
  await expect(cell(first(page), 2, 3)).toBeFocused();
  await expect(cell(second(page), 2, 3)).not.toHaveAttribute('data-colour', '0');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+Tab');
  await expect(cell(first(page), 2, 3)).toBeFocused();
  const colour = await cell(second(page), 2, 3).getAttribute('data-colour');
  await page.keyboard.press('Enter');
  await expect(cell(second(page), 2, 3)).toHaveAttribute('data-colour', String(Number(colour) + 1));
});

test('fits every width, in frames and alone', async ({ page, complaints }) => {
  await openBoth(page);
  const tab = await openTab(page, complaints);
  const excess = (view: View): Promise<number[]> =>
    view
      .locator('html')
      .evaluate((root) => [root.scrollWidth - root.clientWidth, Math.max(0, root.scrollHeight - root.clientHeight)]);
  for (const width of [360, 390, 600, 761, 1000, 1280, 2000]) {
    for (const each of [page, tab]) await each.setViewportSize({ width, height: 800 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth), `at ${width} px`).toBe(width);
    for (const frame of [first(page), second(page)]) expect(await excess(frame), `at ${width} px`).toEqual([0, 0]);
    expect((await excess(tab))[0], `alone at ${width} px`).toBe(0);
    const [left, right] = await section(page).locator('iframe').all();
    expect((await left?.boundingBox())?.y === (await right?.boundingBox())?.y).toBe(width > 760);
  }
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`is readable in the ${colorScheme} scheme`, async ({ page, complaints }) => {
    await page.emulateMedia({ colorScheme });
    await openBoth(page);
    const tab = await openTab(page, complaints);
    await tab.emulateMedia({ colorScheme });
    await cell(tab, 1, 1).hover();
    for (const view of [first(page), second(page), tab]) {
      await expectReadable(view.locator('#status, #guests, h1, p, .palette .button'));
    }
    await expectReadable(first(page).locator('.cursor:visible span'));
    await expectReadable(section(page).locator('h2, .summary, figcaption, .button, .status, .keys, .notice'));
  });
}

test('the frames have the theme of the page', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await openBoth(page);
  await page.getByRole('button', { name: 'Switch to the dark theme' }).click();
  for (const frame of [first(page), second(page)]) {
    await expect.poll(() => luminance(frame.locator('body'), 'backgroundColor')).toBeLessThan(0.05);
  }
});
