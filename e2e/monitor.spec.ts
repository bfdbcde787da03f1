// The process monitor, a drawer that shows the processes of the page while they run; and the table of what the browser allows.

import { expect, type Locator, type Page } from '@playwright/test';
import { card, expectReadable, run, status, test } from './page.ts';

const opener = (page: Page): Locator => page.getByRole('button', { name: 'Process monitor' });
const drawer = (page: Page): Locator => page.getByRole('complementary', { name: 'Process monitor' });
const rows = (page: Page): Locator => drawer(page).getByRole('table', { name: 'The processes' }).locator('tbody tr');
const row = (page: Page, name: string): Locator =>
  rows(page).filter({ has: page.getByRole('rowheader', { name, exact: true }) });
const objects = (page: Page): Locator =>
  drawer(page).getByRole('table', { name: 'What the processes' }).locator('tbody tr');

test('opens, closes, and leaves the focus where it belongs', async ({ page }) => {
  await expect(drawer(page)).toBeHidden();
  await opener(page).press('Enter');
  await expect(drawer(page)).toBeVisible();
  await expect(opener(page)).toHaveAttribute('aria-expanded', 'true');
  await expect(page.locator('#monitor-title')).toBeFocused();
  await expect(rows(page)).toHaveCount(1);
  await expect(row(page, 'MainProcess').getByRole('button')).toBeHidden();
  await page.keyboard.press('Escape');
  await expect(drawer(page)).toBeHidden();
  await expect(opener(page)).toBeFocused();
  await opener(page).click();
  await drawer(page).getByRole('button', { name: 'Close' }).click();
  await expect(drawer(page)).toBeHidden();
});

test('shows who runs what, and what they share; ends them', async ({ page }) => {
  await opener(page).click();
  // They work until somebody stops them.
  const producers = page.locator('#producers');
  await producers.getByRole('button', { name: 'Start' }).click();
  for (const name of ['Producer-1', 'Consumer-1']) await expect(row(page, name)).toContainText('running');
  await expect(row(page, 'Producer-1')).toContainText('produce');
  const queue = objects(page).filter({ has: page.getByRole('rowheader', { name: /queue/i }) });
  await expect(queue).toHaveCount(1);
  await expect(queue).toContainText(/\d+ of \d+ items/);
  // The processes that have it.
  await expect(queue).toContainText(/\d+, \d+/);
  await producers.getByRole('button', { name: 'Stop' }).click();
  await expect(objects(page)).toHaveCount(0);
  await expect(drawer(page).getByText('Nothing is shared')).toBeVisible();
  // What has ended goes after a while.
  await expect(rows(page)).toHaveCount(1, { timeout: 90_000 });
});

test('terminates a process', { tag: '@dev' }, async ({ page, complaints }) => {
  await opener(page).click();
  // They work until somebody ends them.
  const producers = page.locator('#producers');
  await producers.getByRole('button', { name: 'Start' }).click();
  const worker = row(page, 'Consumer-1');
  await expect(worker).toContainText('running', { timeout: 90_000 });
  await worker.getByRole('button', { name: 'Terminate' }).click();
  await expect(worker).toContainText('exit code -15', { timeout: 90_000 });
  await expect(status(producers)).toHaveText(/^Failed: /, { timeout: 90_000 });
  complaints.length = 0;
});

test('counts the processes while it is closed', async ({ page }) => {
  await expect(opener(page)).toHaveAccessibleName('Process monitor: 0 processes');
  // It waits a second for a worker that sleeps for longer.
  const running = run(card(page, 'pool-results'));
  await expect(opener(page)).toHaveAccessibleName(/[1-9]\d* process/);
  await running;
  await expect(opener(page)).toHaveAccessibleName(/: 0 processes/);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`can be read, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await opener(page).click();
    await run(card(page, 'lock'));
    await expectReadable(drawer(page).locator('h2, p, th, td, button'));
    await expectReadable(page.locator('#capabilities').locator('h2, p, th, td'));
  });
}

for (const width of [360, 1280]) {
  test(`fits a screen of ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 740 });
    await opener(page).click();
    await run(card(page, 'lock'));
    const box = await drawer(page).boundingBox();
    expect(box?.width).toBe(width);
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBe(740);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
}

test('what the browser allows: nothing that is needed is missing', async ({ page }) => {
  const table = page.locator('#capabilities');
  await expect(table).toContainText('Everything that processes need');
  await expect(table.locator('tbody tr')).toHaveCount(8);
  await expect(table.locator('[data-state="missing"]')).toHaveCount(0);
  const blocking = table.locator('tr', { has: page.getByRole('rowheader', { name: 'blocking' }) });
  await expect(blocking).toContainText('A page must never stand still');
});
