// The memory of all named blocks of the page (SharedMemory): one growable buffer that every process is given when it is
// started, so that a block can be found by its name also by a process that is blocked and receives no messages.
//
//   word   0        MUTEX     held for each change of the directory or the records (mutex.ts)
//          1        BLOCKS    places of the directory that were ever used
//          2        RECORDS   records that were ever used
//          3        TOP       what lies from here on, in units of 64 bytes, was never used: it is all zero
//   ------
//   word   16       DIRECTORY where block 0, 1, ... begins, in units of 64 bytes; 0: there is no such block
//   word   4112     HOLDERS   records: the pid, 0 where unused; block << 1 | CLOSED
//   ------
//   byte   147,520  blocks, each at a multiple of 64, in any order, with gaps
//
//   block           STATE, SIZE (bytes), MAKER (pid), PASSED, LENGTH (of the name): a word each; the name, two bytes a
//                   code unit; then, at the next multiple of 64, the bytes of the block
//
//   STATE   PENDING ------> NAMED ------> UNLINKED        then, with no open record of a living process, there is no block
//             |    create()        unlink()                any more: its place in the directory becomes 0
//             +--> its maker died: likewise no block any more
//
// Nothing else is kept: which memory is free follows from the directory, who holds a block from the records and the
// process table. Each change is whole by one store: a block exists from the store of its place in the directory, a record
// from that of its pid. Who is killed before that has changed nothing.
//
// A record says that a process has opened a block: it stays, CLOSED or not, until the process has ended. Only open ones
// keep the memory of an unlinked block. A block that nobody has unlinked goes when all who opened it have ended; not if its
// maker ended well and nobody else has opened it yet (PASSED): then its name is on its way to somebody.

import { deadlineOf, isPast } from '../base/deadline.ts';
import { isWorker, pid } from '../base/thread.ts';
import { BlockingNotAllowedError } from '../errors.ts';
import { arena, onReclaim, TABLES } from './arena.ts';
import { ceilingOf } from './buffer.ts';
import { lock, tryLock, unlock } from './mutex.ts';
import { hasEnded, table } from './processes.ts';
import { exitcodeOf } from './table.ts';
import { block } from './wait.ts';

const MUTEX = 0;
const BLOCKS = 1;
const RECORDS = 2;
const TOP = 3;
const DIRECTORY = 16;
const MOST_BLOCKS = 1 << 12;
const HOLDERS = DIRECTORY + MOST_BLOCKS;
const MOST_RECORDS = 1 << 14;

const STATE = 0;
const SIZE = 1;
const MAKER = 2;
const PASSED = 3;
const LENGTH = 4;
const NAME = 5;

const PENDING = 0;
const NAMED = 1;
const UNLINKED = 2;

const CLOSED = 1;

const UNIT = 64;
const WORDS_PER_UNIT = UNIT / 4;
/** Bytes that the buffer grows by, at least. */
const STEP = 1 << 16;
/** Milliseconds for which a window tries: whoever has the mutex has it for less than one. */
const PATIENCE = 100;

/** A block that this process has opened. */
export interface Block {
  readonly index: number;
  readonly bytes: Uint8Array<SharedArrayBuffer>;
}

/** The tables; none before a block is first asked for. */
let words: Int32Array<SharedArrayBuffer>;
/** All of the buffer, as it grows. */
let all: Int32Array<SharedArrayBuffer>;
let units: Uint16Array<SharedArrayBuffer>;

/** How often this process has opened each block and not closed it, and its record. */
const opened = new Map<number, { record: number; count: number }>();

/** Looks at the arena. */
function open(): void {
  const buffer = arena();
  if (all?.buffer === buffer) return;
  words = new Int32Array(buffer, 0, TABLES >> 2);
  all = new Int32Array(buffer);
  units = new Uint16Array(buffer);
}

const load = (index: number): number => Atomics.load(words, index);
const store = (index: number, value: number): number => Atomics.store(words, index, value);

/** Where the words of a block begin; 0 where there is no such block. */
const wordAt = (index: number): number => load(DIRECTORY + index) * WORDS_PER_UNIT;

const sizeOf = (at: number): number => (all[at + SIZE] as number) >>> 0;

const unitsOf = (bytes: number): number => Math.ceil(bytes / UNIT);

/** Units before the bytes of a block. */
const headOf = (nameLength: number): number => unitsOf(NAME * 4 + nameLength * 2);

function nameOf(at: number): string {
  const start = (at + NAME) * 2;
  return String.fromCharCode(...units.subarray(start, start + (all[at + LENGTH] as number)));
}

function bytesOf(index: number): Uint8Array<SharedArrayBuffer> {
  const at = wordAt(index);
  return new Uint8Array(arena(), at * 4 + headOf(all[at + LENGTH] as number) * UNIT, sizeOf(at));
}

/** What was removed because nobody is left who could unlink it; told once the mutex is free. */
let leaked: string[] = [];

/** Runs `body` with the mutex. A window cannot wait for it, but may try for a moment. */
function exclusively<T>(body: () => T): T {
  open();
  if (!tryLock(words, MUTEX)) {
    if (isWorker) block(lock(words, MUTEX, Number.POSITIVE_INFINITY), 'SharedMemory');
    else {
      for (const deadline = deadlineOf(PATIENCE); !tryLock(words, MUTEX); ) {
        if (isPast(deadline)) {
          throw new BlockingNotAllowedError(
            'SharedMemory: a process that was terminated may still be at work on the names; try again in a moment',
          );
        }
      }
    }
  }
  try {
    return body();
  } finally {
    unlock(words, MUTEX);
    warn();
  }
}

function warn(): void {
  if (leaked.length === 0) return;
  const names = leaked.join(', ');
  const text = `${leaked.length} leaked shared memory ${leaked.length === 1 ? 'block' : 'blocks'} removed: ${names}`;
  leaked = [];
  try {
    globalThis.console.warn(`web-multiprocessing: ${text}; whoever opened it ended without unlink()`);
  } catch {
    // Nobody is listening.
  }
}

// ------------------------------------------------------------------------------------------------ with the mutex

const OPEN = 2;

/** Goes through the records, and lets go of those of the dead. Returns for each block: 0, CLOSED or OPEN. */
function census(): Uint8Array {
  const held = new Uint8Array(load(BLOCKS));
  for (let record = HOLDERS, end = record + 2 * load(RECORDS); record < end; record += 2) {
    const holder = load(record);
    if (holder === 0) continue;
    const what = load(record + 1);
    const index = what >> 1;
    if (hasEnded(holder) || wordAt(index) === 0) store(record, 0);
    else held[index] = Math.max(held[index] as number, what & CLOSED ? CLOSED : OPEN);
  }
  return held;
}

/** Removes the blocks that nobody can use any more. */
function reclaim(): void {
  census().forEach((held, index) => {
    const at = wordAt(index);
    if (at === 0 || held === OPEN) return;
    const state = Atomics.load(all, at + STATE);
    if (state === NAMED) {
      if (held === CLOSED || (all[at + PASSED] === 0 && exitcodeOf(table(), all[at + MAKER] as number) === 0)) return;
      if (isPublic(nameOf(at))) leaked.push(nameOf(at));
    } else if (state === PENDING && held !== 0) return;
    store(DIRECTORY + index, 0);
  });
}

/** The block of that name, be it PENDING or NAMED; -1 where there is none. */
function find(name: string): number {
  for (let index = 0, count = load(BLOCKS); index < count; index++) {
    const at = wordAt(index);
    if (at === 0 || all[at + LENGTH] !== name.length || Atomics.load(all, at + STATE) === UNLINKED) continue;
    if (nameOf(at) === name) return index;
  }
  return -1;
}

/** Names that begin with NUL are the library's own: nobody else can use them, nor would know what to do about them. */
const isPublic = (name: string): boolean => name.charCodeAt(0) !== 0;

/** The first gap of so many units. */
function gap(size: number): number {
  const taken: [start: number, end: number][] = [];
  for (let index = 0, count = load(BLOCKS); index < count; index++) {
    const at = wordAt(index);
    if (at === 0) continue;
    const start = at / WORDS_PER_UNIT;
    taken.push([start, start + headOf(all[at + LENGTH] as number) + unitsOf(sizeOf(at))]);
  }
  taken.sort(([a], [b]) => a - b);
  let free = TABLES / UNIT;
  for (const [start, end] of taken) {
    if (start - free >= size) break;
    free = end;
  }
  return free;
}

/** Makes the buffer reach to that unit; false where it cannot. */
function reach(end: number): boolean {
  const buffer = arena();
  const bytes = end * UNIT;
  if (bytes > ceilingOf(buffer)) return false;
  if (bytes > buffer.byteLength) {
    try {
      buffer.grow(Math.min(ceilingOf(buffer), Math.ceil(bytes / STEP) * STEP));
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
  }
  return true;
}

/** The first unused place of a table of words, or a new one at its end; -1 where it is full. */
function vacant(start: number, stride: number, counter: number, most: number): number {
  const count = load(counter);
  for (let i = 0; i < count; i++) if (load(start + i * stride) === 0) return i;
  if (count === most) return -1;
  store(counter, count + 1);
  return count;
}

/** Notes that this process has the block open. False where there are too many records. */
function hold(index: number): boolean {
  const known = opened.get(index);
  // Of an older block at this place, the record is gone.
  if (known !== undefined && load(known.record) === pid && load(known.record + 1) >> 1 === index) {
    known.count++;
    store(known.record + 1, index << 1);
    return true;
  }
  const place = vacant(HOLDERS, 2, RECORDS, MOST_RECORDS);
  if (place < 0) return false;
  const record = HOLDERS + 2 * place;
  store(record + 1, index << 1);
  store(record, pid);
  opened.set(index, { record, count: 1 });
  return true;
}

// ------------------------------------------------------------------------------------------------ without

/** What a try to make or open a block came to. */
export const IN_USE = 'in use';
export const NO_ROOM = 'no room';
export const UNKNOWN = 'unknown';

/** Makes a block of that many bytes, all 0, and opens it. */
export function create(name: string, size: number): Block | typeof IN_USE | typeof NO_ROOM {
  let dirty = 0;
  const index = exclusively(() => {
    reclaim();
    if (find(name) >= 0) return IN_USE;
    const head = headOf(name.length);
    const start = gap(head + unitsOf(size));
    const end = start + head + unitsOf(size);
    if (!reach(end)) return NO_ROOM;
    const index = vacant(DIRECTORY, 1, BLOCKS, MOST_BLOCKS);
    if (index < 0) return NO_ROOM;
    // Records of an older block at this place would pass for ones of the new.
    for (let record = HOLDERS, last = record + 2 * load(RECORDS); record < last; record += 2) {
      if (load(record + 1) >> 1 === index) store(record, 0);
    }
    opened.delete(index);
    if (!hold(index)) return NO_ROOM;
    const at = start * WORDS_PER_UNIT;
    all.set([PENDING, size, pid, 0, name.length], at);
    for (let i = 0; i < name.length; i++) units[(at + NAME) * 2 + i] = name.charCodeAt(i);
    dirty = (load(TOP) - start - head) * UNIT;
    if (end > load(TOP)) store(TOP, end);
    store(DIRECTORY + index, start);
    return index;
  });
  if (typeof index !== 'number') return index;
  // Zeroing may take a while: not with the mutex.
  const bytes = bytesOf(index);
  if (dirty > 0) bytes.fill(0, 0, dirty);
  Atomics.store(all, wordAt(index) + STATE, NAMED);
  return { index, bytes };
}

/** Opens the block of that name. */
export function attach(name: string): Block | typeof UNKNOWN | typeof NO_ROOM {
  return exclusively(() => {
    reclaim();
    const index = find(name);
    const at = index < 0 ? 0 : wordAt(index);
    if (at === 0 || Atomics.load(all, at + STATE) !== NAMED) return UNKNOWN;
    if (!hold(index)) return NO_ROOM;
    if (all[at + MAKER] !== pid) all[at + PASSED] = 1;
    return { index, bytes: bytesOf(index) };
  });
}

/** Closes a block, as often as it was opened. The memory of one that was unlinked is found free by the next `create()`. */
export function close({ index }: Block): void {
  const known = opened.get(index);
  if (known !== undefined && --known.count === 0) store(known.record + 1, (index << 1) | CLOSED);
}

/** Takes the name away; false where there is no such name. */
export function unlink(name: string): boolean {
  return exclusively(() => {
    const index = find(name);
    return index >= 0 && Atomics.compareExchange(all, wordAt(index) + STATE, NAMED, UNLINKED) === NAMED;
  });
}

// A process has ended. Somebody else removes what it leaves behind, where this cannot be done at once.
onReclaim(() => {
  open();
  if (load(BLOCKS) === 0 || !tryLock(words, MUTEX)) return;
  try {
    reclaim();
  } finally {
    unlock(words, MUTEX);
    warn();
  }
});
