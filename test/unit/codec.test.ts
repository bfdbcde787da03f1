import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { decode } from '../../src/codec/decode.ts';
import { encode } from '../../src/codec/encode.ts';
import { graph, primitive, text, tree } from './codec-values.ts';
import { roomToGrow } from './room.ts';
import { difference } from './same.ts';

/** There and back, from bytes at an odd place. */
function trip<T>(value: T): T {
  const bytes = encode(value, 'item');
  const moved = new Uint8Array(bytes.length + 3);
  moved.set(bytes, 3);
  return decode(moved.subarray(3)) as T;
}

/** WebKit's structuredClone makes two of a date that is shared. */
const splitLeaves = (() => {
  const date = new Date();
  const [one, two] = structuredClone([date, date]);
  return one !== two;
})();

/** That it arrives as the browser's own structuredClone would bring it. */
const asCloned = (value: unknown): void => {
  expect(difference(trip(value), structuredClone(value), { plainErrors: true, splitLeaves })).toBeUndefined();
};

/** And, where the clone is to be the same in all, as it was sent. */
const asSent = (value: unknown): void => {
  asCloned(value);
  expect(difference(trip(value), value)).toBeUndefined();
};

beforeAll(roomToGrow);

const runs = { numRuns: 300 };

describe('beside structuredClone', () => {
  it('brings every primitive', () => {
    fc.assert(
      fc.property(primitive, (value) => Object.is(trip(value), value)),
      { numRuns: 1000 },
    );
  });

  it('brings every text', () => {
    fc.assert(
      fc.property(text, (value) => trip(value) === value),
      { numRuns: 1000 },
    );
  });

  it('brings trees', () => {
    fc.assert(fc.property(tree, asCloned), runs);
  });

  it('brings graphs: sharing and cycles through every container', () => {
    fc.assert(fc.property(graph, asSent), { numRuns: 1000 });
  });
});

describe('values', () => {
  it.each([
    ['an int32 at its ends', [2 ** 31 - 1, -(2 ** 31), 2 ** 31, -(2 ** 31) - 1, 111, 112, -16, -17]],
    ['bigints at 64 bits', [2n ** 63n - 1n, 2n ** 63n, -(2n ** 63n), -(2n ** 63n) - 1n, 0n, 10n ** 400n]],
    ['doubles', [5e-324, Number.MAX_VALUE, Number.EPSILON, 0.1, -0, Number.NaN]],
    ['text at the lengths where its form changes', [12, 13, 24, 25, 31, 32, 127, 128].map((n) => 'x'.repeat(n))],
    ['latin1, which is not windows-1252', ['\x80\x85\x9f', '\x80\x85\x9f'.repeat(40)]],
    ['a byte order mark', ['\ufeffa', `\ufeff${'漢'.repeat(40)}`, `\ufeff${'a'.repeat(40)}`]],
    ['lone surrogates', ['\ud800', '\udc00\ud800', `${'漢'.repeat(5000)}\ud83d`, '\ud83d\ude00'.repeat(30)]],
    ['long text', ['a'.repeat(100_000), 'ä'.repeat(100_000), '漢'.repeat(100_000)]],
    ['an invalid Date', [new Date(Number.NaN), new Date(8.64e15)]],
    ['a RegExp', Object.assign(/a/g, { lastIndex: 3 })],
    ['boxed primitives', [Object(true), Object(-0), Object('é'), Object(7n), Object(false)]],
    ['holes', [, 1, , undefined, ,]],
    ['only holes', new Array(40)],
    ['a hole in a long array', Object.assign(new Array(100).fill(1), { length: 120 })],
    ['an array with keys', Object.assign([1, 2], { key: 'x', '-1': 2, '01': 3, '4294967295': 4 })],
    ['a long array with a key', Object.assign(new Array(100).fill(1), { key: 'x' })],
    ['a hole and a key, as many as there are places', Object.assign([1, undefined, 3].slice(0, 1), { 2: 3, key: 1 })],
    ['the same, long', Object.assign(new Array(100).fill(0, 1), { key: 1 })],
    ['a match', /b(?<c>c)/.exec('abc')],
    ['an object without prototype', Object.assign(Object.create(null), { a: 1 })],
    ['an object that inherits data', Object.assign(Object.create({ a: 1 }), { b: 1 })],
    ['keys of every kind', { '': 1, 1: 2, ключ: 3, ['k'.repeat(300)]: 4, toString: 5, a: undefined }],
    ['many keys', Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`key${i}`, i]))],
    ['an object of many objects', Array.from({ length: 50 }, (_, i) => ({ [`k${i}`]: i, same: { i } }))],
    ['hidden and symbol keys', Object.defineProperty({ a: 1, [Symbol('s')]: 2 }, 'h', { value: 3, enumerable: false })],
    ['views of every kind', [new Int8Array(3), new Uint16Array(2), new Uint32Array([7]), new BigUint64Array([5n])]],
    ['an empty everything', [[], {}, new Map(), new Set(), '', new ArrayBuffer(0), new Uint8Array(0)]],
    ['nested maps', new Map([[new Map([[1, 2]]), new Set([new Set([1])])]])],
  ])('brings %s', (_, value) => asCloned(value));

  it('brings a key named __proto__', () => {
    const value = JSON.parse('{"__proto__":{"polluted":1},"a":{"__proto__":[1]}}') as object;
    asCloned(value);
    expect(Object.getPrototypeOf(trip(value))).toBe(Object.prototype);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('brings a huge array of holes without making room for it', () => {
    for (const length of [4e9, 2 ** 32 - 1, 1e6]) {
      const value = new Array<number>(length);
      value[5] = 1;
      const back = trip(value);
      expect(back.length).toBe(length);
      expect(Object.keys(back)).toEqual(['5']);
    }
  });

  it('brings arrays of numbers, however long and of whatever width', () => {
    const limits = [127, 128, -128, -129, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, -0, 0.1, Number.NaN, 1 / 0];
    for (const limit of limits) {
      for (const length of [15, 16, 17, 3000]) {
        asSent(Array.from({ length }, (_, i) => (i === 7 ? limit : i % 100)));
      }
    }
    const ten = Array.from({ length: 20 }, (_, i) => i);
    asSent([ten, ten, [ten]]);
    asSent(Object.assign([...ten], { key: 1 }));
    const holes = [...ten];
    delete holes[4];
    asSent(holes);
    asSent([...ten, undefined]);
    asSent([...ten, 'text']);
    expect(encode(ten, 'item').length).toBeLessThan(30);
  });

  it('brings words that repeat, words that are always new, and both in turns', () => {
    const fresh = (count: number) => Array.from({ length: count }, (_, i) => `${'word '.repeat(i % 5)}${i}`);
    asSent([...fresh(300), ...fresh(10), ...fresh(2000), ...Array.from({ length: 40 }, () => fresh(3)).flat()]);
  });

  it('reads an element by a getter that changes its array', () => {
    const list = Array.from({ length: 20 }, (_, i) => i);
    Object.defineProperty(list, 3, {
      enumerable: true,
      get() {
        list.length = 4;
        return 3;
      },
    });
    expect((trip(list) as unknown[]).slice(0, 4)).toEqual([0, 1, 2, 3]);
  });

  it('reads getters, and leaves out a key that a getter removes', () => {
    const value = {
      get a() {
        delete (value as { b?: number }).b;
        return 1;
      },
      b: 2 as number | undefined,
      c: 3,
    };
    expect(trip(value)).toEqual({ a: 1, c: 3 });
    const list: unknown[] = [
      {
        get x() {
          list.length = 1;
          list.push(5, 6, 7, 8);
          return 0;
        },
      },
      2,
    ];
    expect(trip(list)).toHaveLength(2);
  });

  it('keeps sharing: one object stays one', () => {
    const shared = { a: 1 };
    const wrapped = Object(1);
    const value = [shared, [shared], new Map([[shared, shared]]), wrapped, wrapped];
    const back = trip(value) as unknown[];
    expect(back[0]).toBe((back[1] as unknown[])[0]);
    expect((back[2] as Map<unknown, unknown>).get(back[0])).toBe(back[0]);
    expect(back[3]).toBe(back[4]);
  });

  it('keeps sharing among more objects than a short list holds', () => {
    const many = Array.from({ length: 200 }, (_, i) => ({ i }));
    asCloned([...many, ...many.reverse()]);
  });

  it('keeps what views share, the whole buffer, and whether they follow its length', () => {
    const buffer = new ArrayBuffer(16);
    asCloned([new Uint8Array(buffer, 3, 4), buffer, new DataView(buffer, 8)]);
    for (const max of [16, 17, 64]) {
      const growing = new ArrayBuffer(16, { maxByteLength: max });
      new Uint8Array(growing).set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
      const views = [
        new Uint8Array(growing),
        new Uint8Array(growing, 0, 16),
        new Float64Array(growing, 8),
        new Float64Array(growing, 8, 1),
        new DataView(growing, 4),
        new DataView(growing, 4, 12),
        new Int16Array(growing, 2, 3),
      ];
      const back = trip(views);
      expect(difference(back, views)).toBeUndefined();
      const there = back[0]?.buffer as ArrayBuffer;
      expect(there.maxByteLength).toBe(max);
      there.resize(0);
      growing.resize(0);
      there.resize(16);
      growing.resize(16);
      expect(back.map((view) => view.byteLength)).toEqual(views.map((view) => view.byteLength));
      there.resize(8);
      growing.resize(8);
      const length = (view: ArrayBufferView) => {
        try {
          return view.byteLength;
        } catch {
          return 'outside';
        }
      };
      expect(back.map(length)).toEqual(views.map(length));
    }
  });

  it('answers bytes that the next call may overwrite, and lets go of a large buffer', () => {
    const first = encode('one', 'item').slice();
    encode(new Uint8Array(9_000_000), 'item');
    expect(decode(first)).toBe('one');
    expect(encode(1, 'item').buffer.byteLength).toBeLessThan(5_000_000);
  });
});

describe('depth', () => {
  const LEVELS = 100_000;
  const chains: [string, (inner: unknown) => unknown, (outer: never) => unknown][] = [
    ['arrays', (inner) => [inner], ([inner]: unknown[]) => inner],
    ['objects', (next) => ({ next, id: 1 }), ({ next }: { next: unknown }) => next],
    ['maps', (inner) => new Map([['k', inner]]), (map: Map<string, unknown>) => map.get('k')],
    ['keys of maps', (inner) => new Map([[inner, 1]]), (map: Map<unknown, unknown>) => [...map.keys()][0]],
    ['sets', (inner) => new Set([inner]), (set: Set<unknown>) => [...set][0]],
    ['causes', (cause) => new Error('x', { cause }), (error: Error) => error.cause],
    ['sparse arrays', (inner) => Object.assign([], { 3: inner }), (array: unknown[]) => array[3]],
    ['long arrays', (inner) => [...new Array<number>(16).fill(0), inner], (array: unknown[]) => array[16]],
  ];
  it.each(chains)(`brings ${LEVELS} levels of %s`, (name, wrap, unwrap) => {
    const levels = name === 'causes' ? LEVELS / 10 : LEVELS;
    let value: unknown = 'end';
    for (let i = 0; i < levels; i++) value = wrap(value);
    let back = trip(value);
    for (let i = 0; i < levels; i++) back = unwrap(back as never);
    expect(back).toBe('end');
  });

  it('keeps sharing and cycles across late contents', () => {
    const shared = { shared: true };
    let chain: Record<string, unknown> = { shared, end: true };
    for (let i = 0; i < 500; i++) chain = { chain, shared, list: [shared, i] };
    let end = chain;
    while (!end.end) end = end.chain as Record<string, unknown>;
    end.first = chain;
    asCloned(chain);
  });
});
