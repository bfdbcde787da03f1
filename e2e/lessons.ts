// Apps that do something wrong, what they are told, and what was done about it: where a page is not isolated, and with managers.

import type { MultiprocessingOptions } from '../src/vite.ts';

export type Files = Readonly<Record<string, string>>;

export interface Lesson {
  /** The app that does something wrong. */
  readonly wrong: Files;
  /** What it is told, once each: by the page, on its console, or by the plugin. */
  readonly told: readonly RegExp[];
  /** What is said no more than once, though it happens to several workers. */
  readonly once?: RegExp;
  /** What is done about it. */
  readonly mended: Files;
  /** The plugin's options before, and after. */
  readonly options?: readonly [MultiprocessingOptions | undefined, MultiprocessingOptions];
  /** It comes to its result all the same. */
  readonly limps?: boolean;
}

/** A page that does something, and shows what came of it. */
export const main = (body: string, imports = ''): string => `
  import * as mp from 'web-multiprocessing';
  ${imports}
  const done = async () => {
    ${body}
  };
  const show = (result) => (document.querySelector('#result').textContent = JSON.stringify(result));
  done().then((result) => show({ result }), (error) => show({ told: error.message }));`;

export const directive = "'use multiprocessing';\n";
/** A page that is not isolated, where a process does something with an object that it is given. */
const apart = (body: string, object: string, then = ''): Files => ({
  'src/tasks.ts': `${directive}import * as mp from 'web-multiprocessing';\n${body}`,
  'src/main.ts': main(
    `const it = ${object};
    const p = new mp.Process({ target: act, args: [it], daemon: false });
    p.start();
    ${then}
    return p.result();`,
    "import { act } from './tasks.ts';",
  ),
});
const none: Lesson['options'] = [{ isolation: false }, { isolation: false }];
const filled = "await it.put('item');";

export const withoutIsolation: Readonly<Record<string, Lesson>> = {
  'a queue that a process asks at once': {
    wrong: apart('export const act = (it) => it.getNowait();', 'new mp.Queue()', filled),
    told: [/^Queue\.getNowait\(\): .* only by a message: use "await get\(\{ block: false \}\)"$/],
    mended: apart('export const act = (it) => it.get({ block: false });', 'new mp.Queue()', filled),
    options: none,
  },
  'and one with a limit, that it puts into': {
    wrong: apart('export const act = (it) => it.putNowait(1);', 'new mp.Queue(2)'),
    told: [/^Queue\.putNowait\(\): .*use "await put\(item, \{ block: false \}\)"$/],
    mended: apart('export const act = (it) => it.put(1, { block: false }).then(() => 1);', 'new mp.Queue(2)'),
    options: none,
  },
  'how many are in it: ask in the page': {
    wrong: apart('export const act = (it) => it.qsize();', 'new mp.Queue()', filled),
    told: [/^Queue\.qsize\(\): .*; or ask in the page$/],
    mended: apart('export const act = () => 1;', 'new mp.Queue()', `${filled} await p.join();\n return it.qsize();`),
    options: none,
  },
  'a process that blocks: await': {
    wrong: apart('export const act = (it) => it.getSync();', 'new mp.Queue()', filled),
    told: [/^Queue\.getSync\(\): .*all goes by message.*use "await Queue\.get\(\)"$/],
    mended: apart('export const act = (it) => it.get();', 'new mp.Queue()', filled),
    options: none,
  },
  'or with the headers': {
    wrong: apart('export const act = (it) => it.getSync();', 'new mp.Queue()', filled),
    told: [/all goes by message/],
    mended: {},
    options: [{ isolation: false }, {}],
  },
  'a loop that looks at an event': {
    wrong: apart('export const act = (it) => { while (!it.isSet()); return 1; };', 'new mp.Event()'),
    told: [/^Event\.isSet\(\): .*use "await event\.wait\(\{ timeout \}\)" in such a loop$/],
    mended: apart(
      'export const act = async (it) => { while (!(await it.wait({ timeout: 0 }))); return 1; };',
      'new mp.Event()',
      'setTimeout(() => it.set());',
    ),
    options: none,
  },
  'the units of a semaphore': {
    wrong: apart('export const act = (it) => it.getValue();', 'new mp.Semaphore(1)'),
    told: [/getValue: .*try "await semaphore\.acquire\(\{ block: false \}\)"$/],
    mended: apart('export const act = (it) => it.acquire({ block: false });', 'new mp.Semaphore(1)'),
    options: none,
  },
  'a lock that a module makes': {
    wrong: apart(
      `export class Kept {}
      const lock = new mp.Lock();
      export const say = (lock) => String(lock);
      export const act = async () => { const p = new mp.Process({ target: say, args: [lock] }); p.start(); return p.result(); };`,
      '1',
    ),
    told: [/Lock: this one was made while the modules of a worker.*make it in a function/],
    mended: apart(
      `export const say = (lock) => String(lock);
      export const act = async () => {
        const p = new mp.Process({ target: say, args: [new mp.Lock()] });
        p.start();
        return p.result();
      };`,
      '1',
    ),
    options: none,
  },
};

/** A process that takes a Model out of a queue. */
const modelled = (model: string): Files => ({
  'src/model.ts': `${directive}${model}`,
  'src/tasks.ts': `${directive}export const take = async (queue) => Object.keys(await queue.get()).length;`,
  'src/main.ts': main(
    `const queue = new mp.Queue();
    const p = new mp.Process({ target: take, args: [queue] });
    p.start();
    await queue.put(new Model());
    return p.result();`,
    "import { Model } from './model.ts';\nimport { take } from './tasks.ts';",
  ),
});
const endless = "if (!('document' in globalThis)) await new Promise(() => {});";

/** Modules that processes load, and do too much at their top level. */
export const modules: Readonly<Record<string, Lesson>> = {
  'a module that awaits something for long': {
    wrong: modelled(`${endless}\nexport class Model {}`),
    told: [/^this process has not loaded src\/model yet, which awaits something: await that in its functions/],
    mended: modelled(`export class Model { async load() { ${endless} } }`),
  },
};

const managed = (
  options: string,
  body: string,
  type = 'export class Tally { #n = 0; add() { return ++this.#n; } }',
): Files => ({
  'src/tasks.ts': `${directive}${type}`,
  'src/main.ts': main(
    `class Its extends mp.BaseManager {}
    Its.register('Tally', Tally, ${options});
    const manager = new Its();
    ${body}`,
    "import { Tally } from './tasks.ts';",
  ),
});
const started = 'await manager.start();';
const added = 'return (await manager.Tally()).add();';

export const managers: Readonly<Record<string, Lesson>> = {
  'a manager that is not started': {
    wrong: managed('{}', added),
    told: [/: call start\(\) first$/],
    mended: managed('{}', started + added),
  },
  'or is started twice': {
    wrong: managed('{}', started + started + added),
    told: [/start\(\): it is started already$/],
    mended: managed('{}', started + added),
  },
  'a factory that answers a number': {
    wrong: managed('{}', `${started} return (await manager.Tally()).value;`, 'export const Tally = () => 7;'),
    told: [/^'Tally' answered .*: only an object can be kept for others$/],
    mended: managed(
      "{ exposed: ['get'] }",
      `${started} return (await manager.Tally()).get();`,
      'class Seven { get() { return 7; } }\nexport const Tally = () => new Seven();',
    ),
  },
  'a factory that throws': {
    wrong: managed('{}', started + added, "export const Tally = () => { throw new Error('no tally'); };"),
    told: [/^this manager could not make 'Tally': no tally/],
    mended: managed('{}', started + added),
  },
  'a method that is not exposed': {
    wrong: managed(
      "{ exposed: ['get'] }",
      started + added.replace('manager.Tally()', '/** @type {any} */ (manager.Tally())'),
    ),
    told: [/add/],
    mended: managed("{ exposed: ['add'] }", started + added),
  },
};
