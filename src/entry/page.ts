/**
 * What the Vite plugin's half of the executable for pages is made of.
 *
 * @module web-multiprocessing/page
 */

import type { WorkerFactory } from '../process/root.ts';
import { setExecutable as setWhole } from './executable.ts';

export { ShareableList } from '../data/shareable_list.ts';
export { SharedMemory } from '../data/shared_memory.ts';
export const Managers = 'managers';

/** Says how processes are started, what may travel to them, and which kinds of the library travel by name. */
export function setExecutable(
  factory: WorkerFactory,
  modules: Readonly<Record<string, object>> | undefined,
  _parts: readonly unknown[],
): void {
  setWhole(factory, modules);
}
