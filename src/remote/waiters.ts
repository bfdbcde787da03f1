// Those who wait for a message, in the order of their calls. What they wait for comes through the event loop, so they are
// plain promises; nothing here needs shared memory.

import { breathe } from '../base/breathe.ts';
import { NEVER_WAIT, watchDeadline } from '../base/deadline.ts';
import { onGone } from '../base/realm.ts';

export interface Waiter<T, D> {
  /** What it wants. */
  readonly data: D;
  resolve(value: T): void;
  reject(reason: unknown): void;
}

export class Waiters<T, D = undefined> implements Iterable<Waiter<T, D>> {
  readonly #all = new Set<Waiter<T, D>>();

  get size(): number {
    return this.#all.size;
  }

  /** In order; those that are settled on the way leave. */
  [Symbol.iterator](): Iterator<Waiter<T, D>> {
    return this.#all.values();
  }

  rejectAll(reason: unknown): void {
    for (const waiter of this.#all) waiter.reject(reason);
  }

  /**
   * Stands in line until somebody settles it, the signal is aborted or the deadline has passed: then `late` says, or throws,
   * what that comes to. One that must not wait stays for one turn of the event loop, for without any a loop of such calls
   * would keep out the very message that it looks for.
   */
  enter(data: D, deadline: number, signal: AbortSignal | undefined, late: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      let callOff = (): void => {};
      const leave = (): boolean => {
        callOff();
        stay();
        return this.#all.delete(waiter);
      };
      const waiter: Waiter<T, D> = {
        data,
        resolve: (value) => void (leave() && resolve(value)),
        reject: (reason) => void (leave() && reject(reason)),
      };
      const abort = (): void => waiter.reject(signal?.reason);
      const tooLate = (): void => {
        if (!this.#all.has(waiter)) return;
        try {
          waiter.resolve(late());
        } catch (error) {
          waiter.reject(error);
        }
      };
      const stay = onGone(waiter.reject);
      this.#all.add(waiter);
      const isNow = deadline === NEVER_WAIT;
      callOff = watchDeadline(isNow ? Number.POSITIVE_INFINITY : deadline, tooLate, signal, abort);
      if (isNow) breathe().then(tooLate);
    });
  }
}

/** What the work comes to, unless the deadline passes or the signal is aborted before. The work goes on then: end it. */
export function within<T>(
  work: Promise<T>,
  deadline: number,
  signal: AbortSignal | undefined,
  late: () => never,
): Promise<T> {
  const waiters = new Waiters<T>();
  const result = waiters.enter(undefined, deadline, signal, late);
  for (const { resolve, reject } of waiters) work.then(resolve, reject);
  return result;
}
