// The shapes of plain objects, on the decoding side: the bytes of a list of keys are read once for the thread.

import { latin1, wide } from './text.ts';

const TABLE = 256;

export interface KnownShape {
  readonly keys: readonly string[];
  readonly bytes: Uint8Array;
  /** A key means something on every object (`__proto__`, `toString`): it must be defined, not assigned. */
  readonly careful: boolean;
}

const table: (KnownShape | undefined)[] = new Array<undefined>(TABLE).fill(undefined);

function parse(bytes: Uint8Array, count: number): KnownShape | undefined {
  const keys: string[] = [];
  let careful = false;
  let at = 0;
  while (at < bytes.length) {
    const head = bytes[at++] as number;
    const length = head & 0x7f;
    const end = at + (head < 0x80 ? length : 2 * length);
    if (end > bytes.length) return undefined;
    const key = (head < 0x80 ? latin1 : wide)(bytes, at, length);
    careful ||= key in Object.prototype;
    keys.push(key);
    at = end;
  }
  return keys.length === count ? { keys, bytes, careful } : undefined;
}

/** The shape of `count` keys that lie in these bytes; `undefined` where they cannot be read. The caller checked the end. */
export function shapeAt(bytes: Uint8Array, start: number, length: number, count: number): KnownShape | undefined {
  let hash = count;
  for (let i = start; i < start + length; i++) hash = (Math.imul(hash, 31) + (bytes[i] as number)) | 0;
  const place = (hash ^ (hash >>> 8)) & (TABLE - 1);
  const known = table[place];
  if (known !== undefined && known.bytes.length === length && known.keys.length === count) {
    let i = 0;
    while (i < length && known.bytes[i] === bytes[start + i]) i++;
    if (i === length) return known;
  }
  const shape = parse(bytes.slice(start, start + length), count);
  if (shape !== undefined) table[place] = shape;
  return shape;
}
