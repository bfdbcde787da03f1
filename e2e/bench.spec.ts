// The page of the bench, as a bundler builds it: our side of every row does its work in every engine. How fast is not asked.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { build } from 'vite';
import { appConfig, benchConfig } from '../scripts/bench-build.mjs';
import { installPeers } from '../scripts/peers.mjs';
import { remove } from '../scripts/remove.mjs';
import { isolation, serve } from '../scripts/serve.mjs';
import { otherEngines, toldBy } from './engines.ts';

/** Runs every row, and tells what each came to. */
const extra = {
  '/every-row.html':
    '<!doctype html><script type="module" src="every-row.js"></script><iframe src="page.html?effort=0.001"></iframe>',
  '/every-row.js': `
    const frame = document.querySelector('iframe');
    const told = {};
    try {
      while (!frame.contentWindow?.bench) await new Promise((done) => setTimeout(done, 20));
      const { bench } = frame.contentWindow;
      for (const { name } of bench.list().rows) {
        told[name] = await bench.measure(name, null).catch((error) => String(error));
      }
    } catch (error) {
      told.page = String(error);
    }
    await fetch('/told', { method: 'POST', body: JSON.stringify(told) });
    globalThis.told = told;
  `,
};

// Installed and built once.
test.describe.configure({ mode: 'serial' });

let folder: string;

test.beforeAll(async () => {
  installPeers();
  folder = mkdtempSync(join(tmpdir(), 'bench-'));
  await build(benchConfig(folder));
  await build(appConfig(folder, 'app', 'vite.config.mjs'));
  await build(appConfig(folder, 'in_place', 'vite.config.mjs'));
});

test.afterAll(() => remove(folder));

function check(told: Readonly<Record<string, unknown>>): void {
  expect(Object.keys(told).length).toBeGreaterThan(20);
  for (const [row, figure] of Object.entries(told)) expect(figure, row).toEqual(expect.any(Number));
}

test('the rows of the bench in chromium', async ({ page }) => {
  const server = await serve(folder, { headers: isolation, extra, post: () => {} });
  await page.goto(`${server.url}every-row.html`);
  const told = await page.waitForFunction(() => (globalThis as { told?: Record<string, unknown> }).told);
  check((await told.jsonValue()) as Record<string, unknown>);
  server.close();
});

for (const engine of otherEngines) {
  test(`the rows of the bench in ${engine}`, async () => {
    check((await toldBy(engine, folder, 'every-row.html', extra)) as Record<string, unknown>);
  });
}
