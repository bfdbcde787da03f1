// Each advice can be followed: an app that does something wrong, what it is told, and the app that did as it was told, which
// works. In development and built: a minifier gives other names.

import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { build, createServer } from 'vite';
import { serve, strict } from '../scripts/serve.mjs';
import type { MultiprocessingOptions } from '../src/vite.ts';
import { directive, type Files, type Lesson, main, managers, modules, withoutIsolation } from './lessons.ts';
import { shown } from './open.ts';
import { App, cleanUp } from './vite-app.ts';

test.afterAll(cleanUp);

const using = "import { length, square } from './tasks.ts';";
const tasks = `${directive}
  export const square = (x) => x * x;
  export const length = (it) => (it.length ? it.length() : Math.hypot(it.x, it.y));`;
/** A class of a package, which knows nothing of this library. */
const vectors =
  'export class Vector2 { constructor(x, y) { this.x = x; this.y = y; } length() { return Math.hypot(this.x, this.y); } }';
const withVector = (value: string, exported = ''): Files => ({
  'src/vectors.js': vectors,
  'src/tasks.ts': `${tasks}\n${exported}`,
  'src/main.ts': main(
    `const vector = new Vector2(3, 4);\n return new mp.Pool(1).apply(length, [${value}]);`,
    `${using}\nimport { Vector2 } from './vectors.js';`,
  ),
});
const pooled = main('return new mp.Pool(2).map(square, [1, 2, 3]);', "import { square } from './tasks.ts';");

/** An app of one file, page and worker at once: what each worker does wrong is to be said once. */
const single = (body: string): Files => ({
  'src/main.ts': `
    import * as mp from 'web-multiprocessing';
    export const square = (x) => x * x;
    const start = () => new Worker(new URL('./main.ts', import.meta.url), { type: 'module' });
    mp.setExecutable(start, { main: { square } });
    const show = (it) => (document.querySelector('#result').textContent = JSON.stringify(it));
    const all = () => new mp.Pool(4).map(square, [1, 2, 3, 4], { chunksize: 1 });
    ${body}`,
});
const calls = 'all().then((result) => show({ result }), (error) => show({ told: error.message }));';
const early = 'new mp.Process({ target: square, args: [2] }).start();';

const lessons: Readonly<Record<string, Lesson>> = {
  'an arrow function is exported by a module of tasks': {
    wrong: { 'src/main.ts': main('return new mp.Pool(1).map((x) => x * 3, [1]);', "import './tasks.ts';") },
    told: [
      /^the first argument of Pool\.map\(\) is a function that is not registered: export it, .*\*\s*3.*begins with 'use m/,
    ],
    mended: {
      'src/tasks.ts': `${directive}export const triple = (x) => x * 3;`,
      'src/main.ts': main('return new mp.Pool(1).map(triple, [1]);', "import { triple } from './tasks.ts';"),
    },
  },
  "somebody else's class is exported again": {
    wrong: withVector('vector'),
    told: [
      /^args\[0\] is an instance of \w+( \{ x, y \})?, a class that is not registered: .*export \{ \w+ \} from 'the-package'/,
    ],
    mended: withVector('vector', "export { Vector2 } from './vectors.js';"),
  },
  'or its instance is sent as plain data': {
    wrong: withVector('vector'),
    told: [/or send plain data in its place, such as structuredClone\(\) of it/],
    mended: withVector('structuredClone(vector)'),
  },
  'no executable': {
    wrong: { 'src/main.ts': main('return (await mp.Manager()).dict().then((dict) => dict.size());') },
    told: [/^no executable is set, so there is no code for a process to run.*for a manager alone.*an empty module/],
    mended: {
      'src/empty.ts': directive,
      'src/main.ts': main('return (await mp.Manager()).dict().then((dict) => dict.size());', "import './empty.ts';"),
    },
  },
  'one file, which starts a process wherever it is loaded': {
    wrong: single(`${early}\n${calls}`),
    told: [
      /could not be started: its modules threw while they were loaded: .*a process was started while/,
      /^(?:Process-1|PoolWorker-\d+) \(pid \d+\) did not start: the worker .* could not be started/,
    ],
    once: /a process was started while/,
    mended: single(`if (!mp.freezeSupport()) {\n${early}\n${calls}\n}`),
  },
  'or calls a pool': {
    wrong: single('const done = all();\nif (globalThis.document) done.then((result) => show({ result }));'),
    told: [/^in a worker that starts:\s.*a process was started while/s],
    once: /a process was started while/,
    limps: true,
    mended: single(`if (!mp.freezeSupport()) {\n${calls}\n}`),
  },
  'memory without headers: with them': {
    wrong: { 'src/main.ts': main("return new mp.Value('i', 7).value;") },
    told: [/^Value is memory that processes share.*not cross-origin isolated.*let its server send the headers/],
    mended: {},
    options: [{ isolation: false }, {}],
  },
  "or a manager's": {
    wrong: { 'src/main.ts': main("return new mp.Value('i', 7).value;") },
    told: [/^Value is memory that processes share.*use "await manager\.Value\(code, init\)" of a Manager/],
    mended: {
      'src/main.ts': main(
        "const manager = await mp.Manager();\n return (await manager.Value('i', 7)).get();",
        "import './tasks.ts';",
      ),
    },
    options: [{ isolation: false }, { isolation: false }],
  },
  'a task that ended its worker is known by its name': {
    wrong: {
      'src/tasks.ts': `${directive}
        export const selfClose = async () => { close(); await new Promise(() => {}); };
        export const square = (x) => x * x;`,
      'src/main.ts': main('return new mp.Pool(1).apply(selfClose);', "import { selfClose } from './tasks.ts';"),
    },
    told: [/^PoolWorker-1 \(pid 2\) ended with exit code 1 while it held src\/tasks\.selfClose\(\)$/],
    mended: { 'src/main.ts': pooled },
  },
  'and one that takes too long': {
    wrong: {
      'src/tasks.ts': `${directive}
        export const sleep = () => new Promise(() => {});
        export const square = (x) => x * x;`,
      'src/main.ts': main(
        'return new mp.Pool(1).apply(sleep, [], { timeout: 1 });',
        "import { sleep } from './tasks.ts';",
      ),
    },
    told: [/^src\/tasks\.sleep\(\) took more than 1 ms$/],
    mended: { 'src/main.ts': pooled },
  },
  'the page, and what it has for processes, in one module': {
    wrong: {
      'src/main.ts': `${directive}export const square = (x) => x * x;\n${pooled.replace(/import \{ square.*/, '')}`,
    },
    limps: true,
    told: [/main\.ts begins with 'use multiprocessing', and is what the page loads first.*module of its own, or guard/],
    mended: { 'src/main.ts': pooled },
  },
  'or what is for the page alone is guarded': {
    wrong: {
      'src/main.ts': `${directive}export const square = (x) => x * x;\n${pooled.replace(/import \{ square.*/, '')}`,
    },
    limps: true,
    told: [/if \(!freezeSupport\(\)\)/],
    mended: {
      'src/main.ts': `${directive}export const square = (x) => x * x;\n${pooled
        .replace(/import \{ square.*/, '')
        .replace('done().then', 'if (!mp.freezeSupport()) done().then')}`,
    },
  },
  'the directive after an import': {
    wrong: { 'src/tasks.ts': `import './offset.ts';\n${tasks}`, 'src/main.ts': pooled },
    told: [/tasks\.ts: 'use multiprocessing' stands after an import/, /^no executable is set/],
    mended: { 'src/tasks.ts': `${tasks}\nimport './offset.ts';` },
  },
  'tasks in a folder that is passed over': {
    wrong: { 'src/dist/tasks.ts': tasks, 'src/main.ts': pooled.replace('./tasks', './dist/tasks') },
    told: [/no process knows it: it is not in \., or below.*folders: \['\.', 'src\/dist'\]/, /^no executable is set/],
    mended: {},
    options: [undefined, { folders: ['.', 'src/dist'] }],
  },
  'a folder that is not there': {
    wrong: { 'src/tasks.ts': tasks, 'src/main.ts': pooled },
    told: [/web-multiprocessing: there is no folder .*nowhere.* \(option "folders"\)/],
    mended: {},
    options: [{ folders: ['nowhere'] }, { folders: ['src'] }],
  },
  'two modules of one name': {
    wrong: { 'src/tasks.ts': tasks, 'src/tasks.js': tasks, 'src/main.ts': `${pooled}\nimport './tasks.js';` },
    told: [/would both be known as 'src\/tasks'\. Rename one of them/],
    mended: { 'src/main.ts': pooled, 'src/tasks.js': '' },
  },
  'a module that needs a page': {
    wrong: { 'src/tasks.ts': `${tasks}\nexport const title = document.title;`, 'src/main.ts': pooled },
    told: [/^src\/tasks could not be loaded in this process, which has no page: .*document/],
    mended: { 'src/tasks.ts': `${tasks}\nexport const title = () => document.title;` },
  },
  'a window must not block': {
    wrong: { 'src/main.ts': main('return new mp.Queue().getSync();') },
    told: [/^Queue\.getSync\(\) would have to wait.*use "await Queue\.get\(\)"/],
    mended: { 'src/main.ts': main('const queue = new mp.Queue();\nawait queue.put(1);\nreturn await queue.get();') },
  },
  'a lock in a queue': {
    wrong: { 'src/main.ts': main('return await new mp.Queue().put(new mp.Lock());') },
    told: [/^item is a Lock, which travels only with.*pass it in args or initargs/],
    mended: {
      'src/tasks.ts': `${directive}export const stateOf = (lock) => String(lock);`,
      'src/main.ts': main(
        'return await new mp.Pool(1).apply(stateOf, [new mp.Lock()]);',
        "import { stateOf } from './tasks.ts';",
      ),
    },
  },
};

/** What the page shows, and everything that page and plugin say. */
async function hear(
  app: App,
  page: Page,
  url: string,
  isTold: (lines: string[]) => boolean,
): Promise<{ result: Record<string, unknown>; lines: string[] }> {
  const lines: string[] = [];
  page.on('console', (message) => lines.push(message.text()));
  await page.goto(url);
  const latest = () => shown(page).catch(() => ({}));
  // An app that cannot be loaded shows nothing.
  const isThrough = async () => isTold(app.warnings) || Object.keys(await latest()).length > 0;
  await expect.poll(isThrough, { timeout: 90_000 }).toBe(true);
  const result: Record<string, unknown> = await latest();
  return { result, lines: [...app.warnings, ...lines, String(result.told)] };
}

type Visit = (
  app: App,
  page: Page,
  options?: MultiprocessingOptions,
  isTold?: (lines: string[]) => boolean,
) => ReturnType<typeof hear>;

const inDevelopment: Visit = async (app, page, options, isTold = () => false) => {
  const server = await createServer({ ...app.config(options), server: { host: '127.0.0.1', port: 0 } });
  await server.listen();
  const { port } = server.httpServer!.address() as AddressInfo;
  return hear(app, page, `http://127.0.0.1:${port}/`, isTold).finally(() => server.close());
};

const built: Visit = async (app, page, options, isTold = () => false) => {
  await build({ ...app.config(options), build: { outDir: 'out', target: 'es2022' } });
  const headers = options?.isolation === false ? {} : strict;
  const server = await serve(join(app.root, 'out'), { headers });
  return hear(app, page, server.url, isTold).finally(() => server.close());
};

for (const [mode, visit] of [
  ['in development', inDevelopment],
  ['built', built],
] as const) {
  test.describe(mode, () => {
    const all = { ...lessons, ...modules, ...withoutIsolation, ...managers };
    for (const [title, { wrong, told, once, mended, options = [], limps }] of Object.entries(all)) {
      test(title, async ({ page }) => {
        const app = new App();
        for (const [file, text] of Object.entries(wrong)) app.write(file, text);
        const isTold = (lines: string[]) => told.every((line) => lines.some((text) => line.test(text)));
        const before = await visit(app, page, options[0], isTold).catch((error: Error) => ({
          result: {} as Record<string, unknown>,
          lines: [error.message, ...app.warnings],
        }));
        const { result, lines } = before;
        for (const line of told) expect(lines, String(line)).toContainEqual(expect.stringMatching(line));
        // What the page is told by an error is no line of its console.
        const said = lines.filter((line) => once?.test(line) && line !== result.told);
        expect(said.length, said.join('\n')).toBeLessThanOrEqual(1);
        if (!limps) expect(result).not.toHaveProperty('result');

        for (const [file, text] of Object.entries(mended)) app.write(file, text);
        app.warnings.length = 0;
        page.removeAllListeners('console');
        const after = await visit(app, page, options[1]);
        expect(after.result).toHaveProperty('result');
        expect(after.result.result).not.toBeNull();
        expect(app.warnings).toEqual([]);
      });
    }

    test('what capabilities() advises without the headers is headers, and no other browser', async ({ page }) => {
      const app = new App();
      app.write(
        'src/main.ts',
        main('return mp.capabilities().missing.map(({ name, remedy }) => name + ": " + remedy);'),
      );
      const { result } = await visit(app, page, { isolation: false });
      expect(result.result).toContainEqual(
        expect.stringMatching(/^cross-origin isolation: .*server of the page.*headers/),
      );
      expect(result.result).toContain('growable shared memory: See to "cross-origin isolation" first.');
      expect(String(result.result)).not.toContain('newer browser');
      expect((await visit(app, page)).result.result).toEqual([expect.stringMatching(/^blocking: /)]);
    });
  });
}
