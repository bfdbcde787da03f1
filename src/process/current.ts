// Who is who: this process, its parent, its children, the machine.

import { livingChildren } from './handle.ts';
import { type Process, selfHere } from './process.ts';
import { attributeTo } from './thrown.ts';

/** The process that this code runs in; in the page, one that stands for the page: `MainProcess`. Python: `current_process()`. */
export const currentProcess = (): Process => selfHere().process;

/** The process that started this one; `null` in the main process. Python: `parent_process()`. */
export const parentProcess = (): Process | null => selfHere().parent;

/** A new array of the children of this process that have not ended. Python: `active_children()`. */
export const activeChildren = (): Process[] => livingChildren() as Process[];

/** How many processors the browser admits to; at least 1. Python: `cpu_count()`. */
export const cpuCount = (): number => globalThis.navigator?.hardwareConcurrency ?? 1;

/** An error that leaves this process says in its stack where it comes from. */
export function attribute(error: unknown): void {
  const { name, pid } = currentProcess();
  attributeTo(error, name, pid as number);
}
