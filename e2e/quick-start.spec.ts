// The README's first app, built, as a static server without any header sends it: it prints what the README says. And with the document
// policy, beside a frame of another origin, in shared memory.

import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { build } from 'vite';
import { blocksOf } from '../scripts/examples.mjs';
import { documentIsolation, serve } from '../scripts/serve.mjs';
import { otherEngines, toldBy } from './engines.ts';
import { App, cleanUp } from './vite-app.ts';

const PRINTED = 78498;

let dist: string;
/** Of another origin, without any header: says when it is there. */
let other: Server;

test.beforeAll(async () => {
  const app = new App();
  const blocks = blocksOf('README.md').filter(({ section }) => section === 'Quick start with Vite');
  for (const file of ['src/tasks.ts', 'src/main.ts']) {
    app.write(file, blocks.find((block) => block.file === file)?.code ?? '');
  }
  await build({ ...app.config(), build: { target: 'es2022' } });
  expect(app.warnings).toEqual([]);
  dist = join(app.root, 'dist');
  other = createServer((_request, response) => {
    response
      .setHeader('Content-Type', 'text/html')
      .end('<!doctype html><script>parent.postMessage("loaded", "*")</script>');
  });
  await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
});
test.afterAll(async () => {
  other.closeAllConnections();
  other.close();
  await cleanUp();
});

/** The built page, with that in its head. */
const pageWith = (head: string): string =>
  readFileSync(join(dist, 'index.html'), 'utf8').replace(/<meta charset="utf-8" ?\/?>/, (meta) => meta + head);

/** What a page prints first. */
async function printedBy(page: Page, url: string): Promise<string> {
  const printed = page.waitForEvent('console', { predicate: (message) => message.type() === 'log', timeout: 90_000 });
  await page.goto(url);
  return (await printed).text();
}

test('without any header', async ({ page }) => {
  const { url, close } = await serve(dist, { headers: {} });
  expect(await printedBy(page, url)).toBe(String(PRINTED));
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
  close();
});

test('under the document policy, beside a frame of another origin', async ({ page }) => {
  const frame = `<iframe src="http://127.0.0.1:${(other.address() as AddressInfo).port}/"></iframe>`;
  const heard = `<script>heard = new Promise((done) => addEventListener('message', ({ data }) => done(data)));</script>`;
  const extra = { '/framed.html': pageWith(heard).replace('</html>', `${frame}</html>`) };
  const { url, close } = await serve(dist, { headers: documentIsolation, extra });
  expect(await printedBy(page, `${url}framed.html`)).toBe(String(PRINTED));
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  expect(await page.evaluate('heard')).toBe('loaded');
  close();
});

for (const engine of otherEngines) {
  test(`without any header, in ${engine}`, async () => {
    const tell = `<script>console.log = (it) => fetch('told', { method: 'POST', body: JSON.stringify(it) });</script>`;
    expect(await toldBy(engine, dist, 'told.html', { '/told.html': pageWith(tell) }, {})).toBe(PRINTED);
  });
}
