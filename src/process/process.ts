// Process: what the app holds of a process.

import { noteMade } from '../base/observer.ts';
import { deadlineIn, optionsIn, type SyncWaitOptions, type WaitOptions } from '../base/options.ts';
import { lasting } from '../base/realm.ts';
import { tag } from '../base/tag.ts';
import { pid as ownPid } from '../base/thread.ts';
import { rebuild, reduce } from '../codec/hooks.ts';
import { nameOf } from '../codec/registry.ts';
import { InvalidStateError, TimeoutError } from '../errors.ts';
import { awaiting, block, type Waiting } from '../memory/wait.ts';
import { AuthenticationString } from './authkey.ts';
import {
  bind,
  comesByMessage,
  ended,
  ending,
  exceptionOf,
  exitcodeIn,
  forget,
  type Handle,
  handleOf,
  isOwn,
  livingChildren,
  makeHandle,
  opened,
  ownHandle,
  resultOf,
  started,
} from './handle.ts';
import * as kernel from './kernel.ts';
import { arrival } from './mailbox.ts';
import { origin } from './origin.ts';
import type { StartMethod } from './protocol.ts';
import { Sentinel } from './sentinel.ts';
import { departing, makeChild, start } from './spawn.ts';

type ArgsOption<P extends readonly unknown[]> = [] extends P ? { args?: Readonly<P> } : { args: Readonly<P> };

/** `args` alone, or `args` for all but the last parameter and `kwargs` for the last. */
type CallOptions<P extends readonly unknown[]> =
  | (ArgsOption<P> & { kwargs?: undefined })
  | (Required<P> extends readonly [...infer Head, infer Last extends object]
      ? ArgsOption<Head> & { kwargs: Last }
      : never);

/** What a process is to run, and as whom. */
export type ProcessOptions<P extends readonly unknown[], R = unknown> = {
  /** The default is the class's name and a number: `Process-1`, and `Process-1:2` for a child of that. */
  name?: string | null;
  /** Whether it is terminated when its parent ends, instead of waited for. The default is the parent's own. */
  daemon?: boolean | null;
  /** Only for those who come from Python. */
  group?: null;
} & (
  | ({
      /** The function that it runs: exported by a module that the executable knows. */
      target: (...args: P) => R;
    } & CallOptions<P>)
  | NoTarget
);

/** Such a process does what the `run()` of its class does. */
type NoTarget = { target?: undefined; args?: undefined; kwargs?: undefined };

/**
 * A process: a module Web Worker that runs a function, or the `run()` of a subclass, of the app.
 *
 * `new Process({ target: f, args: ['bob'] })` infers the arguments and the result from `f`, which has to be registered:
 * exported by a module that the executable knows. A subclass has to be registered as well: its instance travels with its own
 * fields, and is `currentProcess()` there.
 *
 * Python: `multiprocessing.Process`.
 */
export class Process<P extends readonly unknown[] = readonly [], R = unknown> {
  /** @internal The start method of a context's class. */
  static readonly startMethod: StartMethod | undefined = undefined;
  /** @internal How its processes start. */
  static readonly launch: typeof start = start;

  /**
   * @param options `target`, the function to run; `args`, its arguments; `kwargs`, an object passed behind them; `name`;
   *   `daemon`.
   * @throws TypeError, InvalidStateError for options of the wrong type, naming them.
   */
  constructor(options?: ProcessOptions<P, R>);
  /** Of one of several functions with results of several types: the type of its result is then `unknown`. */
  constructor(options: unknown extends R ? ProcessOptions<P> : never);
  constructor(options?: ProcessOptions<P, R>) {
    const given = optionsIn(options, 'Process(options): ', 'target: f');
    const { target, name, daemon, group } = given;
    const args = given.args ?? [];
    const kwargs = given.kwargs ?? undefined;
    if (group !== undefined && group !== null) throw new InvalidStateError('Process({ group }): group must be null');
    if (target !== undefined && target !== null && typeof target !== 'function') {
      throw new TypeError(`Process({ target }): target must be a function, not ${typeof target}`);
    }
    if (typeof (args as Partial<Iterable<unknown>>)[Symbol.iterator] !== 'function') {
      throw new TypeError('Process({ args }): args must be an array of arguments');
    }
    if (kwargs !== undefined && typeof kwargs !== 'object') {
      throw new TypeError('Process({ kwargs }): kwargs must be an object, passed as the last argument');
    }
    if (name !== undefined && name !== null) checkName(name);
    const work = { target: target ?? undefined, args, kwargs } as Pick<Handle, 'target' | 'args' | 'kwargs'>;
    bind(this, makeChild(work, { name, prefix: className(new.target), daemon }));
  }

  /**
   * What the process does; runs in it. The default calls the target. Override it in a subclass; it may be async.
   *
   * @returns the process's result.
   */
  run(): unknown {
    const { target, args, kwargs } = handleOf(this);
    const all = kwargs === undefined ? args : [...args, kwargs];
    return target?.(...(all as never[]));
  }

  /**
   * Starts the process. Returns at once; never waits. Its arguments are copied now: what happens to them later is not seen.
   *
   * @throws DataCloneError for a target or an argument that cannot travel, naming its path, and for those of two
   *   executables, naming both; InvalidStateError where it was
   *   started before, where this process is a daemon, and where no executable is set. The process can then be started
   *   again. A worker that fails to load ends the process with exit code 1 and an `exception` that says why.
   */
  start(): void {
    const handle = opened(this);
    if (handle.pid !== null) throw new InvalidStateError('Process.start(): a process can be started only once');
    noteMade(this);
    const { startMethod: method, launch } = this.constructor as typeof Process;
    launch(handle, {
      method,
      task: taskOf(this, handle),
      instance: isPlain(this) ? undefined : this,
    });
    objects.set(handle, this);
  }

  /** @internal A Process object travels only when its own process starts. */
  [reduce](): object {
    if (departing !== this) {
      throw new InvalidStateError('a Process object cannot be sent to another process; send its name or its pid');
    }
    return { ...this };
  }

  /** @internal */
  static [rebuild](fields: object): object {
    return Object.assign(Object.create(this.prototype), fields);
  }

  /**
   * Waits until the process has ended, or the time is up; `exitcode` tells which. Any number of times.
   *
   * @param options `timeout` in milliseconds; `signal` gives the wait up.
   * @throws InvalidStateError before `start()`, after `close()` and for the current process; the signal's reason. All as
   *   rejections.
   *
   * Python: `join(timeout=None)`.
   */
  join(options?: WaitOptions): Promise<void> {
    return awaiting(options, (deadline) => joining(this, deadline));
  }

  /**
   * As `join`, blocking the thread.
   *
   * @throws as `join`; BlockingNotAllowedError in a window, as soon as it would have to wait.
   */
  joinSync(options?: SyncWaitOptions): void {
    block(ending(started(this, 'join'), deadlineIn(options)), 'Process.join');
  }

  /** Is it running? False before `start()` and after the end. Python: `is_alive()`. */
  isAlive(): boolean {
    const handle = opened(this);
    return handle.pid !== null && !ended(handle);
  }

  /**
   * Ends the process from outside: exit code -15. Neither `finally` blocks nor `onExit` callbacks run in it; its children
   * go on. Whatever it was doing, every queue and lock stays usable by the others. Never waits: the end comes a moment
   * later (in Chromium up to 2 seconds, if it is computing), so `join()` it.
   *
   * @throws InvalidStateError before `start()` and after `close()`.
   */
  terminate(): void {
    end(this, 'terminate', -15);
  }

  /** As `terminate()`, with exit code -9. Python: `kill()`. */
  kill(): void {
    end(this, 'kill', -9);
  }

  /**
   * Lets go of what this object holds. A second time does nothing.
   *
   * @throws RangeError while the process is running (Python: ValueError).
   */
  close(): void {
    const handle = handleOf(this);
    if (handle.closed || isOwn(handle)) return;
    if (handle.pid !== null && !ended(handle)) {
      throw new RangeError('Process.close(): the process is running; join() or terminate() it first');
    }
    forget(handle);
  }

  /**
   * Waits for the end, and answers what the target (or `run()`) returned.
   *
   * @param options `timeout` in milliseconds; `signal` gives the wait up.
   * @throws what the target threw; WorkerDiedError where the process ended otherwise; TimeoutError where the time ran out;
   *   DataCloneError where the result cannot travel. All as rejections. Not in Python.
   */
  result(options?: WaitOptions): Promise<Awaited<R>> {
    return awaiting(options, (deadline) => resulting(this, deadline)) as Promise<Awaited<R>>;
  }

  /**
   * As `result`, blocking the thread. What only a message can carry (a Blob, or more than 16 MiB) cannot be had so.
   *
   * @throws as `result`; BlockingNotAllowedError in a window, as soon as it would have to wait.
   */
  resultSync(options?: SyncWaitOptions): Awaited<R> {
    if (!block(ending(started(this, 'result'), deadlineIn(options)), 'Process.result')) throw tooLate();
    return resultOf(handleOf(this)) as Awaited<R>;
  }

  /** The name: any text, need not be unique. The process itself sees a change only before `start()`. */
  get name(): string {
    return handleOf(this).name;
  }

  set name(name: string) {
    checkName(name);
    handleOf(this).name = name;
  }

  /** Whether it is terminated when its parent ends, instead of waited for. @throws InvalidStateError when set after `start()`. */
  get daemon(): boolean {
    return handleOf(this).daemon;
  }

  set daemon(daemon: boolean) {
    const handle = handleOf(this);
    if (handle.pid !== null) throw new InvalidStateError('Process.daemon: cannot be changed after start()');
    handle.daemon = Boolean(daemon);
  }

  /**
   * The key that authenticates connections; children started later inherit it. It goes to a process that starts, and is
   * refused (DataCloneError) in queues, pipes and results, which copies of it, `new Uint8Array(authkey)`, are not.
   *
   * Python: `Process.authkey`, an `AuthenticationString`.
   *
   * @throws TypeError for other than bytes.
   */
  get authkey(): Uint8Array {
    return handleOf(this).authkey;
  }

  set authkey(key: Uint8Array) {
    if (!(key instanceof Uint8Array)) throw new TypeError('Process.authkey must be a Uint8Array');
    handleOf(this).authkey = new AuthenticationString(key);
  }

  /** The process's number, never used again on this page; `null` before `start()`. */
  get pid(): number | null {
    return opened(this).pid;
  }

  /** The same as `pid`. */
  get ident(): number | null {
    return this.pid;
  }

  /**
   * `null` before the end; 0 after a normal one, 1 after an uncaught error, the code of `exit()`, -15 after `terminate()`,
   * -9 after `kill()`.
   */
  get exitcode(): number | null {
    return exitcodeIn(opened(this));
  }

  /** Something to `wait()` for: ready when the process has ended. @throws RangeError before `start()` (Python: ValueError). */
  get sentinel(): Sentinel {
    const handle = opened(this);
    if (handle.pid === null || isOwn(handle)) throw new RangeError('Process.sentinel: this process was not started');
    handle.sentinel ??= new Sentinel(handle.pid);
    return handle.sentinel;
  }

  /** The error that ended the process; `null` where none did. Any value can be thrown, so ask `failed` first. Not in Python. */
  get exception(): unknown {
    return this.failed ? exceptionOf(handleOf(this)) : null;
  }

  /** Has it ended with another exit code than 0? Not in Python. */
  get failed(): boolean {
    return (this.exitcode ?? 0) !== 0;
  }

  /** What it is, and its state, as text. */
  toString(): string {
    const handle = handleOf(this);
    const { name, pid, daemon, closed } = handle;
    let status = 'initial';
    if (closed) status = 'closed';
    else if (pid !== null) status = ended(handle) ? `stopped exitcode=${signalName(exitcodeIn(handle))}` : 'started';
    const its = parentHere();
    const parent = isOwn(handle) ? (its?.pid ?? 'None') : this === its ? null : ownPid;
    const parts = [className(this.constructor), `name='${name}'`, pid && `pid=${pid}`, parent && `parent=${parent}`];
    return `<${[...parts, status, daemon && 'daemon'].filter(Boolean).join(' ')}>`;
  }

  static {
    tag(this.prototype, 'Process');
    Object.defineProperty(this, 'name', { value: 'Process' });
  }
}

// No methods of the class: what makes Process objects beside its constructor gives them no private ones.
function* joining(process: object, deadline: number): Waiting<void> {
  yield* ending(started(process, 'join'), deadline);
}

function* resulting(process: object, deadline: number): Waiting<unknown> {
  const handle = started(process, 'result');
  if (!(yield* ending(handle, deadline))) throw tooLate();
  return comesByMessage(handle) ? lasting(arrival(handle.pid).then(() => resultOf(handle))) : resultOf(handle);
}

/** The Process objects of children, where there are any. */
const objects = new WeakMap<Handle, Process>();

/** A Process object, of that class, for a process that was made without one: this one, its parent, a worker of a pool. */
function objectOf(handle: Handle, Class: typeof Process): Process {
  let process = objects.get(handle);
  if (process === undefined) {
    process = Object.create(Class.prototype) as Process;
    bind(process, handle);
    objects.set(handle, process);
  }
  return process;
}

/** This process. */
export function selfHere(Class = Process): Process {
  const handle = ownHandle();
  const instance = origin?.assignment.process as Process | undefined;
  if (instance === undefined) return objectOf(handle, Class);
  objects.set(handle, instance);
  return instance;
}

/** Those of parents, by the origins of their children. */
const parents = new WeakMap<object, Handle>();

/** The process that has started this one; `null` in the main process. */
export function parentHere(Class = Process): Process | null {
  if (origin === undefined) return null;
  let parent = parents.get(origin);
  if (parent === undefined) {
    const { parentName: name, parent: pid, identity, authkey } = origin.request;
    parent = makeHandle({ name, daemon: false, identity: identity.slice(0, -1), pid }, authkey);
    parents.set(origin, parent);
  }
  return objectOf(parent, Class);
}

export const childrenHere = (Class = Process): Process[] => livingChildren().map((child) => objectOf(child, Class));

/** Is there nothing in it that its process would miss? The classes of ours, and of contexts, name a method of their own. */
const isPlain = (process: Process<never, unknown>): boolean =>
  Object.hasOwn(process.constructor, 'startMethod') && process.run === Process.prototype.run;

/** The qualified name of what it is to run. */
function taskOf(process: Process<never, unknown>, { target }: Handle): string {
  if (process.run !== Process.prototype.run || target === undefined) return `${className(process.constructor)}.run`;
  return nameOf(target) ?? target.name;
}

/** @throws InvalidStateError for the parent: a process ends its own children alone. */
function end(process: Process<never, unknown>, call: string, exitcode: number): void {
  if (process === parentHere()) {
    throw new InvalidStateError(`Process.${call}(): a process can end its children, not its parent`);
  }
  kernel.terminate(started(process, call).pid, exitcode);
}

/** An exit code as Python tells it: by the name of the signal. */
const signalName = (exitcode: number | null): string =>
  exitcode === -15 ? '-SIGTERM' : exitcode === -9 ? '-SIGKILL' : String(exitcode);

const tooLate = (): TimeoutError => new TimeoutError('Process.result(): the process did not end within the timeout');

function checkName(name: string): void {
  if (typeof name !== 'string') throw new InvalidStateError(`Process.name must be a string, not ${typeof name}`);
}

/** The class's name for users: what it is exported as, since a minifier may have renamed the class itself. */
function className(type: { readonly name: string }): string {
  return nameOf(type)?.split('.').at(-1) ?? type.name;
}
