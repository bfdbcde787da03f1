// Processes that do nothing: from start() until join() is over.

import * as mp from 'web-multiprocessing';
import '../executable.ts';
import { median } from '../clock.ts';
import { times } from '../effort.ts';
import type { Area, Row } from '../row.ts';
import * as targets from '../targets.ts';

const TIMES = times(8, 3);

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Milliseconds, median of several. */
async function startAndJoin(method: mp.StartMethod): Promise<number> {
  const { Process } = mp.getContext(method);
  const all: number[] = [];
  for (let i = 0; i < TIMES; i++) {
    // Long enough for the reserve to be full again.
    await pause(method === 'forkserver' ? 200 : 20);
    const begin = performance.now();
    const child = new Process({ target: targets.nothing });
    child.start();
    await child.join();
    all.push(performance.now() - begin);
  }
  return median(all);
}

const row = (name: string, method: mp.StartMethod): Row => ({
  name,
  unit: 'ms',
  lowerIsBetter: true,
  ours: () => startAndJoin(method),
  peers: {},
  python: { script: 'start_and_join' },
});

export const area: Area = {
  name: 'Processes',
  rows: [row('a warm process, started and joined', 'forkserver'), row('a cold process, started and joined', 'spawn')],
};
