// Who this thread is: its pid, and the process table it shares with the others.

import { ENDED, MAIN, makeTable, stateOf, TERMINATING, UNBORN } from './table.ts';

/** Only dedicated workers can be processes; they may block. */
export const isWorker = 'DedicatedWorkerGlobalScope' in globalThis;

/** With one core a thread that spins only keeps the one that it waits for from running. */
export const manyCores = (globalThis.navigator?.hardwareConcurrency ?? 1) > 1;

/** This thread's process. In a worker it is UNBORN until the root has told it, which is before any of its work. */
export let pid: number = isWorker ? UNBORN : MAIN;

/** What this process is called now. */
export let own: { readonly name: string } = { name: 'MainProcess' };

export function setOwn(itself: { readonly name: string }): void {
  own = itself;
}

/** The owner of something, as Python's texts name it. */
export const ownerText = (owner: number): string =>
  owner === 0 ? 'None' : owner === pid ? own.name : 'SomeOtherProcess';

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
  pid = itsPid;
}

/** Has that process ended, so that nothing it holds will ever be released? */
export const hasEnded = (owner: number): boolean =>
  known !== undefined && owner !== UNBORN && stateOf(known, owner) === ENDED;

/** Has that process ended, or is it about to? It may still run for a while, but will take part in nothing any more. */
export const isLeaving = (other: number): boolean =>
  known !== undefined && other !== UNBORN && stateOf(known, other) >= TERMINATING;

/** Has somebody terminated this very process? It must then do nothing more that others can see. */
export const isDoomed = (): boolean => pid !== MAIN && isLeaving(pid);
