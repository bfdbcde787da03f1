// The shapes of plain objects, on the encoding side: a list of keys is turned into bytes once for the thread, and
// written once for a message.

const TABLE = 64;

export interface Shape {
  readonly keys: readonly string[];
  /** As they lie in the record, once they have been written. */
  bytes: Uint8Array | undefined;
  /** The last message that wrote it, and its number there. */
  message: number;
  number: number;
}

/** One shape a place: a newcomer takes the place of the old. */
const table: (Shape | undefined)[] = new Array<undefined>(TABLE).fill(undefined);

/** The shape of these keys. */
export function shapeOf(keys: readonly string[]): Shape {
  const count = keys.length;
  const first = keys[0] ?? '';
  const last = keys[count - 1] ?? '';
  // Of an empty key, the code is NaN, and NaN & n is 0.
  const place =
    (count * 29 + first.length * 5 + first.charCodeAt(0) * 3 + last.length * 17 + last.charCodeAt(0)) & (TABLE - 1);
  const shape = table[place];
  if (shape !== undefined && shape.keys.length === count) {
    let i = 0;
    // Keys are interned strings: a match compares pointers.
    while (i < count && keys[i] === shape.keys[i]) i++;
    if (i === count) return shape;
  }
  return (table[place] = { keys, bytes: undefined, message: -1, number: 0 });
}
