// Mutual exclusion in one shared word that knows its owner.
//
//   bit   31 .. 3   2          1         0
//         +--------+----------+---------+---------+
//         | owner  | ABANDON. | STARVED | WAITERS |
//         +--------+----------+---------+---------+
//
//   owner      pid of the holder, 0 while free
//   ABANDONED  the holder got it from an owner that died, and has not released it since
//   STARVED    somebody has waited long: who comes newly lets it go first
//   WAITERS    somebody may be parked: the releaser has to wake
//
//   free          --> held            lock: 0 -> owner
//   held          --> held, WAITERS   a waiter, before it parks
//   held          --> free            unlock: everything goes but STARVED; wakes one waiter, all where STARVED
//   free, STARVED --> held            by a waiter at once, by a newcomer after it stood aside for a moment
//   held by dead  --> held, ABANDONED by whoever finds the owner ended
//
// A waiter that takes the word sets WAITERS again, since it cannot know whether it was the last. One that is killed
// between waking and taking leaves a free word behind, which the others find when they hear of its end.

import { isPast, now } from '../base/deadline.ts';
import { pid } from '../base/thread.ts';
import { hasEnded } from './processes.ts';
import { spin } from './spin.ts';
import { type Waiting, wake } from './wait.ts';

const WAITERS = 1;
const STARVED = 2;
const ABANDONED = 4;
const OWNER_SHIFT = 3;

/** Milliseconds after which a waiter says that it starves, and for which a newcomer then stands aside. */
const PATIENCE = 1;

/** Free becomes held, unless somebody starves for it. */
export const seize = (words: Int32Array, at: number): boolean =>
  Atomics.compareExchange(words, at, 0, pid << OWNER_SHIFT) === 0;

/**
 * Free becomes held; so does held by the dead. False where somebody alive holds it. Never stands aside: only for those who
 * do not try again at once, or nobody else would ever have it.
 */
export function tryLock(words: Int32Array, at: number): boolean {
  const seen = Atomics.compareExchange(words, at, 0, pid << OWNER_SHIFT);
  return seen === 0 || take(words, at, seen, seen & WAITERS);
}

/** What was seen becomes held by this process, if it is free or its owner has ended. */
function take(words: Int32Array, at: number, seen: number, waiters: number): boolean {
  const owner = seen >>> OWNER_SHIFT;
  if (owner !== 0 && !hasEnded(owner)) return false;
  const mine = (pid << OWNER_SHIFT) | waiters | (owner === 0 ? 0 : ABANDONED);
  return Atomics.compareExchange(words, at, seen, mine) === seen;
}

/** Waits until the word is this process's; false where `deadline` came first. */
export function* lock(words: Int32Array, at: number, deadline: number): Waiting<boolean> {
  if (seize(words, at)) return true;
  const start = now();
  let polite = true;
  for (;;) {
    const seen = Atomics.load(words, at);
    const owner = seen >>> OWNER_SHIFT;
    if (owner === 0 && seen & STARVED && polite && now() - start < PATIENCE && !isPast(deadline)) {
      yield { words, index: at, seen, until: Math.min(deadline, start + PATIENCE) };
      continue;
    }
    if (take(words, at, seen, WAITERS)) return true;
    if (owner === 0) continue;
    if (isPast(deadline)) return false;
    if (!(seen & WAITERS) && spin(words, at, seen)) continue;
    const starved = now() - start >= PATIENCE ? STARVED : 0;
    const marked = seen | WAITERS | starved;
    if (marked !== seen && Atomics.compareExchange(words, at, seen, marked) !== seen) continue;
    yield { words, index: at, seen: marked, until: deadline };
    polite = false;
  }
}

/** Held becomes free, whoever holds it. False where it was free. */
export function unlock(words: Int32Array, at: number): boolean {
  for (;;) {
    const seen = Atomics.load(words, at);
    if (seen >>> OWNER_SHIFT === 0) return false;
    if (Atomics.compareExchange(words, at, seen, seen & STARVED) === seen) {
      if (seen & WAITERS) wake(words, at, seen & STARVED ? Number.POSITIVE_INFINITY : 1);
      return true;
    }
  }
}

/** The pid of the holder; 0 while free. */
export const ownerOf = (words: Int32Array, at: number): number => Atomics.load(words, at) >>> OWNER_SHIFT;

/** Did the holder get it from an owner that died? */
export const isAbandoned = (words: Int32Array, at: number): boolean => (Atomics.load(words, at) & ABANDONED) !== 0;
