// Bare messages, by turns, with a number for each call.

import type { CopyingPool, MovingPool, Peer } from '../peer.ts';
import type { Moved } from '../work.ts';
import type { Answer } from './post-message.worker.ts';

function pool(workers: number): MovingPool & CopyingPool {
  const all = Array.from(
    { length: workers },
    () => new Worker(new URL('./post-message.worker.ts', import.meta.url), { type: 'module' }),
  );
  const waiting = new Map<number, (value: unknown) => void>();
  let calls = 0;
  for (const worker of all) {
    worker.onmessage = ({ data: { id, value } }: MessageEvent<Answer>) => {
      waiting.get(id)?.(value);
      waiting.delete(id);
    };
  }
  const call = <T>(task: string, argument: unknown, transfer: Transferable[] = []): Promise<T> =>
    new Promise((resolve) => {
      const id = calls++;
      waiting.set(id, resolve as (value: unknown) => void);
      all[id % workers]?.postMessage({ id, task, argument }, transfer);
    });
  return {
    increment: (x) => call('increment', x),
    crunch: (units) => call('crunch', units),
    map: (items) => Promise.all(items.map((x) => call<number>('increment', x))),
    make: (length) => call<Moved>('make', length),
    take: (given) => call<number>('measured', given),
    large: (name) => call<{ readonly length: number }>('large', name),
    bounce: (array) => call<Moved>('bounce', array, [array.buffer]),
    close: () => all.forEach((worker) => worker.terminate()),
  };
}

export const peer: Peer = { name: 'postMessage', pool, movingPool: pool, copyingPool: pool };
