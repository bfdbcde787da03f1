// What happens at each step of the library in the campaign's build (scripts/labels.mjs). Nothing, but in a victim: it stops
// for ever at the step that it is armed for, and says so.

import { pid } from '../../src/base/thread.ts';
import { announceEnd } from '../../src/memory/wait.ts';

/** Words that a victim shares with the page that is to kill it. */
export const ARRIVED = 0;
const NEVER = 1;
/** The page: set once it has terminated the victim, and wants it to say so itself. */
export const DECLARE = 3;
/** It has begun to take turns. */
export const STARTED = 2;

/** From here on they are the role's. */
export const NOTES = 4;
export const WORDS = 16;

/** In place of a label: whatever step is the next. */
export const ANY = -1;
/** In place of a label: the victim has given up getting there. */
export const NOWHERE = -2;

let control: Int32Array | undefined;
let hits: Int32Array | undefined;
let armed = NOWHERE;
let left = 0;

/** From now on this thread is a victim: it stops at the `hit`-th time that it is at that step. */
export function arm(itsControl: Int32Array, itsHits: Int32Array, label: number, hit: number): void {
  [control, hits, armed, left] = [itsControl, itsHits, label, hit];
}

export function step(label: number): void {
  if (hits === undefined) return;
  hits[label]!++;
  if ((label === armed || armed === ANY) && --left === 0) halt(label);
}

/**
 * Says where, and stays. Chromium takes two seconds to kill a thread that is blocked; where the page does not want to wait
 * for that, the victim declares its own end when it has been terminated, as one does that wakes from a wait of the library:
 * it does nothing more after that, so to all others it is dead.
 */
export function halt(label: number): never {
  const words = control as Int32Array;
  hits = undefined;
  // Arrived is label + 1, or what NOWHERE comes to.
  Atomics.store(words, ARRIVED, label + 1);
  Atomics.wait(words, DECLARE, 0);
  announceEnd(pid, 1);
  for (;;) Atomics.wait(words, NEVER, 0);
}

/** `value`, once the step behind it is taken. */
export const after = <T>(value: T, _step: void): T => value;
