// Shared objects as arguments and results of a pool's calls.

import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import * as tasks from '../../fixtures/pool.ts';
import * as shared from '../../fixtures/pool_shared.ts';
import { sleep } from '../../fixtures/targets.ts';
import { type Cases, type Driver, errorOf, needs, range } from '../harness.ts';

type Given = { readonly name: string; readonly it: unknown };

/** Every way to give some objects to tasks that use them. */
const ways: Readonly<Record<string, (d: Driver, pool: mp.Pool, all: readonly Given[]) => Promise<unknown>>> = {
  apply: async (d, pool, all) => {
    for (const { name, it } of all) await d.call(pool.applyAsync(shared.use, [name, it]), 'get');
  },
  map: (d, pool, all) => {
    const items = all.map(({ name, it }) => shared.deepIn(name, it));
    return d.call(pool.mapAsync(shared.useDeep, items, { chunksize: 4 }), 'get');
  },
  starmap: (d, pool, all) => {
    const items = all.map(({ name, it }) => [name, it] as const);
    return d.call(pool.starmapAsync(shared.use, items, { chunksize: 3 }), 'get');
  },
  imap: async (_, pool, all) => {
    for await (const done of pool.imap(shared.useNamed, all)) assert.isUndefined(done);
  },
  imapUnordered: async (_, pool, all) => {
    const given = async function* (): AsyncGenerator<Given> {
      yield* all;
    };
    for await (const done of pool.imapUnordered(shared.useNamed, given(), { chunksize: 2 })) assert.isUndefined(done);
  },
};

const made = (): Given[] => shared.names.map((name) => ({ name, it: shared.makeOf(name) }));

async function checkUsed(all: readonly Given[], how: string): Promise<void> {
  for (const { name, it } of all) assert.isTrue(await shared.isUsed(name, it), `${name}, ${how}`);
}

/** Has it been released so often? */
async function checkReleased(count: number, semaphore: mp.Semaphore): Promise<void> {
  for (const _ of range(count)) assert.isTrue(await semaphore.acquire({ block: false }));
  assert.isFalse(await semaphore.acquire({ block: false }));
}

const kill = (pid: number | null): void =>
  mp
    .activeChildren()
    .find((child) => child.pid === pid)
    ?.kill();

const nobodyHas = async (end: mp.Connection<string>): Promise<void> =>
  assert.instanceOf(await errorOf(() => end.recv()), mp.EOFError);

/** Gives a worker what it stops with at a step. */
type Give = (pool: mp.Pool, step: shared.Step, held: shared.Held) => mp.AsyncResult<unknown>;

const give: Give = (pool, step, held) => pool.applyAsync(shared.dieAt, [step, held]);

/** What is left when a worker was killed at that step of a call that had given it a lock, a queue and two ends of pipes. */
export const dies =
  (step: shared.Step, call = give): Cases[string] =>
  async (d) => {
    await using pool = new d.Pool(1);
    const pid = await pool.apply(tasks.pid, [0]);
    const [lock, queue] = [new mp.Lock(), new mp.SimpleQueue<string>()];
    const [[mine, before], [mineToo, after]] = [mp.Pipe<string>(), mp.Pipe<string>()];
    const arrived = shared.arrival();
    const trap = step === 'decoding' ? new shared.Trap(step) : undefined;
    const result = call(pool, step, { lock, queue, before, trap, after });
    before.close();
    after.close();
    if (step === 'answered') {
      const end = (await result) as mp.Connection<string>;
      kill(pid);
      await end.send('here');
      assert.equal(await mineToo.recv(), 'here');
      end.close();
    } else {
      if (step !== 'sent') await arrived;
      kill(pid);
      const outcome = await (step === 'sent' ? result : d.call(result, 'get')).then(
        (value) => value,
        (error) => error,
      );
      // One that was not under way yet goes to another worker.
      if (step === 'sent' && outcome instanceof mp.Connection) outcome.close();
      else assert.instanceOf(outcome, mp.WorkerDiedError);
    }
    await nobodyHas(mine);
    await nobodyHas(mineToo);
    assert.isTrue(await d.acquire(lock));
    assert.equal(lock.abandoned, step === 'holding');
    lock.release();
    const put = () => d.call(pool.applyAsync(tasks.putInto, [queue, 'still']), 'get');
    // The one that was killed may have taken it before it ended.
    await put().catch((error: unknown) => {
      assert.instanceOf(error, mp.WorkerDiedError);
      return put();
    });
    assert.equal(await d.getSimple(queue), 'still');
  };

export const poolSharedCases: Cases = {
  'each kind is the same object in the task, whichever call brings it': async (d) => {
    await using pool = new d.Pool(2);
    for (const [how, give] of Object.entries(ways)) {
      const all = made();
      await give(d, pool, all);
      await checkUsed(all, how);
    }
  },

  'each kind comes back as a result, by itself and within one, and goes on to another worker': async (d) => {
    await using pool = new d.Pool(2);
    const results = await pool.map(shared.makeOf, shared.names, { chunksize: 3 });
    const all = results.map((it, i) => ({ name: shared.names[i] as string, it }));
    const back = await pool.starmap(
      shared.useAndAnswer,
      all.map(({ name, it }) => [name, it] as const),
      { chunksize: 2 },
    );
    await checkUsed(
      back.map(({ name, deep }) => ({ name, it: deep[0].get('here')?.it })),
      'a result',
    );
  },

  'one that is twice in a call is one in the task': async (d) => {
    await using pool = new d.Pool(1);
    for (const { name, it } of made())
      assert.isTrue(await d.call(pool.applyAsync(shared.isSame, [it, { second: it }]), 'get'), name);
  },

  'it goes to whoever is free, while others wait for that very object': async (d) => {
    await using pool = new d.Pool(3);
    const [lock, begun, done] = [new mp.Lock(), new mp.Semaphore(0), new mp.Semaphore(0)];
    const [mine, its] = mp.Pipe<number>();
    await d.acquire(lock);
    const waiting = range(2).map(() => pool.applyAsync(shared.acquireOnce, [begun, lock]));
    for (const _ of waiting) await begun.acquire();
    for (const i of range(6)) await d.call(pool.applyAsync(shared.releaseAndSend, [done, its as never, i]), 'get');
    await checkReleased(6, done);
    for (const i of range(6)) assert.equal(await mine.recv(), i);
    // They come to a worker in their turn.
    const later = range(4).map(() => pool.applyAsync(shared.acquireOnce, [begun, lock]));
    assert.isFalse(waiting.some((each) => each.ready()));
    lock.release();
    for (const each of [...waiting, ...later]) await d.call(each, 'get');
  },

  'a call waits for the only worker, which is blocked by what an earlier call brought': async (d) => {
    await using pool = new d.Pool(1);
    const [queue, begun] = [new mp.SimpleQueue<string>(), new mp.Semaphore(0)];
    const first = pool.applyAsync(shared.getFrom, [queue, begun]);
    await begun.acquire();
    const second = pool.applyAsync(shared.getFrom, [queue, begun]);
    await d.putSimple(queue, 'one');
    await d.putSimple(queue, 'two');
    assert.deepEqual([await d.call(first, 'get'), await d.call(second, 'get')], ['one', 'two']);
  },

  'workers that take the place of others get it, too': async (d) => {
    const [done, lock, begun] = [new mp.Semaphore(0), new mp.Lock(), new mp.Semaphore(0)];
    const [mine, its] = mp.Pipe<number>();
    {
      await using pool = new d.Pool(2, { maxtasksperchild: 1 });
      const calls = range(8).map((i) => pool.applyAsync(shared.releaseAndSend, [done, its as never, i]));
      for (const each of calls) await d.call(each, 'get');
      await d.call(pool.applyAsync(shared.acquireOnce, [begun, lock]), 'get');
    }
    await checkReleased(8, done);
    const got: number[] = [];
    for (const _ of range(8)) got.push(await mine.recv());
    assert.sameMembers(got, range(8));
    // No worker has it any more.
    its.close();
    await nobodyHas(mine as never);
  },

  ...Object.fromEntries(
    shared.steps.map((step) => [`a worker that is killed at a step of a call keeps nothing: ${step}`, dies(step)]),
  ),

  'a worker that is killed while it waits leaves the line': async (d) => {
    await using pool = new d.Pool(1);
    const begun = new mp.Semaphore(0);
    const lost = async <T>(call: mp.AsyncResult<T>): Promise<void> => {
      await begun.acquire();
      kill(worker);
      assert.instanceOf(await errorOf(() => d.call(call, 'get')), mp.WorkerDiedError);
      worker = await pool.apply(tasks.pid, [0]);
    };
    let worker = await pool.apply(tasks.pid, [0]);
    const lock = new mp.Lock();
    await d.acquire(lock);
    await lost(pool.applyAsync(shared.acquireOnce, [begun, lock]));
    lock.release();
    assert.isTrue(await d.acquire(lock));
    assert.isFalse(lock.abandoned);
    const queue = new mp.SimpleQueue<string>();
    await lost(pool.applyAsync(shared.getFrom, [queue, begun]));
    await d.putSimple(queue, 'for others');
    assert.equal(await d.getSimple(queue), 'for others');
    const condition = new mp.Condition();
    await lost(pool.applyAsync(shared.waitFor, [condition, begun]));
    assert.isTrue(await d.call(condition, 'acquire'));
    condition.notify();
    condition.release();
  },

  'a worker that is killed while it waits at a barrier breaks it': needs('answers', async (d) => {
    await using pool = new d.Pool(1);
    const worker = await pool.apply(tasks.pid, [0]);
    const barrier = new mp.Barrier(2);
    const call = pool.applyAsync(shared.waitAt, [barrier]);
    // One that dies before it waits there is none of its parties.
    while (barrier.nWaiting < 1) await sleep(5);
    kill(worker);
    const error = await errorOf(() => d.call(call, 'get'));
    // It may see yet that its own death has broken the barrier.
    if (!(error instanceof mp.BrokenBarrierError)) assert.instanceOf(error, mp.WorkerDiedError);
    assert.instanceOf(await errorOf(() => d.call(barrier, 'wait')), mp.BrokenBarrierError);
  }),

  'a call that is given up while it waits holds nothing from then on': async (d) => {
    await using pool = new d.Pool(1);
    const [queue, begun] = [new mp.SimpleQueue<string>(), new mp.Semaphore(0)];
    const busy = pool.applyAsync(shared.getFrom, [queue, begun]);
    await begun.acquire();
    const control = new AbortController();
    const [[mine, its], [mineToo, itsToo]] = [mp.Pipe<string>(), mp.Pipe<string>()];
    const given = pool.applyAsync(tasks.echo, [its as never], { signal: control.signal });
    const stream = pool.imap(tasks.echo, [itsToo]);
    assert.instanceOf(await errorOf(() => stream.next({ timeout: 0 })), mp.TimeoutError);
    its.close();
    itsToo.close();
    control.abort(new Error('given up'));
    assert.equal(((await errorOf(() => d.call(given, 'get'))) as Error).message, 'given up');
    await nobodyHas(mine);
    void stream.return?.();
    await nobodyHas(mineToo);
    assert.isFalse(busy.ready());
    await d.putSimple(queue, 'go on');
    assert.equal(await d.call(busy, 'get'), 'go on');
  },

  'a queue and a pipe refuse them as before, and say what to do': async () => {
    const queue = new mp.SimpleQueue<unknown>();
    const [end] = mp.Pipe<unknown>();
    for (const { it } of made()) {
      for (const send of [() => queue.put([it]), () => end.send({ it })]) {
        const error = (await errorOf(send)) as Error;
        assert.instanceOf(error, mp.InvalidStateError);
        assert.match(
          error.message,
          /travels only with a process that starts or with a call of a pool: pass it in args/,
        );
      }
    }
  },
};
