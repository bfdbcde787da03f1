// The lock beside a Value or Array.

import { Acquirable } from '../sync/acquirable.ts';
import type { Lock } from '../sync/lock.ts';
import { RLock } from '../sync/rlock.ts';
import { describe } from './typecodes.ts';

/** Which lock a `Value` or `Array` has. */
export interface SharedOptions {
  /** `true` or missing: a new `RLock`. A lock: that one. `false`: none, and what is made has no `getLock()`. */
  lock?: boolean | Lock | RLock | undefined;
}

/** The lock that the options of a call stand for. */
export function lockIn(options: SharedOptions | undefined, call: string): RLock | undefined {
  if (options === undefined) return new RLock();
  if (typeof options !== 'object' || options === null || options instanceof Acquirable) {
    throw new TypeError(`${call}: options must be an object such as { lock: false }, not ${describe(options)}`);
  }
  return lockFrom(options.lock ?? true, call);
}

export function lockFrom(lock: unknown, call: string): RLock | undefined {
  if (typeof lock === 'boolean') return lock ? new RLock() : undefined;
  // Whatever can be acquired will do, as in Python.
  if (lock instanceof Acquirable) return lock as RLock;
  throw new TypeError(`${call}: lock must be a boolean, a Lock or an RLock, not ${describe(lock)}`);
}
