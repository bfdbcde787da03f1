// Long times, and times that nobody could work in.

import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import * as tasks from '../../fixtures/pool.ts';
import { sleep } from '../../fixtures/targets.ts';
import { type Cases, errorOf, range } from '../harness.ts';

/** More than a timer can count: 2^31 - 1 milliseconds. */
const LONG = [2 ** 31, 2 ** 33, 1e15, Number.MAX_VALUE];

/** Whether it is still pending after some turns of the event loop; where a timer overflows, it is over within 2 ms. */
async function isPending(promise: PromiseLike<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  return (await Promise.race([promise, sleep(30).then(() => pending)])) === pending;
}

export const deadlineCases: Cases = {
  'fault 43: a result is waited for as long as is said': async () => {
    const signals = new mp.SimpleQueue<number>();
    await using pool = new mp.Pool(1, { initializer: tasks.receiveBy, initargs: [signals] });
    const result = pool.applyAsync(tasks.receive);
    const gets = LONG.map((timeout) => result.get({ timeout }));
    const waits = LONG.map((timeout) => result.wait({ timeout }));
    for (const each of [...gets, ...waits]) assert.isTrue(await isPending(each));
    const stream = pool.imap(tasks.square, [3]);
    const nexts = LONG.slice(0, 1).map((timeout) => stream.next({ timeout }));
    for (const each of nexts) assert.isTrue(await isPending(each));
    await signals.put(7);
    assert.deepEqual(
      await Promise.all(gets),
      LONG.map(() => 7),
    );
    await Promise.all(waits);
    assert.deepEqual(await nexts[0], { done: false, value: 9 });
  },

  'fault 43: puts that stand in line wait as long as is said': async () => {
    const queue = new mp.Queue<number>(1);
    await queue.put(0);
    const puts = LONG.map((timeout, i) => queue.put(i + 1, { timeout }));
    for (const put of puts) assert.isTrue(await isPending(put));
    for (const i of range(LONG.length + 1)) assert.equal(await queue.get(), i);
    await Promise.all(puts);
  },

  'fault 43: messages that stand in line wait as long as is said': async () => {
    const [a, b] = mp.Pipe<unknown>();
    const large = a.send(new Uint8Array(5_000_000));
    const sent = LONG.map((timeout) => a.send('small', { timeout }));
    for (const each of sent) assert.isTrue(await isPending(each));
    assert.lengthOf((await b.recv()) as Uint8Array, 5_000_000);
    for (const _ of LONG) assert.equal(await b.recv(), 'small');
    await Promise.all([large, ...sent]);
    const gets = LONG.map((timeout) => b.poll({ timeout }));
    for (const each of gets) assert.isTrue(await isPending(each));
    await a.send(1);
    assert.deepEqual(
      await Promise.all(gets),
      LONG.map(() => true),
    );
  },

  'fault 43: an idle pool keeps its workers as long as is said': async () => {
    await using pool = new mp.Pool(1, { idleTimeout: 2 ** 31 });
    const pid = await pool.apply(tasks.pid, [0]);
    await sleep(30);
    assert.equal(await pool.apply(tasks.pid, [0]), pid);
  },

  'fault 44: a limit does not count the time in which the tab was frozen, or the machine slept': async () => {
    const signals = new mp.SimpleQueue<number>();
    await using pool = new mp.Pool(1, { grace: 20, initializer: tasks.receiveBy, initargs: [signals] });
    const slow = pool.applyAsync(tasks.receive, [], { timeout: 5_000 });
    assert.isTrue(await isPending(slow));
    const { performance } = globalThis;
    const now = performance.now.bind(performance);
    // As this thread sees it when it wakes: the clock has gone on.
    Object.defineProperty(performance, 'now', { value: () => now() + 3_600_000, configurable: true });
    try {
      assert.isTrue(await isPending(slow));
      assert.isTrue(await isPending(slow));
    } finally {
      Reflect.deleteProperty(performance, 'now');
    }
    await signals.put(7);
    assert.equal(await slow, 7);
  },

  'what is no signal is refused, naming it': async () => {
    const options = { signal: 5 as never };
    await using pool = new mp.Pool(1);
    const child = new mp.Process({ target: sleep, args: [1] });
    child.start();
    const queue = new mp.JoinableQueue<number>(1);
    await queue.put(1);
    const [a, b] = mp.Pipe<number>();
    const condition = new mp.Condition();
    await condition.acquire();
    const result = pool.applyAsync(sleep, [1]);
    const stream = pool.imap(tasks.square, [3]);
    const waits = [
      () => queue.put(1, options),
      () => queue.get(options),
      () => queue.join(options),
      () => new mp.SimpleQueue().put(1, options),
      () => new mp.SimpleQueue().get(options),
      () => a.send(1, options),
      () => a.recv(options),
      () => a.poll(options),
      () => mp.wait([a], options),
      () => new mp.Lock().acquire(options),
      () => new mp.RLock().guard(options),
      () => new mp.Semaphore().acquire(options),
      () => condition.wait(options),
      () => condition.waitFor(() => false, options),
      () => new mp.Event().wait(options),
      () => new mp.Barrier(2).wait(options),
      () => child.join(options),
      () => child.result(options),
      () => result.get(options),
      () => result.wait(options),
      () => stream.next(options),
    ];
    for (const wait of waits) {
      const error = await errorOf(wait);
      assert.instanceOf(error, TypeError, String(wait));
      assert.equal((error as Error).message, 'signal must be an AbortSignal, not 5', String(wait));
    }
    assert.deepEqual(await stream.next(), { done: false, value: 9 });
    await child.join();
    for (const end of [a, b]) end.close();
  },
};
