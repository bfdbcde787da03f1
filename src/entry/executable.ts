// The executable: the small module of the app that page and processes both load, and that knows every target.

import { isWorker } from '../base/thread.ts';
import type { WorkerFactory } from '../process/page/executables.ts';
import { setFactory } from './factory.ts';
import { library } from './library.ts';
import { serve } from './serve.ts';

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
 *   be a promise, `import('./tasks')`: where that cannot be loaded, only what needs it fails; or a function, `() => import('./tasks')`,
 *   which the page calls at once, and a process when it is to run something of that module. Without modules, all processes are
 *   started so from now on, and workers of pools that sleep are replaced; with modules, those that run what they export: packages have their own.
 * @throws TypeError for arguments of the wrong type.
 *
 * Python: `set_executable`.
 */
export function setExecutable(
  worker: WorkerFactory | string | URL,
  modules: Readonly<Record<string, object>> = {},
): void {
  setFactory(worker, modules);
  if (isWorker) serve(modules, library);
}

/**
 * For an app that is one single file, page and worker at once: true in a process, which then serves; false in the page.
 * Guard what only the page is to do with `if (!freezeSupport()) { ... }`.
 *
 * Python: `freeze_support`.
 */
export function freezeSupport(): boolean {
  if (isWorker) serve({}, library);
  return isWorker;
}
