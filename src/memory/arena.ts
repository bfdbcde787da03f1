// The buffer that holds all named blocks of the page. What lies in it only blocks.ts knows, which few threads need: the root makes
// the buffer, and every process is given it when it is started.

import { isWorker } from '../base/thread.ts';
import { InvalidStateError } from '../errors.ts';
import { allocate } from './buffer.ts';
import { table } from './processes.ts';

/** Costs no memory, only addresses: 5 to 60 microseconds in all engines (measured). */
const CEILING = 2 ** 32;

/** Bytes of the tables that it begins with: words 0 to 36,879 (blocks.ts). */
export const TABLES = 147_520;

let shared: SharedArrayBuffer | undefined;

/** The child's side of birth: it is given the arena. */
export function adoptArena(buffer: SharedArrayBuffer): void {
  shared = buffer;
}

/** The root makes it when it is first asked for, all zero: without blocks. */
export function arena(): SharedArrayBuffer {
  if (shared === undefined) {
    if (isWorker) throw new InvalidStateError('shared memory by name: this worker is not a process yet');
    table();
    shared = allocate(TABLES, CEILING);
  }
  return shared;
}

let reclaim = (): void => {};

/** From now on that is done whenever a process has ended. */
export function onReclaim(callback: () => void): void {
  reclaim = callback;
}

/** A process has ended: removes what it leaves behind, where this thread knows of blocks. Each who opens one does the same. */
export const reclaimNow = (): void => reclaim();
