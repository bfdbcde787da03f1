// Many processes, and processes killed at random moments. Seeds are printed, and replayed by editing SEED.

import { afterEach, expect, it } from 'vitest';
import * as mp from '../../src/index.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import '../fixtures/executable.ts';
import * as targets from '../fixtures/targets.ts';

afterEach(expectNoneLeft);

/** Numbers in [0, 1) that a seed determines (xorshift). */
function random(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

it('FIN-14 PROC-43 1,000 processes one after another leave nothing behind', async () => {
  for (let i = 0; i < 1000; i++) {
    const child = new mp.Process({ target: targets.add, args: [i, 1] });
    child.start();
    expect(await child.result()).toBe(i + 1);
    child.close();
  }
  await expectNoneLeft();
  await expectNoLocks();
}, 240_000);

it('FIN-14 64 processes at once leave nothing behind', async () => {
  const children = globalThis.Array.from(
    { length: 64 },
    (_, i) => new mp.Process({ target: targets.add, args: [i, 1] }),
  );
  for (const child of children) child.start();
  const results = await Promise.all(children.map((child) => child.result()));
  expect(results).toEqual(children.map((_, i) => i + 1));
  await expectNoneLeft();
  await expectNoLocks();
}, 120_000);

/** No worker is left that holds its lock, and the root waits for none, but for those in reserve. */
async function expectNoLocks(): Promise<void> {
  const { census } = await import('../../src/process/root.ts');
  const ours = (locks: LockInfo[] | undefined): LockInfo[] =>
    (locks ?? []).filter(({ name }) => name?.startsWith('web-multiprocessing'));
  for (let i = 0; ; i++) {
    const { held, pending } = await navigator.locks.query();
    const { spares } = census();
    if (ours(held).length <= spares && ours(pending).length <= spares) break;
    if (i > 50)
      expect({ held: ours(held).length, pending: ours(pending).length }).toEqual({ held: spares, pending: spares });
    await targets.sleep(100);
  }
}

const SEED = 20_240_601;

it('LOCK-07 Q-33 Q-34 200 processes killed in the middle of put, get and acquire leave queue and lock usable', {
  timeout: 400_000,
  retry: 0,
}, async () => {
  console.info(`seed ${SEED}`);
  const next = random(SEED);
  const queue = new mp.Queue<unknown>(4);
  const lock = new mp.Lock();
  const { Process } = mp.getContext('forkserver');
  for (let round = 0; round < 200; round++) {
    const work = [targets.victimPuts, targets.victimGets, targets.victimLocks][Math.floor(next() * 3)];
    const victims = globalThis.Array.from(
      { length: 1 + Math.floor(next() * 2) },
      () => new Process({ target: work as typeof targets.victimPuts, args: [queue, lock] }),
    );
    for (const victim of victims) victim.start();
    await targets.sleep(next() * 30);
    for (const victim of victims) victim.terminate();
    // The survivor does not wait for their end: it takes its turn among the dying.
    expect(await lock.acquire({ timeout: 20_000 }), `lock in round ${round}`).toBe(true);
    lock.release();
    await Promise.all(victims.map((victim) => victim.join()));
    for (const victim of victims) expect(victim.exitcode).toBe(-15);
    while (queue.qsize() > 0) expect(whole(await queue.get({ timeout: 20_000 })), `item in round ${round}`).toBe(true);
    for (let i = 0; i < 4; i++) await queue.put(['survivor', i], { timeout: 20_000 });
    for (let i = 0; i < 4; i++) expect(await queue.get({ timeout: 20_000 })).toEqual(['survivor', i]);
  }
});

/** Only whole items of the victims ever arrive. */
function whole(item: unknown): boolean {
  return Array.isArray(item) && item[0] === 'victim' && (item[1] as Uint8Array).every((byte) => byte === item[2]);
}
