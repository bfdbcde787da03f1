// Contexts: the module's names, bound to a start method.

import { registeredModules } from '../codec/registry.ts';
import { Pipe } from '../data/connection.ts';
import { JoinableQueue } from '../data/joinable_queue.ts';
import { Queue } from '../data/queue.ts';
import { RawArray, SharedArray } from '../data/shared_array.ts';
import { RawValue, Value } from '../data/shared_value.ts';
import { SimpleQueue } from '../data/simple_queue.ts';
import { AuthenticationError, BufferTooShort, InvalidStateError, ProcessError, TimeoutError } from '../errors.ts';
import type { SyncManager } from '../managers/sync_manager.ts';
import { isWorker } from '../memory/thread.ts';
import { Pool } from '../pool/pool.ts';
import { activeChildren, cpuCount, currentProcess, parentProcess } from '../process/current.ts';
import { warmUp } from '../process/kernel.ts';
import { getLogger, logToStderr } from '../process/logger.ts';
import { Process, setStartMethodHere, startMethodHere } from '../process/process.ts';
import type { StartMethod } from '../process/protocol.ts';
import { setPreloads } from '../process/root.ts';
import { Barrier } from '../sync/barrier.ts';
import { Condition } from '../sync/condition.ts';
import { Event } from '../sync/event.ts';
import { Lock } from '../sync/lock.ts';
import { RLock } from '../sync/rlock.ts';
import { BoundedSemaphore, Semaphore } from '../sync/semaphore.ts';
import { freezeSupport, setExecutable } from './executable.ts';

/** What every context offers. */
const common = {
  Barrier,
  BoundedSemaphore,
  Condition,
  Event,
  Lock,
  Pipe,
  Queue,
  JoinableQueue,
  RLock,
  Semaphore,
  SimpleQueue,
  Value,
  Array: SharedArray,
  RawValue,
  RawArray,
  activeChildren,
  cpuCount,
  currentProcess,
  parentProcess,
  freezeSupport,
  setExecutable,
  getLogger,
  logToStderr,
  ProcessError,
  BufferTooShort,
  TimeoutError,
  AuthenticationError,
};

/** The module's names with a start method of their own. Python: the objects of `get_context()`. */
export type Context = typeof common & {
  /** Processes that are started by this method. */
  readonly Process: typeof Process;
  /** Pools of such processes. */
  readonly Pool: typeof Pool;
  /** Starts a manager in such a process. */
  Manager(): Promise<SyncManager>;
  /** The start method of this context. */
  getStartMethod(): StartMethod;
  /** The context of another start method; without one, this context. */
  getContext(method?: StartMethod): Context;
  /** @throws RangeError, always: a context has its method (Python: ValueError). */
  setStartMethod(method: StartMethod, options?: { force?: boolean }): void;
  /** As the function of that name. */
  setForkserverPreload(modules: readonly string[]): void;
};

function makeContext(method: StartMethod, name: string): Context {
  class Own<P extends readonly unknown[] = readonly [], R = unknown> extends Process<P, R> {
    static override readonly startMethod = method;
    static {
      Object.defineProperty(this, 'name', { value: name });
    }
  }
  class OwnPool<I extends readonly unknown[] = readonly []> extends Pool<I> {
    static override readonly Process = Own;
  }
  const context: Context = {
    ...common,
    Process: Own,
    Pool: OwnPool,
    // Managers are not carried by who asks for none.
    Manager: async () => new (await import('../managers/sync_manager.ts')).SyncManager({ ctx: context }).start(),
    getStartMethod: () => method,
    getContext: (other) => (other === undefined ? context : getContext(other)),
    setStartMethod() {
      throw new RangeError(`this context always starts processes by '${method}'`);
    },
    setForkserverPreload,
  };
  return Object.freeze(context);
}

const contexts: Readonly<Record<StartMethod, Context>> = {
  spawn: makeContext('spawn', 'SpawnProcess'),
  forkserver: makeContext('forkserver', 'ForkServerProcess'),
};

/** The names of the start methods, the default one first. Python: `get_all_start_methods()`. */
export const getAllStartMethods = (): StartMethod[] => ['spawn', 'forkserver'];

function contextOf(method: StartMethod): Context {
  if (!Object.hasOwn(contexts, method)) {
    throw new RangeError(`unknown start method ${JSON.stringify(method)}: there are 'spawn' and 'forkserver'`);
  }
  if (method === 'forkserver') warmUp();
  return contexts[method];
}

/**
 * The context of a start method, always the same object; without one, that of the default method, which is fixed by this.
 *
 * `'spawn'` makes a new worker for each process; `'forkserver'` takes one that waits in reserve, booted already.
 *
 * @throws RangeError for an unknown method (Python: ValueError).
 */
export function getContext(method?: StartMethod): Context {
  return contextOf(method ?? getStartMethod());
}

/**
 * The start method of processes whose class names none. Asking fixes it, unless `allowNone` says to answer `null` where
 * none was chosen yet. Python: `get_start_method(allow_none=False)`.
 */
export function getStartMethod(options?: { allowNone?: false }): StartMethod;
export function getStartMethod(options: { allowNone?: boolean }): StartMethod | null;
export function getStartMethod({ allowNone = false }: { allowNone?: boolean } = {}): StartMethod | null {
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
export function setStartMethod(method: StartMethod | null, { force = false }: { force?: boolean } = {}): void {
  if (startMethodHere() !== undefined && !force) {
    throw new InvalidStateError(
      'the start method was chosen before; setStartMethod(method, { force: true }) changes it',
    );
  }
  if (method === null && force) {
    setStartMethodHere(undefined);
    return;
  }
  contextOf(method as StartMethod);
  setStartMethodHere(method as StartMethod);
}

/**
 * Modules that workers in reserve load while they wait: URLs, relative to the page. Names of registered modules are
 * allowed, and loaded anyway. A module that cannot be loaded is passed over, as in Python.
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
  const urls = modules.filter((name) => !registered.has(name));
  setPreloads(urls.map((name) => new URL(name, globalThis.document.baseURI).href));
}
