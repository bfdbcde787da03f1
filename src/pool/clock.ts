// By which clock time limits count: the time in which a task could work. A tab that is frozen, or a machine that sleeps, stops
// page and workers together; a page that is busy, or whose timers its browser slows down, stops alone. So two clocks run:
//
//   the owner's    counts from look to look; of a longer gap, which may be either, only one look
//   the worker's   counts from tick to tick, while its event loop turns: a task that waits; it stands still when the worker does
//
// What either has counted has passed. Where the worker's ticks, it knows better, and the owner's gaps count nothing.

import { now } from '../base/deadline.ts';
import { ITEM, TICKS } from './board.ts';

/** The owner looks at the clock at least so often while a limit runs, in milliseconds; so often the worker's ticks. */
export const LOOK = 500;
/** A look that comes later than that may have been one of a thread that stood still. */
const GAP = 2500;

/** What counts of the time between two looks. */
const counted = (gap: number): number => Math.max(0, gap < GAP ? gap : LOOK);

/** The owner's clock for one worker's item. */
export class Stopwatch {
  #item = 0;
  #ticks = 0;
  #passed = 0;
  #last = 0;

  /** Milliseconds that the present item of the worker with that slot has had; 0 where that is not measured. */
  read(slot: Int32Array, at = now()): number {
    const item = Atomics.load(slot, ITEM);
    const ticks = Atomics.load(slot, TICKS);
    if (item !== this.#item) {
      this.#item = item;
      this.#ticks = ticks;
      this.#passed = 0;
    } else {
      const ticked = (ticks - this.#ticks) | 0;
      const gap = at - this.#last;
      if (gap < GAP || ticked <= 0) this.#passed += counted(gap);
      this.#passed = Math.max(this.#passed, ticked);
    }
    this.#last = at;
    return item === 0 ? 0 : this.#passed;
  }
}

/** The worker's clock: counts, in whole milliseconds, until it is told to stop. */
export function startTicking(count: (passed: number) => void): () => void {
  let last = now();
  const timer = setInterval(() => {
    const at = now();
    if (at - last < GAP) count(Math.round(at - last));
    last = at;
  }, LOOK);
  return () => clearInterval(timer);
}

let awake = 0;
let last = 0;

/** Milliseconds in which this thread could work. Counts only while somebody looks every LOOK. */
export function awakeNow(): number {
  const at = now();
  awake += counted(at - last);
  last = at;
  return awake;
}
