// The synchronization objects, on any page: where threads share no memory processes make requests for them.
//
// Runs without isolation, too.

import { afterEach, describe, expect, it } from 'vitest';
import * as mp from '../../src/index.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import { start } from '../contract/harness.ts';
import { callAll } from '../fixtures/blocking.ts';
import * as message from '../fixtures/message.ts';
import '../fixtures/executable.ts';

afterEach(expectNoneLeft);

const apart = !crossOriginIsolated;

describe.each([
  ['Lock', () => new mp.Lock()],
  ['RLock', () => new mp.RLock()],
] as const)('%s', (_name, make) => {
  it('excludes processes and the page from each other', async () => {
    const lock = make();
    const inside = new mp.Semaphore(1);
    const children = [1, 2, 3].map(() => start(message.compete, lock, inside, 50));
    expect(await message.compete(lock, inside, 50)).toBe(50);
    for (const child of children) expect(await child.result()).toBe(50);
  });

  it('a holder that ends or is killed passes it on', async () => {
    const lock = make();
    expect(await start(message.holdAndEnd, lock).result()).toBe(true);
    expect(await start(message.tryOnce, lock).result()).toEqual([true, true]);
    const held = new mp.Semaphore(0);
    const holder = start(message.holdUntil, lock, held);
    await held.acquire();
    const asks = new mp.Semaphore(0);
    const waiter = start(message.waitFor, lock, asks);
    await asks.acquire();
    holder.terminate();
    expect(await waiter.result()).toBe(true);
    expect(await lock.acquire()).toBe(true);
    expect(lock.abandoned).toBe(true);
    await holder.join();
  });

  it('a waiter that is killed leaves the line', async () => {
    const lock = make();
    await lock.acquire();
    const asks = new mp.Semaphore(0);
    const first = start(message.waitFor, lock, asks);
    const second = start(message.waitFor, lock, asks);
    await asks.acquire();
    await asks.acquire();
    first.kill();
    await first.join();
    lock.release();
    expect(await second.result()).toBe(true);
  });

  it('who gives up holds nothing', async () => {
    const lock = make();
    await lock.acquire();
    const asks = new mp.Semaphore(0);
    const go = new mp.Event();
    const child = start(message.giveUp, lock, asks, go);
    await asks.acquire();
    go.set();
    expect(await child.result()).toBe('given up');
    lock.release();
    expect(await lock.acquire({ block: false })).toBe(true);
  });

  it('a process that made it gives it to its own', async () => {
    expect(await start(message.makeAndGive).result()).toEqual([true, true]);
  });
});

it('any process may release a Lock; where nobody holds it that ends the process', async () => {
  const lock = new mp.Lock();
  await lock.acquire();
  await start(message.releaseOnly, lock).result();
  expect(lock.owner).toBe(null);
  const child = start(message.releaseOnly, lock);
  await child.join();
  expect(child.exitcode).toBe(1);
  expect(child.exception).toBeInstanceOf(RangeError);
  expect(() => lock.release()).toThrow((child.exception as Error).message);
});

it('tasks of a process and an RLock', async () => {
  expect(await start(message.nest, new mp.RLock()).result()).toEqual([
    'in',
    'deeper',
    'out',
    'other',
    'inside: false',
    'within',
    'InvalidStateError',
  ]);
});

it('a task that waits for an RLock joins in when its process has it', async () => {
  const lock = new mp.RLock();
  await lock.acquire();
  const asks = new mp.Semaphore(0);
  const child = start(message.joinIn, lock, asks);
  await asks.acquire();
  lock.release();
  expect(await child.result()).toBe(true);
});

it('semaphores', async () => {
  const semaphore = new mp.Semaphore(1);
  expect(await start(message.takeUnit, semaphore, 1000).result()).toBe(true);
  expect(await start(message.takeUnit, semaphore, 10).result()).toBe(false);
  expect(semaphore.getValue()).toBe(0);
  const bounded = new mp.BoundedSemaphore(1);
  const child = start(message.overRelease, bounded);
  await child.join();
  expect(child.exitcode).toBe(1);
  expect(child.exception).toBeInstanceOf(RangeError);
  expect(bounded.getValue()).toBe(1);
});

it('events', async () => {
  const event = new mp.Event();
  const seen = new mp.Semaphore(0);
  const child = start(message.seeEvent, event, seen);
  await seen.acquire();
  event.set();
  expect(await child.result()).toEqual([false, true, false, true]);
  event.clear();
  if (apart) expect(await start(message.pollEvent, event).result()).toMatch(/^InvalidStateError: .*event\.wait/);
});

describe.each([
  ['a Lock', () => new mp.Condition(new mp.Lock())],
  ['an RLock', () => new mp.Condition()],
] as const)('Condition with %s', (_name, make) => {
  it('notifies those who wait, in their order', async () => {
    const condition = make();
    const sleeping = new mp.Semaphore(0);
    const sleepers = [];
    for (let i = 0; i < 3; i++) {
      sleepers.push(start(message.sleeper, condition, sleeping));
      await sleeping.acquire();
      await condition.acquire();
      condition.release();
    }
    await condition.with(() => condition.notify());
    expect(await sleepers[0]?.result()).toBe(true);
    await start(message.notifyOne, condition).join();
    expect(await sleepers[1]?.result()).toBe(true);
    await condition.with(() => condition.notifyAll());
    expect(await sleepers[2]?.result()).toBe(true);
  });

  it('gives up: a time that runs out, an abort, a death', async () => {
    const condition = make();
    const sleeping = new mp.Semaphore(0);
    expect(await start(message.sleeper, condition, sleeping, 20).result()).toBe(false);
    expect(await start(message.abortedSleeper, condition, sleeping).result()).toBe('given up');
    const killed = start(message.sleeper, condition, sleeping);
    for (let i = 0; i < 3; i++) await sleeping.acquire();
    const other = start(message.sleeper, condition, sleeping);
    await sleeping.acquire();
    await condition.acquire();
    condition.release();
    killed.kill();
    await killed.join();
    await condition.with(() => condition.notify());
    expect(await other.result()).toBe(true);
  });

  it('needs its lock', async () => {
    expect(await start(message.notifyWithout, make()).result()).toBe('InvalidStateError');
  });
});

it('the predicate of waitFor runs in the process', async () => {
  const condition = new mp.Condition();
  const units = new mp.Semaphore(0);
  const child = start(message.waitForUnits, condition, units);
  await condition.with(async () => {
    units.release();
    condition.notifyAll();
  });
  expect(await child.result()).toBe(true);
});

it('barriers', async () => {
  const barrier = new mp.Barrier(3, { action: message.act });
  const children = [1, 2].map(() => start(message.meet, barrier, 20));
  const [indexes, acted] = await message.meet(barrier, 20);
  const all = [[indexes, acted] as const, ...(await Promise.all(children.map((child) => child.result())))];
  for (let i = 0; i < 20; i++) expect(all.map(([indexes]) => indexes[i]).sort()).toEqual([0, 1, 2]);
  expect(all.reduce((sum, [, acted]) => sum + acted, 0)).toBe(20);
});

it('a barrier breaks with a party: killed while it waits, or acts, or where the action fails', async () => {
  const arriving = new mp.Semaphore(0);
  const barrier = new mp.Barrier(3);
  const [killed, other] = [start(message.arriveAt, barrier, arriving), start(message.arriveAt, barrier, arriving)];
  for (let i = 0; i < 2; i++) await arriving.acquire();
  while (barrier.nWaiting < 2) await new Promise((resolve) => setTimeout(resolve));
  killed.kill();
  expect(await other.result()).toBe('BrokenBarrierError');
  expect(barrier.broken).toBe(true);
  barrier.reset();
  await killed.join();

  const acting = new mp.Barrier(2, { action: message.actForEver });
  const waits = start(message.arriveAt, acting, arriving);
  await arriving.acquire();
  while (acting.nWaiting === 0) await new Promise((resolve) => setTimeout(resolve));
  const acts = start(message.arriveAt, acting, arriving);
  await arriving.acquire();
  while (acting.nWaiting === 1) await new Promise((resolve) => setTimeout(resolve));
  acts.kill();
  expect(await waits.result()).toBe('BrokenBarrierError');
  await acts.join();

  const failing = new mp.Barrier(1, { action: message.failToAct });
  expect(await start(message.arriveAt, failing, arriving).result()).toBe('Error');
  expect(failing.broken).toBe(true);
});

// With memory the worker that talks would never wait, and so never hear of the next task.
it.skipIf(crossOriginIsolated)(
  'a task finds the event as it was when the task was sent, however much else its worker is told',
  async () => {
    await using pool = new mp.Pool(1);
    const event = new mp.Event();
    await pool.apply(message.keepAndTalk, [event, new mp.Queue()]);
    for (let i = 0; i < 200; i++) {
      event.set();
      expect(await pool.apply(message.isKeptSet)).toBe(true);
      event.clear();
      expect(await pool.apply(message.isKeptSet)).toBe(false);
    }
  },
);

// ------------------------------------------------------------------------------------------------ what cannot be asked

const scenes = [
  ['Lock', () => new mp.Lock(), ['owner', 'abandoned']],
  ['RLock', () => new mp.RLock(), ['owner', 'abandoned']],
  ['Semaphore', () => new mp.Semaphore(1), ['getValue']],
  ['BoundedSemaphore', () => new mp.BoundedSemaphore(1), ['getValue']],
  ['Barrier', () => new mp.Barrier(2), ['nWaiting', 'broken']],
] as const;

describe.skipIf(crossOriginIsolated)('by message alone', () => {
  it.each(scenes)('%s: what is asked at once is refused, and names the way', async (_name, make, ask) => {
    const refused = await start(message.refusals, make(), ask).result();
    ask.forEach((name, i) => {
      expect(refused[i]).toMatch(new RegExp(`^InvalidStateError: .*${name}`));
    });
  });

  it('each public name that blocks is refused, also where it would not wait, and nothing is done', async () => {
    const { calls, missing, put } = await start(callAll).result();
    const refusal = /^BlockingNotAllowedError: \S+Sync\(\): .*use "await \S+\(\)"/;
    const isRefused = ([, , thrown]: (typeof calls)[number]): boolean => refusal.test(thrown);
    expect(calls.length).toBeGreaterThan(150);
    expect(calls.filter((call) => !isRefused(call))).toEqual([]);
    expect(put).toBe(0);
    // It is memory, and refused by itself.
    expect(missing).toEqual(['Value']);
  });
});
