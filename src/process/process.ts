// Process: the parent's handle on a process, and what a process sees of itself and of its parent.

import { encode } from '../codec/encode.ts';
import { rebuild, reduce } from '../codec/hooks.ts';
import { nameOf } from '../codec/registry.ts';
import type { Carrier } from '../codec/shared.ts';
import type { Waitable } from '../data/wait.ts';
import { InvalidStateError, TimeoutError, WorkerDiedError } from '../errors.ts';
import { deadlineIn, type SyncWaitOptions, type WaitOptions } from '../memory/options.ts';
import { add, condemn, ENDED, exitcodeOf, stateAt, stateOf } from '../memory/table.ts';
import { hasEnded, pid as ownPid, table } from '../memory/thread.ts';
import { block, isPast, settle, type Waiting } from '../memory/wait.ts';
import * as kernel from './kernel.ts';
import { collect, collected } from './mailbox.ts';
import { makeOutcome, NONE, type Outcome, RETURNED, RETURNED_BY_MESSAGE, readOutcome, THREW, UNSENDABLE } from './outcome.ts';
import type { Assignment, Parcel, StartMethod } from './protocol.ts';
import { Sentinel } from './sentinel.ts';
import type { ProcessState, Self } from './state.ts';

type ArgsOption<P extends readonly unknown[]> = [] extends P ? { args?: Readonly<P> } : { args: Readonly<P> };

/** `args` alone, or `args` for all but the last parameter and `kwargs` for the last. */
type CallOptions<P extends readonly unknown[]> =
  | (ArgsOption<P> & { kwargs?: undefined })
  | (Required<P> extends readonly [...infer Head, infer Last extends object]
      ? ArgsOption<Head> & { kwargs: Last }
      : never);

export type ProcessOptions<P extends readonly unknown[], R = unknown> = {
  /** The default is the class's name and a number: `Process-1`, and `Process-1:2` for a child of that. */
  name?: string;
  /** Whether it is terminated when its parent ends, instead of waited for. The default is the parent's own. */
  daemon?: boolean;
  /** Only for those who come from Python. */
  group?: null;
} & (
  | ({ target: (...args: P) => R } & CallOptions<P>)
  | { target?: undefined; args?: undefined; kwargs?: undefined }
);

const states = new WeakMap<object, ProcessState>();
/** The children of this process that were not seen to have ended. */
const children = new Set<Process>();
/** How many Process objects this process has made: the number in default names. */
let made = 0;
/** The instance of a subclass that is being sent to its process: the only moment at which one may travel. */
let departing: object | undefined;
let self: Self | undefined;
let defaultMethod: StartMethod | undefined;

function stateIn(process: object): ProcessState {
  const state = states.get(process);
  if (state === undefined) throw new InvalidStateError('this Process object was not made by its constructor: call super()');
  return state;
}

/** Makes a handle on a process that this thread did not construct. */
export function represent(process: Process, known: Pick<ProcessState, 'name' | 'daemon' | 'authkey' | 'identity' | 'pid'>): Process {
  states.set(process, { target: undefined, args: [], kwargs: undefined, outcome: undefined, read: undefined, sentinel: undefined, closed: false, ...known });
  return process;
}

/** This process. The main one is made when it is first asked for. */
export function selfHere(): Self {
  if (self === undefined) {
    const authkey = crypto.getRandomValues(new Uint8Array(32));
    const main = { name: 'MainProcess', daemon: false, authkey, identity: [], pid: ownPid };
    self = { process: represent(Object.create(Process.prototype), main), parent: null, method: undefined };
  }
  return self;
}

/** The child's side of birth: who it is. */
export function become(process: Self, work: Pick<Assignment, 'target' | 'args' | 'kwargs'>): void {
  self = process;
  Object.assign(stateIn(process.process), work);
}

/** The method for processes whose class names none. */
export const startMethodHere = (): StartMethod | undefined => defaultMethod ?? self?.method;
export const setStartMethodHere = (method: StartMethod | undefined): void => {
  defaultMethod = method;
};

/** The children that have not ended; those that have are no longer kept. */
export function livingChildren(): Process[] {
  for (const child of children) if (hasEnded(stateIn(child).pid as number)) children.delete(child);
  return [...children];
}

/**
 * A process: a module Web Worker that runs a function, or the `run()` of a subclass, of the app.
 *
 * `new Process({ target: f, args: ['bob'] })` infers the arguments and the result from `f`, which has to be registered:
 * exported by a module that the executable knows. An instance of a subclass travels with its own fields.
 *
 * Python: `multiprocessing.Process`.
 */
export class Process<P extends readonly unknown[] = readonly [], R = unknown> {
  /** @internal The start method of a context's class. */
  static readonly startMethod: StartMethod | undefined = undefined;

  /**
   * @param options `target`, the function to run; `args`, its arguments; `kwargs`, an object passed behind them; `name`;
   *   `daemon`.
   * @throws TypeError, InvalidStateError for options of the wrong type, naming them.
   */
  constructor(options: ProcessOptions<P, R> = {} as ProcessOptions<P, R>) {
    const { target, args, kwargs, name, daemon, group } = options;
    if (group !== undefined && group !== null) throw new InvalidStateError('Process({ group }): group must be null');
    if (target !== undefined && target !== null && typeof target !== 'function') {
      throw new TypeError(`Process({ target }): target must be a function, not ${typeof target}`);
    }
    if (args !== undefined && typeof (args as Iterable<unknown>)[Symbol.iterator] !== 'function') {
      throw new TypeError('Process({ args }): args must be an array of arguments');
    }
    if (kwargs !== undefined && (typeof kwargs !== 'object' || kwargs === null)) {
      throw new TypeError('Process({ kwargs }): kwargs must be an object, passed as the last argument');
    }
    const parent = stateIn(selfHere().process);
    const identity = [...parent.identity, ++made];
    states.set(this, {
      target: (target ?? undefined) as ProcessState['target'],
      args: (args ?? []) as readonly unknown[],
      kwargs,
      name: checkedName(name ?? `${className(new.target)}-${identity.join(':')}`),
      daemon: daemon ?? parent.daemon,
      authkey: parent.authkey,
      identity,
      pid: null,
      outcome: undefined,
      read: undefined,
      sentinel: undefined,
      closed: false,
    });
  }

  /**
   * What the process does; runs in it. The default calls the target. Override it in a subclass; it may be async.
   *
   * @returns the process's result.
   */
  run(): unknown {
    const { target, args, kwargs } = stateIn(this);
    const all = kwargs === undefined ? args : [...args, kwargs];
    return target?.(...(all as never[]));
  }

  /**
   * Starts the process. Returns at once; never waits. Its arguments are copied now: what happens to them later is not seen.
   *
   * @throws DataCloneError for a target or an argument that cannot travel, naming its path; InvalidStateError where it was
   *   started before, where this process is a daemon, and where no executable is set. The process can then be started
   *   again. A worker that fails to load ends the process with exit code 1 and an `exception` that says why.
   */
  start(): void {
    const state = this.#open();
    if (state.pid !== null) throw new InvalidStateError('Process.start(): a process can be started only once');
    const own = stateIn(selfHere().process);
    if (own.daemon) throw new InvalidStateError('Process.start(): a daemonic process may have no children');
    kernel.checkReady();
    livingChildren();
    const work = this.#pack(state);
    const outcome = makeOutcome();
    const pid = add(table(), ownPid);
    kernel.spawn({
      pid,
      parent: ownPid,
      parentName: own.name,
      name: state.name,
      identity: state.identity,
      daemon: state.daemon,
      method: (this.constructor as typeof Process).startMethod ?? startMethodHere() ?? 'spawn',
      authkey: state.authkey,
      outcome,
      work,
    });
    Object.assign(state, { pid, outcome, target: undefined, args: [], kwargs: undefined });
    children.add(this as unknown as Process);
  }

  #pack({ target, args, kwargs }: ProcessState): Parcel {
    const carrier: Carrier = { attachments: [], transfer: [] };
    const process = this.constructor.prototype.run === Process.prototype.run ? undefined : this;
    departing = process;
    try {
      const work = { process, target, args: [...args], kwargs };
      return { ...carrier, bytes: encode(work, '', carrier).slice() as Uint8Array<ArrayBuffer> };
    } finally {
      departing = undefined;
    }
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

  *#ending(deadline: number): Waiting<boolean> {
    const state = this.#started('join');
    const { pid } = state;
    if (pid === ownPid) throw new InvalidStateError('Process.join(): a process cannot wait for its own end');
    for (;;) {
      const seen = stateOf(table(), pid);
      if (seen === ENDED) break;
      if (isPast(deadline)) return false;
      yield { words: table(), index: stateAt(pid), seen, until: deadline };
    }
    children.delete(this as unknown as Process);
    return true;
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
  async join(options?: WaitOptions): Promise<void> {
    await settle(this.#ending(deadlineIn(options)), options?.signal);
  }

  /**
   * As `join`, blocking the thread.
   *
   * @throws as `join`; BlockingNotAllowedError in a window, as soon as it would have to wait.
   */
  joinSync(options?: SyncWaitOptions): void {
    block(this.#ending(deadlineIn(options)), 'Process.join');
  }

  /** Is it running? False before `start()` and after the end. Python: `is_alive()`. */
  isAlive(): boolean {
    const { pid } = this.#open();
    return pid !== null && !this.#hasEnded(pid);
  }

  /**
   * Ends the process from outside: exit code -15. Neither `finally` blocks nor `onExit` callbacks run in it; its children
   * go on. Whatever it was doing, every queue and lock stays usable by the others. Never waits: the end comes a moment
   * later (in Chromium up to 2 seconds, if it is computing), so `join()` it.
   *
   * @throws InvalidStateError before `start()` and after `close()`.
   */
  terminate(): void {
    this.#end('terminate', -15);
  }

  /** As `terminate()`, with exit code -9. Python: `kill()`. */
  kill(): void {
    this.#end('kill', -9);
  }

  #end(call: string, exitcode: number): void {
    const { pid } = this.#started(call);
    if (condemn(table(), pid, exitcode)) kernel.terminate(pid);
  }

  /**
   * Lets go of what this object holds. A second time does nothing.
   *
   * @throws RangeError while the process is running (Python: ValueError).
   */
  close(): void {
    const state = stateIn(this);
    if (state.closed || isItself(state)) return;
    if (state.pid !== null && !this.#hasEnded(state.pid)) {
      throw new RangeError('Process.close(): the process is running; join() or terminate() it first');
    }
    children.delete(this as unknown as Process);
    Object.assign(state, { closed: true, outcome: undefined, read: undefined, target: undefined, args: [], kwargs: undefined });
  }

  /**
   * Waits for the end, and answers what the target (or `run()`) returned.
   *
   * @param options `timeout` in milliseconds; `signal` gives the wait up.
   * @throws what the target threw; WorkerDiedError where the process ended otherwise; TimeoutError where the time ran out;
   *   DataCloneError where the result cannot travel. All as rejections. Not in Python.
   */
  async result(options?: WaitOptions): Promise<Awaited<R>> {
    if (!(await settle(this.#ending(deadlineIn(options)), options?.signal))) throw tooLate();
    const comesByMessage = this.exitcode === 0 && this.#outcome().kind === RETURNED_BY_MESSAGE;
    return this.#unwrap(comesByMessage ? await collected(this.pid as number) : undefined);
  }

  /**
   * As `result`, blocking the thread. What only a message can carry (a Blob, or more than 16 MiB) cannot be had so.
   *
   * @throws as `result`; BlockingNotAllowedError in a window, as soon as it would have to wait.
   */
  resultSync(options?: SyncWaitOptions): Awaited<R> {
    if (!block(this.#ending(deadlineIn(options)), 'Process.result')) throw tooLate();
    return this.#unwrap();
  }

  #outcome(): Outcome {
    const state = stateIn(this);
    if (state.outcome === undefined) return { kind: NONE, value: undefined };
    state.read ??= attributed(readOutcome(state.outcome), state);
    return state.read;
  }

  /** The name: any text, need not be unique. The process itself sees a change only before `start()`. */
  get name(): string {
    return stateIn(this).name;
  }

  set name(name: string) {
    stateIn(this).name = checkedName(name);
  }

  /** Whether it is terminated when its parent ends, instead of waited for. @throws InvalidStateError when set after `start()`. */
  get daemon(): boolean {
    return stateIn(this).daemon;
  }

  set daemon(daemon: boolean) {
    const state = stateIn(this);
    if (state.pid !== null) throw new InvalidStateError('Process.daemon: cannot be changed after start()');
    state.daemon = Boolean(daemon);
  }

  /** The key that authenticates connections; children started later inherit it. @throws TypeError for other than bytes. */
  get authkey(): Uint8Array {
    return stateIn(this).authkey;
  }

  set authkey(key: Uint8Array) {
    if (!(key instanceof Uint8Array)) throw new TypeError('Process.authkey must be a Uint8Array');
    stateIn(this).authkey = key.slice();
  }

  /** The process's number, never used again on this page; `null` before `start()`. */
  get pid(): number | null {
    return this.#open().pid;
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
    const { pid } = this.#open();
    if (pid === null || !this.#hasEnded(pid)) return null;
    return exitcodeOf(table(), pid);
  }

  /** Something to `wait()` for: ready when the process has ended. @throws RangeError before `start()` (Python: ValueError). */
  get sentinel(): Waitable {
    const { pid } = this.#open();
    if (pid === null || pid === ownPid) throw new RangeError('Process.sentinel: this process was not started');
    const state = stateIn(this);
    state.sentinel ??= new Sentinel(pid);
    return state.sentinel;
  }

  /** The error that ended the process; `null` where none did. Any value can be thrown, so ask `failed` first. Not in Python. */
  get exception(): unknown {
    if (!this.failed) return null;
    const { kind, value } = this.#outcome();
    return kind === THREW ? value : null;
  }

  /** Has it ended with another exit code than 0? Not in Python. */
  get failed(): boolean {
    return (this.exitcode ?? 0) !== 0;
  }

  toString(): string {
    const { name, pid, daemon, closed } = stateIn(this);
    let status = 'initial';
    if (closed) status = 'closed';
    else if (pid !== null) status = this.#hasEnded(pid) ? `stopped exitcode=${this.exitcode}` : 'started';
    return `Process(name='${name}' pid=${pid} ${status}${daemon ? ' daemon' : ''})`;
  }

  /** The state, unless this object was closed. */
  #open(): ProcessState {
    const state = stateIn(this);
    if (state.closed) throw new InvalidStateError('this Process object is closed');
    return state;
  }

  #started(call: string): ProcessState & { pid: number } {
    const state = this.#open();
    if (state.pid === null) throw new InvalidStateError(`Process.${call}(): this process was not started`);
    return state as ProcessState & { pid: number };
  }

  #hasEnded(pid: number): boolean {
    const ended = hasEnded(pid);
    if (ended) children.delete(this as unknown as Process);
    return ended;
  }

  /** What the ended process returned, or throws what it threw. `received` is a result that came by message. */
  #unwrap(received?: { value: unknown }): Awaited<R> {
    const state = stateIn(this);
    const { pid, exitcode } = this;
    const byMessage = received ?? (this.#outcome().kind === RETURNED_BY_MESSAGE ? collect(pid as number) : undefined);
    if (byMessage !== undefined) state.read = { kind: RETURNED, value: byMessage.value };
    const { kind, value } = this.#outcome();
    if (kind === THREW || kind === UNSENDABLE) throw value;
    if (kind === RETURNED && exitcode === 0) return value as Awaited<R>;
    if (kind === RETURNED_BY_MESSAGE && exitcode === 0) {
      throw new InvalidStateError('this result comes by message, which a blocked thread cannot receive: use "await result()"');
    }
    throw new WorkerDiedError(`${state.name} (pid ${pid}) ended with exit code ${exitcode}`, pid as number, exitcode);
  }

  static {
    Object.defineProperty(this, 'name', { value: 'Process' });
  }
}

/** An error says in its stack where it comes from. */
function attributed(outcome: Outcome, { name, pid }: ProcessState): Outcome {
  const { value } = outcome;
  if (value instanceof Error && typeof value.stack === 'string') value.stack += `\n    in process ${name} (pid ${pid})`;
  return outcome;
}

const isItself = (state: ProcessState): boolean => state.pid === ownPid;
const tooLate = (): TimeoutError => new TimeoutError('Process.result(): the process did not end within the timeout');

function checkedName(name: string): string {
  if (typeof name !== 'string') throw new InvalidStateError(`Process.name must be a string, not ${typeof name}`);
  return name;
}

/** The class's name for users: what it is exported as, since a minifier may have renamed the class itself. */
function className(type: { readonly name: string }): string {
  return nameOf(type)?.split('.').at(-1) ?? type.name;
}
