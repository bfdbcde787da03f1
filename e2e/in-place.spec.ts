// Functions that are written in place, in an app with the plugin: served, edited, built.

import { readdirSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { build, createServer, type Rollup, type ViteDevServer } from 'vite';
import { serve } from '../scripts/serve.mjs';
import { expectShown, open, shown } from './open.ts';
import { App, cleanUp } from './vite-app.ts';

const APP = `import * as mp from 'web-multiprocessing';
import { kept } from './kept.ts';
import { score, type Row } from './score.ts';
import { label } from './label.ts';

const rows: Row[] = [{ name: 'one', size: 1 }, { name: 'two', size: 2 }];
const weight = 0.5;
const step = 10;

function factorial(n: number): number {
  'use multiprocessing';
  return n < 2 ? 1 : n * factorial(n - 1);
}

async function results() {
  const progress = new mp.Queue<string>();
  const scores = await kept.map((row: Row) => {
    'use multiprocessing';
    return score(row, weight) + step;
  }, rows);
  const told = new mp.Process({
    target: (name: string) => {
      'use multiprocessing';
      progress.putNowait(label(name));
      throw new RangeError('of ' + name);
    },
    args: ['told'],
  });
  told.start();
  await told.join();
  const stack = String((told.exception as Error).stack);
  const element = document.body;
  const refused = await kept.apply(() => {
    'use multiprocessing';
    return element.title;
  }).catch(String);
  const called = (() => {
    'use multiprocessing';
    return weight;
  });
  let direct = '';
  try {
    called();
  } catch (error) {
    direct = String(error);
  }
  const workers = await kept.apply(() => {
    'use multiprocessing';
    return mp.currentProcess().name;
  });
  return { scores, factorial: await kept.apply(factorial, [5]), progress: await progress.get(), stack, refused, direct, workers };
}

export async function run() {
  const result = await results().catch((error) => ({ error: String(error) }));
  document.querySelector('#result')!.textContent = JSON.stringify({ ...result, page: performance.timeOrigin });
}
`;

function appInPlace(): App {
  const app = new App();
  app.write('src/kept.ts', "import * as mp from 'web-multiprocessing';\nexport const kept = new mp.Pool(1);");
  app.write(
    'src/score.ts',
    `export interface Row { name: string; size: number }
    if ('document' in globalThis) throw new Error('this module is in the page');
    export const score = (row: Row, weight: number) => row.size * weight;`,
  );
  app.write('src/label.ts', "export const label = (name: string) => 'label of ' + name;");
  app.write('src/app.ts', APP);
  return app;
}

const works = { scores: [10.5, 11], factorial: 120, progress: 'label of told' };

test.afterAll(cleanUp);

async function expectWorks(page: import('@playwright/test').Page): Promise<void> {
  await expectShown(page, works);
  const { refused, direct } = (await shown(page)) as { refused: string; direct: string };
  expect(refused).toMatch(/^DataCloneError: element is an HTMLBodyElement/);
  expect(direct).toContain("called() of src/app.ts begins with 'use multiprocessing', and runs in processes alone");
}

test.describe('in development', () => {
  let server: ViteDevServer | undefined;
  test.afterEach(() => server?.close());

  async function start(app: App): Promise<string> {
    server = await createServer({ ...app.config(), server: { host: '127.0.0.1', port: 0 } });
    await server.listen();
    return `http://127.0.0.1:${(server.httpServer!.address() as AddressInfo).port}/`;
  }

  test('an edit inside reaches the next task, and one outside reloads no worker', async ({ page }) => {
    const app = appInPlace();
    const connected = page.waitForEvent('websocket');
    const wrong = await open(page, await start(app));
    const server = await connected;
    await expectWorks(page);
    const { page: first, workers } = await shown(page);
    app.replace('src/app.ts', 'const step = 10', 'const step = 20');
    await expectShown(page, { scores: [20.5, 21], page: first, workers: workers as string });
    app.replace('src/app.ts', 'score(row, weight) + step', 'score(row, weight) - step');
    await expectShown(page, { scores: [-19.5, -19], page: first });
    expect((await shown(page)).workers).not.toBe(workers);
    // What only the function imports: the page runs nothing again, and is told before it does.
    const told = server.waitForEvent('framereceived', ({ payload }) => /@web-multiprocessing/.test(String(payload)));
    app.replace('src/score.ts', 'row.size * weight', 'row.size * weight * 2');
    await told;
    app.replace('src/app.ts', 'const step = 20', 'const step = 0');
    await expectShown(page, { scores: [1, 2], page: first });
    // A function more.
    app.replace(
      'src/app.ts',
      'stack, refused,',
      "stack, refused, more: await kept.apply((n: number) => { 'use multiprocessing'; return n + step; }, [1]),",
    );
    await expectShown(page, { more: 1, page: first });
    expect(wrong.filter((text) => !/RangeError|told/.test(text))).toEqual([]);
    expect(app.warnings).toEqual([]);
  });

  test('what cannot be right is shown at its place', async ({ page }) => {
    const app = appInPlace();
    await page.goto(await start(app));
    await expectWorks(page);
    app.replace('src/app.ts', 'const step = 10;', 'let step = 10;\nexport const more = () => step++;');
    const overlay = page.locator('vite-error-overlay');
    await expect(overlay).toContainText(
      'step is used by a function that is to run in processes, and is assigned again',
    );
    await expect(overlay).toContainText('src/app.ts');
  });
});

/** The line of the app's module in which that text begins: its number, from 1, and all of it. */
function lineWith(app: App, text: string): [number, string] {
  const code = readFileSync(join(app.root, 'src/app.ts'), 'utf8');
  expect(code).toContain(text);
  const line = code.slice(0, code.indexOf(text)).split('\n').length;
  return [line, code.split('\n')[line - 1] as string];
}

test.describe('built', () => {
  test('the page has neither the bodies nor what only they import', async ({ page }) => {
    const app = appInPlace();
    const config = { ...app.config(), build: { sourcemap: true, minify: false as const } };
    await build(config);
    expect(app.warnings).toEqual([]);
    const dist = join(app.root, 'dist');
    const assets = join(dist, 'assets');
    const files = readdirSync(assets).sort();
    const having = (text: string): string[] =>
      files.filter((name) => name.endsWith('.js') && readFileSync(join(assets, name), 'utf8').includes(text));
    expect(having('this module is in the page').every((name) => !name.startsWith('index-'))).toBe(true);
    expect(
      having('of ${')
        .concat(having('"of " + name'), having("'of ' + name"))
        .filter((name) => name.startsWith('index-')),
    ).toEqual([]);
    expect(having('label of ').filter((name) => name.startsWith('index-'))).toEqual([]);

    const server = await serve(dist);
    const wrong = await open(page, server.url);
    await expectWorks(page);
    const { stack } = (await shown(page)) as { stack: string };
    server.close();
    expect(wrong.filter((text) => !/RangeError|told/.test(text))).toEqual([]);
    // The line that was written.
    const [, file, line, column] = /\/assets\/([^/:]+\.js):(\d+):(\d+)/.exec(stack) ?? [];
    const map = new SourceMap(JSON.parse(readFileSync(join(assets, `${file}.map`), 'utf8')));
    const entry = map.findEntry(Number(line) - 1, Number(column) - 1) as {
      originalSource: string;
      originalLine: number;
    };
    expect(entry.originalSource).toMatch(/src\/app\.ts$/);
    expect(APP.split('\n')[entry.originalLine]).toContain('throw new RangeError');

    // Another build is the same.
    await build(config);
    expect(readdirSync(assets).sort()).toEqual(files);
  });

  test('on a page that is not isolated', async ({ page }) => {
    const app = appInPlace();
    await build(app.config());
    const server = await serve(join(app.root, 'dist'), {
      headers: { 'Content-Security-Policy': "default-src 'self'" },
    });
    await page.goto(server.url);
    await expectWorks(page);
    server.close();
  });

  test('what cannot be right is refused, and named', async () => {
    const app = appInPlace();
    app.replace('src/app.ts', 'const step = 10;', 'let step = 10;\nexport const more = () => step++;');
    await expect(build(app.config())).rejects.toThrow(/step is used by a function .* and is assigned again/);
  });

  test('what is wrong stands where it was written, whatever other plugins have made of it', async () => {
    const app = appInPlace();
    app.replace(
      'src/app.ts',
      'const step = 10;',
      'interface Long {\n  readonly name: string;\n}\n\nlet step = 10;\nexport const more = () => step++;',
    );
    const [line, text] = lineWith(app, '+ step;');
    const refused: Rollup.RollupLog = await build(app.config()).then(
      () => {
        throw new Error('the build did not refuse it');
      },
      (error) => error.errors?.[0] ?? error,
    );
    expect(refused.loc).toMatchObject({ line, column: text.indexOf('step') });
    expect(refused.loc?.file).toMatch(/src\/app\.ts$/);
    expect(refused.frame).toContain(`${line} | ${text}\n`);
  });

  test('a directive that means nothing is told, at its place', async () => {
    const app = appInPlace();
    app.replace(
      'src/app.ts',
      'const step = 10;',
      "const step = 10;\nexport function late(n: number) {\n  const two = n * 2;\n  'use multiprocessing';\n  return two;\n}",
    );
    const [line] = lineWith(app, "  'use multiprocessing';\n  return two");
    const told: Rollup.RollupLog[] = [];
    await build({ ...app.config(), build: { rollupOptions: { onwarn: (log) => told.push(log as Rollup.RollupLog) } } });
    const its = told.filter(({ message }) => message.includes('is not the first thing in its function'));
    expect(its.map(({ loc }) => [loc?.line, loc?.column])).toEqual([[line, 2]]);
  });
});
