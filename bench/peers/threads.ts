import { type ModuleThread, Pool, spawn, Transfer, Worker } from 'threads';
import type { MovingPool, Peer } from '../peer.ts';
import type { Moved } from '../work.ts';
import type { Tasks } from './threads.worker.ts';

function pool(workers: number): MovingPool {
  // It takes a URL as every `Worker` does; its types know texts alone.
  const make = () =>
    spawn<Tasks>(new Worker(new URL('./threads.worker.ts', import.meta.url) as unknown as string, { type: 'module' }));
  const pool = Pool<ModuleThread<Tasks>>(make, workers);
  const increment = (x: number): PromiseLike<number> => pool.queue((thread) => thread.increment(x));
  return {
    increment,
    crunch: (units) => pool.queue((thread) => thread.crunch(units)),
    map: (items) => Promise.all(items.map(increment)),
    make: (length) => pool.queue((thread) => thread.make(length)),
    bounce: (array) => pool.queue((thread) => thread.bounce(Transfer(array, [array.buffer]) as unknown as Moved)),
    close: () => pool.terminate(true),
  };
}

export const peer: Peer = { name: 'threads', pool, movingPool: pool };
