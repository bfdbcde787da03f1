import { assert } from 'chai';
import { isWorker } from '../../../src/base/thread.ts';
import * as mp from '../../../src/index.ts';
import { scaled, seeded } from '../../fixtures/soak.ts';
import * as sync from '../../fixtures/sync.ts';
import { sleep } from '../../fixtures/targets.ts';
import { byTurns, type Cases, type Driver, duration, errorOf, needs, range, start } from '../harness.ts';

/** Where threads share no memory a process does not know how many wait, unless it asks a manager. */
const knows = (d: Driver): boolean => globalThis.crossOriginIsolated || !isWorker || d.isManaged;

type Sleeper = mp.Process<never, boolean>;

interface Bedroom {
  readonly cond: mp.Condition;
  /** Released by each who is about to wait, with the lock held. */
  readonly sleeping: mp.Semaphore;
  /** Released by each who has woken. */
  readonly woken: mp.Semaphore;
  readonly sleepers: Sleeper[];
}

/** Starts sleepers, by turns blocking and awaiting, one after another; all are asleep once this answers. */
async function bedroom(d: Driver, count: number, lock?: mp.Lock | mp.RLock | mp.Semaphore): Promise<Bedroom> {
  const room = {
    cond: await d.make('Condition', lock),
    sleeping: new mp.Semaphore(0),
    woken: new mp.Semaphore(0),
    sleepers: [],
  };
  await addSleepers(d, room, count, null);
  return room;
}

async function addSleepers(d: Driver, room: Bedroom, count: number, timeout: number | null): Promise<void> {
  const { cond, sleeping, woken, sleepers } = room;
  for (const i of range(count)) {
    const target = byTurns(i, sync.sleeper, sync.sleeperAsync);
    sleepers.push(start(target, cond, sleeping, woken, timeout) as unknown as Sleeper);
    await d.call(sleeping, 'acquire');
  }
  // The last one freed the lock when it was asleep.
  await d.call(cond, 'acquire');
  await cond.release();
}

/** With the lock held. */
async function locked(d: Driver, cond: mp.Condition, body: () => unknown): Promise<void> {
  await d.call(cond, 'acquire');
  await body();
  await cond.release();
}

/** Waits for that many to wake, and sees that no other does. */
async function expectWoken(d: Driver, { woken }: Bedroom, count: number): Promise<void> {
  for (let i = 0; i < count; i++) assert.isTrue(await d.call(woken, 'acquire', { timeout: 20_000 }));
  assert.isFalse(await d.call(woken, 'acquire', { timeout: 150 }));
}

async function goodMorning(d: Driver, { cond, sleepers }: Bedroom, answer = true): Promise<void> {
  for (const sleeper of sleepers) assert.equal(await d.result(sleeper), answer);
  assert.match(await d.text(cond), knows(d) ? /, 0\)>$/ : /, \?\)>$/);
}

export const conditionCases: Cases = {
  'COND-01 COND-16 notify wakes exactly one': async (d) => {
    const room = await bedroom(d, 2);
    if (knows(d)) assert.equal(await d.text(room.cond), '<Condition(<RLock(None, 0)>, 2)>');
    await expectWoken(d, room, 0);
    await locked(d, room.cond, async () => assert.isUndefined(await room.cond.notify()));
    await expectWoken(d, room, 1);
    await locked(d, room.cond, () => room.cond.notify());
    await expectWoken(d, room, 1);
    await goodMorning(d, room);
  },

  'COND-02 notifyAll wakes all; waits that ran out of time do not disturb the counting': async (d) => {
    const room = await bedroom(d, 0);
    await addSleepers(d, room, 4, 100);
    await goodMorning(d, room, false);
    for (let i = 0; i < 4; i++) await d.call(room.woken, 'acquire');
    room.sleepers.length = 0;
    await addSleepers(d, room, 4, null);
    await expectWoken(d, room, 0);
    await locked(d, room.cond, () => room.cond.notifyAll());
    await expectWoken(d, room, 4);
    await goodMorning(d, room);
  },

  'COND-03 notify(n) wakes exactly n, first come first served; with nobody waiting it does nothing': async (d) => {
    const room = await bedroom(d, 6);
    await locked(d, room.cond, () => room.cond.notify(2));
    await expectWoken(d, room, 2);
    for (const first of room.sleepers.slice(0, 2)) assert.isTrue(await d.result(first));
    await locked(d, room.cond, () => room.cond.notify(4));
    await expectWoken(d, room, 4);
    await goodMorning(d, room);
    await locked(d, room.cond, () => room.cond.notify(3));
    await d.call(room.cond, 'acquire');
    assert.isFalse(await d.call(room.cond, 'wait', { timeout: 60 }));
    await room.cond.release();
  },

  'COND-04 without a notification false after its time; 0 and less at once': async (d) => {
    const cond = await d.make('Condition');
    await d.call(cond, 'acquire');
    const late = await duration(async () => assert.isFalse(await d.call(cond, 'wait', { timeout: 100 })));
    assert.isAtLeast(late, 95);
    assert.isFalse(await d.call(cond, 'wait', { timeout: 0 }));
    assert.isFalse(await d.call(cond, 'wait', { timeout: -1 }));
    await cond.release();
  },

  'COND-05 notified by a child': async (d) => {
    const cond = await d.make('Condition');
    await d.call(cond, 'acquire');
    const child = start(sync.notifyLater, cond, 100);
    assert.isTrue(await d.call(cond, 'wait', { timeout: 20_000 }));
    await cond.release();
    await d.join(child);
    assert.equal(child.exitcode, 0);
  },

  'COND-07 waitFor waits until the predicate holds': needs('memory', async (d) => {
    const cond = await d.make('Condition');
    const state = new mp.Semaphore(0);
    const child = start(sync.waitForFour, cond, state);
    for (let i = 0; i < 4; i++) {
      await sleep(20);
      await locked(d, cond, async () => {
        state.release();
        await cond.notify();
      });
    }
    assert.equal(await d.result(child), 0);

    const raiser = start(sync.raise, cond, state, 4, 10);
    await d.call(cond, 'acquire');
    assert.equal(await d.call(cond, 'waitFor', () => state.getValue() === 8 && 'eight'), 'eight');
    await cond.release();
    await d.join(raiser);
  }),

  'COND-08 the time of waitFor is for all of it, however often it is woken': async (d) => {
    const cond = await d.make('Condition');
    const state = new mp.Semaphore(0);
    const raiser = start(sync.raise, cond, state, 3, 10);
    await d.call(cond, 'acquire');
    let looks = 0;
    const never = (): boolean => ++looks < 0;
    const late = await duration(async () => assert.isFalse(await d.call(cond, 'waitFor', never, { timeout: 300 })));
    assert.isAtLeast(late, 295);
    assert.isAtLeast(looks, 2);
    await cond.release();
    await d.join(raiser);
  },

  'COND-10 without the lock there is no waiting and no notifying': needs('answers', async (d) => {
    for (const lock of [new mp.Lock(), new mp.RLock(), new mp.Semaphore(1), new mp.Semaphore(2)]) {
      const cond = await d.make('Condition', lock);
      for (const call of [
        () => d.call(cond, 'wait', { timeout: 0 }),
        () => d.call(cond, 'waitFor', () => true),
        () => cond.notify(),
        () => cond.notifyAll(),
      ]) {
        const error = (await errorOf(call)) as Error;
        assert.instanceOf(error, mp.InvalidStateError);
        assert.include(error.message, 'acquire its lock first');
      }
    }
    const cond = await d.make('Condition');
    const held = new mp.SimpleQueue();
    const lock = new mp.RLock();
    const holder = start(sync.takeFor, lock, held, 1, 200);
    await d.getSimple(held);
    assert.instanceOf(await errorOf(() => new mp.Condition(lock).notify()), mp.InvalidStateError);
    await d.join(holder);
    await d.call(cond, 'acquire');
    assert.throws(() => cond.notify(1.5), TypeError);
    await cond.notify(-1);
    await cond.release();
  }),

  'COND-11 however deeply the lock is held, wait frees it and has it back as it was': needs('answers', async (d) => {
    const lock = new mp.RLock();
    const cond = await d.make('Condition', lock);
    await d.call(lock, 'acquire');
    await d.call(lock, 'acquire');
    const child = start(sync.notifyLater, cond, 50);
    assert.isTrue(await d.call(cond, 'wait', { timeout: 20_000 }));
    assert.match(await d.text(lock), /, 2\)>$/);
    await d.join(child);
    assert.isFalse(await d.call(cond, 'wait', { timeout: 20 }));
    assert.match(await d.text(lock), /, 2\)>$/);
    await lock.release();
    await cond.release();
    assert.instanceOf(await errorOf(() => cond.release()), mp.InvalidStateError);
  }),

  'COND-11 in scopes, too': needs('answers', async () => {
    const lock = new mp.RLock();
    const cond = new mp.Condition(lock);
    await lock.with(async (held) => {
      await held.with(async (deeper) => {
        const other = cond.with(() => cond.notifyAll());
        assert.isTrue(await cond.wait());
        await other;
        assert.match(`${lock}`, /, 2\)>$/);
        deeper.withSync(() => {});
      });
    });
    assert.match(`${lock}`, /, 0\)>$/);
    const error = (await errorOf(() => cond.withSync(() => cond.wait()))) as Error;
    assert.include(error.message, 'waitSync()');
    assert.match(`${lock}`, /, 0\)>$/);
  }),

  'COND-13 it works with a Lock, an RLock and a Semaphore, whose acquire and release it has': needs(
    'answers',
    async (d) => {
      for (const lock of [new mp.Lock(), new mp.RLock(), new mp.Semaphore(1)]) {
        const cond = await d.make('Condition', lock);
        assert.isTrue(await d.call(cond, 'acquire'));
        assert.isFalse(await start(sync.isFree, lock).result());
        await cond.release();
        assert.equal(await cond.with(() => 5), 5);
        assert.equal(
          cond.withSync(() => 6),
          6,
        );
        {
          using held = await cond.guard();
          void held;
          assert.isFalse(await start(sync.isFree, lock).result());
        }
        const room = await bedroom(d, 2, lock);
        await locked(d, room.cond, () => room.cond.notifyAll());
        await goodMorning(d, room);
      }
      for (const wrong of [5, {}, new mp.Event(), new mp.Condition()]) {
        assert.throws(() => new mp.Condition(wrong as never), TypeError, 'lock must be');
      }
      assert.include(`${new mp.Condition(null)}`, 'RLock');
    },
  ),

  'COND-14 who comes after a notification cannot take it': async (d) => {
    const room = await bedroom(d, 1);
    for (let i = 0; i < 10; i++) {
      await d.call(room.cond, 'acquire');
      await room.cond.notify();
      // Not yet woken, for the lock is ours; and this one frees it.
      assert.isFalse(await d.call(room.cond, 'wait', { timeout: 30 }));
      await room.cond.release();
      await goodMorning(d, room);
      room.sleepers.length = 0;
      await addSleepers(d, room, 1, null);
    }
    await locked(d, room.cond, () => room.cond.notify());
    await goodMorning(d, room);
  },

  'COND-15 waiters that were killed are not counted, also right after terminate': async (d) => {
    const room = await bedroom(d, 6);
    const dead = room.sleepers.splice(0, 4);
    for (const sleeper of dead.slice(0, 2)) {
      sleeper.terminate();
      await d.join(sleeper);
    }
    for (const sleeper of dead.slice(2)) sleeper.terminate();
    await locked(d, room.cond, () => room.cond.notify());
    await expectWoken(d, room, 1);
    await locked(d, room.cond, () => room.cond.notify());
    await expectWoken(d, room, 1);
    await goodMorning(d, room);
    for (const sleeper of dead) await d.join(sleeper);
  },

  'COND-15 a waiter that is killed after it was notified passes the notification on': async (d) => {
    const room = await bedroom(d, 3);
    await d.call(room.cond, 'acquire');
    await room.cond.notify();
    // It cannot have woken, for it would need the lock.
    const [first] = room.sleepers.splice(0, 1) as [Sleeper];
    first.terminate();
    await d.join(first);
    // Who comes now was not there when it was notified.
    assert.isFalse(await d.call(room.cond, 'wait', { timeout: 10 }));
    await room.cond.release();
    await expectWoken(d, room, 1);
    await locked(d, room.cond, () => room.cond.notify(5));
    await expectWoken(d, room, 1);
    await goodMorning(d, room);
  },

  'COND-15 a notification whose only waiter was killed is not kept for later ones': needs('answers', async (d) => {
    const room = await bedroom(d, 1);
    await d.call(room.cond, 'acquire');
    await room.cond.notify();
    const [only] = room.sleepers as [Sleeper];
    only.terminate();
    await d.join(only);
    assert.isFalse(await d.call(room.cond, 'wait', { timeout: 120 }));
    await room.cond.release();
  }),

  'COND-15 whoever dies among many, nothing is lost': async (d) => {
    const cond = await d.make('Condition');
    const items = new mp.Semaphore(0);
    const taken = new mp.Semaphore(0);
    const { below } = seeded();
    const spawn = (i: number) => start(byTurns(i, sync.consume, sync.consumeAsync), cond, items, taken);
    const consumers = range(3).map(spawn);
    const rounds = scaled(8, 24);
    let killed = 0;
    for (let round = 0; round < rounds; round++) {
      for (const i of range(5)) {
        await locked(d, cond, async () => {
          items.release();
          await cond.notify();
        });
        // At any moment: asleep, notified, with the lock, between.
        if (i === 2) {
          const at = below(consumers.length);
          consumers[at]?.terminate();
          killed++;
          consumers.push(...consumers.splice(at, 1, spawn(round)));
        }
      }
      await sleep(below(20));
    }
    // One who was killed may have had an item in hand; all the others arrive.
    for (let i = 0; i < 5 * rounds - killed; i++) {
      assert.isTrue(
        await d.call(taken, 'acquire', { timeout: 20_000 }),
        `${i} of ${5 * rounds} taken, ${killed} killed`,
      );
    }
    for (const consumer of consumers) consumer.terminate();
    for (const consumer of consumers) await d.join(consumer);
  },

  'an aborted wait has its lock back first, and takes no notification': needs('answers', async () => {
    const cond = new mp.Condition();
    const reason = new Error('given up');
    const control = new AbortController();
    let back = false;
    const given = cond.with(async () => {
      const error = await errorOf(() => cond.wait({ signal: control.signal }));
      back = true;
      assert.strictEqual(error, reason);
      assert.match(`${cond}`, /, 1\)>, 1\)>$/);
    });
    const other = cond.with(() => cond.wait());
    await cond.with(async () => {
      control.abort(reason);
      await sleep(60);
      assert.isFalse(back);
      assert.match(`${cond}`, /, 1\)>$/);
    });
    await given;
    await cond.with(() => cond.notify());
    assert.isTrue(await other);
    // Notified first, then aborted: the notification counts.
    const late = new AbortController();
    const notified = cond.with(() => cond.wait({ signal: late.signal }));
    await cond.with(() => cond.notify());
    late.abort(reason);
    assert.isTrue(await notified);
    await cond.acquire();
    assert.strictEqual(await errorOf(() => cond.wait({ signal: late.signal })), reason);
    cond.release();
  }),

  'many wait at once: the table grows': needs('answers', async () => {
    const cond = new mp.Condition(new mp.Lock());
    const waits = range(300).map(() => cond.with(() => cond.wait()));
    let woken = 0;
    for (const wait of waits) void wait.then(() => woken++);
    while (!`${cond}`.endsWith(', 300)>')) await sleep(10);
    await cond.with(() => cond.notify(100));
    while (woken < 100) await sleep(10);
    await cond.with(() => {
      assert.equal(woken, 100);
      assert.match(`${cond}`, /, 200\)>$/);
      cond.notifyAll();
    });
    assert.deepEqual(await Promise.all(waits), Array(300).fill(true));
  }),

  'an async predicate is awaited; what a predicate throws is thrown, with the lock held': needs('answers', async () => {
    const cond = new mp.Condition();
    let calls = 0;
    const waiting = cond.with(() => cond.waitFor(async () => ++calls === 3 && calls));
    for (let i = 0; i < 2; i++) {
      await sleep(20);
      await cond.with(() => cond.notify());
    }
    assert.equal(await waiting, 3);
    const reason = new Error('in the predicate');
    await cond.acquire();
    const failing = (): never => {
      throw reason;
    };
    assert.strictEqual(await errorOf(() => cond.waitFor(failing)), reason);
    assert.strictEqual(await errorOf(() => cond.waitForSync(failing)), reason);
    cond.release();
  }),

  'a lock that is passed along with its condition stays one': needs('memory', async (d) => {
    const lock = new mp.RLock();
    const cond = await d.make('Condition', lock);
    const child = start(sync.notifyWith, lock, cond);
    await d.call(lock, 'acquire');
    if (!(await d.call(cond, 'wait', { timeout: 20_000 }))) throw new Error('not notified');
    await lock.release();
    assert.isTrue(await d.result(child));
  }),
};
