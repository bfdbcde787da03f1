// What synchronizes, in a manager: what its suites in managed.ts do not have.

import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import * as fixtures from '../../fixtures/manager.ts';
import * as pool from '../../fixtures/pool.ts';
import { type Cases, errorOf, range, start } from '../harness.ts';
import { withManager } from './manager.ts';

/** Untyped: `d.call` cannot carry a generic method's types. */
const square = pool.square as never;
const raise = pool.raise as never;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export const managerSyncCases: Cases = {
  'MGR-22 MGR-40 a lock of a child that has ended: free, or released by the parent': (d) =>
    withManager(d, async (manager) => {
      const lock = await d.call(manager, 'Lock');
      assert.isTrue(await d.result(start(fixtures.acquireAndEnd, lock)));
      await sleep(150);
      assert.isUndefined(await d.call(lock, 'release'));
      assert.instanceOf(await errorOf(() => d.call(lock, 'release')), mp.InvalidStateError);
      assert.isTrue(await d.result(start(fixtures.acquireAndEnd, lock)));
      assert.isTrue(await d.call(lock, 'acquire', { timeout: 20_000 }));
      assert.isTrue(await lock.abandoned);
      await d.call(lock, 'release');
      assert.isFalse(await lock.abandoned);
    }),

  'MGR-23 MGR-25 MGR-26 an RLock, a Condition and a Barrier in a child': (d) =>
    withManager(d, async (manager) => {
      const rlock = await d.call(manager, 'RLock');
      const condition = await d.call(manager, 'Condition');
      const barrier = await d.call(manager, 'Barrier', 5);
      for (const lock of [rlock, condition]) {
        const child = start(fixtures.acquireRelease, lock as mp.LockProxy);
        await d.join(child);
        assert.equal(child.exitcode, 0);
      }
      assert.equal(await d.result(start(fixtures.useBarrier, barrier)), 5);
    }),

  'MGR-28 a Queue and a JoinableQueue in a child': (d) =>
    withManager(d, async (manager) => {
      const queue = (await d.call(manager, 'Queue', 2)) as mp.QueueProxy<number>;
      const joinable = (await d.call(manager, 'JoinableQueue', 2)) as mp.JoinableQueueProxy<number>;
      for (const each of [queue, joinable]) {
        await d.call(each, 'put', 5);
        await d.call(each, 'put', 6);
      }
      const expected = [2, true, 5, 6, true];
      assert.deepEqual(await d.result(start(fixtures.useQueue, queue)), expected);
      assert.deepEqual(await d.result(start(fixtures.useJoinable, joinable)), expected);
      for (const each of [queue, joinable]) {
        assert.isTrue(await d.call(each, 'empty'));
        assert.isFalse(await d.call(each, 'full'));
      }
      await d.call(joinable, 'join', { timeout: 20_000 });
    }),

  'MGR-35 an Event says what it is, before and after it is set': (d) =>
    withManager(d, async (manager) => {
      const event = await d.call(manager, 'Event');
      for (let i = 0; i < 2; i++) {
        assert.match(String(event), /^<EventProxy object, typeid 'Event', id \d+ at manager \d+>$/);
        await d.call(event, 'set');
      }
      assert.equal(await d.call(event, 'text'), '<Event set>');
    }),

  'MGR-37 negative timeouts are 0': (d) =>
    withManager(d, async (manager) => {
      const lock = await d.call(manager, 'Lock');
      await d.call(lock, 'acquire');
      assert.isFalse(await d.call(lock, 'acquire', { timeout: -1 }));
      assert.isFalse(await d.call(lock, 'acquire', { block: false, timeout: 5 }));
      const queue = await d.call(manager, 'Queue');
      assert.instanceOf(await errorOf(() => d.call(queue, 'get', { timeout: -1 })), mp.Empty);
      assert.instanceOf(await errorOf(() => d.call(queue, 'getNowait')), mp.Empty);
      await d.call(lock, 'release');
    }),

  'MGR-38 a Condition on a lock of the manager shares it; without it there is no waiting': (d) =>
    withManager(d, async (manager) => {
      const lock = await d.call(manager, 'Lock');
      const condition = await d.call(manager, 'Condition', lock);
      for (const call of [
        () => d.call(condition, 'wait', { timeout: 10 }),
        () => d.call(condition, 'notify'),
        () => d.call(condition, 'notifyAll'),
      ]) {
        assert.instanceOf(await errorOf(call), mp.InvalidStateError);
      }
      await d.call(condition, 'acquire');
      assert.isTrue(await d.call(lock, 'locked'));
      assert.isFalse(await d.call(lock, 'acquire', { block: false }));
      await d.call(condition, 'release');
      const value = (await d.call(manager, 'Value', 'i', 0)) as mp.ValueProxy<number>;
      const waiter = start(fixtures.waitForPredicate, condition, value);
      for (let i = 1; i <= 3; i++) {
        await sleep(20);
        await d.call(condition, 'acquire');
        await d.call(value, 'set', i);
        await d.call(condition, 'notifyAll');
        await d.call(condition, 'release');
      }
      assert.equal(await d.result(waiter), 3);
    }),

  'MGR-39 a call that waits keeps nobody else waiting': (d) =>
    withManager(d, async (manager) => {
      const queue = (await d.call(manager, 'Queue')) as mp.QueueProxy<number>;
      const ready = new mp.SimpleQueue();
      const waiters = range(3).map(() => start(fixtures.waitingGet, queue, ready));
      for (const _ of waiters) await d.getSimple(ready);
      const dict = (await d.call(manager, 'dict')) as mp.DictProxy<string, number>;
      for (let i = 0; i < 20; i++) await d.call(dict, 'set', `${i}`, i);
      assert.equal(await d.call(dict, 'size'), 20);
      for (const i of range(3)) await d.call(queue, 'put', i);
      const got = [];
      for (const waiter of waiters) got.push(await d.result(waiter));
      assert.deepEqual(got.sort(), [0, 1, 2]);
    }),

  'MGR-40 an RLock belongs to a process': (d) =>
    withManager(d, async (manager) => {
      const lock = await d.call(manager, 'RLock');
      await d.call(lock, 'acquire');
      assert.isFalse(await d.result(start(fixtures.tryAcquire, lock)));
      assert.equal(await d.result(start(fixtures.tryRelease, lock)), 'InvalidStateError');
      await d.call(lock, 'release');
      const ready = new mp.SimpleQueue();
      const holder = start(fixtures.acquireAndSay, lock, ready, new mp.Event());
      await d.getSimple(ready);
      assert.isFalse(await d.call(lock, 'acquire', { timeout: 50 }));
      holder.terminate();
      assert.isTrue(await d.call(lock, 'acquire', { timeout: 20_000 }));
      assert.isTrue(await lock.abandoned);
      await d.call(lock, 'release');
      await d.join(holder);
    }),

  'clients that are terminated while they wait leave the server well, and take nothing': (d) =>
    withManager(d, async (manager) => {
      const queue = (await d.call(manager, 'Queue')) as mp.QueueProxy<number>;
      const condition = await d.call(manager, 'Condition');
      const ready = new mp.SimpleQueue();
      const getters = range(2).map(() => start(fixtures.waitingGet, queue, ready));
      const sleepers = range(2).map(() => start(fixtures.waitForNotice, condition, ready));
      for (const _ of [...getters, ...sleepers]) await d.getSimple(ready);
      await sleep(100);
      getters[0]?.terminate();
      sleepers[0]?.terminate();
      await d.join(getters[0] as mp.Process);
      await d.join(sleepers[0] as mp.Process);
      await d.call(queue, 'put', 5);
      assert.equal(await d.result(getters[1] as (typeof getters)[0]), 5);
      await d.call(condition, 'with', () => d.call(condition, 'notify'));
      assert.isTrue(await d.result(sleepers[1] as (typeof sleepers)[0]));
      assert.isTrue(await d.call(queue, 'empty'));
    }),

  'an aborted call takes nothing and holds nothing': (d) =>
    withManager(d, async (manager) => {
      if (d.name === 'sync') return;
      const queue = await manager.Queue<number>();
      const lock = await manager.Lock();
      const condition = await manager.Condition();
      const event = await manager.Event();
      await lock.acquire();
      await condition.acquire();
      const reason = new Error('given up');
      for (const call of [
        (signal: AbortSignal) => queue.get({ signal }),
        (signal: AbortSignal) => lock.acquire({ signal }),
        (signal: AbortSignal) => condition.wait({ signal }),
        (signal: AbortSignal) => event.wait({ signal }),
      ]) {
        const control = new AbortController();
        const waiting = call(control.signal);
        await sleep(20);
        control.abort(reason);
        assert.strictEqual(await errorOf(() => waiting), reason);
      }
      await queue.put(1);
      assert.equal(await queue.get(), 1);
      await lock.release();
      assert.isFalse(await lock.locked());
      await condition.release();
    }),

  'scopes: with, guard and using': (d) =>
    withManager(d, async (manager) => {
      const lock = await d.call(manager, 'Lock');
      const semaphore = await d.call(manager, 'Semaphore', 1);
      assert.equal(await d.call(lock, 'with', () => 5), 5);
      const thrown = new Error('in the body');
      const failing = (): never => {
        throw thrown;
      };
      assert.strictEqual(await errorOf(() => d.call(lock, 'with', failing)), thrown);
      {
        await using held = await d.call(semaphore, 'guard');
        assert.equal(await d.call(semaphore, 'getValue'), 0);
        assert.instanceOf(await errorOf(() => d.call(semaphore, 'guard', { timeout: 20 })), mp.TimeoutError);
        assert.instanceOf(await errorOf(() => held.with(() => 1)), mp.InvalidStateError);
      }
      assert.equal(await d.call(semaphore, 'getValue'), 1);
      {
        using held = await d.call(lock, 'guard');
        void held;
        assert.isTrue(await d.call(lock, 'locked'));
      }
      assert.isFalse(await d.call(lock, 'locked'));
    }),

  'an RLock goes deeper by the handle; a thread that would wait for itself is told so': (d) =>
    withManager(d, async (manager) => {
      const lock = await d.call(manager, 'RLock');
      const condition = await d.call(manager, 'Condition', lock);
      if (d.name === 'sync') {
        const depth = lock.withSync((outer) => {
          assert.throws(() => lock.acquireSync(), mp.InvalidStateError);
          assert.throws(() => lock.withSync(() => {}), mp.InvalidStateError);
          assert.throws(() => condition.acquireSync(), mp.InvalidStateError);
          assert.isFalse(lock.acquireSync({ timeout: 20 }));
          return outer.withSync((inner) => inner.withSync(() => 3));
        });
        assert.equal(depth, 3);
      } else {
        let inside = 0;
        const task = (): Promise<void> =>
          lock.with(async (outer) => {
            assert.equal(++inside, 1);
            await outer.with(() => sleep(5));
            inside--;
          });
        await Promise.all(range(5).map(task));
      }
      assert.isTrue(await d.call(lock, 'acquire'));
      assert.isTrue(await d.call(lock, 'acquire'));
      await d.call(lock, 'release');
      await d.call(lock, 'release');
      assert.isFalse(await d.call(lock, 'locked'));
    }),

  'MGR-34 MGR-44 POOL-01 POOL-02 a pool in a manager': (d) =>
    withManager(d, async (manager) => {
      const workers = await d.call(manager, 'Pool', 2);
      assert.equal(await d.call(workers, 'apply', square, [3]), 9);
      assert.deepEqual(
        await d.call(workers, 'map', square, range(10)),
        range(10).map((x) => x * x),
      );
      assert.deepEqual(await d.call(workers, 'map', square, new Set([1, 2])), [1, 4]);
      const items: number[] = [];
      if (d.name === 'sync') items.push(...workers.imapSync(pool.square, range(5)));
      else for await (const item of workers.imap(pool.square, range(5))) items.push(item);
      assert.deepEqual(items, [0, 1, 4, 9, 16]);
      const result = await d.call(workers, 'applyAsync', square, [4]);
      assert.equal(await d.call(result, 'get', { timeout: 20_000 }), 16);
      assert.isTrue(await d.call(result, 'ready'));
      assert.isTrue(await d.call(result, 'successful'));
      const failed = await d.call(workers, 'applyAsync', raise, ['failed']);
      assert.include(((await errorOf(() => d.call(failed, 'get'))) as Error).message, 'failed');
      assert.isFalse(await d.call(failed, 'successful'));
      await d.call(workers, 'close');
      await d.call(workers, 'join');
      assert.instanceOf(await errorOf(() => d.call(workers, 'apply', square, [3])), mp.InvalidStateError);
    }),

  'the workers of a pool end with its manager': async (d) => {
    const manager = new mp.SyncManager();
    await d.call(manager, 'start');
    const workers = await d.call(manager, 'Pool', 2);
    assert.equal(await d.call(workers, 'apply', square, [3]), 9);
    await d.call(manager, 'shutdown');
    assert.instanceOf(await errorOf(() => d.call(workers, 'apply', square, [3])), mp.WorkerDiedError);
  },
};
