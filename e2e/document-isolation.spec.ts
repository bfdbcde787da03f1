// A page that embeds what is of another origin, which knows nothing of isolation: a frame, an image, a popup. Under the document
// policy all of it goes on working, and shared memory does, too; in browsers without the policy the page works by message.

import { copyFileSync, mkdirSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import { build, createServer, preview } from 'vite';
import { documentIsolation, isolation, serve } from '../scripts/serve.mjs';
import { otherEngines, toldBy } from './engines.ts';
import { shown } from './open.ts';
import { App, cleanUp } from './vite-app.ts';

const helper = fileURLToPath(new URL('../public/isolation.js', import.meta.url));

const files = {
  'src/tasks.ts': `'use multiprocessing';
    export const square = (x) => x * x;
    export function add(total, lock, items) {
      for (let item = items.getSync(); item !== null; item = items.getSync()) {
        lock.withSync(() => { total[0] += item; });
      }
    }
    export async function sum(items, lock) {
      let total = 0;
      for (let item = await items.get(); item !== null; item = await items.get()) {
        await lock.with(() => { total += item; });
      }
      return total;
    }`,
  'src/main.ts': `
    import * as mp from 'web-multiprocessing';
    import { add, square, sum } from './tasks';
    const other = new URLSearchParams(location.search).get('other');
    const heard = (from) => new Promise((done) => addEventListener('message', ({ origin, source, data }) => {
      if (origin === new URL(other).origin && data.from === from) done({ source, data });
    }));
    // Within a time, for what a policy keeps away says nothing.
    const soon = (told) => Promise.race([told, new Promise((done) => setTimeout(done, 3000, 'nothing'))]);

    async function frame() {
      const element = document.createElement('iframe');
      const loaded = heard('frame');
      element.src = other + 'frame.html';
      document.body.append(element);
      const { source } = await loaded;
      const answer = heard('frame');
      source.postMessage({ x: 3 }, '*');
      return (await answer).data.x;
    }
    const image = () => new Promise((done) => {
      const element = new Image();
      element.onload = () => done('loaded');
      element.onerror = () => done('refused');
      element.src = other + 'image.svg';
    });
    const { mode, missing } = mp.capabilities();
    async function work() {
      const pool = new mp.Pool(2);
      const squares = await pool.map(square, [1, 2, 3]);
      pool.close();
      await pool.join();
      const total = mode === 'shared' ? new mp.RawArray('i', 1) : [0];
      const [lock, items] = [new mp.Lock(), new mp.Queue()];
      const adders = [1, 2].map(() =>
        mode === 'shared'
          ? new mp.Process({ target: add, args: [total, lock, items] })
          : new mp.Process({ target: sum, args: [items, lock] }),
      );
      for (const adder of adders) adder.start();
      for (const item of [1, 2, 3, 4, null, null]) await items.put(item);
      for (const adder of adders) {
        const sum = await adder.result();
        total[0] += sum ?? 0;
      }
      const manager = await mp.Manager();
      const dict = await manager.dict([['tea', squares.length]]);
      const tea = await dict.get('tea');
      await manager.shutdown();
      return { mode, squares, total: total[0], tea, left: mp.activeChildren().length };
    }

    const needed = missing.filter(({ required }) => required).map(({ name }) => name);
    const told = {
      frame: await soon(frame()),
      image: await image(),
      work: needed.length > 0 ? needed : await work().catch((error) => String(error)),
    };
    const show = () => (document.querySelector('#result').textContent = JSON.stringify(told));
    show();
    if (location.hash === '#tell') await fetch('told', { method: 'POST', body: JSON.stringify(told) });

    document.querySelector('button').onclick = async () => {
      const loaded = heard('popup');
      const popup = open(other + 'popup.html', 'popup');
      const came = await soon(loaded);
      if (came !== 'nothing') {
        const answer = heard('popup');
        popup.postMessage({ x: 4 }, '*');
        told.popup = [(await answer).data.x, popup.closed ? 'seems closed' : 'is open'];
      } else told.popup = ['nothing', popup.closed ? 'seems closed' : 'is open'];
      show();
    };`,
};

const pageOf = (head = ''): string => `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8" /><title>Others embedded</title>${head}</head>
  <body><button>Sign in</button><pre id="result"></pre><script type="module" src="/src/main.ts"></script></body>
</html>`;

/** Another origin, and another site: what it sends has no header of isolation. */
const others: Record<string, string> = Object.fromEntries([
  ...['frame', 'popup'].map((from) => [
    `/${from}.html`,
    `<!doctype html><script>
      const page = opener ?? parent;
      addEventListener('message', ({ data }) => page.postMessage({ from: '${from}', x: data.x * 2 }, '*'));
      page.postMessage({ from: '${from}' }, '*');
    </script>`,
  ]),
  ['/image.svg', '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'],
]);

const work = { mode: 'shared', squares: [1, 4, 9], total: 10, tea: 3, left: 0 };
const works = { frame: 6, image: 'loaded', work };
const byMessage = { ...works, work: { ...work, mode: 'message' } };

let app: App;
let dist: string;
let server: Server;
let other: string;

test.beforeAll(async () => {
  app = new App();
  for (const [file, text] of Object.entries(files)) app.write(file, text);
  app.write('index.html', pageOf());
  app.write('helped.html', pageOf('<script src="/isolation.js" data-policy="document"></script>'));
  mkdirSync(join(app.root, 'public'));
  copyFileSync(helper, join(app.root, 'public/isolation.js'));
  const input = ['index', 'helped'].map((name) => join(app.root, `${name}.html`));
  await build({ ...app.config(), build: { target: 'es2022', rolldownOptions: { input } } });
  expect(app.warnings).toEqual([]);
  dist = join(app.root, 'dist');
  server = createHttpServer((request, response) => {
    const text = others[request.url ?? ''];
    const type = request.url?.endsWith('.svg') ? 'image/svg+xml' : 'text/html';
    response.writeHead(text === undefined ? 404 : 200, { 'Content-Type': type }).end(text);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  other = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
test.afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await cleanUp();
});

async function expectWorks(page: Page, url: string, told: object = works): Promise<void> {
  await page.goto(`${url}?other=${encodeURIComponent(other)}`);
  await expect.poll(() => shown(page).catch(() => ({})), { timeout: 90_000 }).toEqual(told);
}

async function expectPopup(page: Page, told: unknown): Promise<void> {
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect.poll(async () => (await shown(page)).popup, { timeout: 90_000 }).toEqual(told);
}

const bothWays = [8, 'is open'];

test('a static server that sends the header with the page alone', async ({ page }) => {
  const { url, close } = await serve(dist, { headers: (path: string) => (path === '/' ? documentIsolation : {}) });
  await expectWorks(page, url);
  await expectPopup(page, bothWays);
  close();
});

test('the other policy keeps them away', async ({ page }) => {
  const { url, close } = await serve(dist, { headers: isolation });
  await expectWorks(page, url, { ...works, frame: 'nothing', image: 'refused' });
  await expectPopup(page, ['nothing', 'seems closed']);
  close();
});

test('without a policy they work, and processes do by message', async ({ page }) => {
  const { url, close } = await serve(dist, { headers: {} });
  await expectWorks(page, url, byMessage);
  await expectPopup(page, bothWays);
  close();
});

test("Vite's dev server", async ({ page }) => {
  const vite = await createServer({
    ...app.config({ isolation: 'document' }),
    server: { host: '127.0.0.1', port: 0 },
  });
  await vite.listen();
  // Not the other origin's site.
  await expectWorks(page, `http://localhost:${(vite.httpServer!.address() as AddressInfo).port}/`);
  await expectPopup(page, bothWays);
  await vite.close();
});

test("Vite's preview server", async ({ page }) => {
  const vite = await preview({ ...app.config({ isolation: 'document' }), preview: { host: '127.0.0.1', port: 0 } });
  await expectWorks(page, `http://localhost:${(vite.httpServer.address() as AddressInfo).port}/`);
  await expectPopup(page, bothWays);
  await vite.close();
});

test('isolation.js, where no headers can be sent', async ({ page }) => {
  const { url, close } = await serve(dist, { headers: {} });
  await expectWorks(page, `${url}helped.html`);
  await expectPopup(page, bothWays);
  close();
});

for (const [title, path, headers, around, told] of [
  ['of another origin, by the header', 'index.html', documentIsolation, 'localhost', works],
  ['of another origin, by isolation.js', 'helped.html', {}, 'localhost', works],
  // This browser lets frames of other sites store nothing, so they get no Web Locks either.
  ['of another site, without storage', 'index.html', {}, '127.0.0.1', byMessage],
] as const) {
  test(`in a frame of a page that is not isolated, ${title}`, async ({ page }) => {
    const { url, close } = await serve(dist, { headers });
    const src = `${url}${path}?other=${encodeURIComponent(other)}`;
    others['/around.html'] = `<!doctype html><iframe src="${src}"></iframe>`;
    await page.goto(`${other.replace('127.0.0.1', around)}around.html`);
    const result = page.frameLocator('iframe').locator('#result');
    await expect.poll(async () => JSON.parse((await result.textContent()) || '{}'), { timeout: 90_000 }).toEqual(told);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
    close();
  });
}

for (const engine of otherEngines) {
  test(`the page in ${engine}, which does not know the policy`, async () => {
    const query = `?other=${encodeURIComponent(other)}#tell`;
    expect(await toldBy(engine, dist, `index.html${query}`, {}, documentIsolation)).toEqual(byMessage);
    expect(await toldBy(engine, dist, `helped.html${query}`, {}, {})).toEqual(byMessage);
  });
}
