// The clock of the owner's thread by which time limits count.

import { now } from '../memory/wait.ts';

/** The owner looks at the clock at least so often while a limit runs, in milliseconds. */
export const LOOK = 500;
/** So many milliseconds after the last look it was frozen with its tab, or the machine slept, and its workers with it. */
const GAP = 2500;

let awake = 0;
let last = 0;

/** Milliseconds in which this thread, and so its workers, could work. Counts only while somebody looks every LOOK. */
export function awakeNow(): number {
  const at = now();
  const gap = at - last;
  if (gap > 0 && gap < GAP) awake += gap;
  last = at;
  return awake;
}
