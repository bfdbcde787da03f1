// The Vite plugin in a small app of its own, test/vite/fixture: served, edited, built.

import { readdirSync, readFileSync, unlinkSync } from 'node:fs';
import { SourceMap } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { build, createServer, type InlineConfig, type Plugin, preview, type ViteDevServer } from 'vite';
import { documentIsolation, isolation, serve } from '../scripts/serve.mjs';
import { shared } from '../scripts/vite.mjs';
import { expectShown, lowercase, open, shown } from './open.ts';
import { App, cleanUp } from './vite-app.ts';

/** What the app shows once all its processes are done. */
const works = { squared: 9, cubed: 27, item: 'item', refused: 'DataCloneError', isolated: true };

test.afterAll(cleanUp);

test.describe('in development', () => {
  let app: App;
  let server: ViteDevServer | undefined;

  async function start(config: InlineConfig): Promise<string> {
    server = await createServer({ ...config, server: { host: '127.0.0.1', port: 0 } });
    await server.listen();
    return `http://127.0.0.1:${(server.httpServer!.address() as AddressInfo).port}${server.config.base}`;
  }

  test.afterEach(() => server?.close());

  test('a process runs what was edited, with and without a reload', async ({ page }) => {
    app = new App();
    app.write('src/unused.ts', "'use multiprocessing';\nexport { offset } from './offset.ts';");
    const wrong = await open(page, await start(app.config()));
    await expectShown(page, works);
    const { page: first } = await shown(page);

    app.write('src/offset.ts', 'export const offset = 100;');
    await expectShown(page, { squared: 109, cubed: 127, page: first });
    app.write('src/lazy/cube.ts', "'use multiprocessing'; export const cube = (x: number) => -x;");
    await expectShown(page, { squared: 109, cubed: -3, page: first });

    const reloaded = page.waitForEvent('load');
    app.write('src/main.ts', "import { run } from './app.ts';\nvoid run();");
    await reloaded;
    await expectShown(page, { squared: 109, cubed: -3 });
    const reloadedAgain = page.waitForEvent('load');
    app.write('src/offset.ts', 'export const offset = 200;');
    await reloadedAgain;
    await expectShown(page, { squared: 209, cubed: -3 });
    expect(wrong).toEqual([]);
    expect(app.warnings).toEqual([]);
  });

  test('the entry itself has the directive', async ({ page }) => {
    app = new App();
    const entry = `'use multiprocessing';
      import * as mp from 'web-multiprocessing';
      import { offset } from './offset.ts';
      export const answer = () => 42 + offset;
      const show = (text) => document.querySelector('#result').textContent = JSON.stringify({ text });
      if (!mp.freezeSupport()) {
        const process = new mp.Process({ target: answer });
        process.start();
        show(await process.result());
      }`;
    app.write('src/main.ts', entry);
    const wrong = await open(page, await start(app.config()));
    await expectShown(page, { text: 42 });
    app.write('src/main.ts', entry.replace('42', '43'));
    await expectShown(page, { text: 43 });
    app.write('src/offset.ts', 'export const offset = 100;');
    await expectShown(page, { text: 143 });
    expect(wrong).toEqual([]);
  });

  test('(fault 33) a living pool runs what was edited, and a hot update of a module ends the pool that it made', async ({
    page,
  }) => {
    app = new App();
    app.write(
      'src/pool.ts',
      "import * as mp from 'web-multiprocessing';\nexport const version = 1;\nexport const pool = new mp.Pool(2);",
    );
    app.write('src/kept.ts', "import * as mp from 'web-multiprocessing';\nexport const kept = new mp.Pool(1);");
    app.write(
      'src/app.ts',
      `import * as mp from 'web-multiprocessing';
      import { kept } from './kept.ts';
      import { pool, version } from './pool.ts';
      import { square } from './tasks.ts';
      export async function run() {
        const squares = await Promise.all([pool.map(square, [3, 4], { chunksize: 1 }), kept.map(square, [3])]);
        Object.assign(globalThis, { workers: () => mp.activeChildren().length });
        document.querySelector('#result').textContent = JSON.stringify({ squares, version, page: performance.timeOrigin });
      }`,
    );
    const wrong = await open(page, await start(app.config()));
    await expectShown(page, { squares: [[9, 16], [9]], version: 1 });
    const { page: first } = await shown(page);
    app.write('src/offset.ts', 'export const offset = 100;');
    await expectShown(page, { squares: [[109, 116], [109]], version: 1, page: first });
    for (const version of [2, 3]) {
      app.replace('src/pool.ts', `version = ${version - 1}`, `version = ${version}`);
      await expectShown(page, { squares: [[109, 116], [109]], version, page: first });
      await expect.poll(() => page.evaluate('workers()')).toBe(3);
    }
    expect(wrong).toEqual([]);
  });

  test('directive modules come and go', async ({ page }) => {
    app = new App();
    const wrong = await open(page, await start(app.config()));
    await expectShown(page, works);
    app.write('src/new.ts', "'use multiprocessing';\nexport const square = (x: number) => x + 1;");
    app.replace('src/app.ts', 'import { plain }', "import { square } from './new.ts';\nimport { plain }");
    app.replace('src/app.ts', 'produce, square }', 'produce }');
    await expectShown(page, { ...works, squared: 4 });

    app.replace('src/plain.ts', '// No directive:', "'use multiprocessing'; //");
    await expectShown(page, { ...works, squared: 4, refused: 'started' });
    app.replace('src/plain.ts', "'use multiprocessing'; //", '//');
    await expectShown(page, { ...works, squared: 4 });

    app.replace('src/app.ts', "'./new.ts'", "'./tasks.ts'");
    await expectShown(page, works);
    unlinkSync(join(app.root, 'src/new.ts'));
    await page.reload();
    await expectShown(page, works);
    expect(wrong).toEqual([]);
  });

  test('a linked library, and a base', async ({ page }) => {
    app = new App('linked');
    const wrong = await open(page, await start({ ...app.config(), base: '/sub/' }));
    await expectShown(page, works);
    expect(wrong).toEqual([]);
    expect(app.warnings).toEqual([]);
  });

  test('the headers come with every answer, "not modified" too', async ({ request }) => {
    const url = await start(new App().config());
    for (const path of ['', 'src/main.ts', '@web-multiprocessing/process.js?worker_file&type=module', 'missing.png']) {
      expect((await request.get(url + path)).headers(), path).toMatchObject(lowercase(isolation));
    }
    // The server may still be finding out what the page imports, which changes its modules.
    await expect(async () => {
      const { etag } = (await request.get(`${url}src/main.ts`)).headers();
      const again = await request.get(`${url}src/main.ts`, { headers: { 'If-None-Match': etag! } });
      expect(again.status()).toBe(304);
      expect(again.headers()).toMatchObject(lowercase(isolation));
    }).toPass();
  });

  test('other headers, or none', async ({ request }) => {
    app = new App();
    const policy = 'cross-origin-embedder-policy';
    const credentialless = await request.get(await start(app.config({ isolation: 'credentialless' })));
    expect(credentialless.headers()[policy]).toBe('credentialless');
    await server?.close();
    const ofDocument = (await request.get(await start(app.config({ isolation: 'document' })))).headers();
    expect(ofDocument).toMatchObject(lowercase(documentIsolation));
    expect(ofDocument[policy]).toBeUndefined();
    expect(ofDocument['cross-origin-opener-policy']).toBeUndefined();
    await server?.close();
    const none = await request.get(await start(app.config({ isolation: false })));
    expect(none.headers()[policy]).toBeUndefined();
    expect(none.headers()['document-isolation-policy']).toBeUndefined();
  });

  test('on a server the modules are left alone', async () => {
    app = new App();
    await start(app.config());
    const { code = '' } = (await server?.environments.ssr.transformRequest('/src/tasks.ts')) ?? {};
    expect(code).toContain('square');
    expect(code).not.toContain('web-multiprocessing/page');
  });
});

test.describe('in production', () => {
  for (const [base, path] of [
    ['./', 'any/where/'],
    ['/sub/', 'sub/'],
    ['/', ''],
  ] as const) {
    test(`base ${base}, under a strict Content Security Policy`, async ({ page }) => {
      const app = new App();
      const outDir = `served/${path}`;
      await build({
        ...app.config(),
        base,
        build: { outDir, target: 'es2022', assetsInlineLimit: 1e6, sourcemap: true },
      });
      expect(app.warnings).toEqual([]);
      const files = readdirSync(join(app.root, outDir, 'assets')).filter((name) => name.endsWith('.js'));
      expect(files.map((name) => name.replace(/-[\w-]{8}\.js$/, '')).sort()).toEqual(
        expect.arrayContaining(['cube', 'index', 'process']),
      );
      const server = await serve(join(app.root, 'served'));
      try {
        const wrong = await open(page, server.url + path);
        await expectShown(page, works);
        expect(wrong).toEqual([]);
      } finally {
        server.close();
      }
    });
  }

  test('the preview server is isolated', async ({ page }) => {
    const app = new App('linked');
    await build(app.config());
    const server = await preview({ ...app.config(), preview: { host: '127.0.0.1', port: 0 } });
    try {
      const wrong = await open(page, `http://127.0.0.1:${(server.httpServer.address() as AddressInfo).port}/`);
      await expectShown(page, works);
      expect(wrong).toEqual([]);
    } finally {
      await server.close();
    }
  });

  /** Serves what was built with the headers of isolation, and without. */
  async function bothWays(app: App, visit: (url: string, isolated: boolean) => Promise<void>): Promise<void> {
    const isolating = await serve(join(app.root, 'served'));
    const config = { ...app.config({ isolation: false }), build: { outDir: 'served' } };
    const plain = await preview({ ...config, preview: { host: '127.0.0.1', port: 0 } });
    try {
      await visit(isolating.url, true);
      await visit(`http://127.0.0.1:${(plain.httpServer.address() as AddressInfo).port}/`, false);
    } finally {
      isolating.close();
      await plain.close();
    }
  }

  test('a worker loads the script for the way that its page goes', async ({ page }) => {
    const app = new App();
    await build({ ...app.config(), build: { outDir: 'served', target: 'es2022' } });
    expect(app.warnings).toEqual([]);
    const scripts = new Set<string>();
    page.on('request', (request) => {
      const [, script] = /\/(process(?:-message)?)-[\w-]{8}\.js$/.exec(request.url()) ?? [];
      if (script !== undefined) scripts.add(script);
    });
    await bothWays(app, async (url, isolated) => {
      scripts.clear();
      const wrong = await open(page, url, isolated ? isolation : {});
      await expectShown(page, { ...works, isolated });
      expect(wrong).toEqual([]);
      expect([...scripts]).toEqual([isolated ? 'process' : 'process-message']);
    });
  });

  test('an app that is built to be never isolated works by message, on an isolated page as well', async ({ page }) => {
    const app = new App();
    const isolated = 'isolated: crossOriginIsolated';
    app.replace('src/app.ts', isolated, `${isolated}, mode: mp.capabilities().mode`);
    // A context brings all that there is.
    app.replace('src/app.ts', "(mp.getContext('forkserver').Process)", 'mp.Process');
    // From source, as only in one file for each module it can be told what is left out.
    const config = { ...app.config({ isolation: false }), resolve: shared.resolve };
    await build({ ...config, build: { outDir: 'served', target: 'es2022', minify: false } });
    expect(app.warnings).toEqual([]);
    const scripts = readdirSync(join(app.root, 'served/assets')).filter((name) => name.startsWith('process-'));
    expect(scripts).toEqual([expect.stringMatching(/^process-message-/)]);
    const code = readFileSync(join(app.root, 'served/assets', scripts[0]!), 'utf8');
    expect(['RequestedQueue', 'RequestedBarrier', 'MemoryLoop'].filter((name) => code.includes(name))).toEqual([
      'RequestedQueue',
    ]);
    await bothWays(app, async (url, isIsolated) => {
      const wrong = await open(page, url, isIsolated ? isolation : {});
      await expectShown(page, { ...works, isolated: isIsolated, mode: 'message' });
      expect(wrong).toEqual([]);
    });
  });

  test('where what works by message cannot be loaded, no process starts, and says why', async ({ page }) => {
    const app = new App();
    await build({ ...app.config(), build: { outDir: 'served', target: 'es2022' } });
    await page.route(/\/install_by_message-[^/]*\.js$/, (route) => route.abort());
    const error = expect.stringMatching(/^ProcessError: what works by message could not be loaded: .*Reload the page/);
    await bothWays(app, async (url, isolated) => {
      await open(page, url);
      await expectShown(page, isolated ? { ...works, isolated } : { error });
    });
  });

  test('a source map still points to the source', async () => {
    const app = new App();
    // Or the page would have the names alone.
    app.write('src/main.ts', `import './tasks.ts';\n${readFileSync(join(app.root, 'src/main.ts'), 'utf8')}`);
    await build({ ...app.config(), build: { sourcemap: true, minify: false, outDir: 'out' } });
    const assets = join(app.root, 'out/assets');
    const has = (name: string) => name.endsWith('.js') && readFileSync(join(assets, name), 'utf8').includes('x * x');
    const chunks = readdirSync(assets).filter(has);
    // The page's, and the process's.
    expect(chunks).toHaveLength(2);
    for (const name of chunks) {
      const lines = readFileSync(join(assets, name), 'utf8').split('\n');
      const map = new SourceMap(JSON.parse(readFileSync(join(assets, `${name}.map`), 'utf8')));
      const row = lines.findIndex((line) => line.includes('x * x'));
      const entry = map.findEntry(row, lines[row]!.indexOf('x * x'));
      expect(entry).toMatchObject({ originalSource: expect.stringMatching(/src\/tasks\.ts$/), originalLine: 12 });
    }
  });

  test('plugins for processes see each of their modules once for each script', async () => {
    const app = new App();
    const seen: string[] = [];
    const plugin: Plugin = {
      name: 'sees',
      transform(_code, id) {
        seen.push(id);
      },
    };
    await build({ ...app.config(), worker: { plugins: () => [plugin] } });
    expect(seen.filter((id) => id.endsWith('/src/tasks.ts'))).toHaveLength(2);
    expect(app.warnings).toEqual([]);
  });

  test('two files of one name are refused', async () => {
    const app = new App();
    app.write('src/tasks.js', "'use multiprocessing';");
    await expect(build(app.config())).rejects.toThrow(/tasks\.js and .*tasks\.ts would both be known as 'src\/tasks'/);
  });

  test('the search can be narrowed', async () => {
    const app = new App();
    await build(app.config({ folders: ['src/lazy'] }));
    expect(app.warnings.join()).toMatch(
      /tasks\.ts begins with 'use multiprocessing', but no process knows it: it is not in src\/lazy.*folders: \['src\/lazy', 'src'\]/,
    );
    await expect(build(app.config({ folders: ['elsewhere'] }))).rejects.toThrow(/there is no folder .*elsewhere/);
  });
});
