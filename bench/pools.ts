// Pools that have their workers, ours and the peers', and how their calls are counted.

import * as mp from 'web-multiprocessing';
import './executable.ts';
import { rateOf, seconds } from './clock.ts';
import { times } from './effort.ts';
import type { PeerPool } from './peer.ts';
import * as tasks from './tasks.ts';
import type { Moved } from './work.ts';

export type Call = (x: number) => PromiseLike<number>;

export async function withPool<T>(use: (pool: mp.Pool) => Promise<T>, size = 2): Promise<T> {
  const pool = new mp.Pool(size);
  await pool.map(tasks.crunch, Array(4 * size).fill(10), { chunksize: 1 });
  try {
    return await use(pool);
  } finally {
    pool.terminate();
    await pool.join();
  }
}

export async function withPeer<P extends PeerPool, T>(
  make: (workers: number) => P,
  use: (pool: P) => Promise<T>,
  size = 2,
): Promise<T> {
  const pool = make(size);
  await pool.ready?.();
  await Promise.all(Array.from({ length: 4 * size }, () => pool.increment(1)));
  try {
    return await use(pool);
  } finally {
    await pool.close();
  }
}

/** Calls a second, so many of them under way at once. */
export async function pipelined(call: Call, count: number, atOnce = count): Promise<number> {
  const all = async (): Promise<void> => {
    for (let done = 0; done < count; done += atOnce)
      await Promise.all(Array.from({ length: atOnce }, (_, i) => call(i)));
  };
  // Until the engine has compiled what is measured.
  await all();
  await all();
  return count / (await seconds(all));
}

/** Calls a second, one after another. */
export function sequential(call: Call, count: number): Promise<number> {
  let i = 0;
  return rateOf(() => call(i++), count, count);
}

/** Round trips a second of 1 MiB that is moved there and back. */
export async function moved(bounce: (array: Moved) => PromiseLike<Moved>): Promise<number> {
  let array: Moved = new Float64Array((1 << 20) / 8);
  const all = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) array = await bounce(array);
  };
  const count = times(2000, 100);
  // Until the engine has compiled what is measured.
  await all(count);
  return count / (await seconds(() => all(count)));
}
