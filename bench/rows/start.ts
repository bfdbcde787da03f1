// How long until a process does its first work, and what its worker weighs.

import * as mp from 'web-multiprocessing';
import '../executable.ts';
import { message, plainWorker } from '../plain.ts';
import type { Area, Row } from '../row.ts';
import { medianOf, plainStart, start } from '../starts.ts';
import * as targets from '../targets.ts';
import * as tasks from '../tasks.ts';

/** From a new pool to the result of its first call. */
const startPool = (): Promise<number> =>
  medianOf(20, async () => {
    const pool = new mp.Pool(1);
    await pool.apply(tasks.increment, [1]);
    return () => {
      pool.terminate();
      return pool.join();
    };
  });

const plainCall = (): Promise<number> =>
  medianOf(20, async () => {
    const worker = plainWorker();
    await message(worker);
    worker.postMessage({ do: 'hello' });
    await message(worker);
    return () => worker.terminate();
  });

const WORKERS = 8;

/** Chromium's own count, which it makes when it has collected garbage. */
interface Measured {
  readonly breakdown: readonly {
    readonly bytes: number;
    readonly attribution: readonly { readonly scope: string }[];
  }[];
}

interface Memory {
  measureUserAgentSpecificMemory(): Promise<Measured>;
}

/** Kilobytes that a worker of the page has, on average. */
async function kilobytesOfWorkers(): Promise<number> {
  const { breakdown } = await (performance as unknown as Memory).measureUserAgentSpecificMemory();
  const ofWorkers = breakdown.filter(({ attribution }) =>
    attribution.some(({ scope }) => scope === 'DedicatedWorkerGlobalScope'),
  );
  return ofWorkers.reduce((sum, { bytes }) => sum + bytes, 0) / 1000 / WORKERS;
}

async function memoryOfPool(): Promise<number> {
  const pool = new mp.Pool(WORKERS);
  await pool.map(tasks.crunch, Array(4 * WORKERS).fill(10), { chunksize: 1 });
  const kilobytes = await kilobytesOfWorkers();
  pool.terminate();
  await pool.join();
  return kilobytes;
}

async function memoryOfPlain(): Promise<number> {
  const workers = Array.from({ length: WORKERS }, plainWorker);
  await Promise.all(workers.map((worker) => message(worker)));
  const kilobytes = await kilobytesOfWorkers();
  for (const worker of workers) worker.terminate();
  return kilobytes;
}

/** Only Chromium tells. */
const memory: Row = {
  name: 'memory of a worker at rest',
  unit: 'kB',
  lowerIsBetter: true,
  ours: memoryOfPool,
  peers: { 'new Worker': memoryOfPlain },
};

export const area: Area = {
  name: 'Starts',
  rows: [
    {
      name: 'start a warm process, to its first message',
      unit: 'ms',
      lowerIsBetter: true,
      goal: 20,
      ours: () => start('forkserver', targets.sayHello),
      peers: { 'new Worker': plainStart },
    },
    {
      name: 'start a cold process, to its first message',
      unit: 'ms',
      lowerIsBetter: true,
      goal: 1 / 1.5,
      ours: () => start('spawn', targets.sayHello),
      peers: { 'new Worker': plainStart },
    },
    {
      name: 'start a pool of one, to the result of its first call',
      unit: 'ms',
      lowerIsBetter: true,
      ours: startPool,
      peers: { 'new Worker': plainCall },
    },
    ...('measureUserAgentSpecificMemory' in performance ? [memory] : []),
  ],
};
