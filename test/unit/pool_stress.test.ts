// Pools under fire, large pools, and pools that nobody holds any more.

import { afterEach, expect, it } from 'vitest';
import * as mp from '../../src/index.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import { range } from '../contract/harness.ts';
import '../fixtures/executable.ts';
import { exchange, type Sum } from '../fixtures/letters.ts';
import * as tasks from '../fixtures/pool.ts';
import { scaled, seeded } from '../fixtures/soak.ts';
import { sleep } from '../fixtures/targets.ts';

afterEach(expectNoneLeft);

const TASKS = scaled(2000, 10_000);
const DEATHS = TASKS / 20;

/** What a task is to come to. */
type Expected = { value: unknown } | 'error' | 'death';

it('thousands of tasks and a death for every 20: every call settles, and what no death concerned is right', {
  timeout: 240_000,
}, async () => {
  const { below } = seeded();
  const random = (): number => below(1 << 20) / (1 << 20);
  const pool = new (mp.getContext('forkserver').Pool)(3);
  const calls: { expected: Expected; result: PromiseLike<unknown> }[] = [];
  let suicides = 0;
  const submit = (i: number): void => {
    const kind = random();
    const add = (expected: Expected, result: PromiseLike<unknown>): unknown => calls.push({ expected, result });
    if (i % Math.floor((2 * TASKS) / DEATHS) === 7) {
      suicides++;
      add('death', pool.applyAsync(random() < 0.5 ? tasks.closeSelf : tasks.errorInTimer));
    } else if (kind < 0.6) add({ value: i * i }, pool.applyAsync(tasks.square, [i]));
    else if (kind < 0.7) add({ value: i * i }, pool.applyAsync(tasks.squareAsync, [i]));
    else if (kind < 0.8) add('error', pool.applyAsync(tasks.raise, [`${i}`]));
    else if (kind < 0.85) add({ value: `text ${i}` }, pool.applyAsync(tasks.textOf, [new Blob([`text ${i}`])]));
    else if (kind < 0.9) add({ value: new Float64Array(50).fill(1.5) }, pool.applyAsync(tasks.fill, [50]));
    else add({ value: range(9).map((x) => x * x) }, pool.mapAsync(tasks.square, range(9), { chunksize: 3 }));
  };
  let kills = 0;
  for (let i = 0; i < TASKS; i++) {
    submit(i);
    if (i % 20 !== 0) continue;
    // Half of the deaths come from outside.
    while (kills < suicides && random() < 0.9) {
      const workers = mp.activeChildren();
      workers[Math.floor(random() * workers.length)]?.kill();
      kills++;
      await sleep(random() * 4);
    }
    await sleep(0);
  }
  let lost = 0;
  for (const { expected, result } of calls) {
    const outcome = await result.then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    if ('error' in outcome && outcome.error instanceof mp.WorkerDiedError) {
      if (expected !== 'death') lost++;
      expect(outcome.error.pid).toBeGreaterThan(0);
    } else if (expected === 'error') expect((outcome as { error: unknown }).error).toBeInstanceOf(RangeError);
    else expect(outcome).toEqual(expected);
  }
  expect(suicides + kills).toBeGreaterThanOrEqual(DEATHS * 0.9);
  // A death costs at most the one task that its worker held, and the letter that it was sent; by message, two batches of short ones.
  if (crossOriginIsolated) expect(lost).toBeLessThanOrEqual(2 * (kills + suicides));
  else expect(lost).toBeLessThan(TASKS / 2);
  expect(await pool.map(tasks.square, range(100), { chunksize: 1 })).toEqual(range(100).map((x) => x * x));
  expect(mp.activeChildren()).toHaveLength(3);
  pool.close();
  await pool.join();
});

it.each(['the window', 'a worker'])(
  'fault 38: calls by message from %s while workers are killed: every call settles',
  {
    timeout: 240_000,
  },
  async (place) => {
    const { below } = seeded();
    const args = [below(1000), 4, scaled(120, 1500), scaled(30, 400)] as const;
    let sum: Sum;
    if (place === 'the window') sum = await exchange(...args);
    else {
      const owner = new mp.Process({ target: exchange, args });
      owner.start();
      sum = await owner.result();
      await owner.join();
    }
    expect(sum.killed).toBeGreaterThan(0);
    expect(sum.right).toBeGreaterThan(sum.lost);
    // A death costs at most the one task that its worker held, and the letter that it was sent.
    if (crossOriginIsolated) expect(sum.lost).toBeLessThanOrEqual(2 * sum.killed);
  },
);

/** Where garbage can be collected on demand: left to themselves, engines may take minutes, or keep it. */
const whereCollected = it.skipIf(!('gc' in globalThis));

/** Waits until what is garbage was collected, and has ended its workers. */
async function collected(): Promise<void> {
  const { gc } = globalThis as { gc?: () => void };
  for (let i = 0; i < 200 && mp.activeChildren().length > 0; i++) {
    const garbage: unknown[] = [];
    for (let j = 0; j < 20; j++) garbage.push(new Uint8Array(1 << 20).fill(j));
    gc?.();
    await sleep(30);
  }
  expect(mp.activeChildren()).toEqual([]);
}

it('POOL-34 a large pool', async () => {
  await using pool = new mp.Pool(scaled(50, 200));
  const squares = await pool.map(tasks.square, range(1000));
  expect(squares.reduce((sum, x) => sum + x, 0)).toBe(332_833_500);
});

whereCollected(
  'POOL-25 POOL-70 a pool that nobody holds any more ends its workers, and says so',
  async () => {
    const warned: unknown[] = [];
    const { warn } = console;
    console.warn = (...args: unknown[]) => warned.push(args);
    try {
      const use = async (): Promise<void> => {
        const pool = new mp.Pool(2);
        await pool.map(tasks.square, range(4), { chunksize: 1 });
      };
      await use();
      expect(mp.activeChildren().length).toBeGreaterThan(0);
      await collected();
      expect(String(warned[0])).toContain('unclosed running multiprocessing pool: close() or terminate() it');
    } finally {
      console.warn = warn;
    }
  },
  240_000,
);

whereCollected(
  'what is awaited keeps its pool',
  async () => {
    const use = async (): Promise<void> => {
      const later = new mp.Pool(1).applyAsync(tasks.squareLater, [5, 400]).get();
      const { gc } = globalThis as { gc?: () => void };
      for (let i = 0; i < 10; i++) {
        gc?.();
        await sleep(20);
      }
      expect(await later).toBe(25);
    };
    await use();
    await collected();
  },
  240_000,
);
