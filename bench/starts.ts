// How long until a process does its first work, and a bare worker.

import * as mp from 'web-multiprocessing';
import './executable.ts';
import { median } from './clock.ts';
import { times } from './effort.ts';
import { message, plainWorker } from './plain.ts';
import type * as targets from './targets.ts';

const TIMES = times(12, 3);

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Keeps the page at work for a moment, as it is when it starts a process: a core that slept takes long to wake. */
function work(): void {
  const end = performance.now() + 3;
  while (performance.now() < end) Math.random();
}

/** Milliseconds that `begin` takes after such a rest, median of several. What it answers ends what was begun. */
export async function medianOf(rest: number, begin: () => Promise<() => unknown>): Promise<number> {
  const all: number[] = [];
  for (let i = 0; i < TIMES; i++) {
    await pause(rest);
    work();
    const at = performance.now();
    const end = await begin();
    all.push(performance.now() - at);
    await end();
  }
  return median(all);
}

/** From `start()` to the first item of the process, which `hello` puts. */
export function start(
  method: mp.StartMethod,
  hello: typeof targets.sayHello | typeof targets.sendHello,
): Promise<number> {
  const { Process } = mp.getContext(method);
  const queue = new mp.SimpleQueue();
  // Long enough for the reserve to be full again.
  return medianOf(method === 'forkserver' ? 200 : 20, async () => {
    const child = new Process({ target: hello, args: [queue] });
    child.start();
    await queue.get();
    return () => child.join();
  });
}

export const plainStart = (): Promise<number> =>
  medianOf(20, async () => {
    const worker = plainWorker();
    await message(worker);
    return () => worker.terminate();
  });
