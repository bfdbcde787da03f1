// The shapes of plain objects, on the encoding side: a list of keys is turned into bytes once for the thread, and
// written once for a message.

import { SHAPE_KEYS } from './tags.ts';

const TABLE = 64;

export interface Shape {
  readonly keys: readonly string[];
  /** As they lie in the record. */
  readonly bytes: Uint8Array;
  /** The last message that wrote it, and its number there. */
  message: number;
  number: number;
}

function toBytes(keys: readonly string[]): Uint8Array | undefined {
  const bytes: number[] = [];
  for (const key of keys) {
    let wide = false;
    const units: number[] = [];
    for (let i = 0; i < key.length; i++) {
      units.push(key.charCodeAt(i));
      wide ||= key.charCodeAt(i) > 0xff;
    }
    if (key.length > 0x7f) return undefined;
    bytes.push(wide ? 0x80 | key.length : key.length);
    for (const unit of units) {
      bytes.push(unit & 0xff);
      if (wide) bytes.push(unit >> 8);
    }
  }
  return bytes.length > 0xff ? undefined : new Uint8Array(bytes);
}

export class Shapes {
  /** One shape a place: a newcomer takes the place of the old. */
  private readonly table: (Shape | undefined)[] = new Array<undefined>(TABLE).fill(undefined);

  /** The shape of these keys; `undefined` where they are too many or too long. */
  of(keys: readonly string[]): Shape | undefined {
    const count = keys.length;
    if (count > SHAPE_KEYS) return undefined;
    let place = count;
    if (count > 0) {
      const first = keys[0] as string;
      const last = keys[count - 1] as string;
      // An empty key gives NaN, and NaN & n is 0.
      place =
        (count * 29 + first.length * 5 + first.charCodeAt(0) * 3 + last.length * 17 + last.charCodeAt(0)) & (TABLE - 1);
    }
    const shape = this.table[place];
    if (shape !== undefined && shape.keys.length === count) {
      let i = 0;
      // Keys are interned strings: a match compares pointers.
      while (i < count && keys[i] === shape.keys[i]) i++;
      if (i === count) return shape;
    }
    const bytes = toBytes(keys);
    if (bytes === undefined) return undefined;
    return (this.table[place] = { keys, bytes, message: -1, number: 0 });
  }
}
