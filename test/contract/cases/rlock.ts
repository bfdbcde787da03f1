import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import * as sync from '../../fixtures/sync.ts';
import { sleep } from '../../fixtures/targets.ts';
import { type Cases, duration, errorOf, needs, start } from '../harness.ts';

/** Is it free for a process that has nothing to do with it? */
const isFree = (lock: mp.RLock): Promise<boolean> => start(sync.isFree, lock).result();

export const rlockCases: Cases = {
  'RLCK-01 the owner acquires it three times, and releases it as often': needs('answers', async (d) => {
    const lock = await d.make('RLock');
    for (let i = 0; i < 3; i++) assert.isTrue(await d.call(lock, 'acquire'));
    assert.match(await d.text(lock), /^<RLock\([\w ]+, 3\)>$/);
    for (let i = 0; i < 3; i++) assert.isUndefined(await lock.release());
    assert.instanceOf(await errorOf(() => lock.release()), mp.InvalidStateError);
    assert.equal(await d.text(lock), '<RLock(None, 0)>');
    assert.isTrue(await isFree(lock));
  }),

  'RLCK-02 not free for others until the last release, and not theirs to release': async (d) => {
    const lock = await d.make('RLock');
    await d.call(lock, 'acquire');
    await d.call(lock, 'acquire');
    const other = { acquired: false, error: 'InvalidStateError' };
    assert.deepEqual(await start(sync.tryIt, lock).result(), other);
    await lock.release();
    assert.deepEqual(await start(sync.tryIt, lock).result(), other);
    await lock.release();
    assert.isTrue(await isFree(lock));
  },

  'RLCK-02 a timeout gives up after its time while another process holds it': async (d) => {
    const lock = await d.make('RLock');
    const held = new mp.SimpleQueue();
    const holder = start(sync.takeFor, lock, held, 2, 400);
    await d.getSimple(held);
    assert.isFalse(await d.call(lock, 'acquire', { block: false }));
    const late = await duration(async () => assert.isFalse(await d.call(lock, 'acquire', { timeout: 100 })));
    assert.isAtLeast(late, 95);
    assert.isTrue(await d.call(lock, 'acquire'));
    await lock.release();
    await d.join(holder);
    assert.equal(holder.exitcode, 0);
  },

  'RLCK-04 with and guard keep the tasks of a process apart': async () => {
    const lock = new mp.RLock();
    let inside = 0;
    const task = async (): Promise<void> => {
      assert.equal(++inside, 1);
      await sleep(20);
      inside--;
    };
    const guarded = async (): Promise<void> => {
      using held = await lock.guard();
      void held;
      await task();
    };
    await Promise.all([lock.with(task), guarded(), lock.with(task), guarded()]);
    assert.isTrue(await isFree(lock));
  },

  'RLCK-06 COND-16 its text names the owner, and how deeply it holds it': needs('answers', async (d) => {
    const lock = new mp.RLock();
    const cond = new mp.Condition(lock);
    const { name } = mp.currentProcess();
    await d.call(lock, 'acquire');
    await d.call(lock, 'acquire');
    assert.equal(`${lock}`, `<RLock(${name}, 2)>`);
    assert.equal(`${cond}`, `<Condition(<RLock(${name}, 2)>, 0)>`);
    const other = globalThis.crossOriginIsolated !== false ? 'SomeOtherProcess' : '?';
    assert.equal(await d.result(start(sync.textOf, lock)), `<RLock(${other}, nonzero)>`);
    lock.release();
    lock.release();
    assert.equal(`${lock}`, '<RLock(None, 0)>');
    const holder = new mp.Process({ target: sync.textWhileHeld, args: [lock], name: 'Holder' });
    holder.start();
    assert.equal(await d.result(holder), '<RLock(Holder, 1)>');
  }),

  'RLCK-04 a handle goes deeper, and only while its scope is open': needs('blocking', async () => {
    const lock = new mp.RLock();
    let leaked: mp.RLockHold | undefined;
    const answer = await lock.with(async (held) => {
      leaked = held;
      assert.instanceOf(await errorOf(() => lock.guard({ timeout: 20 })), mp.TimeoutError);
      return await held.with(async (deeper) => {
        using third = await deeper.guard();
        using fourth = third.guardSync();
        assert.match(`${lock}`, /, 4\)>$/);
        void fourth;
        return held.withSync(() => 7);
      });
    });
    assert.equal(answer, 7);
    assert.equal(`${lock}`, '<RLock(None, 0)>');
    const over = leaked as mp.RLockHold;
    assert.instanceOf(await errorOf(() => over.with(() => {})), mp.InvalidStateError);
    await lock.with(async () => {
      assert.instanceOf(await errorOf(() => over.guardSync()), mp.InvalidStateError);
    });
    assert.isTrue(await isFree(lock));
  }),

  'RLCK-04 acquire waits for the end of a scope; a scope goes deeper than acquire, one at a time': async (d) => {
    const lock = await d.make('RLock');
    const order: string[] = [];
    const scope = lock.with(async () => {
      await sleep(50);
      order.push('scope');
    });
    await Promise.resolve();
    assert.isFalse(await lock.acquire({ block: false }));
    const both = Promise.all([lock.acquire(), lock.acquire()]);
    await both;
    order.push('acquired');
    await scope;
    const inner = async (name: string): Promise<void> => {
      order.push(`${name} begins`);
      await sleep(20);
      order.push(`${name} ends`);
    };
    await Promise.all([lock.with(() => inner('first')), lock.with(() => inner('second'))]);
    assert.equal(await d.call(lock, 'with', () => 5), 5);
    await lock.release();
    await lock.release();
    const expected = ['scope', 'acquired', 'first begins', 'first ends', 'second begins', 'second ends'];
    assert.deepEqual(order, expected);
    assert.isTrue(await isFree(lock));
  },

  'RLCK-04 tasks that acquire at once while another process holds it all get it': async (d) => {
    const lock = await d.make('RLock');
    const held = new mp.SimpleQueue();
    const holder = start(sync.takeFor, lock, held, 1, 200);
    await d.getSimple(held);
    assert.deepEqual(await Promise.all([lock.acquire(), lock.acquire(), lock.acquire()]), [true, true, true]);
    for (let i = 0; i < 3; i++) await lock.release();
    assert.instanceOf(await errorOf(() => lock.release()), mp.InvalidStateError);
    await d.join(holder);
  },

  'RLCK-04 blocking calls go deeper inside withSync, and throw where they would wait for their own thread': needs(
    'blocking',
    async () => {
      const lock = new mp.RLock();
      lock.withSync(() => {
        lock.withSync(() => assert.isTrue(lock.acquireSync()));
        using held = lock.guardSync();
        void held;
        assert.match(`${lock}`, /, 3\)>$/);
        lock.release();
        assert.throws(() => lock.release(), mp.InvalidStateError);
      });
      assert.isTrue(await isFree(lock));
      // Acquired inside and not released there: held after, as in Python.
      lock.withSync(() => lock.acquireSync());
      assert.equal(
        lock.withSync(() => 8),
        8,
      );
      lock.release();
      {
        using held = lock.guardSync();
        assert.throws(() => lock.acquireSync(), mp.InvalidStateError, 'for ever');
        assert.isFalse(lock.acquireSync({ block: false }));
        assert.throws(() => lock.withSync(() => {}), mp.InvalidStateError, 'for ever');
        assert.equal(
          held.withSync(() => 3),
          3,
        );
        assert.throws(() => lock.release(), mp.InvalidStateError);
      }
      assert.isTrue(await isFree(lock));
    },
  ),

  'RLCK-04 an async scope that is asked for inside withSync waits for its end': needs('blocking', async () => {
    const lock = new mp.RLock();
    let inside = false;
    let later: Promise<void> | undefined;
    lock.withSync(() => {
      later = lock.with(async () => {
        inside = true;
      });
      assert.isFalse(inside);
    });
    await later;
    assert.isTrue(inside);
    assert.isTrue(await isFree(lock));
  }),

  'RLCK-05 an owner that ended or died does not keep it, however deep; the next is told': needs(
    'answers',
    async (d) => {
      const lock = await d.make('RLock');
      await d.join(start(sync.takeAndEnd, lock, 3));
      assert.instanceOf(await errorOf(() => lock.release()), mp.InvalidStateError);
      assert.isFalse(await lock.abandoned);
      assert.isTrue(await d.call(lock, 'acquire'));
      assert.isTrue(await lock.abandoned);
      assert.isTrue(await d.call(lock, 'acquire'));
      await lock.release();
      assert.isTrue(await lock.abandoned);
      await lock.release();
      assert.isFalse(await lock.abandoned);
      assert.equal(await d.text(lock), '<RLock(None, 0)>');

      const held = new mp.SimpleQueue();
      const holder = start(sync.takeFor, lock, held, 2, 60_000);
      await d.getSimple(held);
      holder.terminate();
      assert.isTrue(await d.call(lock, 'acquire', { timeout: 20_000 }));
      assert.isTrue(await lock.abandoned);
      await lock.release();
      assert.isTrue(await isFree(lock));
      await d.join(holder);
    },
  ),

  'mutual exclusion between processes, at any depth': async (d) => {
    const lock = await d.make('RLock');
    const counter = new mp.SimpleQueue<number>();
    await d.putSimple(counter, 0);
    const workers = [1, 2, 3].map(() => start(sync.incrementDeeply, lock, counter, 150));
    for (const worker of workers) await d.join(worker);
    for (const worker of workers) assert.equal(worker.exitcode, 0);
    assert.equal(await d.getSimple(counter), 450);
  },

  'an aborted acquire holds nothing; what a body throws releases': needs('blocking', async () => {
    const lock = new mp.RLock();
    const reason = new Error('given up');
    await lock.with(async () => {
      const control = new AbortController();
      const acquired = lock.acquire({ signal: control.signal });
      control.abort(reason);
      assert.strictEqual(await errorOf(() => acquired), reason);
    });
    assert.strictEqual(await errorOf(() => lock.with(() => Promise.reject(reason))), reason);
    assert.strictEqual(
      await errorOf(() =>
        lock.withSync(() => {
          throw reason;
        }),
      ),
      reason,
    );
    assert.isTrue(await isFree(lock));
  }),
};
