// How long until a process does its first work.

import * as mp from 'web-multiprocessing';
import '../executable.ts';
import { median } from '../clock.ts';
import { times } from '../effort.ts';
import { message, plainWorker } from '../plain.ts';
import type { Area } from '../row.ts';
import * as targets from '../targets.ts';

const TIMES = times(12, 3);

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Keeps the page at work for a moment, as it is when it starts a process: a core that slept takes long to wake. */
function work(): void {
  const end = performance.now() + 3;
  while (performance.now() < end) Math.random();
}

/** Milliseconds from `start()` to the first item of the process, median of several. */
async function start(method: mp.StartMethod): Promise<number> {
  const { Process } = mp.getContext(method);
  const queue = new mp.SimpleQueue();
  const all: number[] = [];
  for (let i = 0; i < TIMES; i++) {
    // Long enough for the reserve to be full again.
    await pause(method === 'forkserver' ? 200 : 20);
    work();
    const begin = performance.now();
    const child = new Process({ target: targets.sayHello, args: [queue] });
    child.start();
    await queue.get();
    all.push(performance.now() - begin);
    await child.join();
  }
  return median(all);
}

async function plainStart(): Promise<number> {
  const all: number[] = [];
  for (let i = 0; i < TIMES; i++) {
    await pause(20);
    work();
    const begin = performance.now();
    const worker = plainWorker();
    await message(worker);
    all.push(performance.now() - begin);
    worker.terminate();
  }
  return median(all);
}

export const area: Area = {
  name: 'Starts',
  rows: [
    {
      name: 'start a warm process, to its first message',
      unit: 'ms',
      lowerIsBetter: true,
      goal: 20,
      ours: () => start('forkserver'),
      peers: { 'new Worker': plainStart },
    },
    {
      name: 'start a cold process, to its first message',
      unit: 'ms',
      lowerIsBetter: true,
      goal: 1 / 1.3,
      ours: () => start('spawn'),
      peers: { 'new Worker': plainStart },
    },
  ],
};
