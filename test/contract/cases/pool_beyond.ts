// What a pool does beyond Python's: giving up, limits, progress, what only messages carry.

import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import * as tasks from '../../fixtures/pool.ts';
import { scaled } from '../../fixtures/soak.ts';
import { sleep } from '../../fixtures/targets.ts';
import { type Cases, duration, errorOf, needs, range } from '../harness.ts';

const withShared = (): { array: Int32Array; options: { initializer: typeof tasks.share; initargs: [Int32Array] } } => {
  const array = new mp.Array('i', 8);
  return { array, options: { initializer: tasks.share, initargs: [array] } };
};

export const poolBeyondCases: Cases = {
  'an abort ends the call at once; what waits never runs, what runs is told': needs('memory', async (d) => {
    const { array, options } = withShared();
    await using pool = new d.Pool(2, { ...options, grace: 20_000 });
    const control = new AbortController();
    const running = range(2).map(() => pool.applyAsync(tasks.untilCancelled, [2, 20_000], control));
    const waiting = range(50).map((x) => pool.applyAsync(tasks.count, [x], control));
    const others = range(5).map((x) => pool.applyAsync(tasks.square, [x]));
    while ((array[2] as number) < 2) await sleep(2);
    const reason = new Error('enough');
    control.abort(reason);
    for (const result of [...running, ...waiting]) {
      assert.strictEqual(await errorOf(() => d.call(result as mp.AsyncResult<unknown>, 'get')), reason);
    }
    for (const [x, result] of others.entries()) assert.equal(await d.call(result, 'get'), x * x);
    while ((array[3] as number) < 2) await sleep(2);
    assert.equal(array[0], 0);
    assert.lengthOf(mp.activeChildren(), 2);
  }),

  'terminate() ends all workers alike, also those that look for their next task': async (d) => {
    for (let round = 0; round < scaled(3, 10); round++) {
      const pool = new d.Pool(4);
      await pool.map(tasks.square, range(8), { chunksize: 1 });
      const results = Promise.allSettled([pool.map(tasks.square, range(5000), { chunksize: 1 })]);
      await sleep(round / 5);
      const workers = mp.activeChildren();
      pool.terminate();
      await results;
      await pool.join();
      assert.deepEqual(new Set(workers.map(({ exitcode }) => exitcode)), new Set([-15]));
    }
  },

  'an abort before the call refuses it; after its end it changes nothing': async (d) => {
    await using pool = new d.Pool(1);
    const control = new AbortController();
    const good = pool.applyAsync(tasks.square, [3], control);
    assert.equal(await good, 9);
    control.abort(new Error('late'));
    assert.equal(await good.get(), 9);
    for (const call of [
      () => pool.apply(tasks.square, [1], control),
      () => pool.map(tasks.square, [1], control),
      () => pool.imap(tasks.square, [1], control),
    ]) {
      assert.equal(((await errorOf(call)) as Error).message, 'late');
    }
  },

  'a task that does not ask is ended with its worker after the grace, and the pool goes on': needs(
    'memory',
    async (d) => {
      const { array, options } = withShared();
      await using pool = new d.Pool(2, { ...options, grace: 50 });
      const before = new Set(await pool.map(tasks.pidLater, range(4), { chunksize: 1 }));
      const control = new AbortController();
      const stuck = range(2).map(() => errorOf(() => pool.apply(tasks.deaf, [], control)));
      while ((array[2] as number) < 2) await sleep(2);
      control.abort();
      for (const each of stuck) assert.equal(((await each) as Error).name, 'AbortError');
      const after = await pool.map(tasks.pidLater, range(8), { chunksize: 1 });
      assert.isFalse(after.some((pid) => before.has(pid)));
      assert.equal(await d.call(pool, 'apply', tasks.square as never, [4] as never), 16);
      // Chromium lets one that computes go on for two seconds.
      while (mp.activeChildren().length > 2) await sleep(20);
      assert.lengthOf(mp.activeChildren(), 2);
    },
  ),

  'map and imap can be given up': needs('memory', async (d) => {
    const { array, options } = withShared();
    await using pool = new d.Pool(2, options);
    const control = new AbortController();
    const mapped = errorOf(() =>
      pool.map(tasks.countLater, range(200).fill(10), { signal: control.signal, chunksize: 1 }),
    );
    const results = pool.imap(tasks.countLater, range(200).fill(10), { signal: control.signal });
    const first = results.next();
    while ((array[0] as number) < 3) await sleep(2);
    control.abort(new RangeError('stop'));
    assert.instanceOf(await mapped, RangeError);
    assert.instanceOf(await errorOf(() => first), RangeError);
    assert.isTrue((await results.next()).done);
    // What was at work comes to its end; nothing else begins.
    let counted: unknown;
    do {
      counted = array[0];
      await sleep(100);
    } while (array[0] !== counted);
    assert.isBelow(counted as number, 200);
    assert.equal(await pool.apply(tasks.square, [4]), 16);
  }),

  'leaving a loop gives up what runs': needs('memory', async (d) => {
    const { array, options } = withShared();
    // Who does not get to its look within the time of grace is ended, and says nothing.
    await using pool = new d.Pool(2, { ...options, grace: 20_000 });
    for await (const _ of pool.imapUnordered(tasks.cancelledOrQuick, range(6))) break;
    while ((array[3] as number) < (array[2] as number)) await sleep(2);
    assert.isAbove(array[3] as number, 0);
    assert.equal(await pool.apply(tasks.isCancelled), false);
  }),

  'a time limit is that of each item, and costs only its chunk': async (d) => {
    await using pool = new d.Pool(2, { grace: 20 });
    await pool.map(tasks.pidLater, range(4), { chunksize: 1 });
    const slow = pool.applyAsync(tasks.forever, [], { timeout: 60 });
    const fine = range(20).map((x) => pool.applyAsync(tasks.square, [x], { timeout: 10_000 }));
    const took = await duration(async () =>
      assert.instanceOf(await errorOf(() => d.call(slow, 'get')), mp.TimeoutError),
    );
    assert.isAbove(took, 40);
    // What is negative is 0.
    const never = pool.applyAsync(tasks.forever, [], { timeout: -1 });
    assert.instanceOf(await errorOf(() => d.call(never, 'get')), mp.TimeoutError);
    for (const [x, result] of fine.entries()) assert.equal(await d.call(result, 'get'), x * x);
    // Four items of 400 ms in one chunk: each is within 1,500.
    assert.deepEqual(
      await pool.map(tasks.countdown, range(4).fill(400), { chunksize: 4, timeout: 1500 }),
      range(4).fill(400),
    );
    const results: unknown[] = [];
    const items = [5, 60_000, 6, 7];
    const stream = pool.imap(tasks.countdown, items, { timeout: 1000 });
    for (const _ of items) {
      results.push(
        await stream.next().then(
          ({ value }) => value,
          (error: Error) => error.name,
        ),
      );
    }
    assert.deepEqual(results, [5, 'TimeoutError', 6, 7]);
  },

  'a limit of each of very many calls': async (d) => {
    await using pool = new d.Pool(2);
    const results = range(150_000).map((x) => pool.applyAsync(tasks.square, [x], { timeout: 60_000 }));
    assert.equal(await d.call(results.at(-1) as mp.AsyncResult<number>, 'get'), 149_999 ** 2);
  },

  'a limit counts from when the task begins, not from when it waits': async (d) => {
    await using pool = new d.Pool(1);
    const results = range(6).map(() => pool.applyAsync(tasks.countdown, [300], { timeout: 1500 }));
    for (const result of results) assert.equal(await d.call(result, 'get'), 300);
  },

  'a limit holds where the clocks of threads differ': async (d) => {
    for (const ms of [-3_600_000, 3_600_000]) {
      await using pool = new d.Pool(1, { grace: 20, initializer: tasks.shiftClock, initargs: [ms] });
      const good = pool.applyAsync(tasks.countdown, [200], { timeout: 20_000 });
      assert.equal(await d.call(good, 'get'), 200);
      const slow = pool.applyAsync(tasks.forever, [], { timeout: 50 });
      assert.instanceOf(await errorOf(() => d.call(slow, 'get')), mp.TimeoutError);
    }
  },

  'progress is told after each chunk': async (d) => {
    await using pool = new d.Pool(2);
    const told: unknown[] = [];
    const onProgress = (...now: unknown[]): number => told.push(now);
    await pool.map(tasks.square, range(10), { chunksize: 4, onProgress });
    assert.deepEqual(told.at(-1), [10, 10]);
    assert.lengthOf(told, 3);
    told.length = 0;
    for await (const _ of pool.imap(tasks.square, new Set(range(4)), { onProgress }));
    assert.deepEqual(told.at(-1), [4, 4]);
    told.length = 0;
    for await (const _ of pool.imap(tasks.square, range(3).values(), { onProgress }));
    assert.deepEqual(told.at(-1), [3, undefined]);
  },

  'transfer moves, there and back': async (d) => {
    await using pool = new d.Pool(2);
    const array = new Float64Array(100_000).fill(2);
    assert.equal(await pool.apply(tasks.sumOf, [mp.transfer(array, [array.buffer])]), 200_000);
    assert.equal(array.byteLength, 0);
    const filled = await pool.apply(tasks.fill, [1000]);
    assert.equal(filled[999], 1.5);
    for (let i = 0; i < 20; i++) {
      const there = new Float64Array(10_000).fill(i);
      const back = await pool.apply(tasks.bounce, [mp.transfer(there, [there.buffer])]);
      assert.equal(back[9999], i);
      assert.equal(there.byteLength, 0);
    }
    const arrays = range(10).map((i) => new Float64Array(1000).fill(i));
    for (const each of arrays) mp.transfer(each, [each.buffer]);
    assert.deepEqual(
      await pool.map(tasks.sumOf, arrays, { chunksize: 3 }),
      range(10).map((i) => i * 1000),
    );
    const many: number[] = [];
    for await (const each of pool.imapUnordered(tasks.fill, range(20).fill(100))) many.push(each.length);
    assert.deepEqual(many, range(20).fill(100));
  },

  'what only a message can carry': async (d) => {
    await using pool = new d.Pool(2, { maxtasksperchild: 2 });
    const texts = range(12).map((i) => pool.applyAsync(tasks.textOf, [new Blob([`text ${i}`])]));
    const plain = range(12).map((i) => pool.applyAsync(tasks.square, [i]));
    for (const [i, text] of texts.entries()) assert.equal(await d.call(text, 'get'), `text ${i}`);
    for (const [i, result] of plain.entries()) assert.equal(await d.call(result, 'get'), i * i);
    const blob = await pool.apply(tasks.blobOf, ['here']);
    assert.equal(await blob.text(), 'here');
    const later = pool.applyAsync(tasks.blobOf, ['later']);
    if (d.name === 'sync') {
      assert.instanceOf(await errorOf(() => later.getSync()), mp.InvalidStateError);
      assert.isFalse(later.ready());
    }
    assert.equal(await (await later).text(), 'later');
  },

  'a blocked join does not wait for messages': async (d) => {
    const pool = new d.Pool(1);
    const result = pool.applyAsync(tasks.blobOf, ['one']);
    const results = pool.imap(tasks.blobOf, ['two']);
    pool.close();
    await d.call(pool, 'join');
    assert.isEmpty(mp.activeChildren());
    await expectText(result, 'one');
    await expectText(
      results.next().then(({ value }) => value as Blob),
      'two',
    );
    const other = new d.Pool(1);
    const end = Promise.allSettled([other.applyAsync(tasks.blobOf, ['three'])]);
    other.close();
    await d.call(other, 'join');
    other.terminate();
    await end;
  },

  'a worker that has answered by message gets its next letter, also from a thread that blocks': async (d) => {
    await using pool = new d.Pool(1);
    const [first, second] = [new Float64Array(10).fill(2), new Float64Array(10).fill(3)];
    const moved = pool.applyAsync(tasks.bounce, [mp.transfer(first, [first.buffer])]);
    const sum = pool.applyAsync(tasks.sumOf, [mp.transfer(second, [second.buffer])]);
    assert.equal(await d.call(sum, 'get'), 30);
    assert.equal((await moved)[9], 2);
  },

  'a message outlives its worker while its receiver is blocked': async (d) => {
    await using pool = new d.Pool(2, { maxtasksperchild: 1 });
    const result = pool.applyAsync(tasks.blobOf, ['late']);
    // Longer than a worker waits for who is to see its messages.
    assert.equal(await d.call(pool.applyAsync(tasks.squareBusy, [3, 3000]), 'get'), 9);
    await expectText(result, 'late');
  },

  'a worker that dies with a letter': async (d) => {
    await using pool = new d.Pool(1);
    const doomed = pool.applyAsync(tasks.closeSelfWith, [new Blob(['x'])]);
    const good = pool.applyAsync(tasks.textOf, [new Blob(['y'])]);
    const error = await errorOf(() => d.call(doomed, 'get'));
    assert.instanceOf(error, mp.WorkerDiedError);
    assert.equal(await d.call(good, 'get'), 'y');
  },

  'large arguments and results, more than a ring holds': async (d) => {
    await using pool = new d.Pool(2);
    const text = 'x'.repeat(70_000_000);
    const results = range(2).map(() => pool.applyAsync(tasks.lengthOf, [text]));
    for (const result of results) assert.equal(await d.call(result, 'get'), text.length);
    const back = pool.applyAsync(tasks.repeat, ['y', 70_000_000]);
    const small = pool.applyAsync(tasks.square, [3]);
    assert.lengthOf(await d.call(back, 'get'), 70_000_000);
    assert.equal(await d.call(small, 'get'), 9);
  },

  'timers and other tasks of the page go on while a worker waits in a task': async (d) => {
    await using pool = new d.Pool(1);
    assert.equal(await pool.apply(tasks.ticksWhileTasksRun), 0);
    // A busy machine may be late with timers; where they are kept from running this does not end.
    do await pool.map(tasks.spinFor, range(10).fill(5), { chunksize: 1 });
    while ((await pool.apply(tasks.ticksWhileTasksRun)) === 0);
  },

  'cancelled() is false outside of tasks, and taskSignal() is never aborted': async () => {
    assert.isFalse(mp.cancelled());
    assert.isFalse(mp.taskSignal().aborted);
  },

  'fault 27: a task that waits hears by its signal that it was given up, and why; its worker lives': async (d) => {
    const heard = new mp.SimpleQueue<string>();
    await using pool = new d.Pool(1, { grace: 30_000, initializer: tasks.tellTo, initargs: [heard] });
    const pid = await pool.apply(tasks.pid, [0]);
    const control = new AbortController();
    const given = pool.apply(tasks.waitForSignal, [], { signal: control.signal });
    assert.equal(await d.getSimple(heard), 'waits');
    const reason = new RangeError('no longer wanted');
    control.abort(reason);
    assert.strictEqual(await errorOf(() => given), reason);
    assert.equal(await d.getSimple(heard), 'RangeError: no longer wanted');
    // By its time limit; and the signal of the next task is another.
    assert.instanceOf(await errorOf(() => pool.apply(tasks.waitForSignal, [], { timeout: 300 })), mp.TimeoutError);
    assert.equal(await d.getSimple(heard), 'waits');
    assert.match(await d.getSimple(heard), /^TimeoutError: .* took more than 300 ms$/);
    assert.equal(await pool.apply(tasks.pid, [0]), pid);
    assert.isFalse(await pool.apply(tasks.isSignalAborted));
  },

  'options of the wrong type are refused where they are given': async (d) => {
    await using pool = new d.Pool(1);
    for (const [options, type] of [
      [{ timeout: 'soon' }, TypeError],
      [{ timeout: Number.NaN }, TypeError],
      [{ callback: 5 }, TypeError],
      [{ kwds: 5 }, TypeError],
      [{ signal: 5 }, TypeError],
      [5, TypeError],
    ] as const) {
      assert.instanceOf(await errorOf(() => pool.applyAsync(tasks.square, [1], options as never)), type);
    }
    assert.instanceOf(await errorOf(() => new d.Pool(1, { grace: 'long' as never })), TypeError);
    assert.instanceOf(await errorOf(() => new d.Pool(1, { maxtasksperchild: 0 })), RangeError);
    assert.instanceOf(
      await errorOf(() => new d.Pool(1, { initargs: 5 as never, initializer: tasks.nothing })),
      TypeError,
    );
  },

  'the start method of a context is that of its workers': async () => {
    for (const method of mp.getAllStartMethods()) {
      const { Pool } = mp.getContext(method);
      await using pool = new Pool(1);
      assert.match(await pool.apply(tasks.name), method === 'spawn' ? /^SpawnPoolWorker-/ : /^ForkServerPoolWorker-/);
    }
  },
};

/** A blob with that text comes by message. Where nobody looked before its worker had ended, Firefox may have lost it. */
async function expectText(result: PromiseLike<Blob>, text: string): Promise<void> {
  try {
    assert.equal(await (await result).text(), text);
  } catch (error) {
    if ('userAgentData' in navigator || !(error instanceof mp.WorkerDiedError)) throw error;
  }
}
