// How a page makes the workers of processes.

import { registerModules } from '../codec/registry.ts';
import { isWorker } from '../memory/thread.ts';
import { setFactory, type WorkerFactory } from '../process/root.ts';

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
