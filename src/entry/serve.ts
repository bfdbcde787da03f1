// serve(): the processes' side of an executable.

import { isIsolated } from '../base/isolation.ts';
import { isWorker } from '../base/thread.ts';
import { registerLate } from '../codec/late.ts';
import { refer } from '../codec/registry.ts';
import { InvalidStateError } from '../errors.ts';
import { offer } from '../process/child/bootstrap.ts';
import { provide } from '../process/late_parts.ts';
import { checkParts } from './parts.ts';

/**
 * What the Vite plugin's modules call that are evaluated later than `serve` is, since another has imported them. Not by an import: a
 * module of the app that imports nothing of the library leaves it in one piece.
 */
const REGISTER = Symbol.for('web-multiprocessing.register');
/** The same for what is written in place in a module that a process has loaded. */
const REFER = Symbol.for('web-multiprocessing.refer');

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
 *   may be a promise, `import('./tasks')`, or a function, `() => import('./tasks')`: then it is loaded when a process is to run something
 *   of it, or is given something of it with that. In no other message may its functions be.
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
  _serve(modules);
}

/**
 * The same without its checks and parts, for what the Vite plugin writes.
 *
 * @internal
 */
export function _serve(modules: Readonly<Record<string, object>>): void {
  registerLate(modules);
  if (!isIsolated) {
    const loadMessagePart = () => import('../message/process/install_by_message.ts');
    provide('message', () => loadMessagePart().then(({ install }) => install()));
    // It comes while this worker asks for its lock. That it cannot be loaded is heard of where it is needed.
    loadMessagePart().catch(() => {});
  }
  Object.assign(globalThis, { [REGISTER]: registerLate, [REFER]: refer });
  offer();
}
