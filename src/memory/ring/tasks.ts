// How many items of a ring are unfinished: what JoinableQueue adds to it.
//
// PUTS counts the items that were put, FINISHED those reported as done; the difference is what is unfinished. There is no
// other count that could be wrong after a death.
//
// Those who wait for nothing to be left learn of it even if the next item was put before they woke: whoever reports the
// last item leaves in EMPTIED how many were done then. That may come late, or belong to a moment before they began to
// wait; so they compare it with what had been put when they began.
//
// What a shutdown drained is done: then GETS, which moves no more, takes the place of PUTS. (Who reported more than was
// taken has then reported too much, so the difference is signed.) More than 67 million unfinished items cannot be told
// from none.

import { isPast } from '../../base/deadline.ts';
import { type Waiting, wake } from '../wait.ts';
import { advance, count, EMPTIED, FINISHED, GETS, JOINERS, PUTS, type Ring, sleep } from './ring.ts';

/** How far one count of 27 bits is ahead of another. */
const ahead = (a: number, b: number): number => ((a - b) << 5) >> 5;

/** All that has to be reported as done. */
function total(words: Int32Array): number {
  const gets = Atomics.load(words, GETS);
  return count(gets < 0 ? gets : Atomics.load(words, PUTS));
}

/** Reports an item as done; false where none is unfinished. Wakes all who wait, where it was the last. */
export function finish({ words }: Ring): boolean {
  for (;;) {
    // Read first, so it is from before this report.
    let emptied = Atomics.load(words, EMPTIED);
    const seen = Atomics.load(words, FINISHED);
    // FINISHED was read before: the sum only grows, except where a shutdown drains.
    const unfinished = ahead(total(words), count(seen));
    if (unfinished <= 0) return false;
    // n unfinished become n - 1.
    const next = advance(seen, true);
    if (Atomics.compareExchange(words, FINISHED, seen, next) !== seen) continue;
    if (unfinished > 1) return true;
    // An older EMPTIED becomes this one; a newer one stays.
    for (;;) {
      const found = Atomics.compareExchange(words, EMPTIED, emptied, next);
      if (found === emptied || ahead(count(found), count(next)) > 0) break;
      emptied = found;
    }
    if (Atomics.load(words, JOINERS) > 0) wake(words, EMPTIED);
    return true;
  }
}

/** Waits until nothing is unfinished, or was for a moment meanwhile; false where `deadline` came first. */
export function* allFinished({ words }: Ring, deadline: number): Waiting<boolean> {
  const before = Atomics.load(words, EMPTIED);
  const goal = total(words);
  for (;;) {
    const seen = Atomics.load(words, EMPTIED);
    if (seen !== before && ahead(count(seen), goal) >= 0) return true;
    const finished = Atomics.load(words, FINISHED);
    if (ahead(total(words), count(finished)) <= 0) return true;
    if (isPast(deadline)) return false;
    yield* sleep(words, JOINERS, EMPTIED, seen, deadline);
  }
}
