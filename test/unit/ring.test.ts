// The ring beneath the queues: what wraps around, and what two views of one ring see of each other.

import { expect, it } from 'vitest';
import { now } from '../../src/base/deadline.ts';
import { ceilingOf } from '../../src/memory/buffer.ts';
import { get, getNow } from '../../src/memory/ring/get.ts';
import { put, putNow, tryPutNow } from '../../src/memory/ring/put.ts';
import {
  EMPTIED,
  FINISHED,
  GETS,
  HEAD,
  isOver,
  isShut,
  makeRing,
  openRing,
  PROGRESS,
  PUTS,
  shut,
  sizeOf,
  TAIL,
  UNLIMITED,
} from '../../src/memory/ring/ring.ts';
import { allFinished, finish } from '../../src/memory/ring/tasks.ts';
import { settle } from '../../src/memory/wait.ts';
import { roomToGrow } from './room.ts';

const item = (i: number): Uint8Array => new Uint8Array((i % 150) + 1).fill(i);

/** An unlimited ring that can grow. */
async function growingRing(): Promise<SharedArrayBuffer> {
  await roomToGrow();
  const buffer = makeRing(UNLIMITED);
  expect(ceilingOf(buffer)).toBeGreaterThan(buffer.byteLength);
  return buffer;
}

it('counts and positions wrap around', () => {
  const buffer = makeRing(UNLIMITED);
  const words = new Int32Array(buffer, 0, 80);
  // 48 bytes and two items before both start from 0 again.
  for (const at of [TAIL, TAIL + 1, HEAD, HEAD + 1]) words[at] = -48;
  words[PUTS] = words[GETS] = PROGRESS - 31;
  const ring = openRing(buffer);
  for (let round = 0; round < 20; round++) {
    for (let i = 0; i < 40; i++) expect(putNow(ring, item(i))).toBe(true);
    expect(sizeOf(ring)).toBe(40);
    for (let i = 0; i < 40; i++) expect(getNow(ring)).toEqual(item(i));
    expect(getNow(ring)).toBeUndefined();
  }
  expect(words[PUTS]).toBe(words[GETS]);
  expect(words[PUTS]).toBe((800 - 2) << 4);
});

it('several views of one ring keep up with each other, and with its growth', async () => {
  const buffer = await growingRing();
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

it('large items that were begun and given up, however many, are not in the way of the next', async () => {
  for (let given = 0; given < 24; given++) {
    const buffer = makeRing(UNLIMITED, 1 << 12);
    const [producer, consumer] = [openRing(buffer), openRing(buffer)];
    const large = Uint8Array.from({ length: 20_000 }, (_, i) => i);
    for (let i = 0; i < given; i++) expect(await settle(put(producer, large, now() + 1))).toBe(false);
    const through = settle(put(producer, large, Number.POSITIVE_INFINITY));
    expect(await settle(get(consumer, Number.POSITIVE_INFINITY))).toEqual(large);
    expect(await through).toBe(true);
    expect(sizeOf(consumer)).toBe(0);
  }
});

it('where the engine refuses to grow it, a ring makes do with what it has, and large items pass in parts', async () => {
  const buffer = await growingRing();
  let refusals = 0;
  buffer.grow = () => {
    refusals++;
    throw new RangeError('out of memory');
  };
  const [producer, consumer] = [openRing(buffer), openRing(buffer)];
  let count = 0;
  while (tryPutNow(producer, item(count))) count++;
  expect(count).toBeGreaterThan(30);
  expect(refusals).toBe(1);
  for (let i = 0; i < count; i++) expect(getNow(consumer)).toEqual(item(i));
  const large = Uint8Array.from({ length: 100_000 }, (_, i) => i);
  const through = settle(put(producer, large, Number.POSITIVE_INFINITY));
  expect(await settle(get(consumer, Number.POSITIVE_INFINITY))).toEqual(large);
  expect(await through).toBe(true);
  expect(buffer.byteLength).toBeLessThan(8192);
  // Another thread for which the engine has memory again is not held back.
  Reflect.deleteProperty(buffer, 'grow');
  const other = openRing(buffer);
  for (let i = 0; i < 200; i++) expect(putNow(other, item(i))).toBe(true);
  for (let i = 0; i < 200; i++) expect(getNow(consumer)).toEqual(item(i));
});

it('a shut ring gives what it has, a drained one nothing, in views that are old and new', () => {
  for (const immediate of [false, true]) {
    const buffer = makeRing(UNLIMITED);
    const [a, b] = [openRing(buffer), openRing(buffer)];
    for (let i = 0; i < 5; i++) expect(putNow(a, item(i))).toBe(true);
    expect(getNow(b)).toEqual(item(0));
    shut(b, immediate);
    const c = openRing(buffer);
    for (const ring of [a, b, c]) {
      expect(isShut(ring)).toBe(true);
      expect(isOver(ring)).toBe(immediate);
      expect(putNow(ring, item(9))).toBe(false);
      expect(sizeOf(ring)).toBe(immediate ? 0 : 4);
    }
    for (let i = 1; i < 5; i++) expect(getNow(i & 1 ? c : b)).toEqual(immediate ? undefined : item(i));
    expect(getNow(a)).toBeUndefined();
    expect(isOver(a)).toBe(true);
  }
});

it('what is unfinished is counted across the wrap, and never below zero', async () => {
  const buffer = makeRing(UNLIMITED);
  const words = new Int32Array(buffer, 0, 80);
  words[PUTS] = words[GETS] = words[FINISHED] = words[EMPTIED] = PROGRESS - 31;
  const ring = openRing(buffer);
  for (let round = 0; round < 20; round++) {
    for (let i = 0; i < 3; i++) putNow(ring, item(i));
    const joined = settle(allFinished(ring, Number.POSITIVE_INFINITY));
    for (let i = 0; i < 3; i++) expect(finish(ring)).toBe(true);
    expect(finish(ring)).toBe(false);
    // More comes before the joiner wakes; it is released all the same.
    putNow(ring, item(1));
    expect(await joined).toBe(true);
    expect(await settle(allFinished(ring, 0))).toBe(false);
    expect(finish(ring)).toBe(true);
  }
  // Reported before it was taken, and then drained.
  for (let i = 0; i < 3; i++) putNow(ring, item(i));
  expect(finish(ring)).toBe(true);
  shut(ring, true);
  expect(finish(ring)).toBe(false);
  expect(await settle(allFinished(ring, Number.POSITIVE_INFINITY))).toBe(true);
});
