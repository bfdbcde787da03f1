// Tells the root how to make workers: the page's side of `setExecutable()`.

import { isWorker } from '../base/thread.ts';
import { registerLate } from '../codec/late.ts';
import { registerModules } from '../codec/registry.ts';
import { addExecutable, type WorkerFactory } from '../process/page/root.ts';

/** Does nothing in a worker. @throws TypeError for arguments of the wrong type. */
export function setFactory(worker: WorkerFactory | string | URL, modules: Readonly<Record<string, object>>): void {
  if (typeof worker !== 'function' && typeof worker !== 'string' && !(worker instanceof URL)) {
    throw new TypeError('setExecutable(worker): worker must be a function that makes a Worker, or a URL');
  }
  if (typeof modules !== 'object' || modules === null) {
    throw new TypeError('setExecutable(worker, modules): modules must be an object of modules, such as { tasks }');
  }
  if (isWorker) return;
  // A page names what it hands over: it has to have it.
  const here = Object.fromEntries(
    Object.entries(modules).map(([name, it]) => [name, typeof it === 'function' ? it() : it]),
  );
  if (typeof worker === 'function') {
    registerLate(here, add(worker, here));
    return;
  }
  // On a server nothing has an address, and nothing is started.
  const base = globalThis.document?.baseURI ?? globalThis.location?.href;
  const url = base === undefined ? worker : new URL(worker, base);
  registerLate(
    here,
    add((name) => new Worker(url, { type: 'module', name }), here, String(url)),
  );
}

const add = (factory: WorkerFactory, modules: object, address?: string): number =>
  addExecutable(factory, address, Object.keys(modules).length > 0);

/** Workers are made so for what these modules export, which are here. Does nothing in a worker. */
export function addModules(factory: WorkerFactory, modules: Readonly<Record<string, object>>): void {
  if (!isWorker) registerModules(modules, add(factory, modules));
}
