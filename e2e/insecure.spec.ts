// An app over plain http, from a host that is not this machine, as in a company's network: no shared memory, and no Web Locks by which
// a page sees the crash of a worker. All else works.

import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { build } from 'vite';
import { browserPath, launchArgs } from '../scripts/browser.mjs';
import { serve } from '../scripts/serve.mjs';
import { open, shown } from './open.ts';
import { App, cleanUp } from './vite-app.ts';

const HOST = 'app.test';

test.use({
  launchOptions: {
    executablePath: browserPath(),
    args: [...launchArgs, `--host-resolver-rules=MAP ${HOST} 127.0.0.1`],
  },
});
test.afterAll(cleanUp);

const files = {
  'src/tasks.ts': `'use multiprocessing';
    import * as mp from 'web-multiprocessing';
    export const square = (x) => x * x;
    const forever = () => new Promise(() => {});
    const ways = {
      exit: () => mp.exit(3),
      fail: () => { throw new RangeError('on purpose'); },
      close: () => { self.close(); return forever(); },
      forever,
    };
    export const end = (way) => ways[way]();
    export async function add(items, sums, lock) {
      let sum = 0;
      for await (const item of items) await lock.with(() => { sum += item; });
      await sums.put(sum);
    }
    export const hold = async (lock) => {
      await lock.acquire();
      self.close();
    };`,
  'src/main.ts': `
    import * as mp from 'web-multiprocessing';
    import { add, end, hold, square } from './tasks';

    const start = (target, ...args) => {
      const process = new mp.Process({ target, args });
      process.start();
      return process;
    };
    async function deaths() {
      const [ends, closes, fails, killed] = ['exit', 'close', 'fail', 'forever'].map((way) => start(end, way));
      killed.kill();
      for (const process of [ends, closes, fails, killed]) await process.join();
      const holder = new mp.Lock();
      await start(hold, holder).join();
      return [ends, closes, fails, killed].map(({ exitcode }) => exitcode).concat(await holder.acquire(), holder.abandoned);
    }
    async function pools() {
      const pool = new mp.Pool(2);
      const squares = await pool.map(square, [1, 2, 3]);
      const died = await pool.apply(end, ['close']).catch(({ name }) => name);
      const late = await pool.apply(end, ['forever'], { timeout: 50 }).catch(({ name }) => name);
      squares.push(await pool.apply(square, [4]));
      pool.close();
      await pool.join();
      return [squares, died, late];
    }
    async function queues() {
      const [items, sums, lock] = [new mp.Queue(), new mp.Queue(), new mp.Lock()];
      const adders = [1, 2].map(() => start(add, items, sums, lock));
      for (const item of [1, 2, 3, 4]) await items.put(item);
      items.shutdown();
      for (const adder of adders) await adder.join();
      return (await sums.get()) + (await sums.get());
    }
    async function managers() {
      const manager = await mp.Manager();
      const dict = await manager.dict([['tea', 9]]);
      const tea = await dict.get('tea');
      await manager.shutdown();
      return tea;
    }
    const { mode, ready, missing } = mp.capabilities();
    const told = {
      isSecure: isSecureContext,
      mode,
      ready,
      missing: missing.map(({ name }) => name),
      locks: missing.find(({ name }) => name === 'Web Locks')?.remedy,
      deaths: await deaths(),
      pools: await pools(),
      queues: await queues(),
      manager: await managers(),
      listener: await Promise.resolve().then(() => new mp.Listener()).then(() => 'listens', ({ message }) => message),
      left: mp.activeChildren().length,
    };
    document.querySelector('#result').textContent = JSON.stringify(told);`,
};

const worksByMessage = {
  isSecure: false,
  mode: 'message',
  ready: true,
  missing: expect.arrayContaining(['secure context', 'cross-origin isolation', 'Web Locks']),
  deaths: [3, 1, 1, -9, true, true],
  pools: [[1, 4, 9, 16], 'WorkerDiedError', 'TimeoutError'],
  queues: 10,
  manager: 9,
  listener: expect.stringMatching(/serve it over https or from localhost$/),
  left: 0,
};

for (const [title, options] of [
  ['an app that goes either way', {}],
  ['an app that is never isolated', { isolation: false }],
] as const) {
  test(title, async ({ page }) => {
    const app = new App();
    for (const [file, text] of Object.entries(files)) app.write(file, text);
    await build({ ...app.config(options), build: { target: 'es2022' } });
    expect(app.warnings).toEqual([]);
    const { url, close } = await serve(join(app.root, 'dist'), { headers: {} });
    const wrong = await open(page, url.replace('localhost', HOST), {});
    await expect.poll(() => shown(page).catch(() => ({})), { timeout: 90_000 }).toMatchObject(worksByMessage);
    // That of the process that fails.
    expect(wrong.filter((text) => !text.includes('on purpose'))).toEqual([]);
    close();
  });
}
