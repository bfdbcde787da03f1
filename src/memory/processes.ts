// The process table as this thread knows it, and so who has ended.

import { isWorker, MAIN, pid, setPid, UNBORN } from '../base/thread.ts';
import { ENDED, makeTable, stateOf, TERMINATING } from './table.ts';

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

/** Has that process ended, so that nothing it holds will ever be released? */
export const hasEnded = (owner: number): boolean =>
  known !== undefined && owner !== UNBORN && stateOf(known, owner) === ENDED;

/** Has that process ended, or is it about to? It may still run for a while, but will take part in nothing any more. */
export const isLeaving = (other: number): boolean =>
  known !== undefined && other !== UNBORN && stateOf(known, other) >= TERMINATING;

/** Has somebody terminated this very process, or that one? It must then do nothing more that others can see. */
export const isDoomed = (whose = pid): boolean => whose !== MAIN && isLeaving(whose);
