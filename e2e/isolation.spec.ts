// The service worker of public/isolation.js, on a server that sends no headers of isolation, below a path.

import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test as base, expect, type Page } from '@playwright/test';
import sirv from 'sirv';
import { build, createLogger } from 'vite';
import { remove } from '../scripts/remove.mjs';
import { isolation } from '../scripts/serve.mjs';
import { shared } from '../scripts/vite.mjs';
import multiprocessing from '../src/vite.ts';

const script = fileURLToPath(new URL('../public/isolation.js', import.meta.url));

const page = (tag: string, main = 'main'): string => `<!doctype html>
<meta charset="utf-8" />
<title>Isolation</title>
${tag}
<script type="module" src="/src/${main}.ts"></script>
<output></output>
`;

const app = {
  'src/tasks.ts': `'use multiprocessing';
    export const square = (x) => x * x;`,
  'src/main.ts': `
    import * as mp from 'web-multiprocessing';
    import { square } from './tasks';
    const show = (text) => (document.querySelector('output').textContent = text);
    void fetch('/ran?' + crossOriginIsolated);
    if (crossOriginIsolated) {
      const pool = new mp.Pool(2);
      show(String(await pool.map(square, [1, 2, 3])));
      pool.close();
      await pool.join();
    } else show('not isolated');`,
  'src/plain.ts': `
    import * as mp from 'web-multiprocessing';
    import { square } from './tasks';
    const outcome = async (f) => {
      try { return String(await f()); } catch (error) { return error.name; }
    };
    const listener = new mp.Listener('plain');
    const talk = async () => {
      const client = mp.Client('plain');
      const [server, other] = [await listener.accept(), await client];
      await other.send({ all: 'well' });
      const { all } = await server.recv();
      listener.close();
      return all;
    };
    const made = (make) => outcome(async () => (await make(), 'made'));
    const started = new mp.Process({ target: square, args: [2] });
    const pool = new mp.Pool(1);
    let manager;
    const outcomes = {
      cpuCount: await outcome(() => mp.cpuCount() > 0),
      activeChildren: await outcome(() => mp.activeChildren().length),
      currentProcess: await outcome(() => mp.currentProcess().name),
      messages: await outcome(talk),
      Process: await outcome(() => new mp.Process({ target: square, args: [2] }) instanceof mp.Process),
      start: await outcome(() => (started.start(), started.result())),
      Pool: await outcome(() => pool.apply(square, [2])),
      Manager: await made(async () => (manager = await mp.Manager())),
    };
    for (const name of ['Queue', 'SimpleQueue', 'JoinableQueue', 'Lock', 'RLock', 'Condition', 'Event', 'Pipe']) {
      outcomes[name] = await made(() => (name === 'Pipe' ? mp.Pipe() : new mp[name]()));
    }
    outcomes.Value = await made(() => new mp.Value('i', 0));
    outcomes.RawArray = await made(() => new mp.RawArray('d', 4));
    outcomes.SharedMemory = await made(() => new mp.SharedMemory(null, { create: true, size: 8 }));
    pool.close();
    await pool.join();
    await manager.shutdown();
    outcomes.left = mp.activeChildren().length;
    document.querySelector('output').textContent = JSON.stringify(outcomes);`,
  'public/own.js': `
    importScripts('isolation.js');
    addEventListener('fetch', (event) => {
      const { request } = event;
      if (request.url.endsWith('/greeting')) event.respondWith(new Response('from the worker'));
      else if (isolation.isConcerned(request)) event.respondWith(fetch(request).then((it) => isolation.isolate(it)));
    });`,
  // It is active, and isolates nothing; what replaces it waits for all tabs to be closed.
  'public/patient.js': 'addEventListener("install", () => skipWaiting());',
  'public/useless.js': `addEventListener('fetch', () => {});`,
  'public/broken.js': `throw new Error('broken');`,
  'public/data.txt': '0123456789',
};

/** The pages, by the tag that they begin with. */
const pages = {
  index: '<script src="isolation.js"></script>',
  absolute: '<script src="/isolation.js"></script>',
  document: '<script src="/isolation.js" data-policy="document"></script>',
  deep: '<script src="../isolation.js"></script>',
  own: '<script src="isolation.js" data-worker="own.js"></script>',
  credentialless: '<script src="isolation.js" data-policy="credentialless"></script>',
  unknown: '<script src="isolation.js" data-policy="not-a-policy"></script>',
  useless: '<script src="isolation.js" data-worker="useless.js"></script>',
  patient: '<script src="isolation.js" data-worker="patient.js"></script>',
  broken: '<script src="isolation.js" data-worker="broken.js"></script>',
  missing: '<script src="isolation.js" data-worker="missing.js"></script>',
};
const fileOf = (name: string): string => (name === 'deep' ? 'deep/er.html' : `${name}.html`);

interface Site {
  readonly url: string;
  readonly folder: string;
  /** What it sends with every answer. */
  headers: Record<string, string>;
  /** Whether the page was isolated, each time that the app ran. */
  readonly ran: string[];
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://localhost:${(server.address() as AddressInfo).port}/`;
}

let built: string;
const warnings: string[] = [];
const logger = createLogger('silent');
logger.warn = logger.warnOnce = (text) => warnings.push(text);
base.beforeAll(async () => {
  const root = mkdtempSync(join(tmpdir(), 'isolation-'));
  built = root;
  const inputs = [...Object.keys(pages), 'plain'].map((name) => join(root, fileOf(name)));
  for (const folder of ['src', 'public', 'deep']) mkdirSync(join(root, folder));
  for (const [file, text] of Object.entries(app)) writeFileSync(join(root, file), text);
  for (const [name, tag] of Object.entries(pages)) writeFileSync(join(root, fileOf(name)), page(tag));
  writeFileSync(join(root, 'plain.html'), page('', 'plain'));
  copyFileSync(script, join(root, 'public/isolation.js'));
  await build({
    configFile: false,
    logLevel: 'warn',
    customLogger: logger,
    root,
    base: './',
    resolve: shared.resolve,
    plugins: [multiprocessing()],
    build: { target: 'es2022', outDir: 'served/repo', rolldownOptions: { input: inputs } },
  });
});
base.afterAll(() => remove(built));

const test = base.extend<{ site: Site }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern.
  site: async ({}, use) => {
    const folder = join(built, 'served');
    const files = sirv(folder, { dev: true });
    const server = createServer((request, response) => {
      for (const [name, value] of Object.entries(site.headers)) response.setHeader(name, value);
      const { pathname, search } = new URL(request.url ?? '', 'http://localhost');
      if (pathname === '/ran') {
        site.ran.push(search.slice(1));
        response.writeHead(204).end();
      } else if (pathname === '/repo/moved') response.writeHead(302, { Location: './index.html?moved' }).end();
      else
        files(request, response, () => {
          response.writeHead(404, { 'Content-Type': 'text/html' }).end('Not found\n');
        });
    });
    const headers = { 'Content-Security-Policy': "default-src 'self'" };
    const site = { url: await listen(server), folder, headers, ran: [] as string[] };
    await use(site);
    server.closeAllConnections();
    server.close();
  },
});

/** Notes how often the page was loaded, and what it complained of. */
function watch(page: Page): { loads: number; complaints: string[] } {
  const seen = { loads: 0, complaints: [] as string[] };
  // A page that reloads itself before it is complete has no event of its own.
  page.on('request', (request) => {
    if (request.isNavigationRequest()) seen.loads++;
  });
  page.on('pageerror', (error) => seen.complaints.push(String(error)));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !message.location().url.endsWith('favicon.ico'))
      seen.complaints.push(message.text());
  });
  return seen;
}

const works = (page: Page): Promise<void> => expect(page.locator('output')).toHaveText('1,4,9', { timeout: 90_000 });
/** Long enough for a page that reloads itself again and again to be noticed. */
const stays = async (page: Page): Promise<void> => {
  await expect(page.locator('output')).toHaveText('not isolated', { timeout: 90_000 });
  await page.waitForTimeout(1500);
  await expect(page.locator('output')).toHaveText('not isolated');
};

test('Vite builds the tags without a warning', () => {
  // That a build was slow says something of the machine alone.
  expect(warnings.filter((text) => !text.includes('PLUGIN_TIMINGS'))).toEqual([]);
});

test.describe('a page becomes isolated', () => {
  for (const [name, reloads] of [
    ['index', 1],
    ['absolute', 1],
    ['document', 1],
    ['deep', 1],
    ['own', 1],
    ['credentialless', 1],
    ['unknown', 2],
  ] as const) {
    test(`${name}: by ${reloads} reloads at the first visit, by none at the second`, async ({ page, site }) => {
      const seen = watch(page);
      await page.goto(`${site.url}repo/${fileOf(name)}`);
      await works(page);
      // The app did not run before it was isolated.
      expect(seen).toEqual({ loads: 1 + reloads, complaints: [] });
      await page.goto('about:blank');
      seen.loads = 0;
      await page.goto(`${site.url}repo/${fileOf(name)}`);
      await works(page);
      expect(seen).toEqual({ loads: 1, complaints: [] });
      expect(site.ran).toEqual(['true', 'true']);
    });
  }

  test('again after it was loaded past the service worker, which does not loop', async ({ page, site }) => {
    const seen = watch(page);
    await page.goto(`${site.url}repo/`);
    await works(page);
    const client = await page.context().newCDPSession(page);
    await client.send('Network.enable');
    for (const _ of [1, 2]) {
      await client.send('Network.setBypassServiceWorker', { bypass: true });
      seen.loads = 0;
      await page.reload();
      await stays(page);
      // Chromium may show the page what its storage was before it became isolated: then it does not even try.
      expect(seen.loads).toBeLessThanOrEqual(2);
      expect(seen.complaints.splice(0).join()).toContain('the service worker did not help');
      await client.send('Network.setBypassServiceWorker', { bypass: false });
      await page.reload();
      await works(page);
    }
  });

  test('and stays so when the service worker is updated', async ({ page, site }) => {
    const seen = watch(page);
    await page.goto(`${site.url}repo/`);
    await works(page);
    appendFileSync(join(site.folder, 'repo/isolation.js'), '// A later version.\n');
    const text = await page.evaluate(async () => {
      const registration = (await navigator.serviceWorker.getRegistration())!;
      const changed = new Promise((done) => navigator.serviceWorker.addEventListener('controllerchange', done));
      await registration.update();
      await changed;
      return (await fetch('isolation.js', { cache: 'no-store' })).text();
    });
    expect(text).toContain('A later version.');
    await page.reload();
    await works(page);
    expect(seen).toEqual({ loads: 3, complaints: [] });
  });

  test('and a service worker of your own goes on with its work', async ({ page, site }) => {
    await page.goto(`${site.url}repo/own.html`);
    await works(page);
    expect(await page.evaluate(async () => (await fetch('greeting')).text())).toBe('from the worker');
  });

  test('redirects, missing pages, parts and network errors stay what they are', async ({ page, site }) => {
    await page.goto(`${site.url}repo/`);
    await works(page);
    await page.goto(`${site.url}repo/moved`);
    await works(page);
    expect(page.url()).toBe(`${site.url}repo/index.html?moved`);
    const part = await page.evaluate(async () => {
      const response = await fetch('data.txt', { headers: { Range: 'bytes=2-4' } });
      return [response.status, await response.text()];
    });
    expect(part).toEqual([206, '234']);
    const missing = await page.goto(`${site.url}repo/nowhere`);
    expect(missing?.status()).toBe(404);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  });

  test('credentialless lets images of others through, require-corp does not', async ({ page, site }) => {
    site.headers = {};
    const server = createServer((_, response) => {
      response.setHeader('Content-Type', 'image/svg+xml');
      response.end('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>');
    });
    const url = await listen(server);
    const load = (src: string): Promise<boolean> =>
      new Promise((done) => {
        const image = new Image();
        image.onload = () => done(true);
        image.onerror = () => done(false);
        image.src = src;
      });
    await page.goto(`${site.url}repo/credentialless.html`);
    await works(page);
    expect(await page.evaluate(load, url)).toBe(true);
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.unregister());
    await page.goto(`${site.url}repo/`);
    await works(page);
    expect(await page.evaluate(load, url)).toBe(false);
    server.close();
  });
});

test.describe('a page that cannot be isolated does not reload for ever', () => {
  for (const [name, loads, why] of [
    ['useless', 2, 'did not help'],
    ['broken', 1, 'ServiceWorker script evaluation failed'],
    ['missing', 1, 'bad HTTP response code (404)'],
  ] as const) {
    test(`a service worker that is ${name}`, async ({ page, site }) => {
      const seen = watch(page);
      await page.goto(`${site.url}repo/${fileOf(name)}`);
      await stays(page);
      expect(seen.loads).toBe(loads);
      expect(seen.complaints.join('\n')).toContain('This page is not cross-origin isolated');
      expect(seen.complaints.join('\n')).toContain(why);
    });
  }

  test('a service worker that waits for an older one', async ({ page, site }) => {
    // Another tab has the older one.
    const tab = await page.context().newPage();
    await tab.goto(`${site.url}repo/data.txt`);
    await tab.evaluate(async () => {
      await navigator.serviceWorker.register('patient.js');
      await navigator.serviceWorker.ready;
    });
    await tab.reload();
    writeFileSync(join(site.folder, 'repo/patient.js'), '// It does not call skipWaiting().');
    await tab.evaluate(async () => {
      const registration = await (await navigator.serviceWorker.ready).update();
      const newer = registration.installing;
      while (newer?.state === 'installing') await new Promise((done) => newer.addEventListener('statechange', done));
    });
    const seen = watch(page);
    await page.goto(`${site.url}repo/patient.html`);
    await stays(page);
    expect(seen.complaints.join()).toContain('waits for an older one');
    expect(site.ran).toEqual(['false']);
  });

  test("scripts run after all, in their order, and hear of the document's end", async ({ page, site }) => {
    const note = (name: string) => `(self.ran ??= []).push(${JSON.stringify(name)});\n`;
    const scripts = ['<script type="module" src="before.js"></script>'];
    scripts.push('<script src="isolation.js" data-worker="broken.js"></script>');
    scripts.push(`<script>${note('inline')}</script>`, '<script src="classic.js"></script>');
    scripts.push(`<script>${note('after classic')}</script>`, '<script defer src="defer.js"></script>');
    scripts.push('<script src="last.js"></script>', '<script type="module" src="module.js"></script>');
    for (const name of ['before', 'classic', 'defer', 'module', 'last']) {
      writeFileSync(join(site.folder, `repo/${name}.js`), note(name));
    }
    const ends = ['document.addEventListener("DOMContentLoaded"', 'addEventListener("load"'];
    const heard = ends.map((end, index) => `${end}, () => { ${note(['parsed', 'loaded'][index]!)} });`).join('');
    writeFileSync(join(site.folder, 'repo/defer.js'), note('defer') + heard);
    writeFileSync(join(site.folder, 'repo/order.html'), `<!doctype html><head>${scripts.join('')}</head>`);
    site.headers = {};
    await page.goto(`${site.url}repo/order.html`);
    const ran = () => page.evaluate(() => (self as unknown as { ran?: string[] }).ran ?? []);
    const order = ['inline', 'classic', 'after classic', 'last', 'before', 'defer', 'module', 'parsed', 'loaded'];
    await expect.poll(ran).toEqual(order);
  });

  test('no storage, where it works and where it does not', async ({ page, site }) => {
    await page.addInitScript(() => {
      Object.defineProperty(globalThis, 'sessionStorage', {
        get() {
          throw new DOMException('Access is denied.', 'SecurityError');
        },
      });
    });
    const seen = watch(page);
    await page.goto(`${site.url}repo/`);
    await works(page);
    expect(seen.loads).toBe(2);
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.unregister());
    await page.goto(`${site.url}repo/useless.html`);
    await stays(page);
    expect(seen.loads).toBe(4);
    expect(seen.complaints.join()).toContain('no storage');
  });

  test('a full storage', async ({ page, site }) => {
    await page.addInitScript(() => {
      Storage.prototype.setItem = () => {
        throw new DOMException('It is full.', 'QuotaExceededError');
      };
    });
    const seen = watch(page);
    await page.goto(`${site.url}repo/useless.html`);
    await stays(page);
    expect(seen.loads).toBe(2);
  });

  test('no service workers', async ({ page, site }) => {
    await page.addInitScript(() => {
      Reflect.deleteProperty(Navigator.prototype, 'serviceWorker');
    });
    const seen = watch(page);
    await page.goto(`${site.url}repo/`);
    await stays(page);
    expect(seen.loads).toBe(1);
    expect(seen.complaints.join()).toContain('no service workers');
  });

  test('a page outside of its scope', async ({ page, site }) => {
    writeFileSync(join(site.folder, 'outside.html'), '<script src="repo/isolation.js"></script><output>not isolated');
    const seen = watch(page);
    await page.goto(`${site.url}outside.html`);
    await stays(page);
    expect(seen.loads).toBe(1);
    expect(seen.complaints.join()).toContain(`it is outside of ${site.url}repo/`);
  });

  test('neither HTTPS nor localhost', async ({ page, site }) => {
    await page.route('http://insecure.test/**', async (route) => {
      const { pathname } = new URL(route.request().url());
      await route.fulfill({ response: await route.fetch({ url: site.url + pathname.slice(1) }) });
    });
    const seen = watch(page);
    await page.goto('http://insecure.test/repo/index.html');
    await stays(page);
    expect(seen.loads).toBe(1);
    expect(seen.complaints.join()).toContain('HTTPS or localhost');
  });
});

test('where the server sends the headers nothing is registered', async ({ page, site }) => {
  site.headers = isolation;
  const seen = watch(page);
  await page.goto(`${site.url}repo/`);
  await works(page);
  expect(seen).toEqual({ loads: 1, complaints: [] });
  expect(await page.evaluate(() => navigator.serviceWorker.getRegistrations())).toEqual([]);
});

test('what works in a page that is not isolated', async ({ page, site }) => {
  const seen = watch(page);
  await page.goto(`${site.url}repo/plain.html`);
  await expect(page.locator('output')).not.toBeEmpty({ timeout: 90_000 });
  const refused = 'InvalidStateError';
  expect(JSON.parse((await page.locator('output').textContent()) ?? '')).toEqual({
    cpuCount: 'true',
    activeChildren: '0',
    currentProcess: 'MainProcess',
    messages: 'well',
    Process: 'true',
    start: '4',
    Pool: '4',
    Manager: 'made',
    Queue: 'made',
    SimpleQueue: 'made',
    JoinableQueue: 'made',
    Lock: 'made',
    RLock: 'made',
    Condition: 'made',
    Event: 'made',
    Pipe: 'made',
    Value: refused,
    RawArray: refused,
    SharedMemory: refused,
    left: 0,
  });
  expect(seen.complaints).toEqual([]);
});
