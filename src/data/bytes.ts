// Memory as callers give it, in bytes.

import { shown } from '../base/shown.ts';

/** Memory: a typed array, a DataView, an ArrayBuffer or a SharedArrayBuffer. */
export type Bytes = ArrayBufferView | ArrayBufferLike;

/** @throws TypeError for other than memory. */
export function bytesIn(call: string, buffer: Bytes): Uint8Array {
  if (ArrayBuffer.isView(buffer)) return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  if (buffer instanceof ArrayBuffer || isShared(buffer)) return new Uint8Array(buffer);
  throw new TypeError(`Connection.${call}(buffer): buffer must be a typed array, a DataView or an ArrayBuffer`);
}

/** A number of bytes from 0 to `most`, which is also the default. @throws RangeError, TypeError. */
export function checkedSize(call: string, name: string, size: number | null | undefined, most: number): number {
  if (size === undefined || size === null) return most;
  if (!Number.isInteger(size))
    throw new TypeError(`Connection.${call}(): ${name} must be an integer, not ${shown(size)}`);
  if (size < 0 || size > most) {
    throw new RangeError(`Connection.${call}(): ${name} is ${size}, which is ${size < 0 ? 'negative' : 'too large'}`);
  }
  return size;
}

/** `size` bytes of a buffer from `offset` on; by default all. @throws RangeError for what lies outside. */
export function part(call: string, buffer: Bytes, offset?: number | null, size?: number | null): Uint8Array {
  const bytes = bytesIn(call, buffer);
  const from = checkedSize(call, 'offset', offset ?? 0, bytes.length);
  return bytes.subarray(from, from + checkedSize(call, 'size', size, bytes.length - from));
}

/** A page that is not isolated knows no such class. */
const isShared = (buffer: unknown): buffer is SharedArrayBuffer =>
  typeof SharedArrayBuffer === 'function' && buffer instanceof SharedArrayBuffer;
