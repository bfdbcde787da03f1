import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import * as queues from '../../fixtures/queue.ts';
import { sleep } from '../../fixtures/targets.ts';
import { type Cases, errorOf, needs, range, start } from '../harness.ts';

/** What has begun to wait is waiting for certain. */
const settled = (): Promise<void> => sleep(50);

export const queueEndCases: Cases = {
  'after shutdown puts throw, gets take what is there and then throw': needs('answers', async (d) => {
    for (const queue of [new mp.Queue(), new mp.JoinableQueue()]) {
      await d.call(queue, 'put', 1);
      await d.call(queue, 'put', 2);
      queue.shutdown();
      queue.shutdown();
      for (const options of [undefined, { block: false }, { timeout: 50 }]) {
        assert.instanceOf(await errorOf(() => d.call(queue, 'put', 3, options)), mp.ShutDown);
      }
      assert.instanceOf(await errorOf(() => queue.putNowait(3)), mp.ShutDown);
      assert.equal(queue.qsize(), 2);
      assert.equal(await d.call(queue, 'get'), 1);
      assert.equal(queue.getNowait(), 2);
      for (const options of [undefined, { block: false }, { timeout: 50 }]) {
        assert.instanceOf(await errorOf(() => d.call(queue, 'get', options)), mp.ShutDown);
      }
      assert.instanceOf(await errorOf(() => queue.getNowait()), mp.ShutDown);
      assert.isTrue(queue.empty());
    }
  }),

  'an immediate shutdown drops what is there': needs('answers', async (d) => {
    for (const before of [false, true]) {
      const queue = new mp.Queue(3);
      for (const i of range(3)) await d.call(queue, 'put', i);
      if (before) queue.shutdown();
      queue.shutdown({ immediate: true });
      assert.equal(queue.qsize(), 0);
      assert.isTrue(queue.empty());
      assert.isFalse(queue.full());
      assert.instanceOf(await errorOf(() => d.call(queue, 'get')), mp.ShutDown);
      assert.instanceOf(await errorOf(() => queue.getNowait()), mp.ShutDown);
      assert.instanceOf(await errorOf(() => d.call(queue, 'put', 1)), mp.ShutDown);
      // A process that sees this queue only now finds it as it is.
      assert.deepEqual(await d.result(start(queues.drain, queue)), []);
    }
  }),

  'shutdown ends all gets that wait, in all processes': async (d) => {
    for (const immediate of [false, true]) {
      const queue = new mp.Queue();
      const ready = new mp.SimpleQueue();
      const all = [queues.waitingGet, queues.waitingGetAsync, queues.waitingGet].map((target) =>
        start(target, queue, ready),
      );
      const own = queues.ending(() => queue.get());
      for (const _ of all) await d.getSimple(ready);
      await settled();
      queue.shutdown({ immediate });
      for (const process of all) assert.equal(await d.result(process), 'ShutDown');
      assert.equal(await own, 'ShutDown');
    }
  },

  'shutdown by another process ends all puts that wait, in all processes': needs('answers', async (d) => {
    for (const immediate of [false, true]) {
      const queue = new mp.Queue(1);
      const ready = new mp.SimpleQueue();
      await d.call(queue, 'put', 'first');
      const one = start(queues.waitingPut, queue, ready);
      const three = start(queues.waitingPuts, queue, ready);
      const own = queues.ending(() => queue.put('late'));
      for (const _ of range(2)) await d.getSimple(ready);
      await settled();
      await d.join(start(queues.shutDown, queue, immediate));
      assert.equal(await d.result(one), 'ShutDown');
      assert.deepEqual(await d.result(three), ['ShutDown', 'ShutDown', 'ShutDown']);
      assert.equal(await own, 'ShutDown');
      assert.equal(queue.qsize(), immediate ? 0 : 1);
      if (!immediate) assert.equal(await d.call(queue, 'get'), 'first');
      assert.instanceOf(await errorOf(() => d.call(queue, 'get')), mp.ShutDown);
    }
  }),

  'an item in parts that a shutdown interrupts is refused, and nothing of it is read': needs('answers', async (d) => {
    for (const immediate of [false, true]) {
      const queue = new mp.Queue();
      const ready = new mp.SimpleQueue();
      await d.call(queue, 'put', 'first');
      const child = start(queues.waitingLargePut, queue, ready);
      await d.getSimple(ready);
      await sleep(300);
      queue.shutdown({ immediate });
      assert.equal(await d.result(child), 'ShutDown');
      if (!immediate) assert.equal(await d.call(queue, 'get'), 'first');
      assert.instanceOf(await errorOf(() => d.call(queue, 'get', { timeout: 20_000 })), mp.ShutDown);
      assert.instanceOf(await errorOf(() => queue.getNowait()), mp.ShutDown);
    }
  }),

  'an item is in the queue before the shutdown, or its put has thrown': needs('answers', async (d) => {
    for (const _ of range(5)) {
      const queue = new mp.Queue();
      const ready = new mp.SimpleQueue();
      const producers = range(2).map(() => start(queues.putUntilShut, queue, ready));
      for (const _ of producers) await d.getSimple(ready);
      queue.shutdown();
      const there = queue.qsize();
      let put = 0;
      for (const producer of producers) put += await d.result(producer);
      assert.equal(put, there);
      assert.equal((await queues.drain(queue)).length, there);
    }
  }),

  'wait() for a queue ends with its shutdown, and finds it ready from then on': async (d) => {
    for (const queue of [new mp.Queue(), new mp.JoinableQueue()]) {
      const waiting = mp.wait([queue], { timeout: 20_000 });
      await settled();
      await d.join(start(queues.shutDown, queue as mp.Queue, false));
      assert.strictEqual((await waiting)[0], queue);
      assert.strictEqual((await d.wait([queue]))[0], queue);
    }
  },

  'options of shutdown are checked': async () => {
    const queue = new mp.Queue();
    assert.instanceOf(await errorOf(() => queue.shutdown(true as never)), TypeError);
    await queue.put(1);
    queue.shutdown({ immediate: undefined });
    assert.equal(await queue.get(), 1);
  },

  'a loop over a queue takes every item and ends after the shutdown': async (d) => {
    const queue = new mp.Queue<number>(2);
    const consumers = [start(queues.drain, queue as mp.Queue), start(queues.drain, queue as mp.Queue)];
    for (const i of range(20)) await d.put(queue, i);
    queue.shutdown();
    const taken: number[] = [];
    for (const consumer of consumers) taken.push(...((await d.result(consumer)) as number[]));
    assert.deepEqual(
      taken.sort((a, b) => a - b),
      range(20),
    );
  },

  'leaving a loop leaves the queue as it is': needs('answers', async (d) => {
    const queue = new mp.Queue<number>();
    for (const i of range(4)) await d.put(queue, i);
    for await (const item of queue) {
      assert.equal(item, 0);
      break;
    }
    const failure = await errorOf(async () => {
      for await (const item of queue) {
        assert.equal(item, 1);
        throw new RangeError('in the loop');
      }
    });
    assert.instanceOf(failure, RangeError);
    assert.equal(queue.qsize(), 2);
    assert.equal(await d.get(queue), 2);
    await d.put(queue, 4);
    assert.equal(await d.get(queue), 3);
    assert.equal(await d.get(queue), 4);
  }),

  'a loop over a queue that this process has closed takes what is there, and ends': async (d) => {
    const queue = new mp.Queue<number>();
    for (const i of range(3)) await d.put(queue, i);
    queue.close();
    assert.deepEqual(await queues.drain(queue), [0, 1, 2]);
    assert.deepEqual(await queues.drain(queue), []);
    await d.join(start(queues.shutDown, queue as mp.Queue, false));
    assert.deepEqual(await queues.drain(queue), []);
  },

  'close ends a loop of this process that waits, and no other': async (d) => {
    const queue = new mp.Queue<number>();
    const other = start(queues.drain, queue as mp.Queue);
    const own = queues.drain(queue);
    await settled();
    queue.close();
    assert.isArray(await own);
    const third = start(queues.shutDown, queue as mp.Queue, false);
    await d.join(third);
    assert.deepEqual(await d.result(other), []);
  },

  'close ends the gets of this process that wait': async () => {
    const queue = new mp.Queue();
    const gets = range(3).map(() => errorOf(() => queue.get()));
    await settled();
    queue.close();
    for (const error of await Promise.all(gets)) {
      assert.instanceOf(error, mp.InvalidStateError);
      assert.include((error as Error).message, 'closed');
    }
    const simple = new mp.SimpleQueue();
    const got = errorOf(() => simple.get());
    await settled();
    simple.close();
    assert.instanceOf(await got, mp.OSError);
  },

  'Q-17 close leaves the gets of other processes waiting, and the puts of this one go through': async (d) => {
    const queue = new mp.Queue(1);
    const ready = new mp.SimpleQueue();
    const other = start(queues.waitingGet, queue, ready);
    await d.getSimple(ready);
    const puts = range(3).map((i) => queue.put(i));
    queue.close();
    assert.equal(await d.result(other), 'done');
    const rest = start(queues.drain, queue);
    await Promise.all(puts);
    await d.call(queue, 'joinThread');
    queue.shutdown();
    const taken = (await d.result(rest)) as number[];
    assert.deepEqual(taken, [1, 2]);
  },

  'joinThread brings the puts that wait to their ends, by blocking too': async (d) => {
    const queue = new mp.Queue(1);
    const child = start(queues.putAndJoinThread, queue);
    for (const i of [1, 2, 3]) assert.equal(await d.call(queue, 'get'), i);
    await d.result(child);
    assert.equal(child.exitcode, 0);
  },

  'Q-22 a put that blocks goes behind those of the same thread that wait': async (d) => {
    const queue = new mp.Queue<number>(1);
    const child = start(queues.putMixed, queue);
    for (const i of [1, 2, 3, 4, 5]) assert.equal(await d.get(queue), i);
    await d.join(child);
    const large = new mp.Queue<Uint8Array>();
    const second = start(queues.putMixedLarge, large);
    assert.equal((await d.get(large)).length, 70_000_000);
    assert.deepEqual(await d.get(large), new Uint8Array(10).fill(2));
    await d.join(second);
  },

  'Q-29 what is put in a callback at the end of a process is not lost': async (d) => {
    const queue = new mp.Queue(1);
    await d.call(queue, 'put', 'first');
    const child = start(queues.putInCallback, queue, 'second');
    await d.join(child, { timeout: 150 });
    assert.isNull(child.exitcode);
    assert.equal(await d.call(queue, 'get'), 'first');
    assert.equal(await d.call(queue, 'get'), 'second');
    await d.join(child);
  },

  'cancelJoinThread lets a process end before its puts are through': needs('answers', async (d) => {
    for (const target of [queues.putAndForget, queues.putAndAbandonLater]) {
      const queue = new mp.Queue(1);
      await d.call(queue, 'put', 'first');
      const child = start(target, queue);
      await d.join(child);
      assert.equal(child.exitcode, 0);
      assert.equal(await d.call(queue, 'get'), 'first');
      assert.isTrue(queue.empty());
    }
  }),

  'cancelJoinThread does not hold up a process whose queue is shut down': async (d) => {
    const queue = new mp.Queue(1);
    await d.call(queue, 'put', 'first');
    const child = start(queues.waitingPuts, queue, new mp.SimpleQueue());
    await sleep(100);
    queue.shutdown();
    assert.deepEqual(await d.result(child), ['ShutDown', 'ShutDown', 'ShutDown']);
  },
};
