// Records of a ring that begin with two words: who needs no codec to know what to do with them.

import { wordIn } from '../memory/ring/ring.ts';

/** Bytes of the two words. */
export const HEADER = 8;

/** For short records: whoever puts them has copied them before the next is made. */
const scratch = new Uint8Array(1 << 12);
const scratchWords = new Int32Array(scratch.buffer);

/** A record: two words and some bytes. Valid until the next one is made. */
export function frame(first: number, second: number, bytes: Uint8Array): Uint8Array {
  const length = HEADER + bytes.length;
  const isShort = length <= scratch.length;
  const record = isShort ? scratch : new Uint8Array(length);
  const words = isShort ? scratchWords : new Int32Array(record.buffer, 0, 2);
  words[0] = first;
  words[1] = second;
  if (bytes.length < 96) for (let i = 0; i < bytes.length; i++) record[HEADER + i] = bytes[i] as number;
  else record.set(bytes, HEADER);
  return isShort ? scratch.subarray(0, length) : record;
}

/** One of the two words. */
export const wordOf = (record: Uint8Array, index: 0 | 1): number => wordIn(record, index * 4);
