// The producers' side of a ring (ring.ts).

import { ceilingOf } from './buffer.ts';
import { lock, ownerOf, tryLock, unlock } from './mutex.ts';
import {
  advance,
  BUSY,
  CAPACITY,
  COUNT_MASK,
  count,
  DATA,
  DONE,
  FIRST,
  FULL,
  GET_LOCK,
  GETS,
  HEADER,
  LAST,
  LENGTH_SHIFT,
  look,
  MAXSIZE,
  PUT_LOCK,
  PUTS,
  persist,
  READERS,
  type Ring,
  recordSize,
  refresh,
  SHORT,
  sleep,
  TAIL,
  WRITERS,
} from './ring.ts';
import { pid } from './thread.ts';
import { isPast, type Waiting, wake } from './wait.ts';

/** The whole put, if neither a lock nor a lack of room is in the way. */
function tryPut(ring: Ring, item: Uint8Array): number {
  if (!tryLock(ring.words, PUT_LOCK)) return BUSY;
  try {
    return putLocked(ring, item);
  } finally {
    unlock(ring.words, PUT_LOCK);
  }
}

/** With PUT_LOCK: puts the item if it fits, growing the buffer if that takes no waiting. */
function putLocked(ring: Ring, item: Uint8Array): number {
  const { words } = ring;
  if (isFull(ring)) return FULL;
  refresh(ring);
  const size = recordSize(item.length);
  while (!hasRoom(ring, size)) {
    if (!canGrow(ring)) return FULL;
    if (!tryLock(words, GET_LOCK)) return BUSY;
    grow(ring);
    unlock(words, GET_LOCK);
  }
  publish(ring, item, 0, item.length, FIRST | LAST);
  return DONE;
}

// With a lock, the words that only its holders write are read and written plainly: taking and releasing it, and the store
// that publishes, put them in order.

/** With PUT_LOCK: are there as many items as there may be? */
function isFull(ring: Ring): boolean {
  const { words } = ring;
  if (words[PUTS] !== ring.puts) look(ring);
  const puts = count(words[PUTS] as number);
  const most = words[MAXSIZE] as number;
  if (((puts - count(ring.seenGets)) & COUNT_MASK) < most) return false;
  look(ring);
  return ((puts - count(ring.seenGets)) & COUNT_MASK) >= most;
}

/** With PUT_LOCK: are so many bytes free? */
function hasRoom(ring: Ring, size: number): boolean {
  const { words } = ring;
  const tail = words[TAIL + ((words[PUTS] as number) & 1)] as number;
  const most = ring.mask + 1 - size;
  if ((tail - ring.seenHead) >>> 0 <= most) return true;
  look(ring);
  // Compared as numbers: a record larger than the ring makes `most` negative.
  return (tail - ring.seenHead) >>> 0 <= most;
}

const capacityLimit = ({ words }: Ring): number => {
  const most = ceilingOf(words.buffer as SharedArrayBuffer) - DATA;
  return 1 << (31 - Math.clz32(most));
};

const canGrow = (ring: Ring): boolean => ring.mask + 1 < capacityLimit(ring);

/**
 * With both locks: doubles the capacity. Every position keeps its place or moves up by the old capacity, so a copy of the
 * old data above itself serves both; until CAPACITY says so nobody reads there, so dying here changes nothing.
 */
function grow(ring: Ring): void {
  const buffer = ring.words.buffer as SharedArrayBuffer;
  const capacity = ring.mask + 1;
  const bytes = DATA + capacity * 2;
  if (buffer.byteLength < bytes) buffer.grow(bytes);
  new Uint8Array(buffer, DATA, capacity * 2).copyWithin(capacity, 0, capacity);
  Atomics.store(ring.words, CAPACITY, capacity * 2);
  refresh(ring);
}

/** With PUT_LOCK and room for it: makes a record of `item[from..to)` visible, whole. */
function publish(ring: Ring, item: Uint8Array, from: number, to: number, flags: number): void {
  const { words, bytes, mask } = ring;
  const puts = words[PUTS] as number;
  const tail = words[TAIL + (puts & 1)] as number;
  const length = to - from;
  const at = tail & mask;
  const header = (length << LENGTH_SHIFT) | flags;
  bytes[at] = header;
  bytes[at + 1] = header >> 8;
  bytes[at + 2] = header >> 16;
  bytes[at + 3] = header >> 24;
  const start = (at + HEADER) & mask;
  const straight = Math.min(length, mask + 1 - start);
  if (length <= SHORT && straight === length) {
    for (let i = 0; i < length; i++) bytes[start + i] = item[from + i] as number;
  } else {
    bytes.set(item.subarray(from, from + straight), start);
    if (straight < length) bytes.set(item.subarray(from + straight, to), 0);
  }
  const next = advance(puts, (flags & LAST) !== 0);
  words[TAIL + (next & 1)] = tail + recordSize(length);
  Atomics.store(words, PUTS, next);
  ring.puts = next;
  if (Atomics.load(words, READERS) > 0) wake(words, PUTS, 1);
}

/** Puts without waiting: false where there is no room, or where somebody else keeps being in the way. */
export function putNow(ring: Ring, item: Uint8Array): boolean {
  return tryPut(ring, item) === DONE || persist((it) => tryPut(it, item), ring, PUT_LOCK) === DONE;
}

/** Puts if that takes one try: false where there is no room or a lock is in the way. */
export const tryPutNow = (ring: Ring, item: Uint8Array): boolean => tryPut(ring, item) === DONE;

/** Puts, waiting until `deadline` for room; false where that passed. `item` must not change meanwhile. */
export function* put(ring: Ring, item: Uint8Array, deadline: number): Waiting<boolean> {
  const { words } = ring;
  const large = recordSize(item.length) > capacityLimit(ring);
  for (;;) {
    const gets = Atomics.load(words, GETS);
    let outcome: number;
    if (!(yield* lock(words, PUT_LOCK, deadline))) return false;
    try {
      outcome = large ? FULL : putLocked(ring, item);
      if (outcome === BUSY) outcome = yield* growAndPut(ring, item, deadline);
      if (large && !isFull(ring)) return yield* putInParts(ring, item, deadline);
    } finally {
      unlock(words, PUT_LOCK);
    }
    if (outcome === DONE) return true;
    if (isPast(deadline)) return false;
    yield* sleep(words, WRITERS, GETS, gets, deadline);
  }
}

/** With PUT_LOCK, when a consumer is in the way of a growth. */
function* growAndPut(ring: Ring, item: Uint8Array, deadline: number): Waiting<number> {
  const { words } = ring;
  for (;;) {
    if (!(yield* lock(words, GET_LOCK, deadline))) return FULL;
    if (canGrow(ring)) grow(ring);
    unlock(words, GET_LOCK);
    const outcome = putLocked(ring, item);
    if (outcome !== BUSY) return outcome;
  }
}

/** With PUT_LOCK: an item larger than the ring can ever be, record by record as consumers make room. */
function* putInParts(ring: Ring, item: Uint8Array, deadline: number): Waiting<boolean> {
  const { words } = ring;
  refresh(ring);
  while (canGrow(ring)) {
    if (!(yield* lock(words, GET_LOCK, deadline))) return false;
    if (canGrow(ring)) grow(ring);
    unlock(words, GET_LOCK);
  }
  const part = (ring.mask + 1) / 8 - HEADER;
  for (let from = 0; from < item.length; from += part) {
    const to = Math.min(from + part, item.length);
    for (;;) {
      const gets = Atomics.load(words, GETS);
      if (hasRoom(ring, recordSize(to - from))) break;
      if (isPast(deadline)) return false;
      yield* sleep(words, WRITERS, GETS, gets, deadline);
    }
    publish(ring, item, from, to, (from === 0 ? FIRST : 0) | (to === item.length ? LAST : 0));
  }
  return true;
}

/** Is this thread in the middle of putting an item in parts? */
export const isPutting = ({ words }: Ring): boolean => ownerOf(words, PUT_LOCK) === pid;
