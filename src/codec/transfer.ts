// Marks on values: what of them is to be moved, not copied, where the browser's own postMessage carries them.

const marks = new WeakMap<object, readonly Transferable[]>();

export const isShared = (value: unknown): boolean =>
  typeof SharedArrayBuffer === 'function' && value instanceof SharedArrayBuffer;

/**
 * Marks a value: what is in `list` moves with it, instead of being copied, where a message carries the value (arguments
 * and results of processes and pool tasks). Elsewhere the mark changes nothing.
 */
export function transfer<T>(value: T, list: readonly Transferable[]): T {
  if (Object(value) !== value) throw new TypeError('transfer(value, list): the value must be an object');
  if (!Array.isArray(list)) throw new TypeError('transfer(value, list): the list must be an array');
  for (const [index, item] of (list as readonly unknown[]).entries()) {
    // The usual slips: a view in place of its buffer, and memory that is shared, never moved.
    if (Object(item) !== item || ArrayBuffer.isView(item) || Array.isArray(item) || isShared(item)) {
      throw new TypeError(
        `transfer(value, list): list[${index}] cannot be moved${ArrayBuffer.isView(item) ? ': list its buffer' : ''}`,
      );
    }
  }
  marks.set(value as object, [...list]);
  return value;
}

/** Buffers that the codec has made, to be moved in place of those of the app. */
export const copies = new WeakSet<object>();

export function copyOf(buffer: ArrayBuffer, from?: number, to?: number): ArrayBuffer {
  const copy = buffer.slice(from ?? 0, to);
  copies.add(copy);
  return copy;
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
