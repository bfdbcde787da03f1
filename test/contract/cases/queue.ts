import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import * as targets from '../../fixtures/targets.ts';
import { type AnyProcess, type Cases, type Driver, duration, errorOf, needs, range, start } from '../harness.ts';

/** Waits a little longer than a promise can be late. */
const later = (ms = 50): Promise<void> => targets.sleep(ms);

async function fill(d: Driver, queue: mp.Queue, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await d.put(queue, i);
}

/** A queue of that class, or the driver's own. */
const maker =
  (Queue: typeof mp.Queue) =>
  (d: Driver, maxsize?: number): Promise<mp.Queue> =>
    d.isManaged ? d.make('Queue', maxsize) : Promise.resolve(new Queue(maxsize));

const nameOf = (Queue: unknown): string => (Queue === mp.JoinableQueue ? 'JoinableQueue' : 'Queue');

/** The cases of Queue, which hold for its subclass as well. */
export const queueCasesOf = (Queue: typeof mp.Queue, make = maker(Queue)): Cases => ({
  'Q-01 a new queue is empty, takes items in every form of put, and is full at maxsize': needs('answers', async (d) => {
    const queue = await make(d, 6);
    assert.isTrue(await queue.empty());
    assert.isFalse(await queue.full());
    await d.put(queue, 1);
    await d.put(queue, 2, { block: true });
    await d.put(queue, 3, { block: true, timeout: null });
    await d.put(queue, 4, { block: false });
    await d.put(queue, 5, { block: false, timeout: null });
    await queue.putNowait(6);
    assert.isFalse(await queue.empty());
    assert.isTrue(await queue.full());
    assert.equal(await queue.qsize(), 6);
  }),

  'Q-02 a full queue refuses at once where put must not wait, and after the timeout where it may': needs(
    'answers',
    async (d) => {
      const queue = await make(d, 1);
      await d.put(queue, 1);
      assert.instanceOf(await errorOf(() => d.put(queue, 2, { block: false })), mp.Full);
      assert.instanceOf(await errorOf(() => d.put(queue, 2, { block: false, timeout: 10_000 })), mp.Full);
      assert.instanceOf(await errorOf(() => queue.putNowait(2)), mp.Full);
      const late = await duration(async () =>
        assert.instanceOf(await errorOf(() => d.put(queue, 2, { timeout: 100 })), mp.Full),
      );
      assert.isAtLeast(late, 95);
      assert.instanceOf(await errorOf(() => d.put(queue, 2, { timeout: -1 })), mp.Full);
    },
  ),

  'Q-04 what was refused never appears; another process takes the rest': needs('answers', async (d) => {
    const queue = await make(d, 6);
    await fill(d, queue, 6);
    await errorOf(() => queue.putNowait('refused'));
    const taker = start(targets.takeMany, queue, 6);
    assert.deepEqual(await d.result(taker), range(6));
    assert.isTrue(await queue.empty());
    assert.isFalse(await queue.full());
  }),

  'Q-05 every form of get answers what a child put, in order': needs('answers', async (d) => {
    const queue = await make(d);
    const child = start(targets.putAll, queue, [2, 3, 4, 5]);
    assert.equal(await d.get(queue, { block: true, timeout: null }), 2);
    assert.equal(await d.get(queue, { block: true }), 3);
    assert.equal(await d.get(queue, { timeout: 5000 }), 4);
    await d.join(child);
    assert.equal(await queue.getNowait(), 5);
    assert.isTrue(await queue.empty());
  }),

  'Q-07 an empty queue throws Empty after the timeout, at once for 0 and less': needs('answers', async (d) => {
    const queue = await make(d);
    for (const options of [{ timeout: 100 }, { block: true, timeout: 100 }]) {
      const late = await duration(async () => assert.instanceOf(await errorOf(() => d.get(queue, options)), mp.Empty));
      assert.isAtLeast(late, 95);
    }
    for (const options of [{ timeout: 0 }, { timeout: -1 }, { block: false }, { block: false, timeout: 10_000 }]) {
      assert.instanceOf(await errorOf(() => d.get(queue, options)), mp.Empty);
    }
    assert.instanceOf(await errorOf(() => queue.getNowait()), mp.Empty);
  }),

  'Q-08 a queue in use still works when a child gets it': needs('answers', async (d) => {
    const queue = await make(d);
    await fill(d, queue as mp.Queue, 10);
    const child = start(targets.putAll, queue as mp.Queue, range(20).slice(10));
    await d.join(child);
    for (let i = 0; i < 20; i++) assert.equal(await d.get(queue), i);
    assert.instanceOf(await errorOf(() => queue.getNowait()), mp.Empty);
  }),

  'Q-11 Q-12 Q-26 what cannot travel is refused by put, naming its path; no room is lost': needs(
    'answers',
    async (d) => {
      const queue = new Queue(1);
      const error = (await errorOf(() => d.put(queue, { a: [() => {}] }))) as Error;
      assert.instanceOf(error, mp.DataCloneError);
      assert.include(error.message, 'item.a[0]');
      await d.put(queue, true);
      assert.equal(await queue.qsize(), 1);
      assert.isTrue(await d.get(queue));
      assert.isTrue(await queue.empty());
    },
  ),

  'Q-14 close of a queue that was never used is harmless': needs('answers', async () => {
    const queue = new Queue();
    queue.close();
    await queue.joinThread();
    queue.joinThreadSync();
    assert.isTrue(queue.empty());
  }),

  'Q-15 JQ-07 empty of a queue that is closed and flushed throws; qsize and full go on': needs('answers', async (d) => {
    const queue = new Queue(1);
    await d.put(queue, 1);
    const waits = queue.put(2);
    queue.close();
    assert.isFalse(queue.empty());
    const child = start(targets.takeMany, queue, 2);
    await waits;
    await d.call(queue, 'joinThread');
    const error = (await errorOf(() => queue.empty())) as Error;
    assert.instanceOf(error, mp.OSError);
    assert.include(error.message, `${nameOf(Queue)}.empty(): this queue is closed`);
    assert.deepEqual(await d.result(child), [1, 2]);
    assert.equal(queue.qsize(), 0);
    assert.isFalse(queue.full());
  }),

  'every error names the class of the queue': needs('answers', async (d) => {
    const isNamed = async (call: () => unknown): Promise<void> =>
      assert.match(((await errorOf(call)) as Error).message, new RegExp(`^${nameOf(Queue)}[.(]`));
    await isNamed(() => new Queue(0.5));
    const queue = new Queue();
    await isNamed(() => d.call(queue, 'joinThread'));
    await isNamed(() => queue.shutdown(true as never));
    queue.close();
    await isNamed(() => d.put(queue, 1));
    await isNamed(() => d.get(queue));
    await isNamed(() => queue.putNowait(1));
    await isNamed(() => queue.getNowait());
  }),

  'Q-16 after close put and get throw': needs('answers', async (d) => {
    for (const used of [false, true]) {
      const queue = new Queue();
      if (used) await d.put(queue, 1);
      queue.close();
      queue.close();
      const calls = [() => d.put(queue, 1), () => d.get(queue), () => queue.putNowait(1), () => queue.getNowait()];
      for (const call of calls) {
        const error = (await errorOf(call)) as Error;
        assert.instanceOf(error, mp.InvalidStateError);
        assert.include(error.message, 'closed');
      }
    }
  }),

  'Q-17 close concerns the calling process only': async (d) => {
    const queue = new Queue();
    await d.join(start(targets.closeQueue, queue));
    await d.put(queue, 1);
    assert.equal(await d.get(queue), 1);
  },

  'Q-19 joinThread before close throws': needs('answers', async () => {
    const queue = new Queue();
    assert.instanceOf(await errorOf(() => queue.joinThread()), mp.InvalidStateError);
    assert.instanceOf(await errorOf(() => queue.joinThreadSync()), mp.InvalidStateError);
  }),

  'Q-20 without maxsize, with 0 or less, put does not wait': needs('answers', async (d) => {
    for (const queue of [new Queue(), new Queue(0), new Queue(-1)]) {
      await fill(d, queue, 2000);
      assert.isFalse(await queue.full());
      assert.equal(await queue.qsize(), 2000);
      for (let i = 0; i < 2000; i++) assert.equal(await queue.getNowait(), i);
    }
  }),

  'Q-22 every item arrives once, in the order of its producer': async (d) => {
    const queue = new Queue(10);
    const producers = range(3).map((i) => start(targets.putMany, queue, i, 100));
    const takers: AnyProcess[] = [start(targets.takeAll, queue), start(targets.takeAllAsync, queue)];
    for (const producer of producers) await d.join(producer);
    for (const _ of takers) await d.put(queue, null);
    const all: [number, number][] = [];
    for (const taker of takers) {
      const items = (await d.result(taker)) as [number, number][];
      for (const producer of range(3)) {
        const own = items.filter(([from]) => from === producer).map(([, i]) => i);
        assert.deepEqual(
          own,
          [...own].sort((a, b) => a - b),
        );
      }
      all.push(...items);
    }
    const sorted = all.map(([from, i]) => from * 100 + i).sort((a, b) => a - b);
    assert.deepEqual(sorted, range(300));
  },

  'Q-23 items are copied, within one process too': async (d) => {
    const queue = new Queue<{ a: number }>();
    const item = { a: 1 };
    await d.put(queue, item);
    item.a = 2;
    const got = await d.get(queue);
    assert.notStrictEqual(got, item);
    assert.deepEqual(got, { a: 1 });
  },

  'Q-25 an item is there as soon as put is through': needs('answers', async (d) => {
    const queue = new Queue();
    for (let i = 0; i < 200; i++) {
      await d.put(queue, i);
      assert.isFalse(await queue.empty());
      assert.equal(await queue.getNowait(), i);
    }
  }),

  'Q-28 Q-31 three million bytes of a child all arrive, before or after it is joined': async (d) => {
    const queue = new Queue<string>();
    const child = start(targets.putAll, queue as mp.Queue, ['x'.repeat(3_000_000)]);
    await d.join(child);
    assert.equal((await d.get(queue)).length, 3_000_000);
    assert.equal(child.exitcode, 0);
  },

  'Q-29 what was put right before the end of a process is not lost, however it ends': async (d) => {
    const ends = [
      [targets.putAndReturn, 0],
      [targets.putAndThrow, 1],
      [targets.putAndExit, 3],
    ] as const;
    for (const [target, code] of ends) {
      const queue = new Queue(1);
      await d.put(queue, 'first');
      const child = start(target, queue, 'second');
      await d.join(child, { timeout: 100 });
      assert.isNull(child.exitcode);
      assert.equal(await d.get(queue), 'first');
      assert.equal(await d.get(queue), 'second');
      await d.join(child);
      assert.equal(child.exitcode, code);
    }
  },

  'Q-32 an item of a process killed right after put is delivered, and the queue goes on': async (d) => {
    const queue = new Queue();
    const child = start(targets.putThenSleep, queue, 'whole');
    assert.equal(await d.get(queue), 'whole');
    child.kill();
    await d.join(child);
    await d.put(queue, 'next');
    assert.equal(await d.get(queue), 'next');
  },

  'Q-33 a consumer terminated while it waits leaves the queue usable': async (d) => {
    const queue = new Queue();
    const child = start(targets.getForever, queue);
    await later();
    child.terminate();
    await d.join(child);
    for (let i = 0; i < 20; i++) {
      await d.put(queue, i);
      assert.equal(await d.get(queue, { timeout: 5000 }), i);
    }
  },

  'Q-35 a queue cannot be sent through a queue': async (d) => {
    const queue = new Queue();
    const error = (await errorOf(() => d.put(queue, { inner: new Queue() }))) as Error;
    assert.instanceOf(error, mp.InvalidStateError);
    assert.include(error.message, 'item.inner');
    assert.include(error.message, 'Queue');
  },

  'items larger than a queue can ever hold pass in parts': needs('answers', async (d) => {
    const queue = new Queue<Uint8Array>(1);
    const child = start(targets.bigItem, queue as mp.Queue, 80_000_000);
    const item = await d.get(queue);
    assert.equal(item.length, 80_000_000);
    assert.equal(item[0], 7);
    assert.equal(item[79_999_999], 7);
    await d.join(child);
    assert.equal(child.exitcode, 0);
    assert.equal(await queue.qsize(), 0);
  }),

  'a queue takes null, undefined and every other value as an item': async (d) => {
    const queue = new Queue();
    for (const item of [null, undefined, 0, -0, '', false, Number.NaN, [], {}]) {
      await d.put(queue, item);
      assert.deepEqual(await d.get(queue), item);
    }
  },

  'puts that wait keep their order, and one that gives up takes nothing with it': needs('answers', async (d) => {
    const queue = new Queue<number>(1);
    await d.put(queue, 0);
    const control = new AbortController();
    const puts = [queue.put(1), queue.put(2, { signal: control.signal }), queue.put(3), queue.put(4, { timeout: 60 })];
    const outcomes = Promise.allSettled(puts);
    control.abort(new Error('given up'));
    await later(150);
    assert.equal(await queue.get(), 0);
    assert.equal(await queue.get(), 1);
    assert.equal(await queue.get(), 3);
    const states = (await outcomes).map(({ status }) => status);
    assert.deepEqual(states, ['fulfilled', 'rejected', 'fulfilled', 'rejected']);
    assert.isTrue(await queue.empty());
  }),

  'an aborted get takes nothing': async () => {
    const queue = new Queue();
    const control = new AbortController();
    const reason = new Error('given up');
    const got = queue.get({ signal: control.signal });
    control.abort(reason);
    assert.strictEqual(await errorOf(() => got), reason);
    assert.strictEqual(await errorOf(() => queue.get({ signal: control.signal })), reason);
    await queue.put(1);
    assert.equal(await queue.get(), 1);
  },

  'wrong options and sizes are refused by name': async (d) => {
    const queue = new Queue();
    for (const timeout of [Number.NaN, '5', {}]) {
      const error = (await errorOf(() => d.get(queue, { timeout: timeout as number }))) as Error;
      assert.instanceOf(error, TypeError);
      assert.include(error.message, 'timeout');
    }
    assert.instanceOf(await errorOf(() => d.get(queue, 500 as never)), TypeError);
    assert.instanceOf(await errorOf(() => new Queue(1.5)), TypeError);
    assert.instanceOf(await errorOf(() => new Queue('3' as never)), TypeError);
  },
});
