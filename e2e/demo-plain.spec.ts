// The demo as a server sends it that does not isolate it: all goes by message, and what needs shared memory says so.

import { expect, type Page } from '@playwright/test';
import { card, ended, expectReadable, run, runButton, status, test, texts } from './page.ts';

async function openPlain(page: Page): Promise<void> {
  await page.goto('/plain.html');
  await page.locator('#capabilities').waitFor({ state: 'attached' });
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
}

test('each of both pages says how it works, and has a link to the other', { tag: '@dev' }, async ({ page }) => {
  const mode = page.locator('#mode');
  await expect(mode).toContainText('Here processes share memory.');
  await mode.getByRole('link').click();
  await expect(mode).toContainText('Here processes work by message');
  await expectReadable(mode);
  expect(await run(card(page, 'process'))).toMatchObject([{ text: 'hello bob' }]);
  await mode.getByRole('link').click();
  await expect(mode).toContainText('Here processes share memory.');
  expect(await run(card(page, 'shared-memory'))).toHaveLength(2);
});

test('every example runs but that of shared numbers', async ({ page }) => {
  await openPlain(page);
  const all = page.getByRole('button', { name: 'Run all' });
  await all.click();
  await expect(all).toHaveAttribute('aria-disabled', 'true');
  await expect(all).not.toHaveAttribute('aria-disabled', 'true', { timeout: 90_000 });
  // Those of the pools give up after a second, as Python's do, which a machine that is busy may take.
  for (const of of await page.locator('.card:not([id^="pool"]):not(#shared-memory)').all()) {
    await expect(status(of)).toHaveText(/^Finished in \d+ ms(?: · .*exit code 0)?$/);
  }
  for (const of of await page.locator('.card[id^="pool"]').all()) await expect(status(of)).toHaveText(ended);
  const shared = card(page, 'shared-memory');
  await runButton(shared).click({ force: true });
  await expect(status(shared)).toHaveText('Cannot run here: these numbers are shared memory');
  expect(await texts(card(page, 'queue'))).toEqual(["[42, null, 'hello']"]);
  expect(await texts(card(page, 'pipe'))).toEqual(["[42, null, 'hello']"]);
  expect(await texts(card(page, 'lock'))).toHaveLength(10);
  expect(await texts(card(page, 'joinable-queue'))).toHaveLength(7);
  expect(await texts(card(page, 'connection'))).toHaveLength(3);
  expect(await texts(card(page, 'manager'))).toHaveLength(2);
  await expect.poll(() => page.workers().length).toBe(0);
});

test('sections that need shared memory say so, and nothing of them can be pressed', async ({ page }) => {
  await openPlain(page);
  for (const [id, press] of [
    ['race', 'Start'],
    ['producers', 'Start'],
    ['speed', 'Measure in this browser'],
  ] as const) {
    const section = page.locator(`#${id}`);
    await expect(section.getByRole('status')).toHaveText(/^Cannot run here: .*(shared memory|block)/);
    await section.getByRole('button', { name: press }).click({ force: true });
    for (const control of await section.getByRole('slider').all()) await expect(control).toBeDisabled();
    await expect(section.getByRole('status')).toHaveText(/^Cannot run here/);
  }
  // What was measured elsewhere can be read all the same.
  await expect(page.locator('#speed .bars').first()).toBeVisible();
  expect(page.workers()).toEqual([]);
});

test('the explorer paints, and the monitor sees who does', async ({ page }) => {
  await openPlain(page);
  await page.getByRole('button', { name: 'Process monitor' }).click();
  const explorer = page.locator('#explorer');
  await explorer.getByRole('button', { name: 'Draw' }).click();
  await expect(page.getByRole('rowheader', { name: 'PoolWorker-1', exact: true })).toBeVisible();
  await expect(explorer.getByRole('progressbar')).toHaveJSProperty('value', 1, { timeout: 90_000 });
  await expect(status(explorer)).toHaveText(/^Drew 60 tiles in \d+ ms$/);
});

test('two frames have one board', async ({ page }) => {
  await openPlain(page);
  await page.locator('#board').getByRole('button', { name: 'Open both' }).click();
  const states = ['First frame', 'Second frame'].map((name) =>
    page.frameLocator(`iframe[title="${name}"]`).locator('#status'),
  );
  const told = async (): Promise<string[]> => {
    const texts = await Promise.all(states.map((state) => state.textContent()));
    return texts.map(String).sort();
  };
  await expect.poll(told, { timeout: 90_000 }).toEqual(['Connected', 'Serves the board']);
});

test('what the browser allows: nothing that is needed is missing', async ({ page }) => {
  await openPlain(page);
  const table = page.locator('#capabilities');
  await expect(table).toContainText('Everything that processes need to work by message');
  await expect(table.locator('[data-state="missing"]')).toHaveCount(0);
  const isolation = table.locator('tr', { has: page.getByRole('rowheader', { name: 'cross-origin isolation' }) });
  await expect(isolation).toContainText('Cross-Origin-Opener-Policy: same-origin');
});
