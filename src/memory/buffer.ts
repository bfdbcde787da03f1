// Where memory comes from: one buffer for each object, freed by the garbage collector. It is a SharedArrayBuffer where threads may
// share memory; elsewhere an ArrayBuffer, for this thread alone, on which Atomics work but for waiting (wait.ts).

import { isWebKit } from '../base/engine.ts';
import { isIsolated } from '../base/isolation.ts';

/**
 * How many buffers of one thread may reserve room to grow at the same time. Each takes about three memory mappings, of
 * which Linux allows 65,530 for all threads of a page, and Chromium crashes at one more: 20,000 such buffers, made faster
 * than garbage is collected, were enough.
 */
const MOST_RESERVED = 4096;
let reserved = 0;

/**
 * WebKit has 64 GiB of addresses, on phones 16, for all array buffers of a page, and counts what is reserved. Where they are
 * used up no thread can make an array any more. So there one buffer reserves at most `most` bytes, all of a thread together
 * about `total`, and whoever comes later `little`.
 */
const addresses = isWebKit ? { most: 2 ** 31, total: 2 ** 33, little: 2 ** 20 } : undefined;
let reservedBytes = 0;

/** Without isolation an ArrayBuffer takes its place: it differs only in that `grow` is called `resize`. */
const Memory = (isIsolated ? SharedArrayBuffer : ArrayBuffer) as SharedArrayBufferConstructor;

const freed =
  typeof FinalizationRegistry === 'function'
    ? new FinalizationRegistry<number>((bytes) => {
        reserved--;
        reservedBytes -= bytes;
      })
    : undefined;

/**
 * Zeroed memory of `bytes` bytes.
 *
 * With `ceiling` the buffer can grow that far. Address space is scarce in some engines, so a ceiling that is refused is
 * quartered until the engine agrees, down to a buffer that cannot grow; and so is each that would be one too many.
 */
export function allocate(bytes: number, ceiling = bytes): SharedArrayBuffer {
  const buffer = allocated(bytes, ceiling);
  if (!isIsolated) given.add(buffer);
  return buffer;
}

function allocated(bytes: number, ceiling: number): SharedArrayBuffer {
  if (reserved >= MOST_RESERVED) return new Memory(bytes);
  const most = addresses === undefined ? ceiling : reservedBytes < addresses.total ? addresses.most : addresses.little;
  for (let reserve = Math.min(ceiling, most); reserve > bytes; reserve = Math.max(bytes, Math.floor(reserve / 4))) {
    try {
      const buffer = new Memory(bytes, { maxByteLength: reserve });
      freed?.register(buffer, reserve);
      reserved++;
      reservedBytes += reserve;
      return buffer;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  return new Memory(bytes);
}

/** Where threads share no memory: what `allocate` gave, which a value of any size may refer to. */
const given = new WeakSet<ArrayBufferLike>();

/** Is it memory of this thread's shared objects, in place of a SharedArrayBuffer? */
export const isOurs = (buffer: ArrayBufferLike): boolean => given.has(buffer);

/** How many bytes this buffer can have at most. An engine without growable buffers has no such property. */
export const ceilingOf = (buffer: SharedArrayBuffer): number => buffer.maxByteLength ?? buffer.byteLength;

/** Makes it larger. @throws RangeError where the engine has no memory for that, or another thread has made it larger still. */
export function grow(buffer: SharedArrayBuffer, bytes: number): void {
  if (isIsolated) buffer.grow(bytes);
  else (buffer as unknown as ArrayBuffer).resize(bytes);
}

/**
 * Makes it at least so large, where threads may race to do so: who loses finds the room already made. False where the engine has no
 * memory for that.
 */
export function reachSize(buffer: SharedArrayBuffer, bytes: number): boolean {
  try {
    grow(buffer, bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return buffer.byteLength >= bytes;
}
