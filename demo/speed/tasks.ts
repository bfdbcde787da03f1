'use multiprocessing';
// What the processes of the live measurements do.

import * as mp from 'web-multiprocessing';

/** The message of all that send one. */
export const ITEM = [42, null, 'hello'];

export const increment = (x: number): number => x + 1;

export function produce(queue: mp.Queue<unknown>): void {
  for (;;) queue.putSync(ITEM);
}

/** Answers until the other end is gone. */
export function echo(wire: mp.Connection<unknown, unknown>): void {
  try {
    for (;;) wire.sendSync(wire.recvSync());
  } catch (error) {
    if (!(error instanceof mp.EOFError)) throw error;
  }
}

/** How often a second the lock is acquired and released. */
export function pairs(lock: mp.Lock, milliseconds: number): number {
  const begin = performance.now();
  for (let count = 1000; ; count += 1000) {
    for (let i = 0; i < 1000; i++) {
      lock.acquireSync();
      lock.release();
    }
    const elapsed = performance.now() - begin;
    if (elapsed >= milliseconds) return count / (elapsed / 1000);
  }
}
