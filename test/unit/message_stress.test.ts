// Processes that share no memory, killed at random moments: what they held and used is as good as before to those who live.
//
// Runs without isolation, too.

import { afterEach, expect, it } from 'vitest';
import * as mp from '../../src/index.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import '../fixtures/executable.ts';
import { type Item, isWhole, itemOf, type Shared, useAll } from '../fixtures/kills.ts';
import { scaled, seeded } from '../fixtures/soak.ts';
import { sleep } from '../fixtures/targets.ts';

afterEach(expectNoneLeft);

const ROUNDS = scaled(40, 500);
/** Two at a time: one dies beside another that waits for the same. */
const VICTIMS = 2;
/** Longer than any death takes; over, it is a hang. */
const PATIENT = { timeout: 20_000 };

/** Waits for what it sends until its end is gone; answers how much that was, each in its turn. */
async function heardFrom(wire: mp.Connection<number>): Promise<number> {
  for (let count = 0; ; count++) {
    try {
      expect(await wire.recv(PATIENT)).toBe(count);
    } catch (error) {
      expect(error).toBeInstanceOf(mp.EOFError);
      return count;
    }
  }
}

/** Uses all that the victims have used. */
async function survive([lock, rlock, condition, queue]: Shared, round: number): Promise<void> {
  for (const one of [lock, rlock, condition]) {
    expect(await one.acquire(PATIENT), `${one.constructor.name} in round ${round}`).toBe(true);
    if (one === condition) condition.notifyAll();
    one.release();
  }
  // They may have left it full.
  const isPut = queue.put(itemOf('survivor', round, round % 256), PATIENT);
  for (let from = ''; from !== 'survivor'; ) {
    const item = await queue.get(PATIENT);
    expect(isWhole(item), `item in round ${round}`).toBe(true);
    [from] = item;
  }
  await isPut;
}

it.skipIf(crossOriginIsolated)(
  'a lock, a condition, a queue and pipes outlive those who are killed at any moment',
  {
    timeout: 600_000,
  },
  async () => {
    const { below } = seeded();
    const { Process } = mp.getContext('forkserver');
    const shared: Shared = [new mp.Lock(), new mp.RLock(), new mp.Condition(), new mp.Queue<Item>(8)];
    let kills = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const victims = Array.from({ length: VICTIMS }, () => {
        const [here, there] = mp.Pipe<number>();
        const victim = new Process({ target: useAll, args: [below(1e6), there, shared] });
        victim.start();
        there.close();
        return { here, victim };
      });
      // All are at work: a kill is to find them in the middle of something.
      for (const { here } of victims) expect(await here.poll(PATIENT)).toBe(true);
      for (const { victim } of victims) {
        await sleep(below(12));
        victim.kill();
        kills++;
      }
      await survive(shared, round);
      for (const { here, victim } of victims) {
        expect(await heardFrom(here)).toBeGreaterThan(0);
        here.close();
        await victim.join();
        expect(victim.exitcode).toBe(-9);
      }
    }
    expect(kills).toBe(ROUNDS * VICTIMS);
  },
);
