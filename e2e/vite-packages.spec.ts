// Packages with tasks of their own, in an app with the Vite plugin, test/vite/packages: served and built. One brings the
// executable that it was built with; of the other the app makes its own.

import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import { build, createServer, type ViteDevServer } from 'vite';
import { serve } from '../scripts/serve.mjs';
import type { MultiprocessingOptions } from '../src/vite.ts';
import { otherEngines, toldBy } from './engines.ts';
import { expectShown, open, shown } from './open.ts';
import { App, cleanUp } from './vite-app.ts';

const works = {
  first: [1, 4, 9],
  own: ['a square of 1 cm', 'a square of 2 cm', 'a square of 3 cm'],
  again: [1, 4, 9],
  box: 7,
  tripled: 15,
  mixed: expect.stringMatching(
    /^DataCloneError: src\/tasks\.square and acme-lib\/src\/tasks\.half belong to different executables.*one pool for each$/,
  ),
  late: 'LATE',
  heavy: '6765 string',
  bad: expect.stringMatching(
    /^ProcessError: src\/page could not be loaded in this process, which has no page: ReferenceError: .*document/,
  ),
  left: 0,
};

let library: App;

test.beforeAll(async () => {
  // As its author does: in library mode, with the plugin.
  library = new App('installed', 'acme-lib');
  const lib = { entry: 'src/index.ts', formats: ['es' as const], fileName: 'index' };
  await build({ ...library.config(), build: { lib, minify: false } });
  expect(library.warnings).toEqual([]);
});

test.afterAll(cleanUp);

/** The app, with both packages installed. */
function installed(): App {
  const app = new App('installed', 'packages');
  for (const part of ['package.json', 'dist']) {
    cpSync(join(library.root, part), join(app.root, 'node_modules/acme-lib', part), { recursive: true });
  }
  cpSync(
    fileURLToPath(new URL('../test/vite/acme-tasks', import.meta.url)),
    join(app.root, 'node_modules/acme-tasks'),
    {
      recursive: true,
    },
  );
  return app;
}

/** An app whose functions are somebody else's: the package knows nothing of processes. */
function handingOn(): App {
  const app = new App();
  mkdirSync(join(app.root, 'node_modules/mylib'), { recursive: true });
  app.write(
    'node_modules/mylib/package.json',
    '{ "name": "mylib", "type": "module", "exports": { "./tasks": "./tasks.js" } }',
  );
  app.write('node_modules/mylib/tasks.js', 'export const cube = (x) => x ** 3;');
  app.write('src/handed.ts', "'use multiprocessing';\nexport * from 'mylib/tasks';");
  app.write(
    'src/main.ts',
    `import * as mp from 'web-multiprocessing';
    import { cube } from 'mylib/tasks';
    import { cube as handed } from './handed.ts';
    const pool = new mp.Pool(1);
    const told = { same: cube === handed, cubes: await pool.map(handed, [1, 2, 3]), own: await pool.apply(cube, [4]) };
    pool.close();
    await pool.join();
    document.querySelector('#result').textContent = JSON.stringify({ ...told, left: mp.activeChildren().length });`,
  );
  return app;
}
const handedOn = { same: true, cubes: [1, 8, 27], own: 64, left: 0 };

async function expectWorks(page: Page, url: string): Promise<void> {
  const wrong = await open(page, url);
  await expect.poll(() => shown(page).catch(() => ({})), { timeout: 90_000 }).toEqual(works);
  expect(wrong).toEqual([]);
}

test.describe('in development', () => {
  let server: ViteDevServer | undefined;

  async function start(app: App, options: MultiprocessingOptions = {}): Promise<string> {
    server = await createServer({ ...app.config(options), server: { host: '127.0.0.1', port: 0 } });
    await server.listen();
    return `http://127.0.0.1:${(server.httpServer!.address() as AddressInfo).port}/`;
  }

  test.afterEach(() => server?.close());

  test('(fault 11) (fault 34) (fault 41) (fault 08) each package has its own, and nothing spoils the rest', async ({
    page,
  }) => {
    const app = installed();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await expectWorks(page, await start(app));
    expect(app.warnings).toEqual([]);
    expect(asked.filter((url) => url.includes('helper'))).toEqual([]);
  });

  test('(fault 34) packages that do not say what they depend on, or are no dependencies: the option "folders" names one', async ({
    page,
  }) => {
    const app = installed();
    app.write('package.json', '{ "type": "module", "dependencies": { "acme-lib": "*" } }');
    for (const [name, entry] of [
      ['acme-lib', './dist/index.js'],
      ['acme-tasks', './index.js'],
    ]) {
      app.write(
        `node_modules/${name}/package.json`,
        JSON.stringify({ name, type: 'module', exports: { import: entry } }),
      );
    }
    await expectWorks(page, await start(app, { folders: ['.', 'node_modules/acme-tasks'] }));
    expect(app.warnings).toEqual([]);
  });

  test('(fault 19) (fault 20) a pool made before any module of tasks, and what its first call says', async ({
    page,
  }) => {
    const app = new App();
    app.write(
      'src/main.ts',
      `import * as mp from 'web-multiprocessing';
      const pool = new mp.Pool(1);
      const show = (result) => document.querySelector('#result').textContent = JSON.stringify(result);
      const early = await pool.apply(Math.abs, [1]).catch((error) => error.message);
      const { square } = await import('./tasks.ts');
      show({ early, late: await pool.apply(square, [3]) });`,
    );
    await open(page, await start(app));
    await expectShown(page, {
      early: expect.stringMatching(/no executable is set.*a module of its own, which is imported before/),
      late: 9,
    });
  });

  test('an app that has no function of its own, but a manager, needs an empty module', async ({ page }) => {
    const app = new App();
    app.write('src/empty.ts', "'use multiprocessing';");
    app.write(
      'src/main.ts',
      `import * as mp from 'web-multiprocessing';
      const hold = async () => {
        const manager = await mp.Manager();
        const dict = await manager.dict([['a', 1]]);
        return dict.get('a');
      };
      const early = await hold().catch((error) => error.message);
      await import('./empty.ts');
      document.querySelector('#result').textContent = JSON.stringify({ early, late: await hold() });`,
    );
    await open(page, await start(app));
    await expectShown(page, { early: expect.stringMatching(/for a manager alone.*an empty module/), late: 1 });
  });

  test("(fault 15) export * from 'mylib/tasks' hands on the functions of a package", async ({ page }) => {
    const app = handingOn();
    const wrong = await open(page, await start(app));
    await expectShown(page, handedOn);
    expect([...wrong, ...app.warnings]).toEqual([]);
  });

  test('a module that comes to the app late is known to new processes', async ({ page }) => {
    const app = new App();
    app.write('src/new.ts', "'use multiprocessing';\nexport const square = (x: number) => x + 1;");
    await open(page, await start(app));
    await expectShown(page, { squared: 9 });
    app.replace('src/app.ts', 'produce, square }', 'produce }');
    app.replace('src/app.ts', 'import { plain }', "import { square } from './new.ts';\nimport { plain }");
    await expectShown(page, { squared: 4 });
  });
});

test.describe('in production', () => {
  test('(fault 11) (fault 41) each package has its own, in every engine', async ({ page }) => {
    const app = installed();
    await build({ ...app.config(), base: './', build: { outDir: 'served/any/where' } });
    expect(app.warnings).toEqual([]);
    // WebKit would run the entry of a worker again where another chunk imports it, also one that is loaded later.
    const assets = join(app.root, 'served/any/where/assets');
    const chunks = readdirSync(assets).filter((name) => name.endsWith('.js'));
    // A module that is loaded late says its name, too.
    const isEntry = (name: string): boolean =>
      name.startsWith('process-') && readFileSync(join(assets, name), 'utf8').includes('src/tasks":');
    const entries = chunks.filter(isEntry);
    // The package's, and two of the app: for pages that share memory with processes, and for those that do not.
    expect(entries).toHaveLength(3);
    for (const name of chunks) {
      const [, ...imported] = readFileSync(join(assets, name), 'utf8').split(/(?:from|import)\s*\(?["'`]\.\//);
      for (const entry of entries)
        expect(
          imported.filter((text) => text.startsWith(entry)),
          name,
        ).toEqual([]);
    }
    const server = await serve(join(app.root, 'served'));
    try {
      await expectWorks(page, `${server.url}any/where/`);
    } finally {
      server.close();
    }
    for (const engine of otherEngines) {
      expect(await toldBy(engine, join(app.root, 'served/any/where'), '#tell'), engine).toEqual(works);
    }
  });

  test("(fault 15) export * from 'mylib/tasks' hands on the functions of a package", async ({ page }) => {
    const app = handingOn();
    await build(app.config());
    const server = await serve(join(app.root, 'dist'));
    const wrong = await open(page, server.url);
    await expectShown(page, handedOn);
    expect([...wrong, ...app.warnings]).toEqual([]);
    server.close();
  });

  test('what a package is built to has the worker beside it, and no library in it', () => {
    const files = readdirSync(join(library.root, 'dist'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.js'),
    );
    const code = files.map((name) => readFileSync(join(library.root, 'dist', name), 'utf8'));
    expect(code.join().length).toBeLessThan(10_000);
    expect(code.join()).toMatch(/new Worker\(new URL\("\.\/assets\/process-[\w-]+\.js", import\.meta\.url\)/);
  });
});
