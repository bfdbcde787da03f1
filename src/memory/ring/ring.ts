// Records of bytes, first in first out, in one shared buffer: any number of producers and consumers, any of which may be
// killed at any instruction.
//
//   word   0          MAXSIZE   items at most
//          1          CAPACITY  bytes of data, a power of two; grows
//   ------ the producers' own cache line
//          16         PUT_LOCK  mutex (mutex.ts)
//          17, 18     TAIL      where the next record begins, in TAIL[turn & 1]
//          19         BEGUN     records of items in parts that may lie behind the last whole item; only its holder looks
//   ------ written by producers, read by consumers
//          32         PUTS      what was published: SHUT | count << 4 | turn
//          33         READERS   how many wait for PUTS to change; from bit 16 on: how many watch, and want the bell
//   ------ the consumers' own cache line
//          48         GET_LOCK  mutex
//          49         FINISHED  what was reported as done: count << 4 | turn (tasks.ts)
//          50         EMPTIED   what FINISHED was when nothing was left
//          51         JOINERS   how many wait for EMPTIED to change
//   ------ written by consumers, read by producers
//          64         GETS      what was consumed: DRAINED | count << 4 | turn
//          65, 66     HEAD      where the oldest record begins, in HEAD[turn & 1]
//          67         WRITERS   how many wait for GETS to change
//   ------
//   byte   320        data: record, record, ...; a position p is at byte 320 + p mod CAPACITY
//
//   record            one word: length << 3 | RAW | LAST | FIRST; then the bytes, to a multiple of 4; it may wrap around
//
// Publishing is one store. A producer writes the record behind the tail, then the new tail into the half of TAIL that
// nobody reads yet, then PUTS, whose lowest bit says which half counts: so the number of items and the tail change at
// once. A producer killed before that store has published nothing, and the next one writes over it. Consuming is the same
// with HEAD and GETS: a consumer killed before its store has taken nothing.
//
// An item that no capacity can hold goes as several records, which only the FIRST and LAST flags hold together: its length
// (8 bytes), then its parts. Both locks are kept until it is through. If its producer dies or gives up, the consumer finds
// the put lock free or dead, or a new FIRST, and drops the beginning. If its consumer dies, the next one skips to a FIRST.
// An item counts in PUTS and in GETS with its LAST record; records of one item in the ring are at most 9, and an item is begun
// only where at most 6 may be left of items that were given up: so `turn` (4 bits) never laps itself.
//
// SHUT and DRAINED are the signs of their words, set for ever by one atomic instruction, without a lock, by anybody. Since
// publishing is a compare-exchange from a word without SHUT, an item is in the ring before the shutdown, or refused;
// consuming is one from a word without DRAINED, so what is in the ring at that moment is nobody's any more.
//
//   open --> shut          PUTS |= SHUT: no more puts; gets take what is there
//   shut --> drained       GETS |= DRAINED: no more gets either; the ring counts as empty
//
// Two threads at full speed fight for cache lines, not for locks. So each side keeps to its own lines, and remembers what it
// last saw of the other: an old value is on the safe side, and is read again only where it says "no room" or "no item".
// (Or where another thread of the own side was there in between: values wrap around, so they must not grow too old.)
// Together worth twice the messages a second between two workers.

import { pid } from '../../base/thread.ts';
import { allocate, ceilingOf } from '../buffer.ts';
import { ownerOf } from '../mutex.ts';
import { hasEnded } from '../processes.ts';
import { spin } from '../spin.ts';
import { announceChange, ringBell, type Waiting, wake } from '../wait.ts';

export const MAXSIZE = 0;
export const CAPACITY = 1;
export const PUT_LOCK = 16;
export const TAIL = 17;
export const BEGUN = 19;
export const PUTS = 32;
export const READERS = 33;
export const GET_LOCK = 48;
export const FINISHED = 49;
export const EMPTIED = 50;
export const JOINERS = 51;
export const GETS = 64;
export const HEAD = 65;
export const WRITERS = 67;
export const DATA = 320;

export const FIRST = 1;
export const LAST = 2;
/** What the item is made of: nothing to the ring. Pipes tell bytes from values by it. */
export const RAW = 4;
export const LENGTH_SHIFT = 3;
export const HEADER = 4;

const ONE_WATCHER = 1 << 16;

const ONE_ITEM = 16;
const TURN = 15;
/** Counts have 27 bits. */
export const COUNT_MASK = 0x07ff_ffff;
/** A progress word without its sign, which is SHUT or DRAINED. */
export const PROGRESS = 0x7fff_ffff;
const SIGN = ~PROGRESS;

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
  /** The capacity beyond which this thread will not try to grow it. */
  limit: number;
  /** PUTS and GETS as this thread last left them: while they are still so, what it saw of the other side is of use. */
  puts: number;
  gets: number;
  /** What these words were when this thread last looked. */
  seenPuts: number;
  seenGets: number;
  seenHead: number;
  /** Where this thread says which item it is about to take, counted from 1, before it is taken. */
  claim: Int32Array | undefined;
}

/** The shared buffer of a new ring of at most `maxsize` items and `most` bytes. */
export function makeRing(maxsize: number, most = MOST_CAPACITY): SharedArrayBuffer {
  const buffer = allocate(DATA + FIRST_CAPACITY, DATA + most);
  const words = new Int32Array(buffer, 0, DATA >> 2);
  words[MAXSIZE] = maxsize;
  words[CAPACITY] = FIRST_CAPACITY;
  return buffer;
}

/** Makes a ring, for any number of items, of a piece of memory that is all 0: of `DATA` bytes and a power of two. */
export function layRing(memory: Uint8Array<SharedArrayBuffer>): void {
  const words = new Int32Array(memory.buffer, memory.byteOffset, DATA >> 2);
  words[MAXSIZE] = UNLIMITED;
  words[CAPACITY] = memory.length - DATA;
}

/** This thread's view of the ring in that buffer, or in a piece of memory, where it cannot grow. */
export function openRing(memory: SharedArrayBuffer | Uint8Array<SharedArrayBuffer>): Ring {
  const [buffer, start, room] =
    memory instanceof Uint8Array ? [memory.buffer, memory.byteOffset, memory.length] : [memory, 0, ceilingOf(memory)];
  const words = new Int32Array(buffer, start, DATA >> 2);
  const ring = {
    words,
    bytes: new Uint8Array(0),
    mask: -1,
    limit: 1 << (31 - Math.clz32(room - DATA)),
    puts: Atomics.load(words, PUTS) & PROGRESS,
    gets: Atomics.load(words, GETS) & PROGRESS,
    seenPuts: Atomics.load(words, PUTS),
    seenGets: 0,
    seenHead: 0,
    claim: undefined,
  };
  look(ring);
  refresh(ring);
  return ring;
}

/** With either lock: follows a growth by another thread, which took both. */
export function refresh(ring: Ring): void {
  const capacity = ring.words[CAPACITY] as number;
  if (ring.mask === capacity - 1) return;
  ring.bytes = new Uint8Array(ring.words.buffer, ring.words.byteOffset + DATA, capacity);
  ring.mask = capacity - 1;
}

export const count = (progress: number): number => (progress >>> 4) & COUNT_MASK;
export const advance = (progress: number, last: boolean): number =>
  (((progress & ~TURN) + (last ? ONE_ITEM : 0)) & PROGRESS) | ((progress + 1) & TURN);

/** Four bytes as a word. (A DataView for each record would cost a tenth of a pool's call.) */
export const wordIn = (bytes: Uint8Array, at: number): number =>
  (bytes[at] as number) |
  ((bytes[at + 1] as number) << 8) |
  ((bytes[at + 2] as number) << 16) |
  ((bytes[at + 3] as number) << 24);

/** How many whole items are in the ring. */
export function sizeOf({ words }: Ring): number {
  const gets = Atomics.load(words, GETS);
  return gets < 0 ? 0 : (count(Atomics.load(words, PUTS)) - count(gets)) & COUNT_MASK;
}

/** Open becomes shut; and drained, where `immediate`. Never waits, whoever is in the middle of what. */
export function shut({ words }: Ring, immediate: boolean): void {
  Atomics.or(words, PUTS, SIGN);
  if (immediate) {
    Atomics.or(words, GETS, SIGN);
    // The same count, but another word: whoever is about to wait for it looks again.
    Atomics.xor(words, EMPTIED, 1);
  }
  for (const index of [PUTS, GETS, EMPTIED]) wake(words, index);
  announceChange();
  if (Atomics.load(words, READERS) >> 16) ringBell();
}

/** Will nothing be put any more? */
export const isShut = ({ words }: Ring): boolean => Atomics.load(words, PUTS) < 0;

/** Will nothing come out any more? */
export const isOver = (ring: Ring): boolean => isShut(ring) && sizeOf(ring) === 0;

/** Is no record there, or none that anybody may take? */
export const isEmpty = (gets: number, puts: number): boolean => gets < 0 || (puts & PROGRESS) === gets;

/** Reads how far the consumers are. They may move on meanwhile: count and position must belong together. */
export function look(ring: Ring): void {
  const { words } = ring;
  do {
    ring.seenGets = Atomics.load(words, GETS);
    ring.seenHead = Atomics.load(words, HEAD + (ring.seenGets & 1));
  } while (Atomics.load(words, GETS) !== ring.seenGets);
}

/** Is there an item, or one that is coming in parts? What a dead producer left half done does not count. */
export function hasItem({ words }: Ring): boolean {
  const gets = Atomics.load(words, GETS);
  const puts = Atomics.load(words, PUTS);
  if (isEmpty(gets, puts)) return false;
  if (count(puts) !== count(gets)) return true;
  const producer = ownerOf(words, PUT_LOCK);
  // If it has just finished, the count says so now.
  return (producer !== 0 && !hasEnded(producer)) || count(Atomics.load(words, PUTS)) !== count(gets);
}

/** Somebody begins (1) or ceases (-1) to watch for items with `wait()`. */
export function watch({ words }: Ring, change: 1 | -1): void {
  Atomics.add(words, READERS, change * ONE_WATCHER);
}

/** There is a new record: wakes one who waits for it, and rings for those who watch. */
export function alert(words: Int32Array, readers: number): void {
  if (readers & (ONE_WATCHER - 1)) wake(words, PUTS, atMost(words, GET_LOCK));
  if (readers >> 16) ringBell();
}

/** There is more room: wakes one who waits for it. */
export function alertWriter(words: Int32Array): void {
  if (Atomics.load(words, WRITERS) > 0) wake(words, GETS, atMost(words, PUT_LOCK));
}

/**
 * How many to wake: one can do what there is to do. But whoever sleeps with the lock, in the middle of an item in parts, is the
 * only one who can go on.
 */
const atMost = (words: Int32Array, at: number): number => (ownerOf(words, at) === 0 ? 1 : Number.POSITIVE_INFINITY);

/** Wakes all who wait, on either side: there is something to see that is not in the ring. */
export function wakeAll({ words }: Ring): void {
  wake(words, PUTS);
  wake(words, GETS);
}

/**
 * Whether there is no use in waiting for the other side: `true` ends the operation without a result, an error is thrown.
 * Asked before each sleep; what the other side did before it went is still seen.
 */
export type Lost = () => Error | true | undefined;

/** Bytes that a record of this payload takes. */
export const recordSize = (length: number): number => (HEADER + length + 3) & ~3;

/** Waits until a progress word moves: looks at it for a moment, then parks. */
export function* sleep(
  words: Int32Array,
  sleepers: number,
  index: number,
  seen: number,
  until: number,
  firm = false,
): Waiting<void> {
  if (!spin(words, index, seen)) yield* park(words, sleepers, index, seen, until, firm);
}

/** Parks until a progress word moves, counted among those who want to be woken. */
export function* park(
  words: Int32Array,
  sleepers: number,
  index: number,
  seen: number,
  until: number,
  firm = false,
): Waiting<void> {
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
