// Shared objects in calls of pools whose workers are killed: nothing of them is left behind.
//
// Runs without isolation, too, in Chromium.

import { afterEach, expect, it } from 'vitest';
import { MAIN } from '../../src/base/thread.ts';
import * as mp from '../../src/index.ts';
import { find } from '../../src/process/page/objects.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import { errorOf, range, start } from '../contract/harness.ts';
import '../fixtures/executable.ts';
import * as tasks from '../fixtures/pool.ts';
import * as shared from '../fixtures/pool_shared.ts';
import { scaled, seeded } from '../fixtures/soak.ts';
import { sleep } from '../fixtures/targets.ts';

afterEach(expectNoneLeft);

/** How many objects the page keeps for processes, of those that this page and those processes have made. */
const keptOf = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + range(2000).filter((n) => find(`${pid}:${n}`) !== undefined).length, 0);

/** Once they have ended: the page hears of that a moment later. Where threads share memory it never keeps any. */
async function expectNothingKept(pids: readonly number[]): Promise<void> {
  for (const end = Date.now() + 10_000; keptOf(pids) > 0 && Date.now() < end; ) await sleep(5);
  expect(keptOf(pids)).toBe(0);
}

it.each(['the window', 'a worker'])(
  'while workers are killed at any moment: locks are free, pipes come to their ends, and %s goes on',
  { timeout: 240_000 },
  async (place) => {
    const args = [seeded().below(1000), scaled(60, 1000)] as const;
    let sum: shared.Sum;
    if (place === 'the window') sum = await shared.exchangeShared(...args);
    else {
      const owner = start(shared.exchangeShared, ...args);
      sum = await owner.result();
      await owner.join();
    }
    expect(sum.killed).toBeGreaterThan(0);
    expect(sum.done).toBeGreaterThan(0);
    await expectNothingKept([MAIN, ...sum.pids]);
  },
);

it('what the owner of a pool had given to calls ends with it, where no worker has come to them', async () => {
  const [mine, its] = mp.Pipe<string>();
  const [begun, queue] = [new mp.Semaphore(0), new mp.SimpleQueue<string>()];
  const owner = start(shared.giveAndWait, its, begun, queue);
  its.close();
  await begun.acquire();
  owner.kill();
  expect(await errorOf(() => mine.recv())).toBeInstanceOf(mp.EOFError);
  await owner.join();
  // The worker ends when it sees that its owner has.
  await queue.put('go on');
  await expectNothingKept([MAIN, owner.pid as number]);
});

it('a result that nobody waits for any more is let go of', async () => {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) return;
  await using pool = new mp.Pool(1);
  await pool.apply(tasks.pid, [0]);
  const [mine, its] = mp.Pipe<string>();
  const go = new mp.Event();
  const begun = new mp.Semaphore(0);
  const control = new AbortController();
  const given = errorOf(() => pool.apply(shared.answerLater, [its, begun, go], { signal: control.signal }));
  its.close();
  await begun.acquire();
  control.abort();
  await given;
  go.set();
  expect(await pool.apply(tasks.square, [2])).toBe(4);
  const over = errorOf(() => mine.recv());
  let isOver = false;
  void over.then(() => {
    isOver = true;
  });
  for (let i = 0; i < 100 && !isOver; i++) {
    gc();
    // The worker has one, too.
    await pool.apply(shared.collect);
  }
  expect(await over).toBeInstanceOf(mp.EOFError);
});
