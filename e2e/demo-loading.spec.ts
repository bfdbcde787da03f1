// What is seen before the scripts have come stays where it is when they have.

import { expect, type Page } from '@playwright/test';
import { test } from './page.ts';

/** The parts of the page that moved, as the browser saw it. */
const moved = (page: Page): Promise<string[]> =>
  page.evaluate(
    () =>
      new Promise((done) => {
        const observer = new PerformanceObserver((list) => {
          const shifts = list.getEntries() as (PerformanceEntry & { sources: { node: Node | null }[] })[];
          done(shifts.flatMap(({ sources }) => sources.map(({ node }) => (node as Element | null)?.outerHTML ?? '')));
        });
        observer.observe({ type: 'layout-shift', buffered: true });
        // Where nothing moved nobody calls back.
        requestAnimationFrame(() => setTimeout(() => done([]), 200));
      }),
  );

for (const width of [360, 412, 1280]) {
  for (const [path, shown] of [
    ['/', '#capabilities'],
    ['/board.html', '.palette'],
  ] as const) {
    test(`${path} does not move while it loads, at ${width} px`, async ({ page }) => {
      await page.setViewportSize({ width, height: 800 });
      await page.route(/\/(?:main|guest)\.ts|\/assets\/[^/]+\.js/, async (route) => {
        await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0);
        await route.continue();
      });
      await page.goto(path);
      await expect(page.locator(shown)).toBeAttached();
      expect(await moved(page)).toEqual([]);
    });
  }
}
