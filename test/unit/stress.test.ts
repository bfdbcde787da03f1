// Many processes, and processes killed at random moments.

import { afterEach, expect, it } from 'vitest';
import * as mp from '../../src/index.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import '../fixtures/executable.ts';
import { scaled, seeded } from '../fixtures/soak.ts';
import * as targets from '../fixtures/targets.ts';

afterEach(expectNoneLeft);

it('FIN-14 PROC-43 many processes one after another leave nothing behind', async () => {
  for (let i = 0; i < scaled(200, 1000); i++) {
    const child = new mp.Process({ target: targets.add, args: [i, 1] });
    child.start();
    expect(await child.result()).toBe(i + 1);
    child.close();
  }
  await expectNoneLeft();
  await expectNoLocks();
});

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
});

/** No worker is left that holds its lock, and the root waits for none, but for those in reserve. */
async function expectNoLocks(): Promise<void> {
  const { census } = await import('../../src/process/page/root.ts');
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

it('LOCK-07 Q-33 Q-34 processes killed in the middle of put, get and acquire leave queue and lock usable', {
  timeout: 400_000,
}, async () => {
  const { below, pick } = seeded();
  const queue = new mp.Queue<unknown>(4);
  const lock = new mp.Lock();
  const { Process } = mp.getContext('forkserver');
  for (let round = 0; round < scaled(50, 200); round++) {
    const work = pick([targets.victimPuts, targets.victimGets, targets.victimLocks]);
    const victims = globalThis.Array.from(
      { length: 1 + below(2) },
      () => new Process({ target: work as typeof targets.victimPuts, args: [queue, lock] }),
    );
    for (const victim of victims) victim.start();
    await targets.sleep(below(30));
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
