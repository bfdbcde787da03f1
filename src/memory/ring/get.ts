// The consumers' side of a ring (ring.ts).

import { isPast, now } from '../../base/deadline.ts';
import { pid } from '../../base/thread.ts';
import { lock, ownerOf, tryLock, unlock } from '../mutex.ts';
import { hasEnded } from '../processes.ts';
import { spin } from '../spin.ts';
import { type Waiting, wake } from '../wait.ts';
import {
  advance,
  alertWriter,
  BUSY,
  count,
  EMPTY,
  FIRST,
  GET_LOCK,
  GETS,
  HEAD,
  HEADER,
  isEmpty,
  isOver,
  LAST,
  LENGTH_SHIFT,
  type Lost,
  PROGRESS,
  PUT_LOCK,
  PUTS,
  park,
  persist,
  RAW,
  READERS,
  type Ring,
  recordSize,
  refresh,
  SHORT,
  sleep,
  wordIn,
} from './ring.ts';

/** With GET_LOCK: the flags of the oldest record; `undefined` where there is none. */
function oldest(ring: Ring): number | undefined {
  const { words } = ring;
  const gets = words[GETS] as number;
  if (!isAhead(ring)) {
    ring.seenPuts = Atomics.load(words, PUTS);
    ring.gets = gets & PROGRESS;
    if (isEmpty(gets, ring.seenPuts)) return undefined;
  }
  refresh(ring);
  return (ring.bytes[(words[HEAD + (gets & 1)] as number) & ring.mask] as number) & (FIRST | LAST);
}

/** Is there a whole item, for all that was seen of PUTS? */
function isAhead({ words, gets, seenPuts }: Ring): boolean {
  return words[GETS] === gets && (count(seenPuts) - count(gets)) << 5 > 0;
}

/** Answers where an item of that many bytes goes; if it throws, the item stays where it is. */
export type Accept = (length: number, raw: boolean) => Uint8Array;

const anywhere: Accept = (length) => new Uint8Array(length);

/** With GET_LOCK and a record there: its header. */
function headerOf({ words, bytes, mask }: Ring): number {
  const at = (words[HEAD + ((words[GETS] as number) & 1)] as number) & mask;
  return wordIn(bytes, at);
}

/** With GET_LOCK: copies what the oldest record holds to `to[at..]`. */
function copy({ words, bytes, mask }: Ring, length: number, to: Uint8Array, at: number): void {
  const start = ((words[HEAD + ((words[GETS] as number) & 1)] as number) + HEADER) & mask;
  const straight = Math.min(length, mask + 1 - start);
  if (length <= SHORT && straight === length) {
    for (let i = 0; i < length; i++) to[at + i] = bytes[start + i] as number;
  } else {
    to.set(bytes.subarray(start, start + straight), at);
    if (straight < length) to.set(bytes.subarray(0, length - straight), at + straight);
  }
}

/** With GET_LOCK: gives the oldest record's room back; false where the ring was drained instead. */
function drop(ring: Ring, header: number): boolean {
  const { words } = ring;
  const gets = (words[GETS] as number) & PROGRESS;
  const head = words[HEAD + (gets & 1)] as number;
  const next = advance(gets, (header & LAST) !== 0);
  Atomics.store(words, HEAD + (next & 1), (head + recordSize(header >>> LENGTH_SHIFT)) | 0);
  if (ring.claim !== undefined && header & LAST) Atomics.store(ring.claim, 0, count(gets) + 1);
  if (Atomics.compareExchange(words, GETS, gets, next) !== gets) return false;
  ring.gets = next;
  alertWriter(words);
  return true;
}

/** With GET_LOCK and an item there in one record: takes it out; `undefined` where the ring was drained instead. */
function consume(ring: Ring, accept: Accept): Uint8Array | undefined {
  const header = headerOf(ring);
  const length = header >>> LENGTH_SHIFT;
  const item = accept(length, (header & RAW) !== 0);
  copy(ring, length, item, 0);
  return drop(ring, header) ? item : undefined;
}

/** A whole item in one record, if it is there and no lock is in the way. */
function tryGet(ring: Ring, accept: Accept): Uint8Array | typeof EMPTY | typeof BUSY {
  const { words } = ring;
  if (!isAhead(ring) && isEmpty(Atomics.load(words, GETS), Atomics.load(words, PUTS))) return EMPTY;
  if (!tryLock(words, GET_LOCK)) return BUSY;
  try {
    const flags = oldest(ring);
    if (flags === (FIRST | LAST)) return consume(ring, accept) ?? EMPTY;
    return flags === undefined ? EMPTY : BUSY;
  } finally {
    unlock(words, GET_LOCK);
  }
}

/** Gets if that takes one try: `undefined` where nothing is there, a lock is in the way, or the item comes in parts. */
export function tryGetNow(ring: Ring, accept: Accept): Uint8Array | undefined {
  const outcome = tryGet(ring, accept);
  return typeof outcome === 'object' ? outcome : undefined;
}

/** Gets without waiting: `undefined` where nothing is there, or where somebody else keeps being in the way. */
export function getNow(ring: Ring, accept: Accept = anywhere): Uint8Array | undefined {
  let outcome = tryGet(ring, accept);
  if (outcome === BUSY) outcome = persist((it) => tryGet(it, accept), ring, GET_LOCK);
  return typeof outcome === 'object' ? outcome : undefined;
}

/**
 * Gets the oldest item, waiting for one until `deadline`, or until nothing will come any more; then `undefined`. Before
 * it parks it looks for a while, where `mayLook` says so then.
 */
export function* get(
  ring: Ring,
  deadline: number,
  accept: Accept = anywhere,
  lost?: Lost,
  mayLook: () => boolean = always,
): Waiting<Uint8Array | undefined> {
  const { words } = ring;
  let slept = false;
  let got = false;
  try {
    for (;;) {
      const outcome = tryGet(ring, accept);
      if (typeof outcome === 'object') {
        got = true;
        return outcome;
      }
      const puts = Atomics.load(words, PUTS);
      if (outcome === BUSY) {
        if (!(yield* lock(words, GET_LOCK, deadline))) return undefined;
        try {
          const item = yield* getParts(ring, accept);
          if (item !== undefined) {
            got = true;
            return item;
          }
        } finally {
          unlock(words, GET_LOCK);
        }
      }
      if (isOver(ring)) return undefined;
      if (!isEmpty(Atomics.load(words, GETS), puts)) continue;
      // An answer often comes within microseconds; what is dearer than a look comes after it.
      if (!isPast(deadline) && mayLook() && spin(words, PUTS, puts)) continue;
      const reason = lost?.();
      if (reason !== undefined) {
        // What was put before the last producer went is there by now.
        if (Atomics.load(words, PUTS) !== puts) continue;
        if (reason === true) return undefined;
        throw reason;
      }
      if (isPast(deadline)) return undefined;
      slept = true;
      yield* park(words, READERS, PUTS, puts, deadline);
    }
  } finally {
    // It may have been woken in place of one who wants what is there.
    if (slept && !got) wake(words, PUTS);
  }
}

const always = (): boolean => true;

/** Milliseconds between two looks whether the rest of an item is still to come. */
const LOOK = 50;

const total = new Float64Array(1);
const totalBytes = new Uint8Array(total.buffer);

/** With GET_LOCK: the oldest whole item, record by record; `undefined` where there is none and nobody is writing one. */
function* getParts(ring: Ring, accept: Accept): Waiting<Uint8Array | undefined> {
  const { words } = ring;
  let item: Uint8Array | undefined;
  let at = 0;
  for (;;) {
    const puts = Atomics.load(words, PUTS);
    const flags = oldest(ring);
    if (flags === undefined) {
      if (item === undefined || puts < 0) return undefined;
      const producer = ownerOf(words, PUT_LOCK);
      // Gone, and has published nothing since we looked: only then is it certain that the rest will never come.
      if ((producer === 0 || hasEnded(producer)) && Atomics.load(words, PUTS) === puts) return undefined;
      // A producer that gives up changes no word.
      yield* sleep(words, READERS, PUTS, puts, now() + LOOK, true);
      continue;
    }
    if (flags === (FIRST | LAST)) return consume(ring, accept);
    const header = headerOf(ring);
    const length = header >>> LENGTH_SHIFT;
    if (flags & FIRST) {
      // An item begins; if there was one before it, that was never finished.
      copy(ring, length, totalBytes, 0);
      item = accept(total[0] as number, (header & RAW) !== 0);
      at = 0;
    } else if (item !== undefined) {
      // Without an item this is the rest of one that a dead consumer began.
      copy(ring, length, item, at);
      at += length;
    }
    if (!drop(ring, header)) return undefined;
    if (flags & LAST && item !== undefined) return item;
  }
}

/** Has those of this thread who wait for an item look whether they were stopped. */
export const nudge = ({ words }: Ring): void => wake(words, PUTS);

/** Is this thread in the middle of getting an item in parts? */
export const isGetting = ({ words }: Ring): boolean => ownerOf(words, GET_LOCK) === pid;
