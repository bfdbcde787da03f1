/**
 * The page's half of an executable of two files.
 *
 * @module web-multiprocessing/page
 */

import { isIsolated } from '../base/isolation.ts';
import type { WorkerFactory } from '../process/page/executables.ts';
import { addModules, setFactory } from './factory.ts';
import { checkParts } from './parts.ts';

// What a page may be sent and not name: in any message, or as what a task of a pool answers.
export { Connection } from '../data/connection.ts';
export { JoinableQueue } from '../data/joinable_queue.ts';
export { Queue } from '../data/queue.ts';
export { ShareableList } from '../data/shareable_list.ts';
export { RawArray, SharedArray as Array } from '../data/shared_array.ts';
export { SharedMemory } from '../data/shared_memory.ts';
export { RawValue, Value } from '../data/shared_value.ts';
export { SimpleQueue } from '../data/simple_queue.ts';
export { SyncManager as Managers } from '../managers/client/sync_manager.ts';
export { Barrier } from '../sync/barrier.ts';
export { Condition } from '../sync/condition.ts';
export { Event } from '../sync/event.ts';
export { Lock } from '../sync/lock.ts';
export { RLock } from '../sync/rlock.ts';
export { BoundedSemaphore, Semaphore } from '../sync/semaphore.ts';

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
 * @param parts what this page may be sent and does not name: `SharedMemory`, `ShareableList`, `Managers`; of what tasks of pools
 *   answer, also `Lock`, `Queue` and their kin.
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
