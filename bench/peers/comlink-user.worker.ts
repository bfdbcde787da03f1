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

const user = {
  /** Calls a second, half of them `set`, half of them `get`. */
  async useMap(warmUp: number, count: number): Promise<number> {
    await use(warmUp);
    const begin = performance.now();
    await use(count);
    return count / ((performance.now() - begin) / 1000);
  },
};

export type User = typeof user;

Comlink.expose(user);
