// The consumers' side of a ring (ring.ts).

import { lock, ownerOf, tryLock, unlock } from './mutex.ts';
import {
  advance,
  BUSY,
  count,
  EMPTY,
  FIRST,
  GET_LOCK,
  GETS,
  HEAD,
  HEADER,
  LAST,
  LENGTH_SHIFT,
  PUT_LOCK,
  PUTS,
  persist,
  READERS,
  type Ring,
  recordSize,
  refresh,
  SHORT,
  sleep,
  WRITERS,
} from './ring.ts';
import { hasEnded, pid } from './thread.ts';
import { isPast, type Waiting, wake } from './wait.ts';

/** With GET_LOCK: the flags of the oldest record; `undefined` where there is none. */
function oldest(ring: Ring): number | undefined {
  const { words } = ring;
  const gets = words[GETS] as number;
  if (!isAhead(ring)) {
    ring.seenPuts = Atomics.load(words, PUTS);
    ring.gets = gets;
    if (ring.seenPuts === gets) return undefined;
  }
  refresh(ring);
  return (ring.bytes[(words[HEAD + (gets & 1)] as number) & ring.mask] as number) & (FIRST | LAST);
}

/** Is there a whole item, for all that was seen of PUTS? */
function isAhead({ words, gets, seenPuts }: Ring): boolean {
  return words[GETS] === gets && (count(seenPuts) - count(gets)) << 4 > 0;
}

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
  ring.gets = next;
  if (Atomics.load(words, WRITERS) > 0) wake(words, GETS, 1);
  return record;
}

/** A whole item in one record, if it is there and no lock is in the way. */
function tryGet(ring: Ring): Uint8Array | typeof EMPTY | typeof BUSY {
  const { words } = ring;
  if (!isAhead(ring) && Atomics.load(words, PUTS) === Atomics.load(words, GETS)) return EMPTY;
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

/** Is this thread in the middle of getting an item in parts? */
export const isGetting = ({ words }: Ring): boolean => ownerOf(words, GET_LOCK) === pid;
