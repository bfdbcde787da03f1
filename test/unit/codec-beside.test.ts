// Strings that go beside a record, for the browser to copy.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode } from '../../src/codec/decode.ts';
import { encode } from '../../src/codec/encode.ts';
import type { Carrier } from '../../src/codec/shared.ts';
import { transfer } from '../../src/codec/transfer.ts';
import { DataCloneError } from '../../src/errors.ts';
import { graph, tree } from './codec-values.ts';
import { difference } from './same.ts';

/** Bytes of a record behind which its strings may go beside it. */
const FAR = new Uint8Array((1 << 17) + 1);

describe('strings beside a record', () => {
  const carrier = (): Carrier => ({ attachments: [], transfer: [], direct: true });
  const strings = ({ attachments }: Carrier): string[] => attachments.flat(2) as string[];
  /** As a message would bring it. */
  const carry = <T>(value: T, by = carrier()): T => {
    const bytes = encode(value, 'args', by).slice();
    return decode(bytes, structuredClone(by.attachments)) as T;
  };

  it('are those behind much data, of keys too, and no others', () => {
    const value = ['first', FAR, 'é', { long: 'a', set: new Set(['b']) }, new Map([['key', ['']]]), 'é'];
    const by = carrier();
    expect(carry(value, by)).toEqual(value);
    expect(strings(by)).toEqual(['é', 'a', 'b', 'key', '', 'é']);
    const few = carrier();
    expect(carry(value.toSpliced(1, 1), few)).toEqual(value.toSpliced(1, 1));
    expect(few.attachments).toEqual([]);
  });

  it('are long ones', () => {
    const value = ['a', 'b'.repeat(70_000), 'c', '\ud800'.repeat(70_000)];
    const by = carrier();
    expect(carry(value, by)).toEqual(value);
    expect(strings(by)).toEqual([value[1], value[3]]);
    const bytesAlone: Carrier = { attachments: [], transfer: [] };
    expect(carry([FAR, ...value], bytesAlone)).toEqual([FAR, ...value]);
    expect(bytesAlone.attachments).toEqual([]);
  });

  it('may be any number', () => {
    const value = Array.from({ length: 20_000 }, (_, i) => `string ${i}`);
    expect(carry([FAR, value])[1]).toEqual(value);
  });

  it('belong to any data', () => {
    const back = (value: unknown): boolean =>
      difference(carry([FAR, value]), decode(encode([FAR, value], 'args').slice())) === undefined;
    fc.assert(fc.property(fc.oneof(graph, tree), back), { numRuns: 100 });
  });

  it('are those of the record that names them, where another is written meanwhile', () => {
    let inner: unknown;
    const value = [
      FAR,
      {
        get a() {
          inner = carry([FAR, 'inner', 'too']);
          return 'a';
        },
      },
      'b',
    ];
    expect(carry(value)).toEqual([FAR, { a: 'a' }, 'b']);
    expect(inner).toEqual([FAR, 'inner', 'too']);
  });

  it('are beside other attachments, once, where it is written again', () => {
    const buffer = new ArrayBuffer(8);
    const by = carrier();
    const bytes = encode([FAR, 'a', buffer, transfer({ b: 'b' }, [buffer])], 'args', by).slice();
    expect(by.attachments).toEqual([[['a', 'b']], buffer]);
    expect(decode(bytes, by.attachments)).toEqual([FAR, 'a', buffer, { b: 'b' }]);
  });

  it('are left with the carrier by no refusal', () => {
    const by = carrier();
    expect(() => encode([FAR, 'a', () => 1], 'args', by)).toThrow('args[2]');
    expect(by).toEqual(carrier());
  });

  it('make a record corrupt where they are missing', () => {
    const by = carrier();
    const bytes = encode([FAR, 'a', 'b'], 'args', by).slice();
    for (const attachments of [undefined, [], [1], [[]], [[[]]], [[['a']]], [[['a', 1]]]])
      expect(() => decode(bytes, attachments)).toThrow(DataCloneError);
  });
});
