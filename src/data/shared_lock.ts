// The lock beside a Value or Array.

import { type BlockOptions, optionsIn, type SyncBlockOptions } from '../base/options.ts';
import { shown } from '../base/shown.ts';
import { Acquirable } from '../sync/acquirable.ts';
import type { Lock } from '../sync/lock.ts';
import { RLock } from '../sync/rlock.ts';

/** Which lock a `Value` or `Array` has. */
export interface SharedOptions {
  /** `true` or missing: a new `RLock`. A lock: that one. `false`: none, and what is made has no `getLock()`. */
  lock?: boolean | Lock | RLock | undefined;
}

/** What a `Value` or an `Array` has beside what it holds. */
export interface Locked<Raw> {
  /** The lock beside it: an `RLock`, or the one that was given. Python: `get_lock()`. */
  getLock(): RLock;
  /** Acquires its lock: `getLock().acquire(options)`. Python: `acquire(block=True, timeout=None)`. */
  acquire(options?: BlockOptions): Promise<boolean>;
  /** As `acquire`, blocking the thread. @throws BlockingNotAllowedError in a window, as soon as it would have to wait. */
  acquireSync(options?: SyncBlockOptions): boolean;
  /** Releases its lock. @throws InvalidStateError where it is not held (Python: AssertionError). Python: `release()`. */
  release(): void;
  /** The same without the lock. Python: `get_obj()`. */
  getObj(): Raw;
}

type Owner = Pick<Locked<unknown>, 'getLock'>;

const methods = {
  acquire(this: Owner, options?: BlockOptions): Promise<boolean> {
    return this.getLock().acquire(options);
  },
  acquireSync(this: Owner, options?: SyncBlockOptions): boolean {
    return this.getLock().acquireSync(options);
  },
  release(this: Owner): void {
    this.getLock().release();
  },
};

/** Gives a class with `getLock()` the methods of that lock: those of numbers and of arrays have no class in common. */
export function addLockMethods(prototype: Owner): void {
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(prototype, name, { value, configurable: true, writable: true });
  }
}

/** The lock that the options of a call stand for. */
export const lockIn = (options: SharedOptions | undefined, call: string): RLock | undefined =>
  lockFrom(optionsIn(options, `${call}: `, 'lock: false').lock ?? true, call);

export function lockFrom(lock: unknown, call: string): RLock | undefined {
  if (typeof lock === 'boolean') return lock ? new RLock() : undefined;
  // Whatever can be acquired will do, as in Python.
  if (lock instanceof Acquirable) return lock as RLock;
  throw new TypeError(`${call}: lock must be a boolean, a Lock or an RLock, not ${shown(lock)}`);
}
