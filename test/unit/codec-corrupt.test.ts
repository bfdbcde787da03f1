// Bytes that are no record: each is refused with an error, soon, and nothing else happens.

import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { decode } from '../../src/codec/decode.ts';
import { encode } from '../../src/codec/encode.ts';
import { registerModules } from '../../src/codec/registry.ts';
import { DataCloneError } from '../../src/errors.ts';
import { graph, tree } from './codec-values.ts';
import { roomToGrow } from './room.ts';

class Point {
  x = 1;
  tags = new Set([1]);
}
class Names extends Map {}
const work = () => 1;
registerModules({ corrupt: { Point, Names, work } });

const attempt = (bytes: Uint8Array, attachments?: unknown[]): void => {
  try {
    decode(bytes, attachments);
  } catch (error) {
    expect(error).toBeInstanceOf(DataCloneError);
  }
};

const sound = fc
  .oneof(graph, tree, fc.constantFrom<unknown>([new Point(), work, Point], new Names().set(1, new Error('x'))))
  .map((value) => encode(value, 'item').slice());

const edits = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 });

describe('corrupted records', () => {
  // Some of these bytes are buffers that may grow to gigabytes.
  beforeEach(roomToGrow);

  it('of random bytes are refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(1), (bytes, flag) => {
        attempt(bytes);
        bytes[0] = flag;
        attempt(bytes);
        attempt(bytes, [new ArrayBuffer(3), new Date()]);
      }),
      { numRuns: 4000 },
    );
  });

  it('of random tags are refused', () => {
    const byte = fc.oneof(fc.integer({ min: 0xa0, max: 0xe0 }), fc.integer({ min: 0, max: 20 }), fc.constant(0xff));
    fc.assert(
      fc.property(fc.array(byte, { minLength: 1, maxLength: 60 }), (tags) => {
        attempt(new Uint8Array([1, ...tags]));
        attempt(new Uint8Array([1, ...tags]), [new ArrayBuffer(8)]);
      }),
      { numRuns: 4000 },
    );
  });

  it('with bytes changed are refused, or are another value', () => {
    fc.assert(
      fc.property(sound, edits, (bytes, changes) => {
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        attempt(bytes);
      }),
      { numRuns: 3000 },
    );
  });

  it('cut short are always refused', () => {
    fc.assert(
      fc.property(sound, fc.nat(), (bytes, at) => {
        expect(() => decode(bytes.subarray(0, at % bytes.length))).toThrow(DataCloneError);
      }),
      { numRuns: 1000 },
    );
    expect(() => decode(new Uint8Array())).toThrow(/corrupted record/);
  });

  it('with more bytes after them are refused', () => {
    fc.assert(
      fc.property(sound, (bytes) => {
        const longer = new Uint8Array(bytes.length + 1);
        longer.set(bytes);
        expect(() => decode(longer)).toThrow(DataCloneError);
      }),
    );
  });

  it('leave prototypes alone', () => {
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(Object.keys(Array.prototype)).toEqual([]);
    expect(Object.keys(Point.prototype)).toEqual([]);
    expect(Object.keys(Point)).toEqual([]);
    expect(Object.getPrototypeOf(Point.prototype)).toBe(Object.prototype);
  });

  it('leave the decoder sound', () => {
    attempt(new Uint8Array([1, 0xaf, 0xce, 1]));
    expect(decode(encode([{ a: 1 }, { a: 2 }], 'item').slice())).toEqual([{ a: 1 }, { a: 2 }]);
  });
});
