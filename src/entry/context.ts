// Contexts: the module's names, bound to a start method.

import { Pipe } from '../data/connection.ts';
import { JoinableQueue } from '../data/joinable_queue.ts';
import { Queue } from '../data/queue.ts';
import { RawArray, SharedArray } from '../data/shared_array.ts';
import { RawValue, Value } from '../data/shared_value.ts';
import { SimpleQueue } from '../data/simple_queue.ts';
import { AuthenticationError, BufferTooShort, ProcessError, TimeoutError } from '../errors.ts';
import type { SyncManager } from '../managers/client/sync_manager.ts';
import { Pool } from '../pool/owner/pool.ts';
import { activeChildren, cpuCount, currentProcess, parentProcess } from '../process/current.ts';
import { getLogger, logToStderr } from '../process/logger.ts';
import { Process } from '../process/process.ts';
import type { StartMethod } from '../process/protocol.ts';
import { Barrier } from '../sync/barrier.ts';
import { Condition } from '../sync/condition.ts';
import { Event } from '../sync/event.ts';
import { Lock } from '../sync/lock.ts';
import { RLock } from '../sync/rlock.ts';
import { BoundedSemaphore, Semaphore } from '../sync/semaphore.ts';
import { freezeSupport, setExecutable } from './executable.ts';
import { checkMethod, getStartMethod, setForkserverPreload } from './start_method.ts';

/** What every context offers. */
export const common = {
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

/** What contexts are made of. */
export interface Library {
  readonly common: typeof common;
  readonly Process: typeof Process;
  readonly Pool: typeof Pool;
  Manager(context: Context): Promise<SyncManager>;
}

/** Makes the contexts of a library, one for each start method. */
export function contextsOf(library: Library): typeof getContext {
  const contexts: Partial<Record<StartMethod, Context>> = {};
  const contextOf: typeof getContext = (method) => {
    const chosen = method ?? getStartMethod();
    checkMethod(chosen);
    contexts[chosen] ??= makeContext(library, contextOf, chosen, CLASS_NAMES[chosen]);
    return contexts[chosen];
  };
  return contextOf;
}

function makeContext(library: Library, contextOf: typeof getContext, method: StartMethod, name: string): Context {
  class Own<P extends readonly unknown[] = readonly [], R = unknown> extends library.Process<P, R> {
    static override readonly startMethod = method;
    static {
      Object.defineProperty(this, 'name', { value: name });
    }
  }
  class OwnPool<I extends readonly unknown[] = readonly []> extends library.Pool<I> {
    static override readonly startMethod = method;
    static override readonly prefix = name.replace('Process', 'PoolWorker');
  }
  const context: Context = {
    ...library.common,
    Process: Own,
    Pool: OwnPool,
    Manager: () => library.Manager(context),
    getStartMethod: () => method,
    getContext: (other) => (other === undefined ? context : contextOf(other)),
    setStartMethod() {
      throw new RangeError(`this context always starts processes by '${method}'`);
    },
    setForkserverPreload,
  };
  return Object.freeze(context);
}

/** What Python calls the processes of each. */
const CLASS_NAMES = { spawn: 'SpawnProcess', forkserver: 'ForkServerProcess' };

const ours = contextsOf({
  common,
  Process,
  Pool,
  // Managers are not carried by who asks for none.
  Manager: async (ctx) => new (await import('../managers/client/sync_manager.ts')).SyncManager({ ctx }).start(),
});

/**
 * The context of a start method, always the same object; without one, that of the default method, which is fixed by this.
 *
 * `'spawn'` makes a new worker for each process; `'forkserver'` takes one that waits in reserve, booted already.
 *
 * @throws RangeError for an unknown method (Python: ValueError).
 */
export function getContext(method?: StartMethod): Context {
  return ours(method);
}
