import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import * as sync from '../../fixtures/sync.ts';
import * as targets from '../../fixtures/targets.ts';
import { type Cases, duration, errorOf, needs, start } from '../harness.ts';

export const lockCases: Cases = {
  'LOCK-01 LOCK-02 acquire, not twice; release, not twice': needs('answers', async (d) => {
    const lock = await d.make('Lock');
    const Refusal = d.isManaged ? mp.InvalidStateError : RangeError;
    assert.instanceOf(await errorOf(() => lock.release()), Refusal);
    assert.isTrue(await d.acquire(lock));
    assert.isFalse(await d.acquire(lock, { block: false }));
    assert.isUndefined(await lock.release());
    assert.instanceOf(await errorOf(() => lock.release()), Refusal);
  }),

  'LOCK-04 a timeout gives up after its time; 0, less and no block at once': async (d) => {
    const lock = await d.make('Lock');
    await d.acquire(lock);
    const late = await duration(async () => assert.isFalse(await d.acquire(lock, { timeout: 100 })));
    assert.isAtLeast(late, 95);
    assert.isFalse(await d.acquire(lock, { timeout: 0 }));
    assert.isFalse(await d.acquire(lock, { timeout: -5 }));
    assert.isFalse(await d.acquire(lock, { block: false, timeout: 60_000 }));
    await lock.release();
    assert.isTrue(await d.acquire(lock, { timeout: 0 }));
  },

  'LOCK-05 any process may release it': async (d) => {
    const lock = await d.make('Lock');
    await d.acquire(lock);
    await d.join(start(targets.releaseOnly, lock));
    assert.isTrue(await d.acquire(lock, { block: false }));
  },

  'LOCK-07 a holder that ended or died does not keep it; the next is told': needs('answers', async (d) => {
    const lock = await d.make('Lock');
    await d.join(start(targets.holdAndEnd, lock));
    assert.isFalse(await lock.abandoned);
    assert.isTrue(await d.acquire(lock));
    assert.isTrue(await lock.abandoned);
    await lock.release();
    assert.isFalse(await lock.abandoned);

    const started = new mp.Queue();
    const holder = start(targets.holdFor, lock, started, 60_000);
    await d.get(started);
    assert.isFalse(await d.acquire(lock, { timeout: 100 }));
    holder.terminate();
    assert.isTrue(await d.acquire(lock, { timeout: 20_000 }));
    assert.isTrue(await lock.abandoned);
    await lock.release();
    assert.isTrue(await d.acquire(lock));
    assert.isFalse(await lock.abandoned);
    await d.join(holder);
  }),

  'LOCK-09 its text names the owner': needs('answers', async (d) => {
    const lock = new mp.Lock();
    const other = globalThis.crossOriginIsolated !== false ? 'SomeOtherProcess' : '?';
    assert.equal(`${lock}`, '<Lock(owner=None)>');
    await d.acquire(lock);
    const self = mp.currentProcess();
    const { name } = self;
    assert.equal(`${lock}`, `<Lock(owner=${name})>`);
    self.name = 'renamed';
    assert.equal(`${lock}`, '<Lock(owner=renamed)>');
    self.name = name;
    assert.equal(await d.result(start(sync.textOf, lock)), `<Lock(owner=${other})>`);
    lock.release();
    const holder = new mp.Process({ target: sync.textWhileHeld, args: [lock], name: 'Holder' });
    holder.start();
    assert.equal(await d.result(holder), '<Lock(owner=Holder)>');
  }),

  'LOCK-08 a child shares it; it cannot be sent later': async (d) => {
    const lock = await d.make('Lock');
    const started = new mp.Queue();
    const holder = start(targets.holdFor, lock, started, 300);
    await d.get(started);
    assert.isFalse(await d.acquire(lock, { timeout: 100 }));
    await d.join(holder);
    assert.isTrue(await d.acquire(lock, { timeout: 0 }));
    const error = (await errorOf(() => d.put(started, [lock]))) as Error;
    assert.instanceOf(error, mp.InvalidStateError);
    assert.include(error.message, 'item[0]');
  },

  'mutual exclusion between processes of both drivers': async (d) => {
    const lock = await d.make('Lock');
    const counter = new mp.SimpleQueue<number>();
    await d.putSimple(counter, 0);
    const workers = [targets.incrementUnder, targets.incrementUnderAsync, targets.incrementUnder].map((target) =>
      start(target, lock, counter, 200),
    );
    for (const worker of workers) await d.join(worker);
    for (const worker of workers) assert.equal(worker.exitcode, 0);
    assert.equal(await d.getSimple(counter), 600);
  },

  'with and guard release it, whatever happens': needs('blocking', async (d) => {
    const lock = await d.make('Lock');
    assert.equal(await lock.with(async () => 5), 5);
    assert.equal(await lock.with(() => 6), 6);
    const reason = new Error('inside');
    assert.strictEqual(await errorOf(() => lock.with(() => Promise.reject(reason))), reason);
    assert.isTrue(await d.acquire(lock, { block: false }));
    assert.instanceOf(await errorOf(() => lock.guard({ timeout: 10 })), mp.TimeoutError);
    await lock.release();
    {
      using held = await lock.guard();
      void held;
      assert.isFalse(await d.acquire(lock, { block: false }));
    }
    {
      using held = lock.guardSync();
      void held;
      assert.isFalse(await d.acquire(lock, { block: false }));
    }
    assert.equal(
      lock.withSync(() => 7),
      7,
    );
    assert.isTrue(await d.acquire(lock, { block: false }));
  }),

  'an aborted acquire holds nothing': async () => {
    const lock = new mp.Lock();
    await lock.acquire();
    const control = new AbortController();
    const reason = new Error('given up');
    const acquired = lock.acquire({ signal: control.signal });
    control.abort(reason);
    assert.strictEqual(await errorOf(() => acquired), reason);
    lock.release();
    assert.isTrue(await lock.acquire({ block: false }));
  },

  'nobody starves beside one who takes it again and again': async (d) => {
    const lock = await d.make('Lock');
    const greedy = start(targets.takeAgainAndAgain, lock);
    await targets.sleep(50);
    for (let i = 0; i < 20; i++) {
      assert.isTrue(await d.acquire(lock, { timeout: 10_000 }));
      await lock.release();
    }
    greedy.terminate();
    await d.join(greedy);
  },

  'nobody starves beside one who holds it all the time but for an instant': async (d) => {
    const lock = await d.make('Lock');
    const greedy = start(targets.holdNearlyAlways, lock);
    await targets.sleep(50);
    for (let i = 0; i < 10; i++) {
      assert.isTrue(await d.acquire(lock, { timeout: 5_000 }));
      await lock.release();
    }
    greedy.terminate();
    await d.join(greedy);
  },
};
