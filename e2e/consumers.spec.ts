// The packed library as its users have it: installed in small apps, built by each bundler for production, by the recipes of
// docs/bundlers.md, and run under a strict Content Security Policy; type-checked; and imported on a server.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { browserPath, launchArgs } from '../scripts/browser.mjs';
import { documentIsolation, serve } from '../scripts/serve.mjs';
import { namesIn } from '../src/vite/names.ts';
import { App, chapter, develop, filesIn, run, workspace, writeApp } from './consumers.ts';
import { otherEngines, toldBy } from './engines.ts';
import { mistaken } from './names.ts';
import { open, shown } from './open.ts';

/** What the app shows: its process, pool, queue and manager did their work, and nobody is left. */
const works = {
  process: 49,
  squares: [1, 4, 9],
  later: 'lazy',
  queue: { sum: 55, by: 'consumer' },
  dict: [['tea', 9]],
  seen: true,
  left: 0,
  isolated: true,
};

// Some share their folder.
test.describe.configure({ mode: 'default' });

/** The app does its work, without a word on the console, where violations of the policy would stand, too. */
async function expectWorks(page: Page, url: string, told: object = works): Promise<void> {
  const wrong = await open(page, url);
  await expect.poll(() => shown(page), { timeout: 90_000 }).toEqual(told);
  expect(wrong).toEqual([]);
}

async function expectWorksFrom(page: Page, folder: string, told: object = works): Promise<void> {
  const server = await serve(folder);
  try {
    await expectWorks(page, server.url, told);
  } finally {
    server.close();
  }
  for (const engine of otherEngines) expect(await toldBy(engine, folder, '#tell'), engine).toEqual(told);
}

const ONE_FILE = 'The executable';
const TWO_FILES = 'The executable in two files';

test.describe('built by', () => {
  const inOneFileAndTwo = (name: string, ...recipe: string[]) =>
    [ONE_FILE, TWO_FILES].map((executable) => [name, executable, ...recipe] as const);
  for (const [name, ...recipe] of [
    ['vite-plugin', 'Vite, with the plugin'] as const,
    ...inOneFileAndTwo('vite', 'Vite, without the plugin'),
    ...inOneFileAndTwo('vite7', 'Vite, without the plugin'),
    ...inOneFileAndTwo('vite6', 'Vite, without the plugin'),
    ...inOneFileAndTwo('webpack', 'webpack'),
    ...inOneFileAndTwo('rspack', 'webpack', 'Rspack'),
    ['esbuild', 'esbuild'] as const,
    ['esbuild', TWO_FILES, 'esbuild', 'esbuild, in two files'] as const,
    ...inOneFileAndTwo('parcel', 'Parcel'),
  ]) {
    const isInTwo = recipe.includes(TWO_FILES);
    test(isInTwo ? `${name}, in two files` : name, async ({ page }) => {
      const app = new App(name, ...recipe);
      if (name === 'vite-plugin') app.useDirective();
      const script = isInTwo && name === 'esbuild' ? 'build:two' : 'build';
      expect(chapter(recipe.at(-1)!)).toContain(`npx ${app.command(script)}`);
      expect(await app.build(script)).not.toMatch(/warning/i);
      await expectWorksFrom(page, join(app.root, 'dist'));
    });
  }
});

test('isolated by the document policy, in development and built', async ({ page }) => {
  const app = new App('vite-plugin', 'Vite, with the plugin');
  app.useDirective();
  app.edit('vite.config.ts', (text) => text.replace('multiprocessing()', "multiprocessing({ isolation: 'document' })"));
  await develop(app.root, async (url) => {
    const wrong = await open(page, url, documentIsolation);
    await expect.poll(() => shown(page), { timeout: 90_000 }).toEqual(works);
    expect(wrong).toEqual([]);
  });
  expect(await app.build()).not.toMatch(/warning/i);
  const dist = join(app.root, 'dist');
  const headers = { ...documentIsolation, 'Content-Security-Policy': "default-src 'self'" };
  const server = await serve(dist, { headers });
  await page.goto(server.url);
  await expect.poll(() => shown(page), { timeout: 90_000 }).toEqual(works);
  server.close();
  // They do not know it, and work by message.
  const byMessage = { ...works, isolated: false };
  for (const engine of otherEngines)
    expect(await toldBy(engine, dist, '#tell', {}, headers), engine).toEqual(byMessage);
});

test('isolated by the tag of isolation.js', async ({ page }) => {
  const app = new App('vite-plugin', 'Vite, with the plugin');
  app.useDirective();
  app.write(
    'public/isolation.js',
    readFileSync(join(workspace, 'node_modules/web-multiprocessing/public/isolation.js'), 'utf8'),
  );
  app.edit('index.html', (text) => text.replace('<head>', '<head><script src="/isolation.js"></script>'));
  expect(await app.build()).not.toMatch(/warning|bundled/i);
  const server = await serve(join(app.root, 'dist'), { headers: { 'Content-Security-Policy': "default-src 'self'" } });
  const wrong: string[] = [];
  page.on('pageerror', (error) => wrong.push(String(error)));
  await page.goto(server.url);
  await expect.poll(() => shown(page).catch(() => ({})), { timeout: 90_000 }).toEqual(works);
  expect(wrong).toEqual([]);
  server.close();
});

test.describe('a package with tasks of its own, in an app built by', () => {
  for (const [name, ...recipe] of [
    ['vite-plugin', 'Vite, with the plugin'],
    ['vite', ONE_FILE, 'Vite, without the plugin'],
    ['webpack', ONE_FILE, 'webpack'],
    ['rspack', ONE_FILE, 'webpack', 'Rspack'],
  ] as const) {
    test(`(fault 11) ${name}`, async ({ page }) => {
      const app = new App(name, ...recipe);
      app.usePackage('acme-lib');
      if (name === 'vite-plugin') app.useDirective();
      expect(await app.build()).not.toMatch(/warning/i);
      await expectWorksFrom(page, join(app.root, 'dist'), { ...works, theirs: [1, 4, 9] });
    });
  }
});

test.describe('the parts of the library that processes need', () => {
  test("Rollup's parser", async () => {
    const { parseAst } = await import(join(workspace, 'node_modules/rollup/dist/es/parseAst.js'));
    expect(mistaken((code) => namesIn(parseAst(code)))).toEqual([]);
  });

  for (const name of ['vite6', 'vite7']) {
    test(name, async ({ page }) => {
      const app = new App(name);
      app.useDirective();
      app.write(
        'vite.config.ts',
        `import { writeFileSync } from 'node:fs';
        import { defineConfig } from 'vite';
        import multiprocessing from 'web-multiprocessing/vite';
        const noted = {
          name: 'noted',
          transform: (code: string, id: string) => {
            if (id.endsWith('/@web-multiprocessing/parts.js')) writeFileSync('parts.txt', code);
          },
        };
        export default defineConfig({ plugins: [multiprocessing()], worker: { plugins: () => [noted] } });`,
      );
      // To look for what else processes load must not keep what has no effect.
      app.write('src/pure/package.json', '{ "sideEffects": false }');
      app.write('src/pure/unused.ts', "console.error('UNUSED');");
      app.write('src/pure/index.ts', "import './unused';\nexport const used = 'USED';");
      app.edit('src/tasks.ts', (text) => `${text}\nexport { used } from './pure';\n`);
      expect(await app.build()).not.toMatch(/warning/i);
      const assets = join(app.root, 'dist/assets');
      const built = readdirSync(assets).map((file) => readFileSync(join(assets, file), 'utf8'));
      expect(built.join()).toContain('USED');
      expect(built.join()).not.toContain('UNUSED');
      const parts = readFileSync(join(app.root, 'parts.txt'), 'utf8');
      expect(parts).toContain(' = [Managers, PoolWorker, Queue]');
      await expectWorksFrom(page, join(app.root, 'dist'));
    });
  }
});

for (const executable of [ONE_FILE, TWO_FILES]) {
  const way = executable === TWO_FILES ? ', in two files' : '';

  test(`no bundler${way}`, async ({ page }) => {
    const app = new App('none', ...(way ? [executable] : []), 'No bundler');
    app.unbundle();
    await expectWorksFrom(page, app.root);
  });

  test(`Vite's development server, without the plugin${way}`, async ({ page }) => {
    const { root } = new App('vite', executable, 'Vite, without the plugin');
    await develop(root, (url) => expectWorks(page, url));
  });
}

test("Vitest's browser mode, as docs/guide/test.md has it (fault 15)", async () => {
  const root = join(workspace, 'apps/vitest');
  const document = 'docs/guide/test.md';
  const files = ['The functions, without processes', 'With processes: Vitest in a browser'].flatMap((heading) => [
    ...filesIn(document, heading),
  ]);
  // The browser of these tests, in the place of one that Playwright has downloaded.
  const launchOptions = JSON.stringify({ executablePath: browserPath(), args: launchArgs });
  writeApp(
    root,
    files.map(([path, text]) => [
      path,
      text.replace('playwright()', `playwright({ launchOptions: ${launchOptions} })`),
    ]),
  );
  const told = await run(root, 'npm', 'test');
  expect(told).toMatch(/Tests {2}3 passed \(3\)/);
  expect(told).not.toMatch(/error|warn/i);
});

test.describe('web-multiprocessing/dummy, as docs/guide/test.md has it', () => {
  const document = 'docs/guide/test.md';
  const root = join(workspace, 'apps/dummy');
  const write = (runner: string): void =>
    writeApp(
      root,
      ['With processes, without a browser', runner].flatMap((heading) => [...filesIn(document, heading)]),
    );

  for (const environment of ['node', 'jsdom', 'happy-dom']) {
    test(`Vitest, ${environment}`, async () => {
      write('Vitest');
      const told = await run(root, 'npm', 'test', '--', `--environment=${environment}`);
      expect(told).toMatch(/Tests {2}1 passed \(1\)/);
      expect(told).not.toMatch(/error|warn/i);
    });
  }

  test('Vitest, a component of Vue with a function that is written in place', async () => {
    const guide = 'docs/guide/frameworks.md';
    const component = [...filesIn(guide, 'In the component')].filter(([path]) => path.endsWith('.vue'));
    writeApp(root, [...filesIn(document, 'A component'), ...filesIn(guide, 'The pool'), ...component]);
    const told = await run(root, 'npm', 'test');
    expect(told).toMatch(/Tests {2}1 passed \(1\)/);
    expect(told).not.toMatch(/error|warn/i);
  });

  for (const environment of ['node', 'jsdom']) {
    test(`Jest, ${environment}`, async () => {
      write('Jest');
      const told = await run(root, 'npm', 'run', 'test:jest', '--', `--env=${environment}`);
      expect(told).toMatch(/Tests: +1 passed, 1 total/);
      expect(told).not.toMatch(/did not exit/);
    });
  }
});

test.describe('types, where nothing is skipped', () => {
  test.describe.configure({ timeout: 120_000 });
  for (const version of ['5.9', '6', '7']) {
    test(`TypeScript ${version}`, async () => {
      const app = new App('types');
      const check = async (file: string, module: string, moduleResolution: string, lib: string[], types: string[]) => {
        const always = { target: 'ES2022', strict: true, skipLibCheck: false, noEmit: true };
        const compilerOptions = { ...always, module, moduleResolution, lib, types };
        app.write('tsconfig.json', JSON.stringify({ compilerOptions, files: [file] }));
        await run(app.root, process.execPath, `../../node_modules/typescript-${version}/bin/tsc`);
      };
      app.add('types');
      await check('program.ts', 'ESNext', 'Bundler', ['ES2022', 'DOM'], []);
      await check('program.ts', 'NodeNext', 'NodeNext', ['ESNext', 'DOM'], []);
      await check('vite.config.ts', 'NodeNext', 'NodeNext', ['ES2022', 'DOM'], ['node']);
    });
  }
});

test.describe('on a server', () => {
  const refusal = 'InvalidStateError: there are no Web Workers here';

  test('importing the library does nothing, and what would start a process says why not', async () => {
    const app = new App('server');
    app.add('server');
    const lines = (await run(app.root, process.execPath, 'import.mjs')).trim().split('\n');
    const refused = expect.stringContaining(refusal);
    const told = { added: 0, process: refused, pool: refused, manager: refused, value: 7 };
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { isMainThread: true, ...told },
      { isMainThread: false, ...told },
    ]);
  });

  for (const [name, ...recipe] of [
    ['vite-plugin', 'Vite, with the plugin'],
    ['vite', ONE_FILE, 'Vite, without the plugin'],
  ] as const) {
    test(`an app of ${name} is rendered`, async () => {
      const app = new App(name, ...recipe);
      app.add('server');
      if (name === 'vite-plugin') app.useDirective();
      await run(app.root, 'npx', 'vite', 'build', '--ssr', 'src/server.ts');
      const told = await run(app.root, process.execPath, 'render.mjs');
      expect(told).toContain('<p>9 by MainProcess</p>');
      expect(told).toContain(refusal);
    });
  }
});
