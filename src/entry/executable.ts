// The executable: the small module of the app that page and processes both load, and that knows every target.

import { registerModules } from '../codec/registry.ts';
import { isWorker } from '../memory/thread.ts';
import { serve } from '../process/bootstrap.ts';
import { setFactory, type WorkerFactory } from '../process/root.ts';
import { registerLibrary } from './library.ts';

/**
 * Says which code a process runs, and registers the functions and classes that can travel to it. Call it in a module that
 * both the page and its processes load:
 *
 * ```ts
 * // src/tasks.ts
 * export const square = (x: number): number => x * x;
 * ```
 *
 * ```ts
 * // src/executable.ts
 * import { setExecutable } from 'web-multiprocessing';
 * import * as tasks from './tasks';
 *
 * setExecutable(() => new Worker(new URL('./executable.ts', import.meta.url), { type: 'module' }), { tasks });
 * ```
 *
 * In a process the same call serves, once the modules are evaluated. With Vite, the plugin `web-multiprocessing/vite`
 * writes this module.
 *
 * @param worker makes a worker of that module, and gets the name of the process, which the browser's tools show where it is passed
 *   on: `(name) => new Worker(..., { type: 'module', name })`; or the module's URL, relative to the page.
 * @param modules the modules whose exported functions and classes may travel, by the name they get: `tasks.square`. One may
 *   be a promise, `import('./tasks')`: where that cannot be loaded, only what needs it fails. Without modules, all processes are
 *   started so from now on, and workers of pools that sleep are replaced; with modules, those that run what they export: packages have their own.
 * @throws TypeError for arguments of the wrong type.
 *
 * Python: `set_executable`.
 */
export function setExecutable(
  worker: WorkerFactory | string | URL,
  modules: Readonly<Record<string, object>> = {},
): void {
  if (typeof worker !== 'function' && typeof worker !== 'string' && !(worker instanceof URL)) {
    throw new TypeError('setExecutable(worker): worker must be a function that makes a Worker, or a URL');
  }
  if (typeof modules !== 'object' || modules === null) {
    throw new TypeError('setExecutable(worker, modules): modules must be an object of modules, such as { tasks }');
  }
  registerLibrary();
  let executable = 0;
  if (!isWorker) {
    const knows = Object.keys(modules).length > 0;
    if (typeof worker === 'function') executable = setFactory(worker, undefined, knows);
    else {
      // On a server nothing has an address, and nothing is started.
      const base = globalThis.document?.baseURI ?? globalThis.location?.href;
      const url = base === undefined ? worker : new URL(worker, base);
      const factory = (name: string) => new Worker(url, { type: 'module', name });
      executable = setFactory(factory, String(url), knows);
    }
  }
  registerModules(modules, executable);
  if (isWorker) serve();
}

/**
 * For an app that is one single file, page and worker at once: true in a process, which then serves; false in the page.
 * Guard what only the page is to do with `if (!freezeSupport()) { ... }`.
 *
 * Python: `freeze_support`.
 */
export function freezeSupport(): boolean {
  registerLibrary();
  if (isWorker) serve();
  return isWorker;
}
