// wait(): which of several things are ready.

import { deadlineIn, type SyncWaitOptions, type WaitOptions } from '../memory/options.ts';
import { ENDS } from '../memory/table.ts';
import { table } from '../memory/thread.ts';
import { block, isPast, settle, type Waiting } from '../memory/wait.ts';

/** Asks an object that can be waited for whether it is ready. */
export const isReady = Symbol('isReady');

/** What `wait()` accepts. */
export interface Waitable {
  /** Whether it is ready now. */
  readonly [isReady]: () => boolean;
}

function* waiting<T extends Waitable>(objects: readonly T[], deadline: number): Waiting<T[]> {
  for (;;) {
    const seen = Atomics.load(table(), ENDS);
    const ready = objects.filter((object) => object[isReady]());
    if (ready.length > 0 || isPast(deadline)) return ready;
    yield { words: table(), index: ENDS, seen, until: deadline };
  }
}

function checked<T extends Waitable>(objects: Iterable<T>): T[] {
  const all = [...objects];
  for (const [i, object] of all.entries()) {
    if (typeof object?.[isReady] !== 'function') {
      throw new TypeError(`wait(objects): objects[${i}] is not something to wait for; use the sentinel of a process`);
    }
  }
  return all;
}

/**
 * Waits until at least one of the objects is ready, and answers all that are: a sentinel is, when its process has ended.
 *
 * @param options `timeout` in milliseconds; `signal` gives the wait up.
 * @returns those that are ready, in the order given; none where the time ran out.
 * @throws TypeError for what cannot be waited for; the signal's reason. Both as rejections.
 *
 * Python: `multiprocessing.connection.wait`.
 */
export async function wait<T extends Waitable>(objects: Iterable<T>, options?: WaitOptions): Promise<T[]> {
  return settle(waiting(checked(objects), deadlineIn(options)), options?.signal);
}

/**
 * As `wait`, blocking the thread.
 *
 * @throws as `wait`; BlockingNotAllowedError in a window, as soon as it would have to wait.
 */
export function waitSync<T extends Waitable>(objects: Iterable<T>, options?: SyncWaitOptions): T[] {
  return block(waiting(checked(objects), deadlineIn(options)), 'wait');
}
