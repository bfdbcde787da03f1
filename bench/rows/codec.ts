// The codec beside msgpackr and the browser's own structuredClone: each row encodes and decodes once.

import { decode } from '../../src/codec/decode.ts';
import { encode } from '../../src/codec/encode.ts';
import { peersWith } from '../peers.ts';
import type { Area, Row } from '../row.ts';

/** Results go here, so that no engine leaves the work out. */
export const kept: { value: unknown } = { value: undefined };

const row = (name: string, value: unknown, goal: Row['goal'] = undefined): Row => ({
  name,
  unit: 'ops/s',
  ...(goal === undefined ? {} : { goal }),
  ours: () => {
    kept.value = decode(encode(value, 'item'));
  },
  peers: peersWith('codec', (trip) => {
    kept.value = trip(value);
  }),
});

const text = (length: number, from: number, span: number): string => {
  let made = '';
  for (let i = 0; i < length; i++) made += String.fromCharCode(from + ((i * 7) % span));
  return made;
};

export const area: Area = {
  name: 'Codec, encoded and decoded once',
  rows: [
    row("small message [42, null, 'hello']", [42, null, 'hello'], { msgpackr: 2 }),
    row('small object', { id: 7, name: 'alice', tags: ['a', 'b'], score: 1.5, ok: true }, { msgpackr: 2 }),
    row(
      '10,000 objects',
      Array.from({ length: 10_000 }, (_, i) => ({ id: i, name: `user ${i}`, score: i / 3, ok: i % 2 === 0 })),
    ),
    row(
      '10,000 integers',
      Array.from({ length: 10_000 }, (_, i) => i),
    ),
    row('Map of 1,000 strings', new Map(Array.from({ length: 1_000 }, (_, i) => [`key ${i}`, `value ${i}`]))),
    row(
      'Float64Array of 1 MB',
      Float64Array.from({ length: 131_072 }, (_, i) => i / 7),
    ),
    row('ASCII text of 100,000', text(100_000, 0x20, 90)),
    row('Chinese text of 100,000', text(100_000, 0x4e00, 5_000)),
  ],
};
