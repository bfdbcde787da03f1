/**
 * The processes' half of an executable of two files.
 *
 * @module web-multiprocessing/process
 */

import { registerModules } from '../codec/registry.ts';
import { InvalidStateError } from '../errors.ts';
import { isWorker } from '../memory/thread.ts';
import { serve as serveHere } from '../process/bootstrap.ts';
import { checkParts } from './parts.ts';

export { Connection } from '../data/connection.ts';
export { JoinableQueue } from '../data/joinable_queue.ts';
export { Queue } from '../data/queue.ts';
export { ShareableList } from '../data/shareable_list.ts';
export { RawArray, SharedArray as Array } from '../data/shared_array.ts';
export { SharedMemory } from '../data/shared_memory.ts';
export { RawValue, Value } from '../data/shared_value.ts';
export { SimpleQueue } from '../data/simple_queue.ts';
export { SyncManager as Managers } from '../managers/sync_manager.ts';
export { worker as PoolWorker } from '../pool/worker.ts';
export { Logger } from '../process/logger.ts';
export { rehearse as Rehearsal } from '../process/rehearsal.ts';
export { Barrier } from '../sync/barrier.ts';
export { Condition } from '../sync/condition.ts';
export { Event } from '../sync/event.ts';
export { Lock } from '../sync/lock.ts';
export { RLock } from '../sync/rlock.ts';
export { BoundedSemaphore, Semaphore } from '../sync/semaphore.ts';

/**
 * Makes this worker one that is for processes, once its modules are evaluated: the whole script of a worker, with the imports.
 *
 * ```ts
 * // src/tasks.ts
 * export const square = (x: number): number => x * x;
 * ```
 *
 * ```ts
 * // src/process.ts
 * import { Lock, PoolWorker, serve } from 'web-multiprocessing/process';
 * import * as tasks from './tasks';
 *
 * serve({ tasks }, [Lock, PoolWorker]);
 * ```
 *
 * @param modules the modules whose exported functions and classes may be asked for, by the names that the page gives them. One
 *   may be a promise, `import('./tasks')`.
 * @param parts what processes are given and do not name themselves: the classes of shared objects in their arguments and in the
 *   `initargs` of pools; `PoolWorker`, where there are pools; `Managers`, for managers and their proxies; `Logger`, for the
 *   level that a process inherits; `Rehearsal`, to warm up the workers that wait in reserve. To name them is all that is needed.
 * @throws InvalidStateError in a page; TypeError for modules of the wrong type.
 */
export function serve(modules: Readonly<Record<string, object>> = {}, parts: readonly object[] = []): void {
  checkParts(parts, 'serve(modules, parts)');
  if (typeof modules !== 'object' || modules === null) {
    throw new TypeError('serve(modules): modules must be an object of modules, such as { tasks }');
  }
  if (!isWorker) {
    throw new InvalidStateError(
      "serve(): this is no worker. Import the module that calls it nowhere: it is the script of workers, and a page's " +
        'setExecutable() has its URL',
    );
  }
  registerModules(modules);
  serveHere();
}
