/**
 * The page's half of an executable of two files.
 *
 * @module web-multiprocessing/page
 */

import { isIsolated } from '../base/isolation.ts';
import type { WorkerFactory } from '../process/page/executables.ts';
import { addModules, setFactory } from './factory.ts';
import { checkParts } from './parts.ts';

// What a page may be sent and not name: it travels by a name.
export { ShareableList } from '../data/shareable_list.ts';
export { SharedMemory } from '../data/shared_memory.ts';
export { SyncManager as Managers } from '../managers/client/sync_manager.ts';

/**
 * Says how to make the workers of processes, and registers the functions and classes that can travel to them. Their script is
 * another module, which calls `serve` of `web-multiprocessing/process`:
 *
 * ```ts
 * // src/tasks.ts
 * export const square = (x: number): number => x * x;
 * ```
 *
 * ```ts
 * // src/executable.ts
 * import { setExecutable } from 'web-multiprocessing/page';
 * import * as tasks from './tasks';
 *
 * setExecutable((name) => new Worker(new URL('./process.ts', import.meta.url), { type: 'module', name }), { tasks });
 * ```
 *
 * In a worker it does nothing.
 *
 * @param worker as in `setExecutable` of `web-multiprocessing`.
 * @param modules as there.
 * @param parts what this page may be sent and does not name: `SharedMemory`, `ShareableList`, `Managers`.
 * @throws TypeError for arguments of the wrong type.
 *
 * Python: `set_executable`.
 */
export function setExecutable(
  worker: WorkerFactory | string | URL,
  modules: Readonly<Record<string, object>> = {},
  parts: readonly object[] = [],
): void {
  checkParts(parts, 'setExecutable(worker, modules, parts)');
  setFactory(worker, modules);
}

/**
 * The same without its checks and parts, for what the Vite plugin writes.
 *
 * @internal
 */
export function _setExecutable(worker: WorkerFactory, modules: Readonly<Record<string, object>> = {}): void {
  addModules(worker, modules);
}

/**
 * Which of two factories the plugin's page needs: that of workers which know shared memory alone, or that of those which know
 * messages alone.
 *
 * @internal
 */
export const _choose = (byMemory: WorkerFactory, byMessage: WorkerFactory): WorkerFactory =>
  isIsolated ? byMemory : byMessage;
