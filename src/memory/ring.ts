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
// last saw of the other: an old value is on the safe side, and is read again only where it says "no room" or "no item".
// (Or where another thread of the own side was there in between: values wrap around, so they must not grow too old.)
// Together worth twice the messages a second between two workers.

import { allocate } from './buffer.ts';
import { ownerOf } from './mutex.ts';
import { pid } from './thread.ts';
import { spin, type Waiting } from './wait.ts';

export const MAXSIZE = 0;
export const CAPACITY = 1;
export const PUT_LOCK = 16;
export const TAIL = 17;
export const PUTS = 32;
export const READERS = 33;
export const GET_LOCK = 48;
export const GETS = 64;
export const HEAD = 65;
export const WRITERS = 67;
export const DATA = 320;

export const FIRST = 1;
export const LAST = 2;
export const LENGTH_SHIFT = 2;
export const HEADER = 4;

const ONE_ITEM = 16;
const TURN = 15;
/** Counts have 28 bits. */
export const COUNT_MASK = 0x0fff_ffff;

/** The number of items that stands for "no limit". */
export const UNLIMITED = COUNT_MASK;

const FIRST_CAPACITY = 1 << 12;
const MOST_CAPACITY = 1 << 26;
/** Below this a loop over bytes is faster than a subarray and a set (measured: about 100 bytes in all engines). */
export const SHORT = 96;

/** What a try of an operation came to. */
export const DONE = 0;
export const FULL = 1;
export const EMPTY = 2;
/** Somebody holds a lock, or the item comes in parts: this takes waiting. */
export const BUSY = 3;

/** One thread's view of a ring. Holds no state of its own: only views of the buffer, and what was last seen in it. */
export interface Ring {
  readonly words: Int32Array;
  /** The data area as far as this thread knows it; made anew when that has grown. */
  bytes: Uint8Array;
  mask: number;
  /** PUTS and GETS as this thread last left them: while they are still so, what it saw of the other side is of use. */
  puts: number;
  gets: number;
  /** What these words were when this thread last looked. */
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
  const ring = {
    words,
    bytes: new Uint8Array(0),
    mask: -1,
    puts: Atomics.load(words, PUTS),
    gets: Atomics.load(words, GETS),
    seenPuts: Atomics.load(words, PUTS),
    seenGets: 0,
    seenHead: 0,
  };
  look(ring);
  refresh(ring);
  return ring;
}

/** With either lock: follows a growth by another thread, which took both. */
export function refresh(ring: Ring): void {
  const capacity = ring.words[CAPACITY] as number;
  if (ring.mask === capacity - 1) return;
  ring.bytes = new Uint8Array(ring.words.buffer, DATA, capacity);
  ring.mask = capacity - 1;
}

export const count = (progress: number): number => progress >>> 4;
export const advance = (progress: number, last: boolean): number =>
  ((progress & ~TURN) + (last ? ONE_ITEM : 0)) | ((progress + 1) & TURN) | 0;

/** How many whole items are in the ring. */
export function sizeOf({ words }: Ring): number {
  const gets = Atomics.load(words, GETS);
  return (count(Atomics.load(words, PUTS)) - count(gets)) & COUNT_MASK;
}

/** Reads how far the consumers are. They may move on meanwhile: count and position must belong together. */
export function look(ring: Ring): void {
  const { words } = ring;
  do {
    ring.seenGets = Atomics.load(words, GETS);
    ring.seenHead = Atomics.load(words, HEAD + (ring.seenGets & 1));
  } while (Atomics.load(words, GETS) !== ring.seenGets);
}

/** Bytes that a record of this payload takes. */
export const recordSize = (length: number): number => (HEADER + length + 3) & ~3;

/** Parks until a progress word moves, counted among those who want to be woken. */
export function* sleep(
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

/** How often to try again, without waiting, when somebody holds a lock that is only ever held for a moment. */
const TRIES = 2000;

export function persist<T>(attempt: (ring: Ring) => T, ring: Ring, at: number): T {
  let outcome = attempt(ring);
  // Our own thread may hold it, in an item of several parts: it will not let go while we try.
  for (let i = 0; i < TRIES && outcome === BUSY && ownerOf(ring.words, at) !== pid; i++) outcome = attempt(ring);
  return outcome;
}
