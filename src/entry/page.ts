/**
 * The page's half of an executable of two files.
 *
 * @module web-multiprocessing/page
 */

import { registerModules } from '../codec/registry.ts';
import { isWorker } from '../memory/thread.ts';
import { setFactory, type WorkerFactory } from '../process/root.ts';
import { checkParts } from './parts.ts';

// What a page may be sent and not name: it travels by a name.
export { ShareableList } from '../data/shareable_list.ts';
export { SharedMemory } from '../data/shared_memory.ts';
export { SyncManager as Managers } from '../managers/sync_manager.ts';

/**
 * Says how to make the workers of processes, and registers the functions and classes that can travel to them. Their script is
 * another module, which calls `serve` of `web-multiprocessing/process`:
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
  useFactory(worker, modules);
}

/** @throws TypeError for arguments of the wrong type. */
export function useFactory(worker: WorkerFactory | string | URL, modules: Readonly<Record<string, object>>): void {
  if (typeof worker !== 'function' && typeof worker !== 'string' && !(worker instanceof URL)) {
    throw new TypeError('setExecutable(worker): worker must be a function that makes a Worker, or a URL');
  }
  if (typeof modules !== 'object' || modules === null) {
    throw new TypeError('setExecutable(worker, modules): modules must be an object of modules, such as { tasks }');
  }
  if (isWorker) return;
  const knows = Object.keys(modules).length > 0;
  if (typeof worker === 'function') registerModules(modules, setFactory(worker, undefined, knows));
  else {
    // On a server nothing has an address, and nothing is started.
    const base = globalThis.document?.baseURI ?? globalThis.location?.href;
    const url = base === undefined ? worker : new URL(worker, base);
    const factory = (name: string) => new Worker(url, { type: 'module', name });
    registerModules(modules, setFactory(factory, String(url), knows));
  }
}
