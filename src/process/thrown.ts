// What was thrown: anything at all. Nothing that is asked of it here throws in turn, whatever it holds: a `stack` that is an
// array, a getter that throws, a revoked Proxy.

import { own, pid } from '../base/thread.ts';
import { encode } from '../codec/encode.ts';
import { LEFT_BEHIND } from '../codec/tags.ts';
import { describe, isA, isError } from '../errors.ts';

/** To the console, which a page may lack, or have replaced by one that throws. */
export function print(text: string): void {
  try {
    globalThis.console.error(text);
  } catch {
    // Nobody is listening; the process is not to suffer for it.
  }
}

/** An error says in its stack where it comes from, where that can be written. */
export function attributeTo(thrown: unknown, name: string, pid: number): void {
  try {
    if (isError(thrown) && typeof thrown.stack === 'string') thrown.stack += `\n    in process ${name} (pid ${pid})`;
  } catch {
    // It is frozen, or its stack is read-only.
  }
}

/** An error that leaves this process says in its stack where it comes from. */
export const attribute = (thrown: unknown): void => attributeTo(thrown, own.name, pid);

// ------------------------------------------------------------------------------------------------ travelling

/** Longer texts are cut. */
const MOST = 1 << 20;

type Encode = (value: unknown, path: string) => Uint8Array;

/**
 * The bytes of what was thrown. Of an error, a field that cannot travel stays behind alone; what cannot travel at all arrives as an Error with
 * its text. Valid until the next encoding. `probe` encodes what is not sent.
 */
export function encodeThrown(thrown: unknown, by: Encode = encode, probe: Encode = by): Uint8Array {
  for (const form of [() => thrown, () => portable(thrown, probe, new Map()), () => standIn(thrown)]) {
    try {
      return by(form(), 'error');
    } catch {
      // The next is more modest.
    }
  }
  return encode(new Error('an error that cannot travel'), 'error');
}

/** An error that can always travel. */
export function standIn(thrown: unknown): Error {
  const error = new Error(describe(thrown).slice(0, MOST));
  try {
    if (isError(thrown)) error.name = `${thrown.name}`;
    if (isError(thrown) && typeof thrown.stack === 'string') error.stack = thrown.stack.slice(0, MOST);
  } catch {
    // So it has the name and the stack of any error.
  }
  return error;
}

/** The same error with those of its fields that travel, and a note of those that do not; of other values, themselves. */
function portable(thrown: unknown, probe: Encode, seen: Map<object, object>): unknown {
  if (!isError(thrown)) return thrown;
  const known = seen.get(thrown);
  if (known !== undefined) return known;
  const copy = isA(thrown, DOMException)
    ? new DOMException(describe(thrown), thrown.name)
    : (Object.create(Object.getPrototypeOf(thrown) as object) as Error);
  seen.set(thrown, copy);
  const left: string[] = [];
  const part = (value: unknown, path: string): unknown => {
    if (isError(value)) return portable(value, probe, seen);
    if (Array.isArray(value)) return value.map((item, index) => part(item, `${path}[${index}]`));
    probe(value, path);
    return value;
  };
  for (const key of new Set(['stack', 'message', ...Object.getOwnPropertyNames(thrown)])) {
    try {
      const value = part(thrown[key as 'message'], key);
      const enumerable = Object.prototype.propertyIsEnumerable.call(thrown, key);
      if (value !== undefined)
        Object.defineProperty(copy, key, { value, enumerable, configurable: true, writable: true });
    } catch (error) {
      left.push(describe(error));
    }
  }
  if (left.length > 0) Object.defineProperty(copy, LEFT_BEHIND, { value: left });
  return copy;
}
