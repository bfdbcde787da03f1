// Where shared memory comes from: one SharedArrayBuffer for each object, freed by the garbage collector.

import { InvalidStateError } from '../errors.ts';

const REMEDY =
  'shared memory is not available: this page is not cross-origin isolated. Serve it over HTTPS (or from localhost) with ' +
  'the headers "Cross-Origin-Opener-Policy: same-origin" and "Cross-Origin-Embedder-Policy: require-corp"; with Vite, the ' +
  'plugin web-multiprocessing/vite sends them';

const isolated = (): boolean => typeof SharedArrayBuffer === 'function' && globalThis.crossOriginIsolated !== false;

/**
 * Zeroed shared memory of `bytes` bytes.
 *
 * With `ceiling` the buffer can grow that far. Address space is scarce in some engines, so a ceiling that is refused is
 * quartered until the engine agrees, down to a buffer that cannot grow.
 */
export function allocate(bytes: number, ceiling = bytes): SharedArrayBuffer {
  if (!isolated()) throw new InvalidStateError(REMEDY);
  for (let reserve = ceiling; reserve > bytes; reserve = Math.max(bytes, reserve >>> 2)) {
    try {
      return new SharedArrayBuffer(bytes, { maxByteLength: reserve });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  return new SharedArrayBuffer(bytes);
}

/** How many bytes this buffer can have at most. An engine without growable buffers has no such property. */
export const ceilingOf = (buffer: SharedArrayBuffer): number => buffer.maxByteLength ?? buffer.byteLength;
