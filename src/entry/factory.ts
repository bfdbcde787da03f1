// Tells the root how to make workers: the page's side of `setExecutable()`.

import { isIsolated } from '../base/isolation.ts';
import { isWorker } from '../base/thread.ts';
import { registerLate } from '../codec/late.ts';
import { registerModules } from '../codec/registry.ts';
import { setMarshaller } from '../codec/shared.ts';
import { describe, ProcessError } from '../errors.ts';
import { announce, expect } from '../process/late_parts.ts';
import type { WorkerFactory } from '../process/page/executables.ts';
import { pageMarshaller } from '../process/page/objects.ts';
import { addExecutable } from '../process/page/root.ts';

let isPrepared = false;

/** Where threads share no memory: what works by message is loaded here, and in every process. */
function prepare(): void {
  if (isPrepared || isIsolated) return;
  isPrepared = true;
  setMarshaller(pageMarshaller);
  announce('message');
  expect(import('../message/page/install_by_message.ts').then(({ install }) => install()).catch(notLoaded));
}

/** No process can be started. */
function notLoaded(reason: unknown): never {
  throw new ProcessError(`what works by message could not be loaded: ${describe(reason)}. Reload the page`, {
    cause: reason,
  });
}

/** @throws TypeError for arguments of the wrong type. */
export function checkExecutable(worker: unknown, modules: unknown): void {
  if (typeof worker !== 'function' && typeof worker !== 'string' && !(worker instanceof URL)) {
    throw new TypeError('setExecutable(worker): worker must be a function that makes a Worker, or a URL');
  }
  if (typeof modules !== 'object' || modules === null) {
    throw new TypeError('setExecutable(worker, modules): modules must be an object of modules, such as { tasks }');
  }
}

/** The modules as a page has them, which names what it hands over. */
export const modulesHere = (modules: Readonly<Record<string, object>>): Record<string, object> =>
  Object.fromEntries(Object.entries(modules).map(([name, it]) => [name, typeof it === 'function' ? it() : it]));

/** Does nothing in a worker. @throws TypeError for arguments of the wrong type. */
export function setFactory(worker: WorkerFactory | string | URL, modules: Readonly<Record<string, object>>): void {
  checkExecutable(worker, modules);
  if (isWorker) return;
  const here = modulesHere(modules);
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

function add(factory: WorkerFactory, modules: object, address?: string): number {
  prepare();
  return addExecutable(factory, address, Object.keys(modules).length > 0);
}

/** Workers are made so for what these modules export, which are here. Does nothing in a worker. */
export function addModules(factory: WorkerFactory, modules: Readonly<Record<string, object>>): void {
  if (!isWorker) registerModules(modules, add(factory, modules));
}
