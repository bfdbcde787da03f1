import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import * as tasks from '../../fixtures/pool.ts';
import { sleep } from '../../fixtures/targets.ts';
import { type Cases, duration, errorOf, needs, range, start } from '../harness.ts';

const squares = (count: number): number[] => range(count).map((x) => x * x);

export const poolCases: Cases = {
  'POOL-01 apply gives the function’s value, with positional and with keyword arguments': async (d) => {
    await using pool = new d.Pool(2);
    assert.equal(await d.call(pool, 'apply', tasks.square as never, [5] as never), 25);
    assert.equal(await d.call(pool, 'apply', tasks.scaled as never, [5] as never, { kwds: { by: 3 } } as never), 15);
    assert.equal(await pool.apply(tasks.squareAsync, [4]), 16);
    assert.isUndefined(await pool.apply(tasks.nothing));
  },

  'POOL-02 map keeps the order of its input': async (d) => {
    await using pool = new d.Pool(3);
    assert.deepEqual(await d.call(pool, 'map', tasks.square as never, range(10)), squares(10));
    assert.deepEqual(await d.call(pool, 'map', tasks.square as never, range(100), { chunksize: 20 }), squares(100));
    assert.deepEqual(await d.call(pool, 'map', tasks.squareAsync as never, range(20), { chunksize: 3 }), squares(20));
  },

  'starmap spreads each item': async (d) => {
    await using pool = new d.Pool(2);
    const pairs: [number, number][] = [
      [1, 2],
      [3, 4],
      [5, 6],
    ];
    assert.deepEqual(await d.call(pool, 'starmap', tasks.add as never, pairs as never), [3, 7, 11]);
    assert.deepEqual(await pool.starmapAsync(tasks.add, pairs, { chunksize: 2 }), [3, 7, 11]);
  },

  'POOL-04 mapAsync().get() is map': async (d) => {
    await using pool = new d.Pool(2);
    assert.deepEqual(await d.call(pool.mapAsync(tasks.square, range(40)), 'get'), squares(40));
    assert.deepEqual(await pool.mapAsync(tasks.square, range(7), { chunksize: 2 }), squares(7));
  },

  'POOL-05 POOL-47 callbacks run once, with all results or with the error, before anybody sees them': async (d) => {
    await using pool = new d.Pool(2);
    const heard: unknown[] = [];
    const good = pool.mapAsync(tasks.square, [1, 2, 3], {
      callback: (value) => heard.push(value, good.ready()),
      errorCallback: () => heard.push('error'),
    });
    assert.deepEqual(await d.call(good, 'get'), [1, 4, 9]);
    assert.deepEqual(heard, [[1, 4, 9], false]);
    const bad = pool.mapAsync(tasks.failAtThree, range(6), {
      chunksize: 1,
      callback: () => heard.push('value'),
      errorCallback: (error) => heard.push(error),
    });
    const error = await errorOf(() => d.call(bad, 'get'));
    assert.instanceOf(error, RangeError);
    assert.strictEqual(heard[2], error);
    assert.lengthOf(heard, 3);
  },

  'a callback runs after its call has returned, however quick the workers are': async (d) => {
    await using pool = new d.Pool(2);
    await pool.map(tasks.square, range(4), { chunksize: 1 });
    const order: string[] = [];
    for (let round = 0; round < 300; round++) {
      const result = pool.mapAsync(tasks.square, [1, 2, 3], { chunksize: 1, callback: () => order.push('callback') });
      order.push('returned');
      await result;
    }
    assert.deepEqual([...new Set(order.filter((_, i) => i % 2 === 0))], ['returned']);
    // POOL-48: of nothing no callback hears.
    const heard: unknown[] = [];
    const callback = (value: unknown) => heard.push(value);
    await pool.mapAsync(tasks.square, [], { callback, errorCallback: callback });
    await pool.map(tasks.square, [1, 2, 3]);
    assert.deepEqual(heard, []);
  },

  'POOL-07 POOL-08 nothing to do gives nothing, at once': async (d) => {
    for (const size of [1, 3]) {
      await using pool = new d.Pool(size);
      const result = pool.mapAsync(tasks.square, [], { chunksize: 1 });
      assert.isTrue(result.ready());
      assert.deepEqual(await d.call(result, 'get'), []);
      assert.deepEqual(await d.call(pool, 'map', tasks.square as never, []), []);
      assert.deepEqual(await gathered(pool.imap(tasks.square, [])), []);
      assert.deepEqual(await gathered(pool.imapUnordered(tasks.square, new Set<number>())), []);
    }
  },

  'POOL-10 POOL-11 get waits, and with a timeout gives up; later it gets it': async (d) => {
    await using pool = new d.Pool(2);
    const result = pool.applyAsync(tasks.squareLater, [7, 2000]);
    const took = await duration(async () =>
      assert.instanceOf(await errorOf(() => d.call(result, 'get', { timeout: 30 })), mp.TimeoutError),
    );
    assert.isAtLeast(took, 25);
    assert.isFalse(result.ready());
    assert.equal(await d.call(result, 'get'), 49);
  },

  'POOL-13 what an input throws comes after the results of whole chunks': async (d) => {
    await using pool = new d.Pool(2);
    for (const [fails, chunksize, whole] of [
      [0, 1, 0],
      [3, 1, 3],
      [7, 2, 6],
      [7, 4, 4],
    ] as const) {
      const results: number[] = [];
      const error = await errorOf(async () => {
        for await (const x of pool.imap(tasks.square, failing(fails), { chunksize })) results.push(x);
      });
      assert.equal((error as Error).message, `at ${fails}`);
      assert.deepEqual(results, squares(whole));
      assert.instanceOf(await errorOf(() => pool.map(tasks.square, failing(fails))), RangeError);
    }
  },

  'POOL-14 imapUnordered gives each result once, in any order': async (d) => {
    await using pool = new d.Pool(3);
    const byValue = (a: number, b: number): number => a - b;
    assert.deepEqual((await gathered(pool.imapUnordered(tasks.squareAsync, range(10)))).sort(byValue), squares(10));
    const many = await gathered(pool.imapUnordered(tasks.square, range(1000), { chunksize: 100 }));
    assert.deepEqual(many.sort(byValue), squares(1000));
  },

  'imap takes any iterable, and gives in order': async (d) => {
    await using pool = new d.Pool(3);
    assert.deepEqual(await gathered(pool.imap(tasks.squareAsync, range(50))), squares(50));
    assert.deepEqual(await gathered(pool.imap(tasks.square, numbers(20, true))), squares(20));
    assert.deepEqual(await gathered(pool.imap(tasks.square, numbers(20, false), { chunksize: 7 })), squares(20));
  },

  'join after close does not wait for who reads what imap has; it can be read later': async (d) => {
    for (const [items, chunksize] of [
      [[], 1],
      [range(3), 1],
      [range(4), 1],
      [range(11), 3],
      [new Set(range(3)), 1],
      [numbers(3, false), 1],
    ] as const) {
      const pool = new d.Pool(2);
      const expected = squares(globalThis.Array.isArray(items) ? items.length : 3);
      const results = pool.imap(tasks.square, items, { chunksize, timeout: 60_000 });
      pool.close();
      await d.call(pool, 'join');
      assert.deepEqual(await gathered(results), expected);
    }
    const pool = new d.Pool(2);
    const [read, unread] = [pool.imap(tasks.square, range(3)), pool.imapUnordered(tasks.square, numbers(3, true))];
    const broken = pool.imap(tasks.square, failing(2));
    for (const expected of squares(3)) assert.equal((await read.next()).value, expected);
    assert.isFalse((await unread.next()).done);
    pool.close();
    await pool.join();
    assert.isTrue((await read.next()).done);
    assert.lengthOf(await gathered(unread), 2);
    assert.deepEqual([(await broken.next()).value, (await broken.next()).value], [0, 1]);
    assert.equal(((await errorOf(() => broken.next())) as Error).message, 'at 2');
  },

  'join waits until enough of a long input of imap was asked for': async (d) => {
    const pool = new d.Pool(1);
    const results = pool.imap(tasks.square, numbers(6, false));
    pool.close();
    let isOver = false;
    const joined = pool.join().then(() => {
      isOver = true;
    });
    await sleep(50);
    assert.isFalse(isOver);
    for (const expected of squares(5)) assert.equal((await results.next()).value, expected);
    await joined;
    assert.equal((await results.next()).value, 25);
    assert.isTrue((await results.next()).done);
    const dropped = new d.Pool(1);
    const control = new AbortController();
    void dropped.imap(tasks.square, range(10), control);
    dropped.close();
    control.abort();
    await dropped.join();
  },

  'imap takes no more than 2 chunks a worker ahead of its consumer, and closes its input on break': async (d) => {
    await using pool = new d.Pool(2);
    let taken = 0;
    let closed = 0;
    function* endless(): Generator<number> {
      try {
        for (;;) yield taken++;
      } finally {
        closed++;
      }
    }
    for (const unordered of [false, true]) {
      taken = closed = 0;
      const results = unordered
        ? pool.imapUnordered(tasks.square, endless(), { chunksize: 3 })
        : pool.imap(tasks.square, endless(), { chunksize: 3 });
      await sleep(150);
      assert.equal(taken, 4 * 3);
      let seen = 0;
      for await (const _ of results) {
        assert.isAtMost(taken, seen + 6 * 3);
        if (++seen === 30) break;
      }
      assert.equal(closed, 1);
      const before = taken;
      await sleep(50);
      assert.equal(taken, before);
      assert.deepEqual(await results.next(), { done: true, value: undefined });
    }
  },

  'an async input that never answers stops nobody from leaving': async (d) => {
    await using pool = new d.Pool(2);
    async function* stuck(): AsyncGenerator<number> {
      yield 1;
      await new Promise(() => {});
    }
    for await (const x of pool.imap(tasks.square, stuck())) {
      assert.equal(x, 1);
      break;
    }
  },

  'POOL-16 POOL-67 DMN-08 MISC-07 the number of workers, which are daemons and listed': async (d) => {
    for (const bad of [0, -1]) assert.instanceOf(await errorOf(() => new d.Pool(bad)), RangeError);
    for (const bad of [2.5, '2', Number.NaN]) assert.instanceOf(await errorOf(() => new d.Pool(bad as 2)), TypeError);
    await using pool = new d.Pool(3);
    assert.equal(pool.processes, 3);
    await pool.map(tasks.pidLater, range(9), { chunksize: 1 });
    assert.lengthOf(mp.activeChildren(), 3);
    assert.isTrue(mp.activeChildren().every(({ daemon }) => daemon));
    assert.match(await pool.apply(tasks.name), /PoolWorker-[\d:]+$/);
    await using other = new d.Pool();
    assert.isAtLeast(other.processes, 1);
  },

  'it starts no more workers than there is work for': async (d) => {
    const before = mp.activeChildren().length;
    await using pool = new d.Pool(8);
    assert.lengthOf(mp.activeChildren(), before);
    for (let i = 0; i < 5; i++) await pool.apply(tasks.square, [i]);
    assert.lengthOf(mp.activeChildren(), before + 1);
    await pool.map(tasks.square, [1, 2, 3], { chunksize: 1 });
    assert.isAtMost(mp.activeChildren().length, before + 4);
  },

  'it shrinks when it is idle, if asked, and grows again': async (d) => {
    await using pool = new d.Pool(2, { idleTimeout: 50 });
    for (let round = 0; round < 3; round++) {
      assert.deepEqual(await d.call(pool, 'map', tasks.square as never, range(6)), squares(6));
      while (mp.activeChildren().length > 0) await sleep(10);
    }
  },

  'nothing to do keeps no idle worker': async (d) => {
    await using pool = new d.Pool(2, { idleTimeout: 200 });
    await pool.map(tasks.square, range(6));
    // Its end has come, and the time of idleness has begun.
    await sleep(50);
    const { signal } = new AbortController();
    assert.deepEqual(await pool.map(tasks.square, [], { signal, timeout: 1000 }), []);
    assert.deepEqual(await d.call(pool, 'map', tasks.square as never, []), []);
    while (mp.activeChildren().length > 0) await sleep(10);
    await pool.map(tasks.square, range(6));
    await sleep(50);
    // Neither does work that cannot travel.
    assert.instanceOf(await errorOf(() => d.call(pool, 'apply', (() => 1) as never)), mp.DataCloneError);
    while (mp.activeChildren().length > 0) await sleep(10);
  },

  'POOL-17 POOL-55 terminate with much undone is prompt, as is join; more than once': async (d) => {
    const pool = new d.Pool(2);
    const result = pool.mapAsync(tasks.foreverAsync as (x: number) => unknown, range(10_000), { chunksize: 1 });
    const error = errorOf(() => result);
    pool.terminate();
    pool.terminate();
    await d.call(pool, 'join');
    await d.call(pool, 'join');
    assert.instanceOf(await error, mp.ProcessError);
    assert.instanceOf(await errorOf(() => pool.apply(tasks.square, [1])), mp.InvalidStateError);
    assert.instanceOf(await errorOf(() => pool.applyAsync(tasks.square, [1])), mp.InvalidStateError);
  },

  'POOL-20 POOL-26 an error arrives as it was, with the stack of where it was thrown': async (d) => {
    await using pool = new d.Pool(2);
    const heard: unknown[] = [];
    const result = pool.applyAsync(tasks.raise, ['why'], { errorCallback: (error) => heard.push(error) });
    const error = (await errorOf(() => d.call(result, 'get'))) as Error;
    assert.instanceOf(error, RangeError);
    assert.equal(error.message, 'why');
    assert.include(error.stack, 'raise');
    assert.match(error.stack as string, /PoolWorker-[\d:]+ \(pid \d+\)/);
    assert.deepEqual(heard, [error]);
    assert.strictEqual(await errorOf(() => d.call(result, 'get')), error);
    for (const value of [undefined, null, 'text', 7, { a: 1 }]) {
      let thrown: unknown = 'nothing';
      await pool.apply(tasks.raiseValue, [value]).catch((reason) => {
        thrown = reason;
      });
      assert.deepEqual(thrown, value);
    }
  },

  'POOL-23 POOL-41 map waits for all, and throws the failure that came first': needs('memory', async (d) => {
    const array = new mp.Array('i', 4);
    const pool = new d.Pool(2, { initializer: tasks.share, initargs: [array] as never });
    const result = pool.mapAsync(tasks.raiseInTurn, range(2), { chunksize: 1 });
    const error = await errorOf(() => d.call(result, 'get'));
    assert.match((error as Error).message, /^item 1: x/);
    assert.equal(array[1], 1, 'the other had failed as well');
    pool.close();
    await d.call(pool, 'join');
  }),

  'POOL-28 POOL-64 workers are replaced after their number of tasks; chunks count, not items': async (d) => {
    const pool = new d.Pool(3, { maxtasksperchild: 10 });
    const pids = await pool.map(tasks.pidLater, range(6), { chunksize: 1 });
    for (const result of range(100).map((x) => pool.applyAsync(tasks.pid, [x]))) pids.push(await d.call(result, 'get'));
    const tasksOf = new Map<number | null, number>();
    for (const pid of pids) tasksOf.set(pid, (tasksOf.get(pid) ?? 0) + 1);
    assert.equal(Math.max(...tasksOf.values()), 10);
    assert.isAtLeast(tasksOf.size, 11);
    while (mp.activeChildren().length !== 3) await sleep(5);
    pool.close();
    await d.call(pool, 'join');

    await using one = new d.Pool(1, { maxtasksperchild: 2 });
    assert.lengthOf(new Set(await one.map(tasks.pid, range(8), { chunksize: 4 })), 1);
    const seen: (number | null)[] = [];
    for (let i = 0; i < 6; i++) seen.push(await one.apply(tasks.pid, [i]));
    assert.lengthOf(new Set(seen), 3);
  },

  'POOL-29 close and join at once lose nothing': async (d) => {
    const pool = new d.Pool(3, { maxtasksperchild: 1 });
    const results = range(6).map((x) => pool.applyAsync(tasks.squareLater, [x, 50]));
    pool.close();
    await d.call(pool, 'join');
    for (const [x, result] of results.entries()) {
      assert.isTrue(result.ready());
      assert.equal(await d.call(result, 'get'), x * x);
    }
  },

  'POOL-32 the initializer runs once in each worker, before its tasks': needs('memory', async (d) => {
    const array = new mp.Array('i', 4);
    for (const initializer of [tasks.share, tasks.shareLater]) {
      await using pool = new d.Pool(2, { initializer, initargs: [array] as never });
      array[0] = 0;
      const counted = await d.call(pool, 'map', tasks.count as never, range(20), { chunksize: 1 });
      assert.sameMembers(counted as number[], range(20));
      assert.deepEqual(new Set(await pool.map(tasks.initialisations, range(8), { chunksize: 1 })), new Set([1]));
    }
    assert.instanceOf(await errorOf(() => new d.Pool(1, { initializer: 5 as never })), TypeError);
    assert.instanceOf(await errorOf(() => new d.Pool(1, { preload: [5] as never })), TypeError);
    assert.instanceOf(await errorOf(() => new d.Pool(1, { preload: tasks.share as never })), TypeError);
    assert.match(`${await errorOf(() => new d.Pool(1, { preload: [() => 1] }))}`, /preload\[0\]/);
    await using pool = new d.Pool(1, { preload: [tasks.square] });
    assert.equal(await pool.apply(tasks.square, [3]), 9);
    const refused = await errorOf(() => new d.Pool(1, { initializer: () => 1 }));
    assert.instanceOf(refused, mp.DataCloneError);
    assert.match((refused as Error).message, /^initializer is a function that is not registered: .*=> ?1/);
    const bad = { initializer: tasks.echo, initargs: [() => 1] as never };
    assert.match(((await errorOf(() => new d.Pool(1, bad))) as Error).message, /initargs\[0\]/);
  }),

  'POOL-59 an initializer that throws ends what waits, after a few tries': needs('memory', async (d) => {
    const tries = new mp.Array('i', 1);
    const pool = new d.Pool(2, { initializer: tasks.failToStart, initargs: [tries] as never });
    for (let round = 0; round < 2; round++) {
      const results = range(5).map((x) => pool.applyAsync(tasks.square, [x]));
      for (const result of results) {
        const error = (await errorOf(() => d.call(result, 'get'))) as Error;
        assert.instanceOf(error, RangeError);
        assert.equal(error.message, 'no start');
      }
    }
    assert.isAtMost(tries[0] as number, 12);
    // More work all the time does not keep it trying for ever.
    const ends: Promise<unknown>[] = [];
    let isOver = false;
    const submit = (): unknown => ends.push(errorOf(() => pool.apply(tasks.square, [1])));
    submit();
    void ends[0]?.then(() => {
      isOver = true;
    });
    while (!isOver) {
      await sleep(2);
      submit();
    }
    for (const error of await Promise.all(ends)) assert.equal((error as Error).message, 'no start');
    pool.close();
    await d.call(pool, 'join');
    for (const initializer of [tasks.throwUndefined, tasks.throwTextless]) {
      const other = new d.Pool(1, { initializer });
      assert.instanceOf(await errorOf(() => other.apply(tasks.square, [1])), mp.ProcessError);
      other.terminate();
      await d.call(other, 'join');
    }
    await using once = new d.Pool(1, { initializer: tasks.failFirst, initargs: [new mp.Array('i', 1)] as never });
    assert.equal(await once.apply(tasks.square, [3]), 9);
  }),

  'POOL-35 POOL-62 a pool in a child; none in a daemon': async (d) => {
    assert.deepEqual(await d.result(start(tasks.poolInside, 4)), [1, 4, 9, 16, 25]);
    assert.deepEqual(await d.result(start(tasks.poolInsideBlocking, 2)), [1, 4, 9, 16, 25]);
    await using pool = new d.Pool(1);
    assert.instanceOf(await errorOf(() => pool.apply(tasks.startChild)), mp.InvalidStateError);
    assert.instanceOf(await errorOf(() => pool.apply(tasks.makePool)), mp.InvalidStateError);
  },

  'POOL-31 a process that leaves its pool open ends, and its workers with it': async (d) => {
    const pids = new mp.SimpleQueue<number>();
    assert.equal(await d.result(start(tasks.leavePoolOpen, pids)), 7);
  },

  'POOL-37 the default chunk size is that of Python': async (d) => {
    await using pool = new d.Pool(2);
    for (const [items, chunks] of [
      [1, 1],
      [8, 8],
      [9, 5],
      [100, 8],
      [17, 6],
    ] as const) {
      const progress: number[] = [];
      await pool.map(tasks.square, range(items), { onProgress: (done) => progress.push(done) });
      assert.lengthOf(progress, chunks);
      assert.equal(progress.at(-1), items);
    }
  },

  'POOL-38 map takes any iterable, and nothing else': async (d) => {
    await using pool = new d.Pool(2);
    assert.deepEqual(await d.call(pool, 'map', tasks.echo as never, 'abc' as never), ['a', 'b', 'c']);
    assert.deepEqual(await d.call(pool, 'map', tasks.echo as never, new Map([[1, 2]]).keys() as never), [1]);
    assert.deepEqual(await d.call(pool, 'map', tasks.square as never, numbers(5, false) as never), squares(5));
    assert.deepEqual(await pool.map(tasks.square, numbers(5, true)), squares(5));
    for (const bad of [5, null, undefined, {}]) {
      assert.instanceOf(await errorOf(() => d.call(pool, 'map', tasks.square as never, bad as never)), TypeError);
      assert.instanceOf(await errorOf(() => pool.imap(tasks.square, bad as never)), TypeError);
    }
  },

  'POOL-40 a chunk size that is no count is refused': async (d) => {
    await using pool = new d.Pool(1);
    for (const bad of [0, -1]) {
      assert.instanceOf(await errorOf(() => pool.map(tasks.square, [1], { chunksize: bad })), RangeError);
      assert.instanceOf(await errorOf(() => pool.imap(tasks.square, [1], { chunksize: bad })), RangeError);
    }
    for (const bad of [2.5, '2']) {
      assert.instanceOf(await errorOf(() => pool.map(tasks.square, [1], { chunksize: bad as 1 })), TypeError);
    }
  },

  'POOL-43 a failure costs its chunk, and ends an imap of larger chunks; one of single items goes on': async (d) => {
    await using pool = new d.Pool(2);
    const single = pool.imap(tasks.failAtThree, range(6));
    const seen: unknown[] = [];
    for (let i = 0; i < 6; i++) {
      seen.push(
        await single.next().then(
          ({ value }) => value,
          (error: Error) => error.message,
        ),
      );
    }
    assert.deepEqual(seen, [0, 1, 2, 'item 3', 4, 5]);
    assert.isTrue((await single.next()).done);
    const chunked = pool.imap(tasks.failAtThree, range(8), { chunksize: 2 });
    assert.equal((await chunked.next()).value, 0);
    assert.equal((await chunked.next()).value, 1);
    assert.equal(((await errorOf(() => chunked.next())) as Error).message, 'item 3');
    assert.isTrue((await chunked.next()).done);
  },

  'POOL-44 next with a timeout gives up, and the value can be had later': async (d) => {
    await using pool = new d.Pool(1);
    for (const results of [pool.imap(tasks.countdown, [500, 0]), pool.imapUnordered(tasks.countdown, [500, 0])]) {
      assert.instanceOf(await errorOf(() => results.next({ timeout: 20 })), mp.TimeoutError);
      assert.deepEqual(await results.next(), { done: false, value: 500 });
      assert.deepEqual(await results.next({ timeout: 5000 }), { done: false, value: 0 });
      assert.isTrue((await results.next({ timeout: 5000 })).done);
    }
  },

  'POOL-46 POOL-49 an AsyncResult says how it stands': async (d) => {
    await using pool = new d.Pool(2);
    const good = pool.applyAsync(tasks.squareLater, [3, 500]);
    assert.isFalse(good.ready());
    assert.instanceOf(await errorOf(() => good.successful()), RangeError);
    assert.isUndefined(await d.call(good, 'wait', { timeout: 1 }));
    assert.isFalse(good.ready());
    assert.isUndefined(await d.call(good, 'wait'));
    assert.isTrue(good.ready() && good.successful());
    assert.equal(await d.call(good, 'get'), 9);
    assert.equal(await d.call(good, 'get'), 9);
    let called = false;
    const bad = pool.applyAsync(tasks.raise, ['no'], {
      callback: () => {
        called = true;
      },
    });
    await d.call(bad, 'wait');
    assert.isTrue(bad.ready());
    assert.isFalse(bad.successful());
    assert.isFalse(called);
    assert.instanceOf(await errorOf(() => d.call(bad, 'get')), RangeError);
  },

  'POOL-50 a callback that throws disturbs nothing': async (d) => {
    await using pool = new d.Pool(1);
    const quiet = globalThis.console.error;
    const reported: unknown[] = [];
    globalThis.console.error = (...args: unknown[]) => reported.push(args);
    try {
      const result = pool.applyAsync(tasks.square, [3], {
        callback: () => {
          throw new Error('in a callback');
        },
      });
      assert.equal(await d.call(result, 'get'), 9);
      assert.equal(await pool.apply(tasks.square, [4]), 16);
    } finally {
      globalThis.console.error = quiet;
    }
    assert.lengthOf(reported, 1);
  },

  'POOL-52 join before close is refused; after it, it waits for all': async (d) => {
    const pool = new d.Pool(2);
    const results = range(20).map((x) => pool.applyAsync(tasks.squareLater, [x, 5]));
    assert.instanceOf(await errorOf(() => d.call(pool, 'join')), RangeError);
    pool.close();
    pool.close();
    assert.instanceOf(await errorOf(() => pool.map(tasks.square, [1])), mp.InvalidStateError);
    await d.call(pool, 'join');
    await d.call(pool, 'join');
    assert.isTrue(results.every((result) => result.ready() && result.successful()));
    assert.isEmpty(mp.activeChildren());
    pool.terminate();
    const unused = new d.Pool(2);
    unused.close();
    await d.call(unused, 'join');
  },

  'POOL-53 leaving the scope terminates: what was unfinished ends with ProcessError': async (d) => {
    let result: PromiseLike<unknown>;
    {
      await using pool = new d.Pool(2);
      result = pool.applyAsync(tasks.foreverAsync);
      await pool.apply(tasks.square, [1]);
    }
    assert.instanceOf(await errorOf(() => result), mp.ProcessError);
    assert.isEmpty(mp.activeChildren());
  },

  'POOL-56 CF-01 what a dead worker held ends with WorkerDiedError, everything else goes on': async (d) => {
    await using pool = new d.Pool(2);
    const before = range(10).map((x) => pool.applyAsync(tasks.squareLater, [x, 5]));
    for (const kill of [tasks.closeSelf, tasks.errorInTimer, tasks.terminateSelf] as (() => Promise<never>)[]) {
      const doomed = pool.applyAsync(kill);
      const others = range(10).map((x) => pool.applyAsync(tasks.square, [x]));
      const error = (await errorOf(() => d.call(doomed, 'get'))) as mp.WorkerDiedError;
      assert.instanceOf(error, mp.WorkerDiedError, kill.name);
      assert.isAbove(error.pid, 0);
      assert.isNumber(error.exitcode);
      // One that is written in place has no name there.
      if (d.Pool === mp.Pool) assert.include(error.message, `${kill.name}()`);
      const isByError = kill === tasks.errorInTimer;
      assert.equal((error.cause as Error | undefined)?.message, isByError ? 'in a timer' : undefined);
      assert.equal(error.message.includes('exit code 1 (in a timer)'), isByError);
      for (const [x, result] of others.entries()) assert.equal(await d.call(result, 'get'), x * x);
    }
    for (const [x, result] of before.entries()) assert.equal(await d.call(result, 'get'), x * x);
    const mapped = pool.mapAsync(tasks.dieAtFive, range(10), { chunksize: 1 });
    assert.instanceOf(await errorOf(() => d.call(mapped, 'get')), mp.WorkerDiedError);
    await pool.map(tasks.pidLater, range(8), { chunksize: 1 });
    assert.lengthOf(mp.activeChildren(), 2);
  },

  'POOL-57 idle workers that are killed are replaced, and block nobody': async (d) => {
    const pool = new d.Pool(3);
    for (let round = 0; round < 3; round++) {
      assert.deepEqual(await d.call(pool, 'map', tasks.square as never, range(30), { chunksize: 1 }), squares(30));
      for (const worker of mp.activeChildren()) worker.kill();
    }
    assert.deepEqual(await d.call(pool, 'map', tasks.square as never, range(30)), squares(30));
    pool.close();
    await d.call(pool, 'join');
  },

  'POOL-57 workers that are killed before they have come to work are replaced; not for ever': needs(
    'memory',
    async (d) => {
      const allowed = new mp.Array('i', 1);
      await using pool = new d.Pool(2, { initializer: tasks.shareWhenAllowed, initargs: [allowed] as never });
      const results = range(4).map((x) => pool.applyAsync(tasks.square, [x]));
      const killed = new Set<number | null>();
      while (killed.size < 10) {
        for (const worker of mp.activeChildren()) {
          if (killed.has(worker.pid)) continue;
          worker[killed.size % 2 === 0 ? 'kill' : 'terminate']();
          killed.add(worker.pid);
        }
        await sleep(1);
      }
      allowed[0] = 1;
      for (const [x, result] of results.entries()) assert.equal(await d.call(result, 'get'), x * x);
      await using none = new d.Pool(2, { initializer: tasks.terminateSelf });
      const error = (await errorOf(() => d.call(none.applyAsync(tasks.square, [1]), 'get'))) as mp.WorkerDiedError;
      assert.instanceOf(error, mp.WorkerDiedError);
      assert.equal(error.exitcode, -15);
    },
  ),

  'POOL-58 exit in a task is the end of its worker': async (d) => {
    await using pool = new d.Pool(1);
    const error = (await errorOf(() => d.call(pool.applyAsync(tasks.exitWith, [3]), 'get'))) as mp.WorkerDiedError;
    assert.instanceOf(error, mp.WorkerDiedError);
    assert.equal(error.exitcode, 3);
    assert.equal(await d.call(pool.applyAsync(tasks.square, [3]), 'get'), 9);
  },

  'POOL-60 POOL-61 CF-04 what cannot be rebuilt costs just its task': async (d) => {
    await using pool = new d.Pool(1);
    const argument = pool.applyAsync(tasks.takeFragile, [new tasks.Fragile()]);
    const value = pool.applyAsync(tasks.fragile);
    const thrown = pool.applyAsync(tasks.raiseFragile);
    const good = pool.applyAsync(tasks.square, [4]);
    for (const [result, text] of [
      [argument, 'made in'],
      [value, 'made in'],
      [thrown, 'cannot rebuild'],
    ] as const) {
      const error = (await errorOf(() => d.call(result as mp.AsyncResult<unknown>, 'get'))) as Error;
      assert.instanceOf(error, RangeError);
      assert.include(error.message, text);
    }
    assert.equal(await d.call(good, 'get'), 16);
  },

  'POOL-68 EXC-04 what cannot travel is the call’s own error, with its path': async (d) => {
    await using pool = new d.Pool(1);
    const closure = pool.applyAsync((x: number) => x, [1]);
    assert.instanceOf(await errorOf(() => d.call(closure, 'get')), mp.DataCloneError);
    const argument = pool.applyAsync(tasks.echo, [{ deep: [() => 1] }] as never);
    assert.include(((await errorOf(() => d.call(argument, 'get'))) as Error).message, 'args[0].deep[0]');
    const items = pool.mapAsync(tasks.echo, [1, new WeakMap()] as never[]);
    assert.include(((await errorOf(() => d.call(items, 'get'))) as Error).message, 'WeakMap');
    const result = pool.applyAsync(tasks.unsendable);
    assert.include(((await errorOf(() => d.call(result, 'get'))) as Error).message, 'result.f');
    const error = pool.applyAsync(tasks.raiseUnsendable);
    assert.include(((await errorOf(() => d.call(error, 'get'))) as Error).message, 'with a function');
    assert.instanceOf(await errorOf(() => pool.applyAsync(5 as never)), TypeError);
    assert.instanceOf(await errorOf(() => pool.apply(tasks.echo, 5 as never)), TypeError);
    const spread = pool.starmapAsync(tasks.add, [5] as never);
    assert.instanceOf(await errorOf(() => d.call(spread, 'get')), TypeError);
    assert.equal(await d.call(pool.applyAsync(tasks.square, [4]), 'get'), 16);
  },

  'POOL-65 a pool cannot be sent': async (d) => {
    await using pool = new d.Pool(1);
    const child = new mp.Process({ target: tasks.echo, args: [pool] as never });
    for (const send of [() => child.start(), () => pool.apply(tasks.echo, [pool] as never)]) {
      const error = (await errorOf(send)) as Error;
      assert.instanceOf(error, mp.InvalidStateError);
      assert.include(error.message, 'args[0] is a Pool, which belongs to the process that made it');
    }
  },
};

async function gathered<T>(results: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const each of results) all.push(each);
  return all;
}

function* failing(at: number): Generator<number> {
  for (let i = 0; i < 20; i++) {
    if (i === at) throw new RangeError(`at ${at}`);
    yield i;
  }
}

function numbers(count: number, isAsync: true): AsyncGenerator<number>;
function numbers(count: number, isAsync: false): Generator<number>;
function numbers(count: number, isAsync: boolean): Generator<number> | AsyncGenerator<number> {
  function* sync(): Generator<number> {
    yield* range(count);
  }
  async function* asyncly(): AsyncGenerator<number> {
    for (const x of range(count)) {
      if (x % 5 === 0) await sleep(1);
      yield x;
    }
  }
  return isAsync ? asyncly() : sync();
}
