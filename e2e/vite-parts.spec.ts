// What the Vite plugin gives to processes of the library: what the names that an app uses need.

import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { build, createServer, type InlineConfig, type Plugin, parseAst, type Rollup, type UserConfig } from 'vite';
import { isolation, serve } from '../scripts/serve.mjs';
import * as page from '../src/entry/page.ts';
import * as processes from '../src/entry/process.ts';
import * as mp from '../src/index.ts';
import { namesIn } from '../src/vite/names.ts';
import { KINDS, messagePartsOf, needsOf, PARTS, partsOf } from '../src/vite/parts.ts';
import { reduced } from '../src/vite/way.ts';
import { chapter } from './consumers.ts';
import { mistaken } from './names.ts';
import { expectShown, open } from './open.ts';
import { App, cleanUp } from './vite-app.ts';

const ALL = PARTS.join(' ');
const ALL_KINDS = KINDS.join(' ');

test('the names that a module uses', () => {
  expect(mistaken((code) => namesIn(parseAst(code)))).toEqual([]);
});

test('a sum of very many terms', () => {
  const program = parseAst("import * as mp from 'web-multiprocessing'");
  let sum: object = { type: 'Identifier', name: 'mp' };
  for (let i = 0; i < 20_000; i++) sum = { type: 'BinaryExpression', left: sum, right: { type: 'Literal', value: i } };
  expect(namesIn({ ...program, body: [...program.body, sum] })).toEqual(new Set(['*']));
});

test('it is known of every public name what it needs', () => {
  expect(Object.keys(mp).filter((name) => needsOf(name) === undefined)).toEqual([]);
  expect(partsOf(['constructor']).join(' ')).toBe(ALL);
});

test('the two entries have the parts', () => {
  const rest = (entry: object, ...names: string[]) => Object.keys(entry).filter((key) => !names.includes(key));
  expect(rest(processes, 'serve', '_serve').sort().join(' ')).toBe(ALL);
  expect(rest(page, 'setExecutable', '_setExecutable', '_choose').sort().join(' ')).toBe(ALL_KINDS);
});

test('what is named is served by message, and asked for, where an app is never isolated', () => {
  const names: Record<string, string> = { Connection: 'Pipe', Waiter: 'wait' };
  for (const [side, call] of [
    ['page', 'serve'],
    ['process', 'registerBody'],
  ] as const) {
    const code = readFileSync(new URL(`../src/message/${side}/install_by_message.ts`, import.meta.url), 'utf8');
    const kindsIn = (text: string) =>
      [...text.matchAll(new RegExp(`\\b${call}\\('(\\w+)'`, 'g'))].map(([, kind]) => kind!);
    expect(kindsIn(code)).toContain('Queue');
    for (const kind of kindsIn(code)) {
      const name = names[kind] ?? kind;
      expect(Object.keys(mp)).toContain(name);
      expect(kindsIn(reduced(code, messagePartsOf([name], [name])))).toContain(kind);
    }
    const makesPools = (name: string, own: string) =>
      reduced(code, messagePartsOf([name], [own])).includes('setByMessage(messageTransport)');
    expect(makesPools('Pool', 'Pool')).toBe(true);
    expect(makesPools('Pool', 'Process')).toBe(false);
    // Its server does, whoever names it.
    expect(makesPools('Manager', 'Process')).toBe(true);
    expect(kindsIn(reduced(code, messagePartsOf(['Pool'], ['Pool'])))).toEqual([]);
    expect(kindsIn(reduced(code, messagePartsOf(['*'], ['*'])))).toEqual(kindsIn(code));
  }
});

test('docs/bundlers.md says what each name needs', () => {
  const told = new Map<string, readonly string[]>();
  for (const [, names, parts] of chapter('The executable in two files').matchAll(/^\| (`.*) \| (.*) \|$/gm)) {
    const inCode = (text: string) => [...text.matchAll(/`(\w+)`/g)].map(([, name]) => name!);
    for (const name of inCode(names!)) told.set(name, parts === 'the one of that name' ? [name] : inCode(parts!));
  }
  for (const name of Object.keys(mp)) {
    if (name !== 'getContext') expect(told.get(name) ?? [], name).toEqual(needsOf(name));
  }
});

/** Notes what is written for one side. */
function noting(): { plugin: Plugin; told: Record<string, string> } {
  const told: Record<string, string> = {};
  const plugin: Plugin = {
    name: 'notes',
    enforce: 'post',
    transform(code, id) {
      const [, name] = /\/@web-multiprocessing\/(kinds|parts)\.js/.exec(id) ?? [];
      if (name === undefined) return;
      const imported = /import \{(.*?)\} from/s.exec(code)?.[1];
      const kept = /\] = \[(.*?)\]/s.exec(code)?.[1];
      expect(kept?.trim()).toBe(imported?.trim());
      told[name] = (kept ?? '').split(',').join('').trim();
    },
  };
  return { plugin, told };
}

type Files = Readonly<Record<string, string>>;

/** An app whose page imports a task beside what is given. */
function appOf(main: string, files: Files = {}): App {
  const app = new App();
  const all = { 'src/main.ts': `${main}\nimport { square } from './tasks.ts';\nconsole.debug(square);`, ...files };
  for (const [path, text] of Object.entries(all)) app.write(path, text);
  return app;
}

/** The configuration of an app, with one that notes. */
function notedIn(app: App, plugin: Plugin, { plugins = [], worker, build }: UserConfig = {}): InlineConfig {
  const config = app.config();
  return {
    ...config,
    build: { target: 'es2022', ...build },
    plugins: [...(config.plugins ?? []), plugin, ...plugins],
    worker: { plugins: () => [plugin, ...(worker?.plugins?.() ?? [])] },
  };
}

async function builtParts(app: App, more?: UserConfig): Promise<object> {
  const { plugin, told } = noting();
  await build(notedIn(app, plugin, more));
  expect(app.warnings).toEqual([]);
  return told;
}

/** Gives what files of that ending are made of to the bundler. */
const compiles = (ending: string, compile: (text: string) => string): Plugin => ({
  name: `compiles ${ending}`,
  transform: (code, id) => (id.endsWith(ending) ? { code: compile(code), map: null } : undefined),
});

const provides = (code: string): Plugin => ({
  name: 'provides',
  resolveId: (id) => (id === 'virtual:locks' ? '\0locks' : undefined),
  load: (id) => (id === '\0locks' ? code : undefined),
});

test.describe('a build', () => {
  test.afterAll(cleanUp);

  const cases: [what: string, main: string, files: Files, parts: string, kinds?: string, more?: UserConfig][] = [
    [
      'of named imports, of types alone, and of what tasks make',
      "import { Lock, type Queue, Process } from 'web-multiprocessing';\nnew Lock(); export let q: Queue<number>; new Process();",
      {
        'src/tasks.ts':
          "'use multiprocessing';\nimport { SimpleQueue } from 'web-multiprocessing';\nexport const square = () => new SimpleQueue();",
      },
      'Lock SimpleQueue',
    ],
    [
      'of a pool, whose tasks may answer what they make',
      "import { Pool } from 'web-multiprocessing';\nnew Pool();",
      {
        'src/tasks.ts':
          "'use multiprocessing';\nimport { Condition, Pipe } from 'web-multiprocessing';\nexport const square = () => [Pipe(), new Condition()];",
      },
      'Condition Connection PoolWorker RLock',
      'Condition Connection RLock',
    ],
    [
      'of a namespace',
      "import * as mp from 'web-multiprocessing';\nconst { Event } = mp;\nnew mp.Barrier(2); new mp['Pool'](); new Event();",
      {},
      'Barrier Event PoolWorker',
      'Barrier Event',
    ],
    [
      'of a namespace that is passed on',
      "import * as mp from 'web-multiprocessing';\nconsole.debug(mp);",
      {},
      ALL,
      ALL_KINDS,
    ],
    [
      'of a module that exports it again',
      "import { Condition } from './again.ts';\nnew Condition();",
      { 'src/again.ts': "export { Condition, SharedMemory } from 'web-multiprocessing';" },
      'Condition RLock SharedMemory',
      'SharedMemory',
    ],
    [
      'of lazy imports',
      "const { Semaphore } = await import('web-multiprocessing');\nnew Semaphore(1); new (await import('web-multiprocessing')).Event();\nimport('./later.ts');",
      { 'src/later.ts': "import { Manager } from 'web-multiprocessing';\nvoid Manager();" },
      'Event Managers PoolWorker Semaphore',
      'Managers',
    ],
    [
      'of components, which their plugin compiles',
      "import lock from './lock.made';\nconsole.debug(lock);",
      { 'src/lock.made': 'RLock' },
      'RLock',
      '',
      {
        plugins: [
          compiles('.made', (text) => `import { ${text} } from 'web-multiprocessing';\nexport default new ${text}();`),
        ],
      },
    ],
    [
      'of a virtual module',
      "import locks from 'virtual:locks';\nconsole.debug(locks);",
      {},
      'Lock',
      '',
      { plugins: [provides("import * as mp from 'web-multiprocessing'; export default [new mp.Lock()];")] },
    ],
    [
      'of a module that is another in processes',
      '',
      {
        'src/tasks.ts': "'use multiprocessing';\nexport { square } from './squares.ts';",
        'src/squares.ts': "import locks from 'virtual:locks';\nexport const square = () => locks;",
      },
      'JoinableQueue ShareableList SharedMemory',
      'ShareableList SharedMemory',
      {
        plugins: [provides('export default [];')],
        worker: {
          plugins: () => [
            provides(
              "import { JoinableQueue, ShareableList } from 'web-multiprocessing';\nexport default [JoinableQueue, ShareableList];",
            ),
          ],
        },
      },
    ],
    [
      'of a package in CommonJS',
      "import Lock from 'old';\nnew Lock();",
      {
        'node_modules/old/package.json': '{ "name": "old", "main": "index.js" }',
        'node_modules/old/index.js': "module.exports = require('web-multiprocessing').Lock;",
      },
      ALL,
      ALL_KINDS,
    ],
    [
      'of the library by another name',
      "import { Lock } from 'mp';\nnew Lock();",
      {},
      ALL,
      ALL_KINDS,
      {
        plugins: [{ name: 'another', config: () => ({ resolve: { alias: { mp: 'web-multiprocessing' } } }) }],
      },
    ],
    ['of a page that uses nothing', "import 'web-multiprocessing';", {}, ''],
  ];

  for (const [what, main, files, parts, kinds = '', more] of cases) {
    test(what, async () => {
      expect(await builtParts(appOf(main, files), more)).toEqual({ parts, kinds });
    });
  }

  test('of a package takes all: nobody knows who uses it', async () => {
    const app = new App('installed', 'acme-lib');
    const lib = { entry: 'src/index.ts', formats: ['es' as const], fileName: 'index' };
    expect(await builtParts(app, { build: { lib } })).toEqual({ parts: ALL, kinds: ALL_KINDS });
  });

  test('again, with --watch, where only the page was edited', async () => {
    const page = (name: string) =>
      `import { ${name} } from 'web-multiprocessing';\nimport { square } from './tasks.ts';\nconsole.debug(square, ${name});`;
    const app = appOf('', { 'src/main.ts': page('Lock') });
    const { plugin, told } = noting();
    const watcher = (await build(notedIn(app, plugin, { build: { watch: {} } }))) as Rollup.RollupWatcher;
    try {
      await expect.poll(() => told.parts).toBe('Lock');
      let edits = 0;
      // Again, as an edit before the watcher looks is not seen.
      await expect(() => {
        app.write('src/main.ts', `${page('SharedMemory')}\n// ${edits++}`);
        return expect.poll(() => told, { timeout: 3000 }).toEqual({ parts: 'SharedMemory', kinds: 'SharedMemory' });
      }).toPass();
    } finally {
      await watcher.close();
    }
  });

  test('works', async ({ page }) => {
    const app = appOf('', {
      'src/tasks.ts': `'use multiprocessing';
        import type { Barrier, Queue, Value } from 'web-multiprocessing';
        export async function add(queue: Queue<number>, value: Value<'i'>, barrier: Barrier): Promise<void> {
          await barrier.wait();
          value.value += await queue.get();
        }`,
      'src/main.ts': `import { Barrier, Process, Queue, Value } from 'web-multiprocessing';
        import { add } from './tasks.ts';
        const [queue, value, barrier] = [new Queue<number>(), new Value('i', 40), new Barrier(2)];
        const process = new Process({ target: add, args: [queue, value, barrier] });
        process.start();
        await queue.put(2);
        await barrier.wait();
        await process.join();
        document.querySelector('#result')!.textContent = JSON.stringify({ value: value.value, exitcode: process.exitcode });`,
    });
    expect(await builtParts(app)).toEqual({ parts: 'Barrier Queue RLock RawValue Value', kinds: '' });
    const server = await serve(`${app.root}/dist`);
    try {
      const wrong = await open(page, server.url);
      await expectShown(page, { value: 42, exitcode: 0 });
      expect(wrong).toEqual([]);
    } finally {
      server.close();
    }
  });

  test('has what its modules name, of what few apps use', async ({ page }) => {
    const app = appOf('', {
      'src/tasks.ts': "'use multiprocessing';\nexport const square = (x: number): number => x * x;",
      'src/main.ts': `import { Manager, Pool, SyncManager } from 'web-multiprocessing';
          import { square } from './tasks.ts';
          const manager = await Manager();
          const dict = await manager.dict([['a', 6]]);
          const pool = new Pool(1);
          const [mapped] = await pool.map(square, [await dict.get('a')]);
          await manager.shutdown();
          const streaming = async () => (await pool.imapUnordered(square, [6]).next()).value;
          const streamed = await streaming().then(String, String);
          pool.terminate();
          const server = new SyncManager().getServer();
          const serving = server.serveForever();
          server.close();
          const served = await serving.then(() => 'served', String);
          document.querySelector('#result')!.textContent = JSON.stringify({ mapped, streamed, served });`,
    });
    expect(await builtParts(app)).toEqual({ parts: 'Managers PoolWorker', kinds: 'Managers' });
    const server = await serve(`${app.root}/dist`);
    try {
      const wrong = await open(page, server.url);
      await expectShown(page, { mapped: 36, served: 'served', streamed: '36' });
      expect(wrong).toEqual([]);
    } finally {
      server.close();
    }
  });

  test('shared objects as results of pool calls, of kinds that the page does not name, both ways', async ({ page }) => {
    const app = appOf('', {
      'src/tasks.ts': `'use multiprocessing';
        import { Lock, Pipe } from 'web-multiprocessing';
        export const make = () => [new Lock(), ...Pipe()] as const;`,
      'src/main.ts': `import { Pool } from 'web-multiprocessing';
        import { make } from './tasks.ts';
        await using pool = new Pool(1);
        const [lock, here, there] = await pool.apply(make);
        await here.send('sent');
        document.querySelector('#result')!.textContent = JSON.stringify({ acquired: await lock.acquire(), received: await there.recv() });`,
    });
    await builtParts(app);
    for (const isolated of [true, false]) {
      const server = await serve(`${app.root}/dist`, { headers: isolated ? isolation : {} });
      try {
        const wrong = await open(page, server.url, isolated ? isolation : {});
        await expectShown(page, { acquired: true, received: 'sent' });
        expect(wrong).toEqual([]);
      } finally {
        server.close();
      }
    }
  });

  test('of nothing, in development: all of it, from the beginning', async () => {
    const app = appOf('');
    const server = await createServer({ ...app.config(), server: { middlewareMode: true, ws: false } });
    try {
      const { client } = server.environments;
      for (const [name, parts] of [
        ['kinds', ALL_KINDS],
        ['parts', ALL],
      ] as const) {
        const { code = '' } = (await client.transformRequest(`/@web-multiprocessing/${name}.js`)) ?? {};
        expect(/\] = \[(.*?)\]/s.exec(code)?.[1]?.split(', ').join(' '), name).toBe(parts);
      }
      expect(client.config.optimizeDeps.include).toEqual(
        ['', '/page', '/process'].map((entry) => `web-multiprocessing${entry}`),
      );
    } finally {
      await server.close();
    }
  });
});
