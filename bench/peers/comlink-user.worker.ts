// A worker that uses what another holds, by comlink.

import * as Comlink from 'comlink';
import type { Held } from './comlink-held.worker.ts';

const worker = new Worker(new URL('./comlink-held.worker.ts', import.meta.url), { type: 'module' });
const held = Comlink.wrap<Held>(worker);

async function use(count: number): Promise<void> {
  for (let i = 0; i < count / 2; i++) {
    await held.set('key', i);
    await held.get('key');
  }
}

async function read(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await held.get('key');
}

async function rate(work: (count: number) => Promise<void>, warmUp: number, count: number): Promise<number> {
  await work(warmUp);
  const begin = performance.now();
  await work(count);
  return count / ((performance.now() - begin) / 1000);
}

const user = {
  /** Calls a second, half of them `set`, half of them `get`. */
  useMap: (warmUp: number, count: number): Promise<number> => rate(use, warmUp, count),
  /** Likewise, all of them `get`. */
  async readMap(warmUp: number, count: number): Promise<number> {
    await held.set('key', 1);
    return rate(read, warmUp, count);
  },
};

export type User = typeof user;

Comlink.expose(user);
