// What the processes of the benchmarks do.

import type { Lock, Queue, SimpleQueue } from 'web-multiprocessing';
import { type Futex, makeFutex } from './futex.ts';

/** The item of all message rows. */
export const ITEM = [42, null, 'hello'];

export function sayHello(queue: SimpleQueue): void {
  queue.putSync('hello');
}

export function produce(queue: Queue, count: number): void {
  for (let i = 0; i < count; i++) queue.putSync(ITEM);
}

/** Takes `warmUp` items, and then `count` more; answers items a second of the latter. */
export function consume(queue: Queue, warmUp: number, count: number): number {
  for (let i = 0; i < warmUp; i++) queue.getSync();
  const begin = performance.now();
  for (let i = 0; i < count; i++) queue.getSync();
  return count / ((performance.now() - begin) / 1000);
}

export function pairs(lock: Pick<Lock, 'acquireSync' | 'release'>, count: number): number {
  const begin = performance.now();
  for (let i = 0; i < count; i++) {
    lock.acquireSync();
    lock.release();
  }
  return count / ((performance.now() - begin) / 1000);
}

export function lockPairs(lock: Lock, count: number): number {
  pairs(lock, count / 10);
  return pairs(lock, count);
}

export function futexPairs(count: number): number {
  const futex: Futex = makeFutex();
  pairs(futex, count / 10);
  return pairs(futex, count);
}
