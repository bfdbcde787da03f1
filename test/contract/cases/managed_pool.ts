// What a pool in a manager does as any pool: its calls are remote, and its results are proxies until they are asked for.

import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import * as tasks from '../../fixtures/pool.ts';
import { type Cases, type Driver, errorOf, range } from '../harness.ts';
import { withManager } from './manager.ts';

const squares = (count: number): number[] => range(count).map((x) => x * x);

/** Untyped: `d.call` cannot carry a generic method's types. */
const untyped = (f: (...args: never[]) => unknown): never => f as never;

const withPool = (
  d: Driver,
  body: (pool: mp.PoolProxy, manager: mp.SyncManager) => Promise<void>,
  options: object = {},
): Promise<void> =>
  withManager(d, async (manager) => {
    const pool = await d.call(manager, 'Pool', 2, options);
    await body(pool, manager);
    await d.call(pool, 'terminate');
    await d.call(pool, 'join');
  });

/** What an iterator of the driver's kind gives. */
async function drawn(d: Driver, pool: mp.PoolProxy, name: 'imap' | 'imapUnordered', items: Iterable<number>) {
  const results: number[] = [];
  if (d.name === 'sync') results.push(...pool[`${name}Sync`](tasks.square, items));
  else for await (const result of pool[name](tasks.square, items)) results.push(result);
  return results;
}

export const managedPoolCases: Cases = {
  'MGR-34 POOL-01 POOL-02 POOL-07 apply, map, starmap': (d) =>
    withPool(d, async (pool) => {
      assert.equal(await d.call(pool, 'apply', untyped(tasks.square), [5]), 25);
      assert.equal(await d.call(pool, 'apply', untyped(tasks.scaled), [5], { kwds: { by: 3 } }), 15);
      assert.isUndefined(await d.call(pool, 'apply', untyped(tasks.nothing), []));
      assert.deepEqual(await d.call(pool, 'map', untyped(tasks.square), range(100), { chunksize: 20 }), squares(100));
      assert.deepEqual(await d.call(pool, 'map', untyped(tasks.squareAsync), range(20)), squares(20));
      assert.deepEqual(await d.call(pool, 'map', untyped(tasks.square), []), []);
      const pairs = [
        [1, 2],
        [3, 4],
      ];
      assert.deepEqual(await d.call(pool, 'starmap', untyped(tasks.add), pairs as never), [3, 7]);
    }),

  'MGR-34 POOL-04 POOL-10 POOL-11 POOL-46 results that are asked for later': (d) =>
    withPool(d, async (pool) => {
      const mapped = await d.call(pool, 'mapAsync', untyped(tasks.square), range(40));
      assert.deepEqual(await d.call(mapped, 'get'), squares(40));
      const late = await d.call(pool, 'applyAsync', untyped(tasks.squareLater), [4, 2000]);
      assert.isFalse(await d.call(late, 'ready'));
      assert.instanceOf(await errorOf(() => d.call(late, 'successful')), RangeError);
      assert.instanceOf(await errorOf(() => d.call(late, 'get', { timeout: 20 })), mp.TimeoutError);
      await d.call(late, 'wait');
      assert.equal(await d.call(late, 'get'), 16);
      assert.isTrue(await d.call(late, 'successful'));
      const bad = await d.call(pool, 'applyAsync', untyped(tasks.raise), ['no']);
      assert.instanceOf(await errorOf(() => d.call(bad, 'get')), Error);
      assert.isFalse(await d.call(bad, 'successful'));
    }),

  'MGR-34 MGR-44 POOL-13 POOL-14 imap and imapUnordered, of any iterable that ends': (d) =>
    withPool(d, async (pool) => {
      assert.deepEqual(await drawn(d, pool, 'imap', new Set(range(20))), squares(20));
      const any = await drawn(d, pool, 'imapUnordered', range(20));
      assert.deepEqual(
        any.sort((a, b) => a - b),
        squares(20),
      );
      if (d.name === 'sync') return;
      const left: number[] = [];
      for await (const result of pool.imap(tasks.square, range(1000))) if (left.push(result) === 3) break;
      assert.deepEqual(left, [0, 1, 4]);
      assert.equal(await pool.apply(tasks.square, [6]), 36);
    }),

  'MGR-34 POOL-20 POOL-26 an error of a task arrives with its class and stack': (d) =>
    withPool(d, async (pool) => {
      const error = (await errorOf(() => d.call(pool, 'map', untyped(tasks.failAtThree), range(6)))) as Error;
      assert.instanceOf(error, RangeError);
      assert.include(error.stack, 'in process PoolWorker-');
      assert.equal(await d.call(pool, 'apply', untyped(tasks.square), [2]), 4);
    }),

  'MGR-34 POOL-28 POOL-32 initializer and maxtasksperchild': (d) =>
    withManager(d, async (manager) => {
      const array = [0, 0];
      const options = { initializer: tasks.share, initargs: [new Int32Array(array)], maxtasksperchild: 2 };
      const pool = await d.call(manager, 'Pool', 1, options as never);
      const pids = await d.call(pool, 'map', untyped(tasks.pid), range(6), { chunksize: 1 });
      assert.equal(new Set(pids as number[]).size, 3);
      assert.deepEqual(await d.call(pool, 'map', untyped(tasks.initialisations), range(2), { chunksize: 1 }), [1, 1]);
      await d.call(pool, 'terminate');
      await d.call(pool, 'join');
    }),

  'MGR-34 POOL-17 POOL-52 POOL-56 ends: of a worker, and of the pool': (d) =>
    withPool(d, async (pool) => {
      const dead = await d.call(pool, 'applyAsync', untyped(tasks.closeSelf), []);
      assert.instanceOf(await errorOf(() => d.call(dead, 'get')), mp.WorkerDiedError);
      assert.equal(await d.call(pool, 'apply', untyped(tasks.square), [7]), 49);
      assert.instanceOf(await errorOf(() => d.call(pool, 'join')), RangeError);
      const stuck = await d.call(pool, 'applyAsync', untyped(tasks.foreverAsync), []);
      await d.call(pool, 'terminate');
      await d.call(pool, 'terminate');
      assert.instanceOf(await errorOf(() => d.call(stuck, 'get')), mp.ProcessError);
      assert.instanceOf(await errorOf(() => d.call(pool, 'apply', untyped(tasks.square), [1])), mp.InvalidStateError);
    }),

  'MGR-34 POOL-68 what cannot travel is refused, naming its path': (d) =>
    withPool(d, async (pool) => {
      const error = (await errorOf(() => d.call(pool, 'apply', (() => 1) as never, []))) as Error;
      assert.instanceOf(error, mp.DataCloneError);
      assert.include(error.message, 'args[0]');
      const blob = (await errorOf(() => d.call(pool, 'apply', untyped(tasks.echo), [new Blob([])]))) as Error;
      assert.include(blob.message, 'args[1][0]');
    }),
};
