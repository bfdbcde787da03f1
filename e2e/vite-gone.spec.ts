// Built apps whose files are late, or gone: a module that awaits something for ever, and a page that is older than what its server has.

import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { build, createServer } from 'vite';
import { isolation, serve } from '../scripts/serve.mjs';
import { filesIn } from './consumers.ts';
import { expectShown, open, shown } from './open.ts';
import { App, cleanUp } from './vite-app.ts';

test.afterAll(cleanUp);

const TASKS = `'use multiprocessing';
  export const square = (x: number): number => x * x;`;

function appOf(files: Readonly<Record<string, string>>): App {
  const app = new App();
  for (const [path, text] of Object.entries({ 'src/tasks.ts': TASKS, ...files })) app.write(path, text);
  return app;
}

// ------------------------------------------------------------------------------------------------ late

/** A process stands still in these; the page does not. */
const AWAITS = "if (!('document' in globalThis)) await new Promise(() => {});";
const endless = {
  'src/endless.ts': `'use multiprocessing';\n${AWAITS}\nexport const double = (x: number): number => 2 * x;`,
  'src/model.ts': `'use multiprocessing';\n${AWAITS}\nexport class Model {}\nexport const isModel = (it: Model): boolean => it instanceof Model;`,
  'src/main.ts': `import * as mp from 'web-multiprocessing';
    import { double } from './endless.ts';
    import { isModel, Model } from './model.ts';
    import { square } from './tasks.ts';
    const stuck = [new mp.Process({ target: double, args: [1] }), new mp.Process({ target: isModel, args: [new Model()] })];
    for (const p of stuck) p.start();
    const pool = new mp.Pool(2, { grace: 0 });
    const given = pool.apply(double, [1], { signal: AbortSignal.timeout(100) }).catch((error) => error.name);
    const model = pool.apply(isModel, [new Model()], { signal: AbortSignal.timeout(100) }).catch((error) => error.name);
    const squares = await pool.map(square, [1, 2, 3]);
    const errors = [await given, await model];
    pool.close();
    await pool.join();
    const p = new mp.Process({ target: square, args: [4] });
    p.start();
    const square4 = await p.result();
    const alive = stuck.map((it) => it.isAlive());
    for (const it of stuck) {
      await it.join({ timeout: 1 });
      it.terminate();
      await it.join();
    }
    const exitcodes = stuck.map((it) => it.exitcode);
    const text = JSON.stringify({ squares, errors, square4, alive, exitcodes, left: mp.activeChildren().length });
    document.querySelector('#result')!.textContent = text;`,
};
const goesOn = {
  squares: [1, 4, 9],
  errors: ['TimeoutError', 'TimeoutError'],
  square4: 16,
  alive: [true, true],
  exitcodes: [-15, -15],
  left: 0,
};

for (const [what, headers] of [
  ['isolated', isolation],
  ['by message', {}],
] as const) {
  test(`a module that awaits something for ever holds up nothing else: built, ${what}`, async ({ page }) => {
    const app = appOf(endless);
    await build(app.config());
    const server = await serve(join(app.root, 'dist'), { headers });
    const wrong = await open(page, server.url, headers);
    await expectShown(page, goesOn);
    expect(wrong).toEqual([]);
    server.close();
  });
}

test('a module that awaits something for ever holds up nothing else: in development', async ({ page }) => {
  const server = await createServer({ ...appOf(endless).config(), server: { host: '127.0.0.1', port: 0 } });
  await server.listen();
  const wrong = await open(page, server.resolvedUrls!.local[0]!);
  await expectShown(page, goesOn);
  expect(wrong).toEqual([]);
  await page.goto('about:blank');
  await server.close();
});

// ------------------------------------------------------------------------------------------------ gone

/** What a button was asked for. */
async function told(page: Page, button: string): Promise<unknown> {
  await page.locator('#result').evaluate((it) => (it.textContent = ''));
  await page.getByRole('button', { name: button, exact: true }).click();
  await expect.poll(() => shown(page)).not.toEqual({});
  return (await shown(page)).told;
}

const BUTTONS = `
  const button = (name: string, act: () => Promise<unknown>) => {
    const it = document.body.appendChild(document.createElement('button'));
    it.textContent = name;
    it.onclick = async () => {
      const told = await act().catch(reloadIfGone).catch(String);
      document.querySelector('#result')!.textContent = JSON.stringify({ told });
    };
  };`;

const old = {
  'src/cube.ts': `'use multiprocessing';\nexport const cube = (x: number): number => x ** 3;`,
  'src/point.ts': `'use multiprocessing';\nexport class Point { static of(x: number): Point { return Object.assign(new Point(), { x }); } }`,
  'src/main.ts': `import * as mp from 'web-multiprocessing';
    import { cube } from './cube.ts';
    import { Point } from './point.ts';
    import { square } from './tasks.ts';
    const reloadIfGone = (error: unknown): never => { throw error; };
    ${BUTTONS}
    const pool = new mp.Pool(1);
    const start = (target: (x: number) => unknown, args: [number]) => {
      const p = new mp.Process({ target, args });
      p.start();
      return p.result();
    };
    button('square', () => pool.apply(square, [3]));
    button('cube', () => pool.apply(cube, [3]));
    button('point', () => pool.apply(Point.of, [3]));
    button('process', () => start(square, [3]));
    button('join', async () => {
      const p = new mp.Process({ target: square, args: [3] });
      p.start();
      await p.join();
      return p.exitcode;
    });
    button('pool', () => new mp.Pool(2).map(square, [3]));
    button('manager', async () => (await mp.Manager()).dict());
    button('end', async () => (pool.close(), await pool.join(), 'ended'));`,
};

const SCRIPT = /^ProcessError: the worker .*process-\S+\.js.* could not be started: its script .*, reload the page/;
const file = (name: string): RegExp =>
  new RegExp(`^ProcessError: src/${name} could not be loaded in this process.*, reload the page$`);

for (const [what, headers] of [
  ['isolated', isolation],
  ['by message', {}],
] as const) {
  test(`what needs a file that is gone rejects, and what is there goes on: ${what}`, async ({ page }) => {
    const app = appOf(old);
    await build(app.config());
    const server = await serve(join(app.root, 'dist'), { headers });
    await open(page, server.url, headers);
    expect(await told(page, 'square')).toBe(9);
    rmSync(join(app.root, 'dist/assets'), { recursive: true });
    expect(await told(page, 'cube')).toMatch(file('cube'));
    expect(await told(page, 'square')).toBe(9);
    expect(await told(page, 'process')).toMatch(SCRIPT);
    expect(await told(page, 'join')).toBe(1);
    expect(await told(page, 'pool')).toMatch(SCRIPT);
    expect(await told(page, 'manager')).toMatch(/reload the page/);
    expect(await told(page, 'square')).toBe(9);
    expect(await told(page, 'end')).toBe('ended');
    server.close();
  });
}

for (const [what, begin, button, expected] of [
  ['a class', 'point', 'point', file('point')],
  [
    'the library',
    'install',
    'process',
    /^ProcessError: a part of the library could not be loaded in this process.*, reload the page$/,
  ],
] as const) {
  test(`a file of ${what} alone is gone`, async ({ page }) => {
    const app = appOf(old);
    await build(app.config());
    const headers = begin === 'install' ? {} : isolation;
    const server = await serve(join(app.root, 'dist'), { headers });
    await open(page, server.url, headers);
    const assets = join(app.root, 'dist/assets');
    const used = new Set(
      await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name.split('/').at(-1))),
    );
    const gone = readdirSync(assets).filter((name) => name.startsWith(begin) && !used.has(name));
    expect(gone.length, readdirSync(assets).join()).toBeGreaterThan(0);
    for (const name of gone) rmSync(join(assets, name));
    expect(await told(page, button)).toMatch(expected);
    if (begin === 'point') expect(await told(page, 'square')).toBe(9);
    server.close();
  });
}

test('the page loads itself anew, as the guide says', async ({ page }) => {
  const [, reload] = filesIn('docs/guide/recover.md', 'After a deployment').next().value!;
  const app = appOf({ 'src/reload.ts': reload });
  let version = 0;
  const deploy = async (): Promise<void> => {
    version++;
    app.write('src/own.ts', `export const own = 'of version ${version}';`);
    app.write('src/tasks.ts', `${TASKS}\nexport const ofVersion = () => ${version};`);
    app.write(
      'src/main.ts',
      `import * as mp from 'web-multiprocessing';
      import { reloadIfGone } from './reload.ts';
      import { square } from './tasks.ts';
      ${BUTTONS}
      document.title = 'version ${version}';
      button('square', () => new mp.Pool(1).apply(square, [3]));
      button('own', async () => (await import('./own.ts')).own);`,
    );
    await build(app.config());
  };
  await deploy();
  const server = await serve(join(app.root, 'dist'), { headers: isolation });
  for (const button of ['square', 'own']) {
    await page.goto(server.url);
    await page.evaluate(() => sessionStorage.clear());
    await deploy();
    await page.getByRole('button', { name: button, exact: true }).click();
    await expect(page).toHaveTitle(`version ${version}`);
    expect(await told(page, button)).toBe(button === 'square' ? 9 : `of version ${version}`);
  }
  server.close();
});
