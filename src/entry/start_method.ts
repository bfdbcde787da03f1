// How processes start, where their class does not say.

import { optionsIn } from '../base/options.ts';
import { shown } from '../base/shown.ts';
import { isWorker } from '../base/thread.ts';
import { registeredModules } from '../codec/registry.ts';
import { InvalidStateError } from '../errors.ts';
import { setPreloads, warmUp } from '../process/kernel.ts';
import type { StartMethod } from '../process/protocol.ts';
import { setStartMethodHere, startMethodHere } from '../process/spawn.ts';

/** The names of the start methods, the default one first. Python: `get_all_start_methods()`. */
export const getAllStartMethods = (): StartMethod[] => ['spawn', 'forkserver'];

/** @throws RangeError for what is none. */
export function checkMethod(method: StartMethod): void {
  if (!getAllStartMethods().includes(method)) {
    throw new RangeError(`unknown start method ${shown(method)}: there are 'spawn' and 'forkserver'`);
  }
  if (method === 'forkserver') warmUp();
}

/**
 * The start method of processes whose class names none. Asking fixes it, unless `allowNone` says to answer `null` where
 * none was chosen yet. Python: `get_start_method(allow_none=False)`.
 */
export function getStartMethod(options?: { allowNone?: false }): StartMethod;
export function getStartMethod(options: { allowNone?: boolean }): StartMethod | null;
export function getStartMethod(options?: { allowNone?: boolean }): StartMethod | null {
  const { allowNone } = optionsIn(options, 'getStartMethod(options): ', 'allowNone: true');
  const method = startMethodHere();
  if (method === undefined && allowNone) return null;
  if (method === undefined) setStartMethodHere('spawn');
  return method ?? 'spawn';
}

/**
 * Chooses the start method, once; again with `force`, where `null` takes the choice back.
 *
 * @throws RangeError for an unknown method; InvalidStateError where it was chosen before (Python: RuntimeError).
 */
export function setStartMethod(method: StartMethod | null, options?: { force?: boolean }): void {
  const { force } = optionsIn(options, 'setStartMethod(method, options): ', 'force: true');
  if (startMethodHere() !== undefined && !force) {
    throw new InvalidStateError(
      'the start method was chosen before; setStartMethod(method, { force: true }) changes it',
    );
  }
  if (method === null && force) {
    setStartMethodHere(undefined);
    return;
  }
  checkMethod(method as StartMethod);
  setStartMethodHere(method as StartMethod);
}

/**
 * Modules that workers in reserve load while they wait: URLs, relative to the page. Names of registered modules are
 * allowed: those that are not loaded at the start of every process are then. A module that cannot be loaded is passed over, as in Python.
 *
 * @throws TypeError for names that are not strings.
 *
 * Python: `set_forkserver_preload`.
 */
export function setForkserverPreload(modules: readonly string[]): void {
  if (!Array.isArray(modules) || modules.some((name) => typeof name !== 'string')) {
    throw new TypeError('setForkserverPreload(modules): modules must be an array of strings');
  }
  if (isWorker || globalThis.document === undefined) return;
  const registered = new Set(registeredModules());
  setPreloads(modules.map((name) => (registered.has(name) ? name : new URL(name, globalThis.document.baseURI).href)));
}
