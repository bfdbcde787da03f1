// Adaptive spinning: how long a thread looks at a word before it parks.
//
// Who parks has to be woken, which takes longer than most answers do; so a thread looks for about as long as that, and finds the
// answer itself. But on a busy machine the other side may have no core to run on while this thread looks, above all where both
// have the same one. So each thread learns for each object whether looking pays: after a look in vain it parks at once the next
// time, after another the next three times, then 7, 15, 31; then it tries again, and one look that pays makes it look each time.

import { now } from '../base/deadline.ts';
import { isIsolated } from '../base/isolation.ts';
import { isWorker, manyCores } from '../base/thread.ts';

/**
 * Milliseconds of a long look: a little more than a wake-up takes, for otherwise two that have parked once would find each other
 * parked for ever; less in a window, which has frames to draw. None where only this thread changes words.
 */
const LONG = manyCores && isIsolated ? (isWorker ? 0.1 : 0.02) : 0;
/** How often the word is read between two looks at the clock, about a microsecond: that much is looked in any case. */
const READS = 16;
/** How often to pause between two reads: to read takes the word's cache line from whoever is about to write it. */
const PAUSES = 8;

/** The longest row of waits without a look is one less than two to that power. */
const MOST_MISSES = 5;

const pause: () => void = (Atomics as { pause?: () => void }).pause ?? (() => {});

/** Whether looking pays. */
export class AdaptiveSpin {
  /** Looks in vain since one paid. */
  #misses = 0;
  /** Waits until the next look. */
  #left = 0;

  /** Is it worth a look this time? Asked once for each wait. */
  pays(): boolean {
    if (this.#left === 0) return true;
    this.#left--;
    return false;
  }

  /** Whether a look has found what it was for. */
  note(found: boolean): void {
    this.#misses = found ? 0 : Math.min(this.#misses + 1, MOST_MISSES);
    this.#left = (1 << this.#misses) - 1;
  }
}

const spins = new WeakMap<Int32Array, AdaptiveSpin>();

function spinOf(words: Int32Array): AdaptiveSpin {
  let its = spins.get(words);
  if (its === undefined) spins.set(words, (its = new AdaptiveSpin()));
  return its;
}

/** Reads a word for about a microsecond; answers whether it is no longer `seen`. */
function glance(words: Int32Array, index: number, seen: number): boolean {
  for (let reads = READS; reads > 0; reads--) {
    if (Atomics.load(words, index) !== seen) return true;
    for (let pauses = PAUSES; pauses > 0; pauses--) pause();
  }
  return false;
}

/**
 * Looks at a word for a while, if that has paid; answers whether it is no longer `seen`. Operations do this before they say that
 * they wait and yield: whoever changes the word then need not wake anybody, which is the dearest part of a message.
 */
export function spin(words: Int32Array, index: number, seen: number): boolean {
  if (LONG > 0) {
    if (glance(words, index, seen)) return true;
    const adaptive = spinOf(words);
    if (adaptive.pays()) {
      const end = now() + LONG;
      let found = false;
      while (!found && now() < end) found = glance(words, index, seen);
      adaptive.note(found);
    }
  }
  return Atomics.load(words, index) !== seen;
}
