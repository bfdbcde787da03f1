// Comes to rest with what the address asks for, and says so, as scripts/bench-idle.mjs asks.

import * as mp from 'web-multiprocessing';
import '../executable.ts';
import { plainWorker } from '../plain.ts';
import * as targets from '../targets.ts';
import * as tasks from '../tasks.ts';

const SIZE = 8;
const kept: unknown[] = [];

const sides: Readonly<Record<string, () => Promise<void>>> = {
  /** The page alone. */
  async page() {},
  /** As many workers with nothing to do. */
  async plain() {
    for (let i = 0; i < SIZE; i++) kept.push(plainWorker());
  },
  /** A pool that has worked and has nothing more to do; and of each thing that an app may wait for meanwhile, one. */
  async ours() {
    const pool = new mp.Pool(SIZE);
    await pool.map(
      tasks.increment,
      Array.from({ length: 64 * SIZE }, (_, i) => i),
    );
    const queue = new mp.Queue();
    const [here, there] = mp.Pipe();
    const lock = new mp.Lock();
    const holder = new mp.Process({ target: targets.hold, args: [lock, queue, there] });
    holder.start();
    while (lock.owner === null) await new Promise((resolve) => setTimeout(resolve, 10));
    kept.push(pool, here, queue.get(), here.recv(), lock.acquire(), holder.join());
  },
};

const side = new URLSearchParams(location.search).get('side') ?? '';
try {
  await sides[side]?.();
  await fetch('/', { method: 'POST', body: 'ready' });
} catch (error) {
  await fetch('/', { method: 'POST', body: `failed: ${error}` });
}
