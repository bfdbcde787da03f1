// The producers' side of a ring (ring.ts).

import { isPast } from '../../base/deadline.ts';
import { grow } from '../buffer.ts';
import { lock, tryLock, unlock } from '../mutex.ts';
import type { Waiting } from '../wait.ts';
import {
  advance,
  alert,
  alertWriter,
  BEGUN,
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
  isEmpty,
  isShut,
  LAST,
  LENGTH_SHIFT,
  type Lost,
  look,
  MAXSIZE,
  PROGRESS,
  PUT_LOCK,
  PUTS,
  persist,
  READERS,
  type Ring,
  recordSize,
  refresh,
  SHORT,
  sizeOf,
  sleep,
  TAIL,
  WRITERS,
} from './ring.ts';

/** How the length of an item in parts is said: as a Float64. */
const TOTAL_BYTES = 8;
/** Records that may be left of items that were given up where the next in parts begins. */
const MOST_BEGUN = 6;

/** The whole put, if neither a lock nor a lack of room is in the way. */
function tryPut(ring: Ring, item: Uint8Array, raw: number): number {
  if (!tryLock(ring.words, PUT_LOCK)) return BUSY;
  try {
    return putLocked(ring, item, raw);
  } finally {
    unlock(ring.words, PUT_LOCK);
  }
}

/** With PUT_LOCK: puts the item if it fits, growing the buffer if that takes no waiting. */
function putLocked(ring: Ring, item: Uint8Array, raw: number): number {
  const { words } = ring;
  if (isFull(ring)) return FULL;
  refresh(ring);
  const size = recordSize(item.length);
  while (!hasRoom(ring, size)) {
    if (!canGrow(ring)) return FULL;
    if (!tryLock(words, GET_LOCK)) return BUSY;
    widen(ring);
    unlock(words, GET_LOCK);
  }
  return publish(ring, item, 0, item.length, FIRST | LAST | raw) ? DONE : FULL;
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

const canGrow = ({ mask, limit }: Ring): boolean => mask + 1 < limit;

/**
 * With both locks: doubles the capacity. Every position keeps its place or moves up by the old capacity, so a copy of the
 * old data above itself serves both; until CAPACITY says so nobody reads there, so dying here changes nothing. Where the
 * engine has no more memory to give, this thread makes do with the capacity there is.
 */
function widen(ring: Ring): void {
  const { words } = ring;
  const buffer = words.buffer as SharedArrayBuffer;
  const capacity = ring.mask + 1;
  const bytes = DATA + capacity * 2;
  try {
    if (buffer.byteLength < bytes) grow(buffer, bytes);
  } catch {
    ring.limit = capacity;
    return;
  }
  // A large item often comes into a ring that is empty: nothing to copy.
  if (((words[PUTS] as number) & PROGRESS) !== words[GETS]) {
    new Uint8Array(buffer, DATA, capacity * 2).copyWithin(capacity, 0, capacity);
  }
  Atomics.store(words, CAPACITY, capacity * 2);
  refresh(ring);
}

/** With PUT_LOCK and room for it: makes a record of `item[from..to)` visible, whole; false where the ring is shut. */
function publish(ring: Ring, item: Uint8Array, from: number, to: number, flags: number): boolean {
  const { words, bytes, mask } = ring;
  const puts = (words[PUTS] as number) & PROGRESS;
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
  if (Atomics.compareExchange(words, PUTS, puts, next) !== puts) return false;
  ring.puts = next;
  const readers = Atomics.load(words, READERS);
  if (readers !== 0) alert(words, readers);
  return true;
}

/** Puts without waiting: false where there is no room, or where somebody else keeps being in the way. */
export function putNow(ring: Ring, item: Uint8Array): boolean {
  return tryPut(ring, item, 0) === DONE || persist((it) => tryPut(it, item, 0), ring, PUT_LOCK) === DONE;
}

/** Puts if that takes one try: false where there is no room or a lock is in the way. */
export const tryPutNow = (ring: Ring, item: Uint8Array, raw = 0): boolean => tryPut(ring, item, raw) === DONE;

/** Puts, waiting for room until `deadline`; false where that passed or the ring was shut. `item` must not change meanwhile. */
export function* put(ring: Ring, item: Uint8Array, deadline: number, raw = 0, lost?: Lost): Waiting<boolean> {
  const { words } = ring;
  let slept = false;
  let done = false;
  try {
    for (;;) {
      check(lost);
      const gets = Atomics.load(words, GETS);
      let outcome: number;
      if (!(yield* lock(words, PUT_LOCK, deadline))) return false;
      try {
        outcome = isLarge(ring, item) ? FULL : putLocked(ring, item, raw);
        if (outcome === BUSY) outcome = yield* growAndPut(ring, item, deadline, raw);
        // Asked again: a growth that was refused makes large what was not.
        if (outcome === FULL && isLarge(ring, item) && !isFull(ring)) {
          return yield* putInParts(ring, item, deadline, raw, lost);
        }
      } finally {
        unlock(words, PUT_LOCK);
      }
      done = outcome === DONE;
      if (done) return true;
      if (isPast(deadline) || isShut(ring)) return false;
      slept = true;
      yield* sleep(words, WRITERS, GETS, gets, deadline);
    }
  } finally {
    // What was taken out wakes one, and may have made room for several, or not for this one.
    if (slept && !(done && sizeOf(ring) >= (words[MAXSIZE] as number))) alertWriter(words);
  }
}

/** Is this item larger than the ring can ever be? */
const isLarge = ({ mask, limit }: Ring, item: Uint8Array): boolean =>
  recordSize(item.length) > Math.max(limit, mask + 1);

/** With PUT_LOCK, when a consumer is in the way of a growth. */
function* growAndPut(ring: Ring, item: Uint8Array, deadline: number, raw: number): Waiting<number> {
  const { words } = ring;
  for (;;) {
    if (!(yield* lock(words, GET_LOCK, deadline))) return FULL;
    if (canGrow(ring)) widen(ring);
    unlock(words, GET_LOCK);
    const outcome = putLocked(ring, item, raw);
    if (outcome !== BUSY) return outcome;
  }
}

/** With PUT_LOCK: an item larger than the ring can ever be, record by record as consumers make room. */
function* putInParts(
  ring: Ring,
  item: Uint8Array,
  deadline: number,
  raw: number,
  lost: Lost | undefined,
): Waiting<boolean> {
  // Its memory may be taken away while this waits: that must fail, and not end early.
  const { length } = item;
  refresh(ring);
  while (canGrow(ring)) {
    if (!(yield* lock(ring.words, GET_LOCK, deadline))) return false;
    if (canGrow(ring)) widen(ring);
    unlock(ring.words, GET_LOCK);
  }
  const part = (ring.mask + 1) / 8 - HEADER;
  if (!(yield* makeRoom(ring, recordSize(TOTAL_BYTES), deadline, lost, MOST_BEGUN))) return false;
  const total = new Uint8Array(new Float64Array([length]).buffer);
  begin(ring);
  if (!publish(ring, total, 0, TOTAL_BYTES, FIRST | raw)) return false;
  for (let from = 0; from < length; from += part) {
    const to = Math.min(from + part, length);
    if (!(yield* makeRoom(ring, recordSize(to - from), deadline, lost))) return false;
    begin(ring);
    if (!publish(ring, item, from, to, to === length ? LAST : 0)) return false;
  }
  ring.words[BEGUN] = 0;
  return true;
}

/** Counted before it is there: whoever dies in between has counted one too many, not too few. */
function begin({ words }: Ring): void {
  words[BEGUN] = (words[BEGUN] as number) + 1;
}

/** With PUT_LOCK: are so few records left of items in parts? Where the ring is empty none is. */
function hasBegun({ words }: Ring, gets: number, most: number): boolean {
  if (isEmpty(gets, words[PUTS] as number)) words[BEGUN] = 0;
  return (words[BEGUN] as number) <= most;
}

/** With PUT_LOCK: waits until so many bytes are free, and no more records begun; false where `deadline` came first. */
function* makeRoom(
  ring: Ring,
  size: number,
  deadline: number,
  lost: Lost | undefined,
  begun = Number.POSITIVE_INFINITY,
): Waiting<boolean> {
  const { words } = ring;
  for (;;) {
    const gets = Atomics.load(words, GETS);
    if (hasBegun(ring, gets, begun) && hasRoom(ring, size)) return true;
    check(lost);
    if (isPast(deadline) || isShut(ring)) return false;
    yield* sleep(words, WRITERS, GETS, gets, deadline);
  }
}

/** @throws the reason why nobody will ever take what is put. */
function check(lost: Lost | undefined): void {
  const reason = lost?.();
  if (reason instanceof Error) throw reason;
}
