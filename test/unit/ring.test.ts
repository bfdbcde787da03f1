// The ring beneath the queues: what wraps around, and what two views of one ring see of each other.

import { expect, it } from 'vitest';
import { GETS, HEAD, makeRing, openRing, PUTS, sizeOf, TAIL, UNLIMITED } from '../../src/memory/ring.ts';
import { getNow } from '../../src/memory/ring_get.ts';
import { putNow } from '../../src/memory/ring_put.ts';

const item = (i: number): Uint8Array => new Uint8Array((i % 150) + 1).fill(i);

it('counts and positions wrap around', () => {
  const buffer = makeRing(UNLIMITED);
  const words = new Int32Array(buffer, 0, 80);
  // 48 bytes and two items before both start from 0 again.
  for (const at of [TAIL, TAIL + 1, HEAD, HEAD + 1]) words[at] = -48;
  words[PUTS] = words[GETS] = -32;
  const ring = openRing(buffer);
  for (let round = 0; round < 20; round++) {
    for (let i = 0; i < 40; i++) expect(putNow(ring, item(i))).toBe(true);
    expect(sizeOf(ring)).toBe(40);
    for (let i = 0; i < 40; i++) expect(getNow(ring)).toEqual(item(i));
    expect(getNow(ring)).toBeUndefined();
  }
  expect(words[PUTS]).toBeGreaterThan(0);
});

it('several views of one ring keep up with each other, and with its growth', () => {
  const buffer = makeRing(UNLIMITED);
  const producers = [openRing(buffer), openRing(buffer), openRing(buffer)];
  const consumers = [openRing(buffer), openRing(buffer)];
  let put = 0;
  let got = 0;
  for (let round = 0; round < 200; round++) {
    for (let i = 0; i < round % 70; i++) {
      // Runs of one producer and of one consumer, so that the others have old views.
      expect(putNow(producers[(put >> 4) % 3] as never, item(put++))).toBe(true);
    }
    for (let i = 0; i < round % 61 && got < put; i++) {
      expect(getNow(consumers[(got >> 5) % 2] as never)).toEqual(item(got++));
    }
  }
  while (got < put) expect(getNow(consumers[got % 2] as never)).toEqual(item(got++));
  expect(sizeOf(producers[0] as never)).toBe(0);
});

it('a bounded ring counts right through views that are old', () => {
  const buffer = makeRing(3);
  const [a, b] = [openRing(buffer), openRing(buffer)];
  for (let i = 0; i < 50; i++) {
    expect(putNow(a, item(1))).toBe(true);
    expect(putNow(b, item(2))).toBe(true);
    expect(putNow(b, item(3))).toBe(true);
    expect(putNow(a, item(4))).toBe(false);
    expect(putNow(b, item(4))).toBe(false);
    expect(getNow(b)).toEqual(item(1));
    expect(putNow(a, item(4))).toBe(true);
    for (const i of [2, 3, 4]) expect(getNow(i === 3 ? a : b)).toEqual(item(i));
    expect(getNow(a)).toBeUndefined();
  }
});
