// copy and synchronized: from one shared object to another.

import { shown } from '../base/shown.ts';
import { InvalidStateError } from '../errors.ts';
import type { Lock } from '../sync/lock.ts';
import type { RLock } from '../sync/rlock.ts';
import { arrayAt, RawArray, SharedArray } from './shared_array.ts';
import { type Locked, lockFrom } from './shared_lock.ts';
import { RawValue, stateOf, Value, valueAt } from './shared_value.ts';
import { codeOf, type TypeCode, type Views } from './typecodes.ts';

/** A typed array that a code stands for. */
function viewOf(object: unknown, call: string): { view: Views['i']; code: TypeCode } {
  const code = ArrayBuffer.isView(object) ? codeOf(object) : undefined;
  if (code === undefined) {
    throw new TypeError(`${call} must be a Value, an Array or a typed array, not ${shown(object)}`);
  }
  return { view: object as Views['i'], code };
}

/**
 * A new shared object with the same content as this one; a lock is not shared with it, it has one of its own.
 *
 * @param object a `Value`, `Array`, `RawValue`, `RawArray`, or any typed array.
 * @throws TypeError for anything else.
 *
 * Python: `multiprocessing.sharedctypes.copy`.
 */
export function copy<T extends RawValue<TypeCode> | Views[TypeCode]>(object: T): T {
  if (object instanceof RawValue) {
    const { code } = stateOf(object);
    return (object instanceof Value ? new Value(code, object.value) : new RawValue(code, object.value)) as T;
  }
  const { view, code } = viewOf(object, 'copy(object): object');
  return (object instanceof SharedArray ? new SharedArray(code, view) : new RawArray(code, view)) as unknown as T;
}

/**
 * Puts a lock beside what has none: a `Value` or an `Array` over the same memory.
 *
 * @param object a `RawValue` or `RawArray`, or a typed array over shared memory.
 * @param lock the lock; missing: a new `RLock`.
 * @throws InvalidStateError for what has a lock already (Python: AssertionError); TypeError for anything else.
 *
 * Python: `multiprocessing.sharedctypes.synchronized`.
 */
export function synchronized<C extends TypeCode>(object: RawValue<C>, lock?: Lock | RLock): Value<C>;
export function synchronized<V extends Views[TypeCode]>(object: V, lock?: Lock | RLock): V & Locked<V>;
export function synchronized(object: unknown, lock?: unknown): unknown {
  const call = 'synchronized(object, lock)';
  if (object instanceof Value || object instanceof SharedArray) {
    throw new InvalidStateError(`${call}: this object has a lock already, see getLock()`);
  }
  const itsLock = lockFrom(lock ?? true, call);
  if (object instanceof RawValue) return valueAt({ ...stateOf(object), lock: itsLock });
  const { view, code } = viewOf(object, `${call}: object`);
  const { buffer, byteOffset, length } = view;
  if (!(buffer instanceof SharedArrayBuffer)) {
    throw new TypeError(`${call}: this typed array is not in shared memory: new RawArray('${code}', array) is`);
  }
  return arrayAt({ code, buffer, byteOffset, length, lock: itsLock });
}
