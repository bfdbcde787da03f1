// Random values of every kind that travels, with sharing and cycles, for the codec's tests.

import fc from 'fast-check';

export const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  // UTF-16 code units, lone surrogates among them.
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 }).map((units) => String.fromCharCode(...units)),
  fc.integer({ min: 25, max: 80 }).map((length) => 'ä'.repeat(length)),
  fc.integer({ min: 25, max: 80 }).map((length) => 'plain '.repeat(length)),
);

export const primitive = fc.oneof(
  fc.constantFrom(undefined, null, true, false, Number.NaN, -0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  fc.integer(),
  fc.integer({ min: -40, max: 200 }),
  fc.maxSafeInteger(),
  fc.double(),
  fc.bigInt(),
  fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n }),
  text,
);

const key = fc.oneof(
  fc.constantFrom(
    'id',
    'name',
    '__proto__',
    'toString',
    'constructor',
    '',
    '0',
    '7',
    'length',
    'ключ',
    'k'.repeat(200),
  ),
  text,
);

const boxed = fc.oneof(fc.boolean(), fc.double(), text, fc.bigInt()).map((value): object => Object(value));
const date = fc.date({ noInvalidDate: false });
const regexp = fc.constantFrom(/a/, /x(?<y>\d)/giu, /[/\]]/m).map(({ source, flags }) => {
  const made = new RegExp(source, flags);
  made.lastIndex = 0;
  return made;
});
const buffer = fc.uint8Array({ maxLength: 40 }).map((bytes) => bytes.slice().buffer);
/** One of fixed length where the engine has no room: see room.ts. */
const growing = (length: number, maxByteLength: number): ArrayBuffer => {
  try {
    return new ArrayBuffer(length, { maxByteLength });
  } catch {
    return new ArrayBuffer(length);
  }
};
const resizable = fc
  .tuple(fc.integer({ min: 0, max: 24 }), fc.integer({ min: 0, max: 24 }))
  .map(([length, more]) => growing(length, length + more));
type View = new (buffer: ArrayBuffer, byteOffset?: number, length?: number) => ArrayBufferView;
const CLASSES: readonly View[] = [
  Uint8Array,
  Int16Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  Uint8ClampedArray,
  DataView,
];

/** Views on buffers that may be shared between them. */
const views = fc
  .tuple(
    fc.oneof(buffer, resizable),
    fc.array(fc.tuple(fc.constantFrom(...CLASSES), fc.nat(3), fc.nat(5), fc.boolean()), { minLength: 1, maxLength: 3 }),
  )
  .map(([shared, specs]): unknown[] =>
    specs.map(([View, offset, length, tracking]) => {
      const size = 'BYTES_PER_ELEMENT' in View ? Number(View.BYTES_PER_ELEMENT) : 1;
      const start = Math.min(offset * size, Math.floor(shared.byteLength / size) * size);
      if (tracking && shared.byteLength % size === 0) return new View(shared, start);
      return new View(shared, start, Math.min(length, Math.floor((shared.byteLength - start) / size)));
    }),
  );

/** Arrays of numbers alone, around the lengths and the widths at which they are written in another way. */
const numbers = fc.oneof(
  ...[
    fc.integer({ min: -129, max: 128 }),
    fc.integer(),
    fc.oneof({ weight: 20, arbitrary: fc.integer({ min: -2, max: 2 }) }, fc.constantFrom(-0, 0.5, Number.NaN, 2 ** 31)),
    fc.double(),
  ].map((each) => fc.array(each, { minLength: 14, maxLength: 40 })),
);

const error = fc
  .tuple(fc.constantFrom(Error, TypeError, RangeError, SyntaxError), fc.string())
  .map(([Class, message]): unknown => new Class(message));

export const leaf = fc.oneof(
  { weight: 6, arbitrary: primitive },
  boxed,
  date,
  regexp,
  buffer,
  resizable,
  views,
  numbers,
  {
    weight: 1,
    arbitrary: error,
  },
);

type Container = Map<unknown, unknown> | Set<unknown> | unknown[] | Record<string, unknown>;

const KINDS = ['object', 'array', 'map', 'set'] as const;

const empty = (kind: (typeof KINDS)[number]): Container =>
  kind === 'map' ? new Map() : kind === 'set' ? new Set() : kind === 'array' ? [] : {};

function hold(container: Container, name: string, at: number, value: unknown): void {
  if (container instanceof Map) container.set(at % 2 === 0 ? name : value, value);
  else if (container instanceof Set) container.add(value);
  // Indices leave holes; now and then a key that is no index.
  else if (Array.isArray(container) && name !== 'id') container[at % 3 === 0 ? container.length : at] = value;
  else if (name !== 'length' || !Array.isArray(container)) {
    Object.defineProperty(container, name, { value, enumerable: true, configurable: true, writable: true });
  }
}

/** A graph: containers, leaves, and edges between them at random, so that much is shared and cycles occur. */
export const graph: fc.Arbitrary<unknown> = fc
  .tuple(
    fc.array(fc.constantFrom(...KINDS), { minLength: 1, maxLength: 8 }),
    fc.array(leaf, { maxLength: 12 }),
    fc.array(fc.tuple(fc.nat(7), fc.nat(30), key, fc.nat(12)), { maxLength: 40 }),
  )
  .map(([kinds, leaves, edges]) => {
    const containers = kinds.map(empty);
    const nodes: unknown[] = [...containers, ...leaves];
    // Everything hangs from the first.
    containers.forEach((container, i) => {
      const parent = containers[Math.floor((i - 1) / 2)];
      if (parent !== undefined) hold(parent, `child ${i}`, i, container);
    });
    for (const [from, to, name, at] of edges) {
      hold(containers[from % containers.length] as Container, name, at, nodes[to % nodes.length]);
    }
    return containers[0];
  });

/** Trees of mostly plain data, of the kind that messages are. */
export const tree: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('tree')),
    fc.dictionary(key, tie('tree')),
    fc.array(fc.record({ id: fc.integer(), name: text, more: tie('tree') })),
  ),
})).tree;
