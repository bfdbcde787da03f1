// By which clock time limits count: the time in which a task could work. A tab that is frozen, or a machine that sleeps, stops
// page and workers together; a page that is busy, or whose timers its browser slows down, stops alone. So two clocks run:
//
//   the owner's    counts from look to look; of a longer gap, which may be either, only one look
//   the worker's   counts from tick to tick, while its event loop turns: a task that waits; it stands still when the worker does
//
// The worker's is here, the owner's in owner/stopwatch.ts.
//
// What either has counted has passed. Where the worker's ticks, it knows better, and the owner's gaps count nothing.

import { now } from '../base/deadline.ts';

/** The owner looks at the clock at least so often while a limit runs, in milliseconds; so often the worker's ticks. */
export const LOOK = 500;
/** A look that comes later than that may have been one of a thread that stood still. */
export const GAP = 2500;

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
