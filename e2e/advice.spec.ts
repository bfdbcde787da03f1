// Each advice can be followed: an app that does something wrong, what it is told, and the app that did as it was told, which
// works. In development and built: a minifier gives other names.

import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { build, createServer } from 'vite';
import { serve } from '../scripts/serve.mjs';
import type { MultiprocessingOptions } from '../src/vite.ts';
import { shown } from './open.ts';
import { App, cleanUp, prepare } from './vite-app.ts';

test.beforeAll(prepare);
test.afterAll(cleanUp);

type Files = Readonly<Record<string, string>>;

interface Lesson {
  /** The app that does something wrong. */
  readonly wrong: Files;
  /** What it is told, once each: by the page, on its console, or by the plugin. */
  readonly told: readonly RegExp[];
  /** What is done about it. */
  readonly mended: Files;
  readonly options?: MultiprocessingOptions;
  /** It comes to its result all the same. */
  readonly limps?: boolean;
}

/** A page that does something, and shows what came of it. */
const main = (body: string, imports = ''): string => `
  import * as mp from 'web-multiprocessing';
  ${imports}
  const done = async () => {
    ${body}
  };
  const show = (result) => (document.querySelector('#result').textContent = JSON.stringify(result));
  done().then((result) => show({ result }), (error) => show({ told: error.message }));`;

const directive = "'use multiprocessing';\n";
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
    told: [/^no executable is set.*for a manager alone.*an empty one/],
    mended: {
      'src/empty.ts': directive,
      'src/main.ts': main('return (await mp.Manager()).dict().then((dict) => dict.size());', "import './empty.ts';"),
    },
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
    options: { folders: ['.', 'src/dist'] },
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
async function hear(app: App, page: Page, url: string): Promise<{ result: Record<string, unknown>; lines: string[] }> {
  const lines: string[] = [];
  page.on('console', (message) => lines.push(message.text()));
  await page.goto(url);
  await expect.poll(() => shown(page).catch(() => ({})), { timeout: 20_000 }).not.toEqual({});
  const result = await shown(page);
  return { result, lines: [...app.warnings, ...lines, String(result.told)] };
}

type Visit = (app: App, page: Page, options?: MultiprocessingOptions) => ReturnType<typeof hear>;

const inDevelopment: Visit = async (app, page, options) => {
  const server = await createServer({ ...app.config(options), server: { host: '127.0.0.1', port: 0 } });
  await server.listen();
  const { port } = server.httpServer!.address() as AddressInfo;
  return hear(app, page, `http://127.0.0.1:${port}/`).finally(() => server.close());
};

const built: Visit = async (app, page, options) => {
  await build({ ...app.config(options), build: { outDir: 'out', target: 'es2022' } });
  const server = await serve(join(app.root, 'out'));
  return hear(app, page, server.url).finally(() => server.close());
};

for (const [mode, visit] of [
  ['in development', inDevelopment],
  ['built', built],
] as const) {
  test.describe(mode, () => {
    for (const [title, { wrong, told, mended, options, limps }] of Object.entries(lessons)) {
      test(title, async ({ page }) => {
        const app = new App();
        for (const [file, text] of Object.entries(wrong)) app.write(file, text);
        const before = await visit(app, page, undefined).catch((error: Error) => ({
          result: {},
          lines: [error.message, ...app.warnings],
        }));
        for (const line of told)
          expect(
            before.lines.filter((text) => line.test(text)),
            String(line),
          ).not.toEqual([]);
        if (!limps) expect(before.result).not.toHaveProperty('result');

        for (const [file, text] of Object.entries(mended)) app.write(file, text);
        app.warnings.length = 0;
        page.removeAllListeners('console');
        const after = await visit(app, page, options);
        expect(after.result).toHaveProperty('result');
        expect(after.result.result).not.toBeNull();
        expect(app.warnings).toEqual([]);
      });
    }
  });
}
