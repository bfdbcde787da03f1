import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import { scaled, seeded } from '../../fixtures/soak.ts';
import * as sync from '../../fixtures/sync.ts';
import { sleep } from '../../fixtures/targets.ts';
import { type AnyProcess, byTurns, type Cases, type Driver, errorOf, needs, range, start } from '../harness.ts';

const BROKEN = 'BrokenBarrierError';

/** Starts that many parties, by turns blocking and awaiting, that wait once; answers once they wait. */
async function startWaiting(barrier: mp.Barrier, count: number, timeout?: number) {
  const parties = range(count).map((i) => start(byTurns(i, sync.passOnce, sync.passOnceAsync), barrier, timeout));
  while ((await barrier.nWaiting) < count) await sleep(5);
  return parties;
}

async function results(d: Driver, parties: readonly AnyProcess[]): Promise<unknown[]> {
  const all: unknown[] = [];
  for (const party of parties) all.push(await d.result(party));
  return all;
}

const sorted = (indices: unknown[]): number[] => (indices as number[]).sort((a, b) => a - b);

/** All pass, each with an index of its own: it is as good as new. */
async function expectWhole(d: Driver, barrier: mp.Barrier): Promise<void> {
  const parties = await startWaiting(barrier, (await barrier.parties) - 1);
  const own = await d.call(barrier, 'wait');
  assert.deepEqual(sorted([own, ...(await results(d, parties))]), range(await barrier.parties));
  assert.equal(await barrier.nWaiting, 0);
  assert.isFalse(await barrier.broken);
}

export const barrierCases: Cases = {
  'BAR-01 BAR-02 five parties pass in lockstep, again and again, each with an index of its own': needs(
    'memory',
    async (d) => {
      const barrier = await d.make('Barrier', 5);
      assert.equal(await barrier.parties, 5);
      assert.equal(await d.text(barrier), '<Barrier waiters=0/5>');
      const counters = range(2).map(() => new mp.Semaphore(0));
      const parties = range(5).map((i) =>
        start(byTurns(i, sync.inLockstep, sync.inLockstepAsync), barrier, counters, 10),
      );
      assert.deepEqual(
        await results(d, parties),
        range(5).map(() => Array(20).fill(0)),
      );
      assert.equal(await barrier.nWaiting, 0);
      assert.isFalse(await barrier.broken);
      await expectWhole(d, barrier);
    },
  ),

  'BAR-02 one party alone passes at once': async (d) => {
    const barrier = await d.make('Barrier', 1);
    for (let i = 0; i < 3; i++) assert.equal(await d.call(barrier, 'wait'), 0);
    assert.equal(await d.call(barrier, 'wait', { timeout: 0 }), 0);
  },

  'BAR-03 the action runs once, in one party, before any is released': async (d) => {
    const barrier = await d.make('Barrier', 3, { action: sync.act });
    for (let round = 0; round < 2; round++) {
      const parties = range(3).map((i) => start(byTurns(i, sync.passAndTell, sync.passAndTellAsync), barrier));
      const told = (await results(d, parties)) as { outcome: number; acted: number }[];
      assert.deepEqual(sorted(told.map(({ outcome }) => outcome)), range(3));
      assert.deepEqual(sorted(told.map(({ acted }) => acted)), [0, 0, 1]);
    }
  },

  'BAR-03 an action that throws breaks the barrier; its party gets the error': needs('answers', async (d) => {
    const barrier = await d.make('Barrier', 3, { action: sync.actFailing });
    const parties = await startWaiting(barrier, 2);
    const error = (await errorOf(() => d.call(barrier, 'wait'))) as Error;
    assert.instanceOf(error, RangeError);
    assert.equal(error.message, 'the action failed');
    assert.deepEqual(await results(d, parties), [BROKEN, BROKEN]);
    assert.isTrue(await barrier.broken);
    const never = new mp.Barrier(2, { action: () => {} });
    assert.include(((await errorOf(() => start(sync.passOnce, never))) as Error).message, 'action');
  }),

  'BAR-03 an async action is awaited before any is released; a blocking party refuses it': needs(
    'answers',
    async (d) => {
      const barrier = await d.make('Barrier', 2, { action: sync.actSlowly });
      // Less than the action takes: as all are there, the time of those who wait does not count any more.
      const timeout = d.name === 'async' ? sync.ACTION_MS - 200 : undefined;
      const parties = await startWaiting(barrier, 1, timeout);
      if (d.name === 'async') {
        assert.equal(await barrier.wait(), 1);
        assert.deepEqual(await results(d, parties), [0]);
      } else {
        assert.instanceOf(await errorOf(() => barrier.waitSync()), TypeError);
        assert.deepEqual(await results(d, parties), [BROKEN]);
      }
    },
  ),

  'BAR-03 a party that is killed in the action breaks the barrier; abort and reset do not wait for it': needs(
    'answers',
    async (d) => {
      const barrier = await d.make('Barrier', 2, { action: sync.actForever });
      for (const end of ['terminate', 'abort', 'reset'] as const) {
        const waiting = await startWaiting(barrier, 1);
        const actor = start(sync.passOnceAsync, barrier, undefined);
        while ((await barrier.nWaiting) < 2) await sleep(5);
        await sleep(50);
        if (end === 'terminate') actor.terminate();
        else barrier[end]();
        assert.deepEqual(await results(d, waiting), [BROKEN]);
        assert.equal(await barrier.broken, end !== 'reset');
        await barrier.reset();
        actor.terminate();
        await d.join(actor);
      }
    },
  ),

  'BAR-16 where all parties are killed in the action, whoever waits for the next round finds it broken': needs(
    'answers',
    async (d) => {
      const barrier = await d.make('Barrier', 1, { action: sync.actForever });
      for (const comes of ['before', 'after']) {
        const actor = start(sync.passOnceAsync, barrier, undefined);
        while ((await barrier.nWaiting) < 1) await sleep(5);
        const next = start(sync.passOnceAsync, barrier, undefined);
        if (comes === 'before') await sleep(100);
        actor.terminate();
        assert.deepEqual(await results(d, [next]), [BROKEN]);
        await d.join(actor);
        assert.isTrue(await barrier.broken);
        await barrier.reset();
      }
    },
  ),

  'BAR-04 EXC-04 BAR-13 BAR-17 abort breaks it for all who wait and who come': needs('answers', async (d) => {
    const barrier = await d.make('Barrier', 5);
    const parties = await startWaiting(barrier, 4);
    assert.isFalse(await barrier.broken);
    assert.isUndefined(await barrier.abort());
    assert.deepEqual(await results(d, parties), Array(4).fill(BROKEN));
    assert.isTrue(await barrier.broken);
    assert.equal(await d.text(barrier), '<Barrier broken>');
    assert.equal(await barrier.nWaiting, 0);
    const error = await errorOf(() => d.call(barrier, 'wait'));
    assert.instanceOf(error, mp.BrokenBarrierError);
    assert.instanceOf(error, mp.InvalidStateError);
    await barrier.reset();
    assert.isFalse(await barrier.broken);
    await expectWhole(d, barrier);
  }),

  'BAR-05 reset breaks it for those who wait only': needs('answers', async (d) => {
    const barrier = await d.make('Barrier', 3);
    const parties = await startWaiting(barrier, 2);
    assert.equal(await barrier.nWaiting, 2);
    assert.isUndefined(await barrier.reset());
    // At once full again, so that those of before may wake when this round is over.
    await expectWhole(d, barrier);
    assert.deepEqual(await results(d, parties), [BROKEN, BROKEN]);
    await expectWhole(d, barrier);
  }),

  'BAR-07 a party that comes too late finds it broken, as do all': needs('answers', async (d) => {
    const barrier = await d.make('Barrier', 5);
    const parties = range(3).map(() => start(sync.passOnce, barrier, 300));
    const late = start(sync.passLate, barrier, 1500);
    assert.instanceOf(await errorOf(() => d.call(barrier, 'wait', { timeout: 300 })), mp.BrokenBarrierError);
    assert.deepEqual(await results(d, [...parties, late]), Array(4).fill(BROKEN));
    assert.isTrue(await barrier.broken);
  }),

  'BAR-08 the timeout of the barrier does the same; that of a call goes before it': needs('answers', async (d) => {
    const barrier = await d.make('Barrier', 2, { timeout: 100 });
    assert.instanceOf(await errorOf(() => d.call(barrier, 'wait')), mp.BrokenBarrierError);
    assert.isTrue(await barrier.broken);
    await barrier.reset();
    assert.deepEqual(await results(d, [start(sync.passOnce, barrier)]), [BROKEN]);
    await barrier.reset();
    for (const timeout of [20_000, null]) {
      const late = start(sync.passLate, barrier, 300);
      assert.equal(await d.call(barrier, 'wait', { timeout }), 0);
      assert.deepEqual(await results(d, [late]), [1]);
    }
  }),

  'BAR-10 five processes pass a thousand times, in step': needs('answers', async (d) => {
    const barrier = await d.make('Barrier', 5);
    const numbers = new mp.SimpleQueue<number>();
    const lock = new mp.Lock();
    const parties = range(5).map(() => start(sync.passThousand, barrier, numbers, lock, 1000));
    for (let pass = 0; pass < 1000; pass++) {
      for (let i = 0; i < 5; i++) assert.equal(await d.getSimple(numbers), pass);
    }
    for (const party of parties) await d.join(party);
    assert.isTrue(numbers.empty());
  }),

  'BAR-11 wait(0) that is not the last breaks it at once': needs('answers', async (d) => {
    const barrier = await d.make('Barrier', 2);
    assert.instanceOf(await errorOf(() => d.call(barrier, 'wait', { timeout: 0 })), mp.BrokenBarrierError);
    assert.isTrue(await barrier.broken);
    await barrier.reset();
    const parties = await startWaiting(barrier, 1);
    assert.equal(await d.call(barrier, 'wait', { timeout: 0 }), 1);
    assert.deepEqual(await results(d, parties), [0]);
  }),

  'BAR-14 who comes for the next round while the last still drains neither joins nor breaks it': needs(
    'answers',
    async (d) => {
      // Twice as many as there are parties: each is of some round, and all rounds end well.
      const barrier = await d.make('Barrier', 3);
      const parties = range(6).map((i) => start(byTurns(i, sync.passOnce, sync.passOnceAsync), barrier));
      assert.deepEqual(sorted(await results(d, parties)), [0, 0, 1, 1, 2, 2]);
      assert.isFalse(await barrier.broken);
      assert.equal(await barrier.nWaiting, 0);

      // A party that wakes only after its round has passed, the next one broke, and a third began: it passed.
      const late = new mp.Barrier(2);
      const sleeping = late.wait();
      const others = [start(sync.passOnce, late)];
      blockUntil(() => late.nWaiting === 0, d);
      if (d.name === 'sync') {
        late.abort();
        late.reset();
        late.abort();
        assert.isTrue(late.broken);
      }
      assert.equal(await sleeping, 0);
      assert.deepEqual(await results(d, others), [1]);
    },
  ),

  'BAR-16 a party that is killed while it waits breaks it, for those who wait and for those who come': needs(
    'answers',
    async (d) => {
      for (const i of range(2)) {
        const target = byTurns(i, sync.passOnce, sync.passOnceAsync);
        const barrier = await d.make('Barrier', 3);
        const victim = start(target, barrier, undefined);
        while ((await barrier.nWaiting) < 1) await sleep(5);
        const [other] = await startOne(barrier);
        victim.terminate();
        assert.equal(await d.result(other), BROKEN);
        assert.isTrue(await barrier.broken);
        await d.join(victim);
        await barrier.reset();
        await expectWhole(d, barrier);

        const next = start(target, barrier, undefined);
        while ((await barrier.nWaiting) < 1) await sleep(5);
        next.terminate();
        assert.instanceOf(await errorOf(() => d.call(barrier, 'wait')), mp.BrokenBarrierError);
        await d.join(next);
      }
    },
  ),

  'BAR-16 whoever is killed at any step, nobody hangs, and reset makes it whole': needs('answers', async (d) => {
    const { below } = seeded();
    const barrier = await d.make('Barrier', 3);
    const started = new mp.Semaphore(0);
    for (let round = 0; round < scaled(4, 20); round++) {
      const victim = start(sync.passForever, barrier, started);
      const others = range(2).map(() => start(sync.passUntilBroken, barrier, 2000));
      await d.call(started, 'acquire');
      await sleep(below(400) / 10);
      // Between two waits it is no party, and the barrier cannot know that it was to come: then their time runs out.
      victim.terminate();
      for (const other of others) assert.isAtLeast((await d.result(other)) as number, 0);
      await d.join(victim);
      assert.isTrue(await barrier.broken);
      await barrier.reset();
    }
    await expectWhole(d, barrier);
  }),

  'BAR-17 abort and reset with nobody waiting only set and clear it': needs('answers', async (d) => {
    const barrier = await d.make('Barrier', 2);
    await barrier.reset();
    assert.isFalse(await barrier.broken);
    await barrier.abort();
    await barrier.abort();
    assert.isTrue(await barrier.broken);
    await barrier.reset();
    assert.isFalse(await barrier.broken);
    await expectWhole(d, barrier);
  }),

  'an aborted wait rejects with the reason, and breaks it for the others': needs('answers', async (d) => {
    const barrier = await d.make('Barrier', 3);
    const reason = new Error('given up');
    const parties = await startWaiting(barrier, 1);
    const control = new AbortController();
    const waiting = barrier.wait({ signal: control.signal });
    control.abort(reason);
    assert.strictEqual(await errorOf(() => waiting), reason);
    assert.deepEqual(await results(d, parties), [BROKEN]);
    // Passed first, then aborted: it passed.
    const pair = new mp.Barrier(2);
    const late = new AbortController();
    const first = pair.wait({ signal: late.signal });
    assert.equal(await pair.wait(), 1);
    late.abort(reason);
    assert.equal(await first, 0);
  }),

  'bad arguments are refused': needs('answers', async (d) => {
    for (const parties of [0, -1, 8192]) assert.throws(() => new mp.Barrier(parties), RangeError, 'parties');
    for (const parties of [1.5, '2', undefined, null]) assert.throws(() => new mp.Barrier(parties as never), TypeError);
    assert.throws(() => new mp.Barrier(2, { action: 5 as never }), TypeError, 'action');
    assert.throws(() => new mp.Barrier(2, { timeout: 'soon' as never }), TypeError, 'timeout');
    const barrier = await d.make('Barrier', 2);
    assert.instanceOf(await errorOf(() => d.call(barrier, 'wait', 500 as never)), TypeError);
    assert.equal(await barrier.nWaiting, 0);
  }),
};

async function startOne(barrier: mp.Barrier) {
  const before = barrier.nWaiting;
  const party = start(sync.passOnceAsync, barrier, undefined);
  while (barrier.nWaiting === before) await sleep(5);
  return [party] as const;
}

/** Waits without giving the thread back, where a thread may: what was woken meanwhile has to wait. */
function blockUntil(isSo: () => boolean, d: Driver): void {
  if (d.name === 'async') return;
  while (!isSo()) Math.random();
}
