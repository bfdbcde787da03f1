import workerpool from 'workerpool';
import type { MovingPool, Peer } from '../peer.ts';
import workerUrl from './workerpool.worker.ts?worker&url';

function pool(workers: number): MovingPool {
  const options = { maxWorkers: workers, workerOpts: { type: 'module' as const } };
  const pool = workerpool.pool(workerUrl, options);
  const call = <T>(name: string, argument: unknown, transfer: object[] = []): PromiseLike<T> =>
    pool.exec(name, [argument], { transfer }) as unknown as PromiseLike<T>;
  const increment = (x: number): PromiseLike<number> => pool.exec('increment', [x]) as unknown as PromiseLike<number>;
  return {
    increment,
    crunch: (units) => call('crunch', units),
    map: (items) => Promise.all(items.map(increment)),
    make: (length) => call('make', length),
    bounce: (array) => call('bounce', array, [array.buffer]),
    close: () => pool.terminate(true),
  };
}

export const peer: Peer = { name: 'workerpool', pool, movingPool: pool };
