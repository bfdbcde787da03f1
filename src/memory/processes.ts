// The process table as this thread knows it, and so who has ended.
//
// Where threads share no memory each has a table of its own. The page's knows all processes; that of a process knows itself, its
// parent, its children and those that it follows, and hears from the page when they have ended.

import { isIsolated } from '../base/isolation.ts';
import { isWorker, MAIN, pid, setPid, UNBORN } from '../base/thread.ts';
import { InvalidStateError } from '../errors.ts';
import { add, ENDED, enroll, FREE, makeTable, RUNNING, stateOf, TERMINATING } from './table.ts';

let known: Int32Array | undefined;

/** The process table. The root makes it when it is first asked for; a child has it from the root. */
export function table(): Int32Array {
  if (known === undefined) {
    if (isWorker) return NOBODY;
    known = makeTable();
  }
  return known;
}

/** What a worker without a process knows of others: nobody has ended. */
const NOBODY = new Int32Array(0);

/** The child's side of birth: it learns its pid, and the table. (After a rehearsal it forgets them.) */
export function adopt(shared: Int32Array | undefined, itsPid: number): void {
  known = shared;
  setPid(itsPid);
}

/** Numbers that a process may give to those that it starts: from the first on, up to the second. */
export type PidRange = readonly [from: number, to: number];

const ranges: PidRange[] = [];

/** Where threads share no memory: it may give out these numbers, too. */
export function allot(range: PidRange): void {
  ranges.push(range);
}

/** A number for a process that this one starts, and that is in the table with it. @throws InvalidStateError where there is none. */
export function newPid(): number {
  if (isIsolated || !isWorker) return add(table(), pid);
  const [from, to] = ranges.shift() ?? [0, 0];
  if (from === 0) {
    throw new InvalidStateError(
      'too many processes started in one step, on a page that is not cross-origin isolated: await something in between',
    );
  }
  if (from + 1 < to) ranges.unshift([from + 1, to]);
  enroll(table(), from, pid, RUNNING);
  return from;
}

/** Where threads share no memory: this thread will hear of the end of that process. */
export function acquaint(other: number, parent = 0): void {
  if (stateOf(table(), other) === FREE) enroll(table(), other, parent, RUNNING);
}

/** Has that process ended, so that nothing it holds will ever be released? */
export const hasEnded = (owner: number): boolean =>
  known !== undefined && owner !== UNBORN && stateOf(known, owner) === ENDED;

/** Has that process ended, or is it about to? It may still run for a while, but will take part in nothing any more. */
export const isLeaving = (other: number): boolean =>
  known !== undefined && other !== UNBORN && stateOf(known, other) >= TERMINATING;

/** Has somebody terminated this very process, or that one? It must then do nothing more that others can see. */
export const isDoomed = (whose = pid): boolean => whose !== MAIN && isLeaving(whose);
