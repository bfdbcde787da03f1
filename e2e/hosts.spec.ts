// Where an app may find itself: in a worker of its own, under Trusted Types, with its files on a CDN, in a sandboxed frame. It works,
// or what is refused says what to do.

import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { build, type InlineConfig } from 'vite';
import { isolation, serve } from '../scripts/serve.mjs';
import { expectShown } from './open.ts';
import { App, cleanUp } from './vite-app.ts';

test.afterAll(cleanUp);

const show = "const show = (result) => document.querySelector('#result').textContent = JSON.stringify(result);";

async function built(main: string, config: InlineConfig = {}, files: Record<string, string> = {}): Promise<string> {
  const app = new App();
  app.write(
    'src/main.ts',
    `import * as mp from 'web-multiprocessing';\nimport { square } from './tasks.ts';\n${show}\n${main}`,
  );
  for (const [file, text] of Object.entries(files)) app.write(file, text);
  await build({ ...app.config(), ...config, build: { outDir: 'served', target: 'es2022' }, worker: { format: 'es' } });
  expect(app.warnings).toEqual([]);
  return join(app.root, 'served');
}

test("a worker of the app's own starts no process, and says where to (fault 06)", async ({ page }) => {
  const own = `
    import * as mp from 'web-multiprocessing';
    import { square } from './tasks.ts';
    const { ready, missing } = mp.capabilities();
    const refused = await new mp.Pool(1).apply(square, [3]).catch((error) => error.message);
    postMessage({ ready, missing: missing.map(({ name }) => name), refused });`;
  const folder = await built(
    `const own = new Worker(new URL('./own.ts', import.meta.url), { type: 'module' });
    own.onmessage = ({ data }) => new mp.Pool(1).apply(square, [3]).then((squared) => show({ ...data, squared }));`,
    {},
    { 'src/own.ts': own },
  );
  const server = await serve(folder, { headers: isolation });
  await page.goto(server.url);
  await expectShown(page, {
    ready: false,
    missing: ['workers'],
    refused: expect.stringMatching(/start processes in the page, or make it a Process/),
    squared: 9,
  });
  server.close();
});

test.describe('under Trusted Types (fault 14)', () => {
  const headers = { ...isolation, 'Content-Security-Policy': "require-trusted-types-for 'script'" };
  const call = 'show({ came: await new mp.Pool(1).apply(square, [3]).catch((error) => error.message) });';

  test('the refusal says what helps', async ({ page }) => {
    const server = await serve(await built(call), { headers });
    await page.goto(server.url);
    await expectShown(page, { came: expect.stringMatching(/TrustedScriptURL.*createPolicy\("default"/) });
    server.close();
  });

  test('and it does', async ({ page }) => {
    const policy = `trustedTypes.createPolicy('default', {
      createScriptURL(url) {
        if (new URL(url, location.href).origin === location.origin) return url;
        throw new TypeError('not ours');
      },
    });`;
    const server = await serve(await built(`${policy}\n${call}`), { headers });
    await page.goto(server.url);
    await expectShown(page, { came: 9 });
    server.close();
  });
});

test.describe('with its files on a CDN (fault 10)', () => {
  const cdn = 'https://cdn.example.org/app/';
  const headers = { 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' };
  const call = 'show({ came: await new mp.Pool(1).apply(square, [3]).catch((error) => error.message) });';
  const renderBuiltUrl = (filename: string): string | { runtime: string } =>
    /\/process-[^/]*\.js$/.test(filename) ? { runtime: `new URL('/${filename}', location).href` } : `${cdn}${filename}`;

  for (const [title, config, came] of [
    [
      'the refusal says what helps',
      { base: cdn },
      expect.stringMatching(/Its script has to be of the page's own origin/),
    ],
    ['what processes load can stay at home', { experimental: { renderBuiltUrl } }, 9],
  ] as const) {
    test(title, async ({ page }) => {
      const folder = await built(call, config);
      await page.route(`${cdn}**`, (route) =>
        route.fulfill({ path: join(folder, route.request().url().slice(cdn.length)), headers }),
      );
      const server = await serve(folder, { headers: isolation });
      await page.goto(server.url);
      await expectShown(page, { came });
      server.close();
    });
  }
});

test('a page that is not secure has no connections between tabs, and says so; over https it has', async ({ page }) => {
  const folder = await built(`
    const { missing } = mp.capabilities();
    const told = [];
    for (const options of [{}, { authkey: Uint8Array.of(1) }]) {
      try {
        const listener = new mp.Listener('here', options);
        const [guest, client] = await Promise.all([listener.accept(), mp.Client('here', options)]);
        for (const each of [guest, client, listener]) each.close();
      } catch (error) {
        told.push(error.message);
      }
    }
    const insecure = missing.find(({ name }) => name === 'secure context');
    show({ told, remedy: insecure?.remedy ?? 'none' });`);
  const server = await serve(folder);
  for (const host of ['http://app.test/', 'https://app.test/']) {
    await page.route(`${host}**`, async (route) => {
      const { pathname } = new URL(route.request().url());
      await route.fulfill({ response: await route.fetch({ url: server.url + pathname.slice(1) }) });
    });
  }
  await page.goto('http://app.test/');
  const needed =
    /^Listener and Client need Web Locks, which browsers give to pages that are secure: serve it over https/;
  const told = [expect.stringMatching(needed), expect.stringMatching(/serve it over https or from localhost$/)];
  await expectShown(page, { told, remedy: 'Serve the page over HTTPS, or from localhost.' });
  await page.goto('https://app.test/');
  await expectShown(page, { told: [], remedy: 'none' });
  server.close();
});

for (const [what, headers] of [
  ['isolated', { ...isolation, 'Cross-Origin-Resource-Policy': 'cross-origin' }],
  ['by message', {}],
] as const) {
  test(`a sandboxed frame has no workers, says so, and has them with allow-same-origin: ${what}`, async ({ page }) => {
    const folder = await built(`
      const { ready } = mp.capabilities();
      new mp.Pool(1).apply(square, [3]).then((squared) => show({ ready, squared }), (error) => show({ ready, told: error.message }));`);
    const framed = (sandbox: string): string => `<!doctype html><iframe sandbox="${sandbox}" src="/"></iframe>`;
    const server = await serve(folder, {
      // So that its modules are loaded at all where it has no origin.
      headers: { ...headers, 'Access-Control-Allow-Origin': '*' },
      extra: { '/without.html': framed('allow-scripts'), '/with.html': framed('allow-scripts allow-same-origin') },
    });
    const shownIn = async (path: string): Promise<unknown> => {
      await page.goto(server.url + path);
      const result = page.frameLocator('iframe').locator('#result');
      await expect(result).not.toBeEmpty();
      return JSON.parse((await result.textContent())!);
    };
    const told = expect.stringMatching(/^the browser made no worker: .* "allow-same-origin" in its sandbox/);
    expect(await shownIn('without.html')).toEqual({ ready: false, told });
    expect(await shownIn('with.html')).toEqual({ ready: true, squared: 9 });
    server.close();
  });
}
