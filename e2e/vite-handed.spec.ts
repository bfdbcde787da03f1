// What the Vite plugin gives a page of the modules that it only hands to processes: their names.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { build, type Plugin, parseAst } from 'vite';
import { isolation, serve } from '../scripts/serve.mjs';
import { patience } from '../src/vite/handed.ts';
import { functionsIn, SELF, usesIn } from '../src/vite/uses.ts';
import { otherEngines, toldBy } from './engines.ts';
import { expectShown, open } from './open.ts';
import { App, cleanUp } from './vite-app.ts';

const USES = ['handed', 'called', 'elsewhere'];

const useOf = (code: string): string | undefined => {
  const use = usesIn(parseAst(`import { f } from 'm'; import * as m from 'm';\n${code}`) as never).get('m');
  return use === undefined ? undefined : USES[use];
};

const uses: readonly (readonly [code: string, use: string])[] = [
  ['', 'handed'],
  ['new Process({ target: f }); new mp.Process({ target: m.f, args: [1] });', 'handed'],
  ['const target = 1; new Process({ "target": f, daemon: true });', 'handed'],
  ['new Pool(2, { initializer: f });', 'handed'],
  ['new Pool(2, { preload: [f, m.f] });', 'handed'],
  ["import { target } from 'm'; new Process({ target });", 'handed'],
  ['pool.applyAsync(f, [1]); x?.imap(f, list); x.starmapSync(m.f, []); it.mapSync(f, [])', 'handed'],
  ['const pool = new mp.Pool(2); pool.map(f, []); pool.apply(m["f"], 1);', 'handed'],
  ['let pool; pool ??= new Pool(); pool.map(f, []);', 'handed'],
  ['const g = async () => { await using pool = new Pool(); return pool.map(f, []); };', 'handed'],
  ['class A { #pool = new Pool(); run() { return this.#pool.map(f, []); } }', 'handed'],
  ['class A { constructor() { this.pool = new mp.Pool(); } run() { return this.pool.apply(f, 1); } }', 'handed'],
  ['new mp.Pool().map(f, []);', 'handed'],
  ['x.f; const o = { f: 1 }; class A { f() {} }', 'handed'],

  ['f(1);', 'called'],
  ['m.f(1);', 'called'],

  ['new f();', 'elsewhere'],
  ['f?.name; f.name', 'elsewhere'],
  ['g(f);', 'elsewhere'],
  ['g({ target: f });', 'elsewhere'],
  ['new Process({ target: [f] });', 'elsewhere'],
  ['new Process({ args: [f] });', 'elsewhere'],
  ['new Pool(2, { preload: f }); new Pool(2, { preload: [[f]] });', 'elsewhere'],
  ['new Process({ [target]: f });', 'elsewhere'],
  ['new Process({ ...f });', 'elsewhere'],
  ['pool.applyAsync(g, [f]);', 'elsewhere'],
  ['pool[applyAsync](f);', 'elsewhere'],
  ['[1].map(f);', 'elsewhere'],
  ['pool.map(f, []);', 'elsewhere'],
  ['const pool = [1]; pool.map(f);', 'elsewhere'],
  ['const pool = new Pool(); const g = (pool) => pool.map(f);', 'elsewhere'],
  ['const pool = new Pool(); for (const pool of pools) pool.map(f);', 'elsewhere'],
  ['class A { pool = new Pool(); } class B { pool = []; run() { this.pool.map(f); } }', 'elsewhere'],
  ['const pool = new Pool(); const { pool: other = pool, ...rest } = x; pool.map(f, []);', 'elsewhere'],
  ['export { f };', 'elsewhere'],
  ['export default f;', 'elsewhere'],
  ["export { f } from 'm';", 'elsewhere'],
  ["export * from 'm';", 'elsewhere'],
  ["import 'm';", 'elsewhere'],
  ['g(m);', 'elsewhere'],
  ['m[name];', 'elsewhere'],
  ['const { f: g } = m;', 'elsewhere'],
  ["require('m')", 'elsewhere'],
  ['const g = (f) => f;', 'elsewhere'],
];

test('what a module does with the functions of another', () => {
  expect(uses.filter(([code, use]) => useOf(code) !== use).map(([code]) => [code, useOf(code)])).toEqual([]);
});

const exportedBy = (code: string): string | undefined => {
  const found = functionsIn(parseAst(code) as never);
  return found && [...found].map(([as, { name, length }]) => `${as}:${name}/${length}`).join(' ');
};

test('the functions that a module exports', () => {
  const cases: [code: string, functions: string | undefined][] = [
    ['export function f(a, b) {} export async function* g(a, b = 1, c) {}', 'f:f/2 g:g/1'],
    ['export const f = (...all) => 1, g = function own(a) {};', 'f:f/0 g:own/1'],
    ['const f = () => 1; function g() {} export { f, f as default, g as "a-b" };', 'f:f/0 default:f/0 a-b:g/0'],
    ['export default (a) => a;', 'default:default/1'],
    ['export default function f() {}', 'default:f/0'],
    ['function f() {} export default f;', 'default:f/0'],
    ['export let f = () => 1;', undefined],
    ['export const f = wrap(() => 1);', undefined],
    ['export const f = () => 1, one = 1;', undefined],
    ['export const { f } = x;', undefined],
    ['export class A {}', undefined],
    ['export default class {}', undefined],
    ['export default 1;', undefined],
    ["export { f } from 'm';", undefined],
    ["import { f } from 'm'; export { f };", undefined],
    ["export * from 'm';", undefined],
    ['f();', undefined],
  ];
  expect(cases.map(([code]) => [code, exportedBy(code)])).toEqual(cases);
});

test('what a module does with its own functions', () => {
  const own = (code: string) => usesIn(parseAst(code) as never, ['f', 'g']).get(SELF);
  expect(own('export function f() {} export const g = () => 1; export { f as default };')).toBe(undefined);
  expect(own('export function f() { return f() + g(); } function g() {} export { g }; export default f;')).toBe(1);
  expect(own('export function f() { return new Process({ target: g }); } export const g = () => 1;')).toBe(0);
  expect(own('export function f() { return g; } export const g = () => 1;')).toBe(2);
});

/** An app whose page imports tasks, which import a helper; and what is built of it, by the file's name. */
async function built(main: string, files: Readonly<Record<string, string>> = {}) {
  const app = new App();
  const all = {
    'src/tasks.ts': `'use multiprocessing';
      import { help } from './help.ts';
      export const square = (x: number): number => (console.debug('BODY'), help(x) * x);
      export async function cube(x: number, y = 1): Promise<number> { return square(x) * x * y; }`,
    'src/help.ts': "export const help = (x: number): number => (console.debug('HELP'), x);",
    'src/main.ts': main,
    ...files,
  };
  for (const [path, text] of Object.entries(all)) app.write(path, text);
  await build(app.config());
  expect(app.warnings).toEqual([]);
  const assets = join(app.root, 'dist/assets');
  const names = readdirSync(assets);
  const textOf = (name: string): string => readFileSync(join(assets, name), 'utf8');
  /** All that files of that name lead to, but for the script of processes. */
  const from = (begin: string): string => {
    const found = new Set(names.filter((name) => name.startsWith(begin)));
    for (const name of found)
      for (const other of names) if (!other.startsWith('process-') && textOf(name).includes(other)) found.add(other);
    return [...found].map(textOf).join();
  };
  const [page, process] = ['index-', 'process-'].map(from);
  /** Which of these texts are in the page, and in processes. */
  const has = (...texts: string[]) =>
    [page, process].map((code) => texts.filter((text) => code?.includes(text)).join(' '));
  return { app, has };
}

const IMPORTS = "import * as mp from 'web-multiprocessing';\nimport { square } from './tasks.ts';\n";

test.describe('a build', () => {
  test.afterAll(cleanUp);

  const cases: [what: string, main: string, files: Readonly<Record<string, string>>, has: boolean][] = [
    ['that hands a function over', `${IMPORTS}new mp.Process({ target: square, args: [1] }).start();`, {}, false],
    ['that maps it', `${IMPORTS}await using pool = new mp.Pool(1); await pool.map(square, [1]);`, {}, false],
    [
      'that initializes a pool by it',
      `${IMPORTS}new mp.Pool(1, { initializer: square, initargs: [1] }).close();`,
      {},
      false,
    ],
    [
      'of a namespace',
      "import * as tasks from './tasks.ts'; import { Pool } from 'web-multiprocessing';\nvoid new Pool().apply(tasks.square, 1);",
      {},
      false,
    ],
    ['that calls it', `${IMPORTS}console.log(square(1), mp.Pool);`, {}, true],
    ['that maps a list', `${IMPORTS}console.log([1].map(square), mp.Pool);`, {}, true],
    ['that passes it on', `${IMPORTS}new mp.Process({ target: String, args: [square] as never });`, {}, true],
    [
      'that imports it alone, too',
      `${IMPORTS}import './tasks.ts';\nnew mp.Process({ target: square, args: [1] });`,
      {},
      true,
    ],
    ['that imports it lazily', "console.log(await import('./tasks.ts'));", {}, true],
    [
      'that exports it again',
      "import { square } from './again.ts';\nconsole.log(square);",
      { 'src/again.ts': "export { square } from './tasks.ts';" },
      true,
    ],
    [
      'whose processes call it',
      "import * as mp from 'web-multiprocessing';\nimport { run } from './run.ts';\nvoid new mp.Pool(1).apply(run, 1);",
      {
        'src/run.ts':
          "'use multiprocessing';\nimport { square } from './tasks.ts';\nexport const run = (x: number) => square(x);",
      },
      false,
    ],
    [
      'whose page and processes call what calls it',
      "import { run } from './run.ts';\nconsole.log(run(1));",
      {
        'src/run.ts':
          "'use multiprocessing';\nimport { square } from './tasks.ts';\nexport const run = (x: number) => square(x);",
      },
      true,
    ],
    [
      'with a helper that calls it, in the page and in a process',
      "import { run } from './run.ts';\nimport { sum } from './sum.ts';\nimport * as mp from 'web-multiprocessing';\nvoid new mp.Pool(1).apply(run, 1);\nconsole.log(sum(1));",
      {
        'src/run.ts':
          "'use multiprocessing';\nimport { sum } from './sum.ts';\nexport const run = (x: number) => sum(x);",
        'src/sum.ts': "import { square } from './tasks.ts';\nexport const sum = (x: number) => square(x) + 1;",
      },
      true,
    ],
    [
      'with a class beside it',
      `${IMPORTS}new mp.Process({ target: square, args: [1] });`,
      {
        'src/tasks.ts':
          "'use multiprocessing';\nimport { help } from './help.ts';\nexport class A {}\nexport const square = (x: number) => (console.debug('BODY'), help(x));",
      },
      true,
    ],
  ];
  test('that stands still, as another plugin waits for such a module, goes on with all of it in the page', async () => {
    const app = new App();
    app.write(
      'src/tasks.ts',
      "'use multiprocessing';\nexport const square = (x: number): number => (console.debug('BODY'), x);",
    );
    app.write('src/main.ts', `${IMPORTS}new mp.Process({ target: square, args: [1] }).start();`);
    const waits: Plugin = {
      name: 'waits',
      async transform(_code, id) {
        if (id.endsWith('/src/main.ts')) await this.load({ id: join(app.root, 'src/tasks.ts') });
      },
    };
    const { stuck } = patience;
    patience.stuck = 500;
    try {
      await build({ ...app.config(), plugins: [...app.config().plugins!, waits] });
    } finally {
      patience.stuck = stuck;
    }
    expect(app.warnings.join()).toContain('a plugin waits for a module of tasks');
    const assets = join(app.root, 'dist/assets');
    const page = readdirSync(assets).filter((name) => name.startsWith('index-'));
    expect(readFileSync(join(assets, page[0]!), 'utf8')).toContain('BODY');
  });

  for (const [what, main, files, has] of cases) {
    test(`${what} ${has ? 'has' : 'has not'} the body`, async () => {
      const app = await built(main, files);
      expect(app.has('BODY', 'HELP')).toEqual([has ? 'BODY HELP' : '', 'BODY HELP']);
    });
  }

  test('that calls it through a name says what to do, which helps', async ({ page }) => {
    const main = `${IMPORTS}
      class Job { constructor(readonly options: { target: (x: number) => number }) {} }
      const { target } = new Job({ target: square }).options;
      const told = (() => { try { return target(3); } catch (error) { return \`\${error}\`; } })();
      document.querySelector('#result')!.textContent = JSON.stringify({ told, name: target.name, length: target.length });`;
    const known = { name: 'square', length: 1 };
    await run(page, main, {
      ...known,
      told:
        'InvalidStateError: square() of src/tasks runs in processes alone: this page has no more of it than its ' +
        "name. To call it here, import its module for itself as well: import './tasks'",
    });
    await run(page, `import './tasks.ts';\n${main}`, { length: 1, told: 9 });
  });

  test('loads a module in a process that runs something of it, and in no other', async ({ page }) => {
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    const main = `import * as mp from 'web-multiprocessing';
      import { begin, heavy } from './heavy.ts';
      import { nested, nestedPool } from './nested.ts';
      import { square } from './tasks.ts';
      const fetched = async (name) => (await fetch('/fetched?' + name)).json();
      const told = {};
      {
        await using pool = new mp.Pool(1);
        told.light = await pool.map(square, [1, 2]);
        told.before = await fetched('heavy-');
        told.heavy = await pool.apply(heavy, [1]);
        told.after = await fetched('heavy-');
        told.error = await pool.apply(heavy).catch((error) => error.message);
      }
      {
        await using pool = new mp.Pool(1, { initializer: begin, initargs: [7] });
        told.begun = await pool.apply(heavy, [1]);
      }
      const p = new mp.Process({ target: heavy, args: [2] });
      p.start();
      told.process = await p.result();
      const q = new mp.Process({ target: nested, args: [4] });
      q.start();
      told.nested = await q.result();
      const r = new mp.Process({ target: nestedPool, args: [5] });
      r.start();
      told.nestedPool = await r.result();
      document.querySelector('#result').textContent = JSON.stringify(told);`;
    await page.route('**/fetched?*', (route) => {
      const name = route.request().url().split('?')[1] as string;
      return route.fulfill({ json: requests.some((url) => url.includes(`/assets/${name}`)), headers: isolation });
    });
    await run(
      page,
      main,
      {
        light: [1, 4],
        before: false,
        heavy: 'HEAVY 1',
        after: true,
        error: 'nothing to do',
        begun: 'HEAVY 8',
        process: 'HEAVY 2',
        nested: 'HEAVY 4',
        nestedPool: ['HEAVY 5'],
      },
      LATE,
    );
  });

  test('loads what a pool is to preload before its first task', async ({ page }) => {
    const main = `import * as mp from 'web-multiprocessing';
      import { heavy } from './heavy.ts';
      import { square } from './tasks.ts';
      await using pool = new mp.Pool(1, { preload: [heavy] });
      const light = await pool.map(square, [3]);
      document.querySelector('#result').textContent = JSON.stringify({ light, seen: await (await fetch('/fetched')).json() });`;
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.route('**/fetched', (route) =>
      route.fulfill({ json: requests.some((url) => url.includes('/assets/heavy-')), headers: isolation }),
    );
    await run(page, main, { light: [9], seen: true }, LATE);
  });

  for (const engine of otherEngines) {
    test(`works in ${engine}`, async () => {
      const { app } = await built(
        `${IMPORTS}import { nestedPool } from './nested.ts';
        await using pool = new mp.Pool(1);
        const p = new mp.Process({ target: nestedPool, args: [5] });
        p.start();
        const told = [await pool.map(square, [3]), await p.result()];
        await fetch('/', { method: 'POST', body: JSON.stringify(told) });`,
        LATE,
      );
      expect(await toldBy(engine, `${app.root}/dist`, '')).toEqual([[9], ['HEAVY 5']]);
    });
  }
});

/** A heavy module of tasks, and another that has it run in processes of its own. */
const LATE = {
  'src/heavy.ts': `'use multiprocessing';
    let more = 0;
    export const begin = (x: number): void => void (more = x);
    export function heavy(x?: number): string {
      if (x === undefined) throw new Error('nothing to do');
      return 'HEAVY ' + (x + more);
    }`,
  'src/nested.ts': `'use multiprocessing';
    import { Pool, Process } from 'web-multiprocessing';
    import { heavy } from './heavy.ts';
    export async function nested(x: number): Promise<string> {
      const p = new Process({ target: heavy, args: [x] });
      p.start();
      return p.result();
    }
    export async function nestedPool(x: number): Promise<string[]> {
      await using pool = new Pool(1);
      return await pool.map(heavy, [x]);
    }`,
};

async function run(page: Page, main: string, shown: Record<string, unknown>, files = {}): Promise<void> {
  const { app } = await built(main, files);
  const server = await serve(`${app.root}/dist`);
  try {
    const wrong = await open(page, server.url);
    await expectShown(page, shown);
    expect(wrong).toEqual([]);
  } finally {
    server.close();
  }
}
