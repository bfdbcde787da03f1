// Records of bytes, first in first out, in one shared buffer: any number of producers and consumers, any of which may be
// killed at any instruction.
//
//   word   0          MAXSIZE   items at most
//          1          CAPACITY  bytes of data, a power of two; grows
//   ------ the producers' own cache line
//          16         PUT_LOCK  mutex (mutex.ts)
//          17, 18     TAIL      where the next record begins, in TAIL[turn & 1]
//   ------ written by producers, read by consumers
//          32         PUTS      what was published: count << 4 | turn
//          33         READERS   how many wait for PUTS to change
//   ------ the consumers' own cache line
//          48         GET_LOCK  mutex
//   ------ written by consumers, read by producers
//          64         GETS      what was consumed: count << 4 | turn
//          65, 66     HEAD      where the oldest record begins, in HEAD[turn & 1]
//          67         WRITERS   how many wait for GETS to change
//   ------
//   byte   320        data: record, record, ...; a position p is at byte 320 + p mod CAPACITY
//
//   record            one word: length << 2 | LAST | FIRST; then the bytes, to a multiple of 4; it may wrap around
//
// Publishing is one store. A producer writes the record behind the tail, then the new tail into the half of TAIL that
// nobody reads yet, then PUTS, whose lowest bit says which half counts: so the number of items and the tail change at
// once. A producer killed before that store has published nothing, and the next one writes over it. Consuming is the same
// with HEAD and GETS: a consumer killed before its store has taken nothing.
//
// An item that no capacity can hold goes as several records, which only the FIRST and LAST flags hold together; both
// locks are kept until it is through. If its producer dies or gives up, the consumer finds the put lock free or dead, or a
// new FIRST, and drops the beginning. If its consumer dies, the next one skips to a FIRST. An item counts in PUTS and in
// GETS with its LAST record; records of one item in the ring are at most 8, so that `turn` (4 bits) never laps itself.
//
// Two threads at full speed fight for cache lines, not for locks. So each side keeps to its own lines, and remembers what it
// last saw of the other: counts and positions only grow, so an old value is on the safe side, and is read again only where
// it says "no room" or "no item". Together worth twice the messages a second between two workers.

import { allocate, ceilingOf } from './buffer.ts';
import { lock, ownerOf, tryLock, unlock } from './mutex.ts';
import { hasEnded, pid } from './thread.ts';
import { isPast, spin, type Waiting, wake } from './wait.ts';

const MAXSIZE = 0;
const CAPACITY = 1;
const PUT_LOCK = 16;
const TAIL = 17;
const PUTS = 32;
const READERS = 33;
const GET_LOCK = 48;
const GETS = 64;
const HEAD = 65;
const WRITERS = 67;
const DATA = 320;

const FIRST = 1;
const LAST = 2;
const LENGTH_SHIFT = 2;
const HEADER = 4;

const ONE_ITEM = 16;
const TURN = 15;
/** Counts have 28 bits. */
const COUNT_MASK = 0x0fff_ffff;

/** The number of items that stands for "no limit". */
export const UNLIMITED = COUNT_MASK;

const FIRST_CAPACITY = 1 << 12;
const MOST_CAPACITY = 1 << 26;
/** Below this a loop over bytes is faster than a subarray and a set (measured: about 100 bytes in all engines). */
const SHORT = 96;

/** What a try of an operation came to. */
const DONE = 0;
const FULL = 1;
const EMPTY = 2;
/** Somebody holds a lock, or the item comes in parts: this takes waiting. */
const BUSY = 3;

/** One thread's view of a ring. Holds no state of its own: only views of the buffer, and what was last seen in it. */
export interface Ring {
  readonly words: Int32Array;
  /** The data area as far as this thread knows it; made anew when that has grown. */
  bytes: Uint8Array;
  mask: number;
  /** Values that these words had once. */
  seenPuts: number;
  seenGets: number;
  seenHead: number;
}

/** The shared buffer of a new ring of at most `maxsize` items. */
export function makeRing(maxsize: number): SharedArrayBuffer {
  const buffer = allocate(DATA + FIRST_CAPACITY, DATA + MOST_CAPACITY);
  const words = new Int32Array(buffer, 0, DATA >> 2);
  words[MAXSIZE] = maxsize;
  words[CAPACITY] = FIRST_CAPACITY;
  return buffer;
}

/** This thread's view of the ring in that buffer. */
export function openRing(buffer: SharedArrayBuffer): Ring {
  const words = new Int32Array(buffer, 0, DATA >> 2);
  const ring: Ring = { words, bytes: new Uint8Array(0), mask: -1, seenPuts: 0, seenGets: 0, seenHead: 0 };
  look(ring);
  refresh(ring);
  return ring;
}

/** With either lock: follows a growth by another thread, which took both. */
function refresh(ring: Ring): void {
  const capacity = ring.words[CAPACITY] as number;
  if (ring.mask === capacity - 1) return;
  ring.bytes = new Uint8Array(ring.words.buffer, DATA, capacity);
  ring.mask = capacity - 1;
}

const count = (progress: number): number => progress >>> 4;
const advance = (progress: number, last: boolean): number =>
  ((progress & ~TURN) + (last ? ONE_ITEM : 0)) | ((progress + 1) & TURN) | 0;

/** How many whole items are in the ring. */
export function sizeOf({ words }: Ring): number {
  const gets = Atomics.load(words, GETS);
  return (count(Atomics.load(words, PUTS)) - count(gets)) & COUNT_MASK;
}

export const maxsizeOf = ({ words }: Ring): number => Atomics.load(words, MAXSIZE);

/** Reads how far the consumers are. They may move on meanwhile: count and position must belong together. */
function look(ring: Ring): void {
  const { words } = ring;
  do {
    ring.seenGets = Atomics.load(words, GETS);
    ring.seenHead = Atomics.load(words, HEAD + (ring.seenGets & 1));
  } while (Atomics.load(words, GETS) !== ring.seenGets);
}

/** Bytes that a record of this payload takes. */
const recordSize = (length: number): number => (HEADER + length + 3) & ~3;

// ------------------------------------------------------------------------------------------------ put

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

// ------------------------------------------------------------------------------------------------ get

/** With GET_LOCK: the flags of the oldest record; `undefined` where there is none. */
function oldest(ring: Ring): number | undefined {
  const { words } = ring;
  const gets = words[GETS] as number;
  if (!isAhead(ring.seenPuts, gets)) {
    ring.seenPuts = Atomics.load(words, PUTS);
    if (ring.seenPuts === gets) return undefined;
  }
  refresh(ring);
  return (ring.bytes[(words[HEAD + (gets & 1)] as number) & ring.mask] as number) & (FIRST | LAST);
}

/** Was a whole item published beyond what was consumed, for all that an old value of PUTS can tell? */
const isAhead = (puts: number, gets: number): boolean => (count(puts) - count(gets)) << 4 > 0;

/** With GET_LOCK and a record there: takes it out. */
function consume(ring: Ring): Uint8Array {
  const { words, bytes, mask } = ring;
  const gets = words[GETS] as number;
  const head = words[HEAD + (gets & 1)] as number;
  const at = head & mask;
  const header =
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24);
  const length = header >>> LENGTH_SHIFT;
  const start = (at + HEADER) & mask;
  const straight = Math.min(length, mask + 1 - start);
  const record = new Uint8Array(length);
  if (length <= SHORT && straight === length) {
    for (let i = 0; i < length; i++) record[i] = bytes[start + i] as number;
  } else {
    record.set(bytes.subarray(start, start + straight));
    if (straight < length) record.set(bytes.subarray(0, length - straight), straight);
  }
  const next = advance(gets, (header & LAST) !== 0);
  Atomics.store(words, HEAD + (next & 1), (head + recordSize(length)) | 0);
  Atomics.store(words, GETS, next);
  if (Atomics.load(words, WRITERS) > 0) wake(words, GETS, 1);
  return record;
}

/** A whole item in one record, if it is there and no lock is in the way. */
function tryGet(ring: Ring): Uint8Array | typeof EMPTY | typeof BUSY {
  const { words } = ring;
  if (!isAhead(ring.seenPuts, words[GETS] as number) && Atomics.load(words, PUTS) === Atomics.load(words, GETS))
    return EMPTY;
  if (!tryLock(words, GET_LOCK)) return BUSY;
  try {
    const flags = oldest(ring);
    if (flags === (FIRST | LAST)) return consume(ring);
    return flags === undefined ? EMPTY : BUSY;
  } finally {
    unlock(words, GET_LOCK);
  }
}

/** Gets without waiting: `undefined` where nothing is there, or where somebody else keeps being in the way. */
export function getNow(ring: Ring): Uint8Array | undefined {
  let outcome = tryGet(ring);
  if (outcome === BUSY) outcome = persist(tryGet, ring, GET_LOCK);
  return typeof outcome === 'object' ? outcome : undefined;
}

/** Gets the oldest item, waiting until `deadline` for one; `undefined` where that passed. */
export function* get(ring: Ring, deadline: number): Waiting<Uint8Array | undefined> {
  const { words } = ring;
  for (;;) {
    const outcome = tryGet(ring);
    if (typeof outcome === 'object') return outcome;
    const puts = Atomics.load(words, PUTS);
    if (outcome === BUSY) {
      if (!(yield* lock(words, GET_LOCK, deadline))) return undefined;
      try {
        const item = yield* getParts(ring);
        if (item !== undefined) return item;
      } finally {
        unlock(words, GET_LOCK);
      }
    }
    if (puts !== Atomics.load(words, GETS)) continue;
    if (isPast(deadline)) return undefined;
    yield* sleep(words, READERS, PUTS, puts, deadline);
  }
}

/** With GET_LOCK: the oldest whole item, record by record; `undefined` where there is none and nobody is writing one. */
function* getParts(ring: Ring): Waiting<Uint8Array | undefined> {
  const { words } = ring;
  let parts: Uint8Array[] | undefined;
  for (;;) {
    const puts = Atomics.load(words, PUTS);
    const flags = oldest(ring);
    if (flags === undefined) {
      const producer = ownerOf(words, PUT_LOCK);
      if (parts === undefined || producer === 0 || hasEnded(producer)) return undefined;
      yield* sleep(words, READERS, PUTS, puts, Number.POSITIVE_INFINITY, true);
      continue;
    }
    // A FIRST begins anew: what came before it was never finished. Without one it is the rest of a dead consumer's item.
    if (flags & FIRST) parts = [];
    const record = consume(ring);
    parts?.push(record);
    if (flags & LAST && parts !== undefined) return concatenate(parts);
  }
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

// ------------------------------------------------------------------------------------------------ waiting

/** Parks until a progress word moves, counted among those who want to be woken. */
function* sleep(
  words: Int32Array,
  sleepers: number,
  index: number,
  seen: number,
  until: number,
  firm = false,
): Waiting<void> {
  if (spin(words, index, seen)) return;
  Atomics.add(words, sleepers, 1);
  try {
    if (Atomics.load(words, index) === seen) yield { words, index, seen, until, firm };
  } finally {
    Atomics.sub(words, sleepers, 1);
  }
}

/** Is this thread in the middle of putting an item in parts? */
export const isPutting = ({ words }: Ring): boolean => ownerOf(words, PUT_LOCK) === pid;

/** Is this thread in the middle of getting an item in parts? */
export const isGetting = ({ words }: Ring): boolean => ownerOf(words, GET_LOCK) === pid;

/** How often to try again, without waiting, when somebody holds a lock that is only ever held for a moment. */
const TRIES = 2000;

function persist<T>(attempt: (ring: Ring) => T, ring: Ring, at: number): T {
  let outcome = attempt(ring);
  // Our own thread may hold it, in an item of several parts: it will not let go while we try.
  for (let i = 0; i < TRIES && outcome === BUSY && ownerOf(ring.words, at) !== pid; i++) outcome = attempt(ring);
  return outcome;
}
