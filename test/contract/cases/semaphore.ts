import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import * as sync from '../../fixtures/sync.ts';
import { sleep } from '../../fixtures/targets.ts';
import { type Cases, duration, errorOf, needs, start } from '../harness.ts';

export const semaphoreCases: Cases = {
  'SEM-01 SEM-02 SEM-07 units are taken and given back, beyond the start value, too': needs('answers', async (d) => {
    const sem = await d.make('Semaphore', 2);
    assert.equal(await sem.getValue(), 2);
    assert.isTrue(await d.call(sem, 'acquire'));
    assert.equal(await sem.getValue(), 1);
    assert.isTrue(await d.call(sem, 'acquire'));
    assert.equal(await sem.getValue(), 0);
    assert.isFalse(await d.call(sem, 'acquire', { block: false }));
    assert.equal(await sem.getValue(), 0);
    for (let value = 1; value <= 4; value++) {
      assert.isUndefined(await sem.release());
      assert.equal(await sem.getValue(), value);
    }
    assert.equal(await (await d.make('Semaphore')).getValue(), 1);
  }),

  'SEM-04 a bounded one is not released beyond its start value, which stays': needs('answers', async (d) => {
    const sem = await d.make('BoundedSemaphore', 2);
    if (!d.isManaged) assert.instanceOf(sem, mp.Semaphore);
    assert.instanceOf(await errorOf(() => sem.release()), RangeError);
    assert.equal(await sem.getValue(), 2);
    await d.call(sem, 'acquire');
    await sem.release();
    assert.instanceOf(await errorOf(() => sem.release()), RangeError);
    assert.equal(await sem.getValue(), 2);
    await d.join(start(sync.takeAndEnd, sem, 1));
    assert.equal(await sem.getValue(), 1);
    await sem.release();
    assert.deepEqual(await start(sync.tryIt, sem).result(), { acquired: true, error: undefined });
    assert.equal(await sem.getValue(), 1);
  }),

  'SEM-05 a timeout gives up after its time; 0, less and no block at once': async (d) => {
    const sem = await d.make('Semaphore', 0);
    assert.isFalse(await d.call(sem, 'acquire', { block: false }));
    assert.isFalse(await d.call(sem, 'acquire', { block: false, timeout: null }));
    assert.isFalse(await d.call(sem, 'acquire', { block: false, timeout: 60_000 }));
    assert.isFalse(await d.call(sem, 'acquire', { timeout: 0 }));
    assert.isFalse(await d.call(sem, 'acquire', { timeout: -1 }));
    for (const options of [{ timeout: 100 }, { block: true, timeout: 100 }]) {
      const late = await duration(async () => assert.isFalse(await d.call(sem, 'acquire', options)));
      assert.isAtLeast(late, 95);
    }
    assert.instanceOf(await errorOf(() => d.call(sem, 'acquire', { timeout: 'soon' as never })), TypeError);
  },

  'SEM-08 a unit that a process took stays taken when it has ended': needs('answers', async (d) => {
    const sem = await d.make('Semaphore', 2);
    await d.join(start(sync.takeAndEnd, sem, 1));
    assert.equal(await sem.getValue(), 1);
    const held = new mp.SimpleQueue();
    const holder = start(sync.takeFor, sem, held, 1, 60_000);
    await d.getSimple(held);
    holder.terminate();
    await d.join(holder);
    assert.isFalse(await d.call(sem, 'acquire', { timeout: 120 }));
    await sem.release();
    assert.isTrue(await d.call(sem, 'acquire'));
  }),

  'SEM-10 as text': needs('answers', async (d) => {
    const sem = await d.make('Semaphore', 3);
    assert.equal(await d.text(sem), '<Semaphore(value=3)>');
    const bounded = new mp.BoundedSemaphore(3);
    await d.call(bounded, 'acquire');
    assert.equal(`${bounded}`, '<BoundedSemaphore(value=2, maxvalue=3)>');
  }),

  'bad values are refused': needs('answers', async () => {
    for (const Kind of [mp.Semaphore, mp.BoundedSemaphore]) {
      assert.throws(() => new Kind(-1), RangeError, Kind === mp.Semaphore ? /^Semaphore\(/ : /^BoundedSemaphore\(/);
      assert.throws(() => new Kind(2 ** 31), RangeError);
      assert.throws(() => new Kind(1.5), TypeError);
      assert.throws(() => new Kind('1' as never), TypeError);
      assert.throws(() => new Kind(null as never), TypeError);
    }
    const most = new mp.Semaphore(2 ** 31 - 1);
    assert.throws(() => most.release(), RangeError);
    assert.equal(most.getValue(), 2 ** 31 - 1);
  }),

  'a waiter is woken, in each process; those killed while they wait take nothing': needs('answers', async (d) => {
    const sem = await d.make('Semaphore', 0);
    const waiters = [1, 2, 3, 4].map(() => start(sync.takeAndEnd, sem, 1));
    await sleep(300);
    waiters[0]?.terminate();
    waiters[2]?.terminate();
    for (const at of [0, 2]) await d.join(waiters[at] as mp.Process<never, unknown>);
    await sem.release();
    await sem.release();
    for (const waiter of waiters) await d.join(waiter);
    assert.deepEqual(
      waiters.map((waiter) => waiter.exitcode),
      [-15, 0, -15, 0],
    );
    assert.equal(await sem.getValue(), 0);
  }),

  'never more inside than units': needs('answers', async (d) => {
    const sem = await d.make('BoundedSemaphore', 2);
    const inside = new mp.BoundedSemaphore(2);
    const workers = [1, 2, 3].map(() => start(sync.countInside, sem, inside, 1000));
    for (const worker of workers) assert.isAtLeast((await d.result(worker)) as number, 0);
    assert.equal(await sem.getValue(), 2);
  }),

  'nobody starves beside those who take it again and again': async (d) => {
    const sem = await d.make('Semaphore', 1);
    const greedy = [1, 2].map(() => start(sync.takeGreedily, sem));
    await sleep(100);
    for (let i = 0; i < 20; i++) {
      assert.isTrue(await d.call(sem, 'acquire', { timeout: 10_000 }));
      await sem.release();
    }
    for (const process of greedy) process.terminate();
    for (const process of greedy) await d.join(process);
  },

  'with, guard and an aborted acquire': needs('answers', async () => {
    const sem = new mp.Semaphore(1);
    assert.equal(await sem.with(async () => sem.getValue()), 0);
    assert.equal(
      sem.withSync(() => sem.getValue()),
      0,
    );
    {
      using held = await sem.guard();
      void held;
      assert.instanceOf(await errorOf(() => sem.guard({ timeout: 10 })), mp.TimeoutError);
      const reason = new Error('given up');
      const control = new AbortController();
      const acquired = sem.acquire({ signal: control.signal });
      control.abort(reason);
      assert.strictEqual(await errorOf(() => acquired), reason);
    }
    assert.equal(sem.getValue(), 1);
  }),
};
