// Who is who: this process, its parent, its children, the machine.

import { childrenHere, type Process, parentHere, selfHere } from './process.ts';

/** The process that this code runs in; in the page, one that stands for the page: `MainProcess`. Python: `current_process()`. */
export const currentProcess = (): Process => selfHere();

/** The process that started this one; `null` in the main process. Python: `parent_process()`. */
export const parentProcess = (): Process | null => parentHere();

/** A new array of the children of this process that have not ended. Python: `active_children()`. */
export const activeChildren = (): Process[] => childrenHere();

/** How many processors the browser admits to; at least 1. Python: `cpu_count()`. */
export const cpuCount = (): number => globalThis.navigator?.hardwareConcurrency ?? 1;
