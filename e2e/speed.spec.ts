// How fast it is, as a user meets it: the figures of the last full run, and those that this browser measures.

import { readFileSync } from 'node:fs';
import { expect, type Locator, type Page } from '@playwright/test';
import { expectReadable, status, test } from './page.ts';

test.use({ viewport: { width: 1000, height: 800 } });

interface Row {
  readonly area: string;
  readonly name: string;
  readonly ours: number | null;
  readonly peers: Readonly<Record<string, number | null>>;
  readonly cpython: number | null;
}

interface Chart {
  readonly name: string;
  readonly series: readonly { readonly name: string; readonly points: readonly (readonly [number, number])[] }[];
}

const report: { machine: string; browser: string; peers: Record<string, string>; rows: Row[]; growth: Chart[] } =
  JSON.parse(readFileSync(new URL('../bench/results/chromium.json', import.meta.url), 'utf8'));

const section = (page: Page): Locator => page.locator('#speed');
const live = (page: Page): Locator => section(page).locator('.measuring');
const before = (page: Page): Locator => section(page).locator('.measured-before');
const measureButton = (page: Page): Locator => section(page).getByRole('button', { name: 'Measure in this browser' });
const cancelButton = (page: Page): Locator => section(page).getByRole('button', { name: 'Cancel' });
const area = (page: Page): Locator => section(page).getByRole('combobox', { name: 'Area' });
const figures = (of: Locator): Promise<string[]> => of.locator('.figure').allTextContents();

/** `329 k` as a number. */
function numberOf(text: string): number {
  const [digits = '', suffix = ''] = text.split(' ');
  return Number(digits) * ({ '': 1, k: 1e3, M: 1e6, G: 1e9 }[suffix] ?? Number.NaN);
}

test('shows every row of the last full run, with all who took part', async ({ page }) => {
  await expect(before(page).locator('.where-measured')).toContainText(report.machine);
  await expect(before(page).locator('.where-measured')).toContainText(report.browser);
  const areas = [...new Set(report.rows.map((row) => row.area))];
  await expect(area(page).getByRole('option')).toHaveText(areas);
  for (const name of areas) {
    await area(page).selectOption(name);
    const rows = report.rows.filter((row) => row.area === name);
    await expect(before(page).locator('.bars')).toHaveCount(rows.length);
    for (const [index, row] of rows.entries()) {
      const table = before(page).locator('.bars').nth(index);
      await expect(table.locator('caption')).toContainText(row.name);
      const sides = Object.keys(row.peers).map((peer) => (report.peers[peer] ? `${peer} ${report.peers[peer]}` : peer));
      await expect(table.getByRole('rowheader')).toHaveText(['ours', ...sides, ...(row.cpython ? ['CPython'] : [])]);
      const expected = [row.ours, ...Object.values(row.peers), ...(row.cpython ? [row.cpython] : [])];
      for (const [side, text] of (await figures(table)).entries()) {
        const figure = expected[side];
        if (figure === null || figure === undefined) expect(text).toBe('–');
        else expect(numberOf(text) / figure).toBeCloseTo(1, 1);
      }
    }
  }
});

test('the longest bar is that of the best', async ({ page }) => {
  await area(page).selectOption('Pools of two workers');
  const table = before(page).locator('.bars', { hasText: 'pool, map' });
  const lengths = await table.locator('.bar-length').evaluateAll((bars) => bars.map((bar) => bar.clientWidth));
  const numbers = (await figures(table)).map(numberOf);
  const order = (values: number[]): number[] => values.map((_, at) => at).sort((a, b) => values[b]! - values[a]!);
  expect(order(lengths)[0]).toBe(order(numbers)[0]);
  expect(new Set(lengths).size).toBeGreaterThan(2);
});

test('draws how costs grow, and has the figures as tables', async ({ page }) => {
  const plots = section(page).locator('.growth');
  await expect(plots).toHaveCount(report.growth.length);
  for (const [index, chart] of report.growth.entries()) {
    const plot = plots.nth(index);
    await plot.scrollIntoViewIfNeeded();
    await expect(plot.getByRole('img')).toHaveAccessibleName(new RegExp(`^${chart.name.slice(0, 12)}`));
    const colours = await plot.locator('canvas').evaluate((element) => {
      const { width, height } = element as HTMLCanvasElement;
      const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
      context?.drawImage(element as HTMLCanvasElement, 0, 0);
      const { data } = context?.getImageData(0, 0, width, height) ?? { data: new Uint8ClampedArray() };
      const counts = new Map<number, number>();
      for (const pixel of new Uint32Array(data.buffer)) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
      return [...counts.values()].filter((count) => count > 40).length;
    });
    // The ground, the axes, and a colour for each curve.
    expect(colours).toBeGreaterThan(chart.series.length);
    await plot.getByText('Figures', { exact: true }).click();
    await expect(plot.getByRole('table').locator('tbody tr')).toHaveCount(chart.series.length);
    const shown = (await plot.getByRole('table').locator('td').allTextContents()).filter((text) => text !== '–');
    expect(shown).toHaveLength(chart.series.reduce((sum, { points }) => sum + points.length, 0));
  }
});

test('measures in this browser when asked, and nothing is left of it', { tag: '@dev' }, async ({ page }) => {
  await expect(status(section(page))).toHaveText('Ready');
  expect(page.workers()).toEqual([]);
  const height = await live(page).evaluate((element) => element.clientHeight);
  await measureButton(page).click();
  await expect(cancelButton(page)).not.toHaveAttribute('aria-disabled', 'true');
  await expect(status(section(page))).toHaveText(/^Done/, { timeout: 90_000 });
  await expect(section(page).getByRole('progressbar')).toHaveJSProperty('value', 1);
  for (const text of await figures(live(page))) expect(numberOf(text)).toBeGreaterThan(0);
  await expect(live(page).locator('.ratio', { hasText: '×' })).toHaveCount(5);
  expect(await live(page).evaluate((element) => element.clientHeight)).toBe(height);
  await expect.poll(() => page.workers().length).toBe(0);

  // And once more.
  await measureButton(page).click();
  await expect(status(section(page))).toHaveText(/^\d+ of 10: /);
  await expect(status(section(page))).toHaveText(/^Done/, { timeout: 90_000 });
  await expect.poll(() => page.workers().length).toBe(0);
});

test('Cancel ends it, and all that it started', async ({ page }) => {
  await measureButton(page).click();
  await expect(status(section(page))).toHaveText(/^3 of 10: Queue/, { timeout: 90_000 });
  await cancelButton(page).click();
  await expect(status(section(page))).toHaveText('Cancelled');
  await expect.poll(() => page.workers().length).toBe(0);
  await expect(measureButton(page)).not.toHaveAttribute('aria-disabled', 'true');
  await measureButton(page).click();
  await expect(status(section(page))).toHaveText(/^Done/, { timeout: 90_000 });
});

test('works from the keyboard', async ({ page }) => {
  await measureButton(page).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(cancelButton(page)).toBeFocused();
  await page.keyboard.press('Space');
  await expect(status(section(page))).toHaveText('Cancelled', { timeout: 90_000 });
  await page.keyboard.press('Tab');
  await expect(area(page)).toBeFocused();
  const first = await area(page).inputValue();
  await page.keyboard.press('ArrowUp');
  expect(await area(page).inputValue()).not.toBe(first);
});

test('fits every width', async ({ page }) => {
  const cut = (): Promise<string[]> =>
    section(page)
      .locator('.bars, .controls, .curve-plot, .growth, .curve-names, .notice')
      .evaluateAll((parts) =>
        parts.filter((part) => part.scrollWidth > part.clientWidth).map((part) => part.className),
      );
  for (const width of [360, 390, 600, 800, 1000, 1280, 2000]) {
    await page.setViewportSize({ width, height: 800 });
    await expect
      .poll(() =>
        section(page)
          .locator('.u-wrap')
          .evaluateAll((plots) =>
            plots.every((plot) => plot.clientWidth <= (plot.closest('.curve-plot')?.clientWidth ?? 0)),
          ),
      )
      .toBe(true);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), `at ${width} px`).toBe(width);
    expect(await cut(), `at ${width} px`).toEqual([]);
  }
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`is readable in the ${colorScheme} scheme`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await expectReadable(
      section(page).locator(
        'h2, h3, .summary, .button, .status, caption, .unit, .bars th, .figure, .ratio, .where-measured, .legend, li, figcaption, summary, .notice',
      ),
    );
  });
}
