// Marks on values: what of them is to be moved, not copied, where the browser's own postMessage carries them.

const marks = new WeakMap<object, readonly Transferable[]>();

const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

/**
 * Marks a value: what is in `list` moves with it, instead of being copied, where a message carries the value (arguments
 * and results of processes and pool tasks). Elsewhere the mark changes nothing.
 */
export function transfer<T>(value: T, list: readonly Transferable[]): T {
  if (!isObject(value)) throw new TypeError('transfer() marks an object: a primitive value has nothing to move');
  if (!Array.isArray(list)) throw new TypeError('transfer() takes a list of what is to be moved');
  for (const [index, item] of (list as readonly unknown[]).entries()) {
    if (!isObject(item) || Array.isArray(item)) throw new TypeError(`list[${index}] of transfer() cannot be moved`);
    if (ArrayBuffer.isView(item)) throw new TypeError(`list[${index}] of transfer() is a view: list its buffer`);
    if (typeof SharedArrayBuffer === 'function' && item instanceof SharedArrayBuffer) {
      throw new TypeError(`list[${index}] of transfer() is a SharedArrayBuffer, which is shared, never moved`);
    }
  }
  marks.set(value, [...list]);
  return value;
}

/** What is to move with this value. */
export const transferListOf = (value: object): readonly Transferable[] | undefined => marks.get(value);

/** Whether a buffer's content has moved elsewhere. */
export function isDetached(buffer: ArrayBuffer): boolean {
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}
