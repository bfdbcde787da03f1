// Pools where threads share no memory: what is so there alone. The contract's cases of pools run there, too.
//
// Runs without isolation, too.

import { afterEach, expect, it } from 'vitest';
import * as mp from '../../src/index.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import { range, start } from '../contract/harness.ts';
import * as batches from '../fixtures/batches.ts';
import '../fixtures/executable.ts';
import * as tasks from '../fixtures/pool.ts';
import { scaled, seeded } from '../fixtures/soak.ts';
import { sleep } from '../fixtures/targets.ts';

afterEach(expectNoneLeft);

const apart = it.skipIf(crossOriginIsolated);

/** What workers tell until the end of `during`. */
async function told<T>(during: (marks: unknown[]) => Promise<T>): Promise<T> {
  const marks: unknown[] = [];
  const channel = new BroadcastChannel('batches');
  channel.onmessage = ({ data }) => marks.push(data);
  try {
    return await during(marks);
  } finally {
    channel.close();
  }
}

apart('many short calls come to what they should, in any number at once', async () => {
  await using pool = new mp.Pool(2);
  for (const count of [1, 2, 10, 1000, 20_000]) {
    const squares = await Promise.all(range(count).map((x) => pool.apply(tasks.square, [x])));
    expect(squares).toEqual(range(count).map((x) => x * x));
  }
  // One that throws costs nobody else anything.
  const mixed = await Promise.allSettled(range(200).map((x) => pool.apply(tasks.failOn, [x, 100])));
  expect(mixed.filter(({ status }) => status === 'rejected')).toHaveLength(1);
});

apart('tasks behind one that waits are done by others', async () => {
  await told(async (marks) => {
    await using pool = new mp.Pool(2);
    // Short, as far as anybody knows.
    await Promise.all(range(200).map((x) => pool.apply(batches.waitsAtZero, [x + 1])));
    const waiting = pool.apply(batches.waitsAtZero, [0]);
    const others = await Promise.all(range(50).map((x) => pool.apply(batches.waitsAtZero, [x + 1])));
    expect(others).toEqual(range(50).map((x) => x + 1));
    while (!marks.includes('waits')) await sleep(2);
    const go = new BroadcastChannel('batches, go');
    go.postMessage('go');
    expect(await waiting).toBe(0);
    go.close();
  });
});

apart(
  'while workers are killed every call settles, and nothing is done twice',
  async () => {
    const { below } = seeded();
    const count = scaled(4000, 40_000);
    await told(async (marks) => {
      const pool = new (mp.getContext('forkserver').Pool)(2);
      let killed = 0;
      const results: Promise<PromiseSettledResult<number>[]>[] = [];
      for (let i = 0; i < count; i += 100) {
        results.push(Promise.allSettled(range(100).map((j) => pool.apply(batches.mark, [i + j]))));
        for (let turns = below(4); turns > 0; turns--) await sleep(0);
        const workers = mp.activeChildren();
        if (below(4) > 0 || workers.length === 0) continue;
        workers[below(workers.length)]?.kill();
        killed++;
      }
      const settled = (await Promise.all(results)).flat();
      pool.close();
      await pool.join();
      for (const [i, outcome] of settled.entries()) {
        if (outcome.status === 'fulfilled') expect(outcome.value).toBe(i);
        else expect(outcome.reason).toBeInstanceOf(mp.WorkerDiedError);
      }
      expect(killed).toBeGreaterThan(0);
      expect(settled.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
      await sleep(100);
      expect(new Set(marks).size).toBe(marks.length);
    });
  },
  240_000,
);

apart('a worker that ends itself costs what it was at, and nothing behind that', async () => {
  await using pool = new mp.Pool(1);
  await Promise.all(range(300).map((x) => pool.apply(tasks.square, [x])));
  for (const end of [tasks.closeSelf, tasks.errorInTimer]) {
    const before = range(50).map((x) => pool.apply(tasks.square, [x]));
    const doomed = pool.apply(end);
    const after = range(50).map((x) => pool.apply(tasks.square, [x]));
    await expect(doomed).rejects.toBeInstanceOf(mp.WorkerDiedError);
    expect(await Promise.all([...before, ...after])).toEqual([...range(50), ...range(50)].map((x) => x * x));
  }
});

apart.each(batches.waysToEnd)(
  'a worker that ends in the middle of a batch, by %s: what was done before is answered',
  async (how) => {
    await using pool = new mp.Pool(1);
    for (const waits of how === 'close' || how === 'terminate' ? [true, false] : [true]) {
      const call = (i: number): Promise<number> => pool.apply(batches.endsAtZero, [i, how, waits]);
      // Short, as far as anybody knows.
      for (const round of range(20)) await Promise.all(range(20).map((i) => call(round + i + 1)));
      const before = range(20).map((i) => call(i + 1));
      const doomed = call(0);
      const after = range(20).map((i) => call(i + 1));
      await expect(doomed).rejects.toBeInstanceOf(mp.WorkerDiedError);
      expect(await Promise.all([...before, ...after])).toEqual([...range(20), ...range(20)].map((i) => i + 1));
    }
  },
);

apart('a loop that asks learns that its time is over, and its worker lives', async () => {
  await using pool = new mp.Pool(1, { grace: 20_000 });
  const pid = await pool.apply(tasks.pid, [0]);
  await expect(pool.apply(batches.untilLate, [], { timeout: 50 })).rejects.toBeInstanceOf(mp.TimeoutError);
  expect(await pool.apply(tasks.pid, [0])).toBe(pid);
});

apart('a task that waits hears that it was given up; one that computes is ended after the grace', async () => {
  await using pool = new mp.Pool(1, { grace: 20_000 });
  const pid = await pool.apply(tasks.pid, [0]);
  for (const task of [tasks.waitForSignal, tasks.foreverAsync]) {
    const control = new AbortController();
    const given = pool.apply(task as () => Promise<void>, [], { signal: control.signal });
    await sleep(20);
    control.abort(new RangeError('enough'));
    await expect(given).rejects.toThrow('enough');
    if (task === tasks.waitForSignal) expect(await pool.apply(tasks.pid, [0])).toBe(pid);
  }
  await using strict = new mp.Pool(1, { grace: 20 });
  const first = await strict.apply(tasks.pid, [0]);
  const control = new AbortController();
  const given = strict.apply(tasks.forever, [], { signal: control.signal });
  await sleep(20);
  control.abort();
  await expect(given).rejects.toThrow();
  expect(await strict.apply(tasks.pid, [0])).not.toBe(first);
});

apart('a process that fails leaves no worker of its pool behind', async () => {
  await expect(start(batches.failWithPool).result()).rejects.toThrow('on purpose');
});

apart('blocking calls of a process are refused before anything is sent', async () => {
  const [names, squares] = await start(batches.blockingCalls, tasks.square).result();
  expect(names).toEqual(range(6).map(() => 'BlockingNotAllowedError'));
  expect(squares).toEqual([1, 4, 9, 9, 16]);
});
