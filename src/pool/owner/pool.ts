// Pool: workers that take calls of the app's functions.

import { asyncDispose } from '../../base/dispose.ts';
import { noteMade, observer } from '../../base/observer.ts';
import { deadlineIn, type SyncWaitOptions, type WaitOptions } from '../../base/options.ts';
import { lasting, promised } from '../../base/realm.ts';
import { encode } from '../../codec/encode.ts';
import { refuse } from '../../codec/refuse.ts';
import { noted, several } from '../../codec/registry.ts';
import { disinherit, type Heir, registerShared } from '../../codec/shared.ts';
import { InvalidStateError } from '../../errors.ts';
import { block, canBlock, mayBlock, refuseBlocking } from '../../memory/wait.ts';
import { ownHandle } from '../../process/handle.ts';
import { checkReady } from '../../process/kernel.ts';
import type { StartMethod } from '../../process/protocol.ts';
import { type AnyFunction, APPLY, MAP, STARMAP, type TaskKind } from '../task_record.ts';
import { Dispatcher, type PoolWork } from './dispatcher.ts';
import {
  checkCount,
  checkFunction,
  checkOptions,
  checkPriority,
  checkTime,
  defaultChunksize,
  gathered,
  type Items,
  isAsync,
  isSync,
  listOf,
  notIterable,
  sensibleSize,
} from './input.ts';
import { ApplyJob, type Deferred, MapJob } from './job.ts';
import { AsyncResult, within } from './result.ts';
import type { PoolIterator } from './stream.ts';
import { streamOf } from './stream_of_pool.ts';
import type { MakeTransport } from './transport.ts';

type InitOptions<I extends readonly unknown[]> =
  | ({ initializer: (...args: I) => unknown } & ([] extends I ? { initargs?: Readonly<I> } : { initargs: Readonly<I> }))
  | { initializer?: undefined | null; initargs?: undefined };

/** What a pool is made with, beside the number of its workers. */
export type PoolOptions<I extends readonly unknown[] = readonly []> = {
  /** How many tasks a worker does before a new one takes its place: a call of `apply`, or a chunk. The default: no limit. */
  maxtasksperchild?: number | null | undefined;
  /** Milliseconds that a task whose caller gave up may go on before its worker is ended. The default is 1000. */
  grace?: number | undefined;
  /** Milliseconds without work after which the workers go; new work brings new ones. The default: they stay. */
  idleTimeout?: number | null | undefined;
  /**
   * Functions whose modules each worker loads before its first task. The default: a worker loads a module with the first task that
   * names something of it.
   */
  preload?: readonly ((...args: never[]) => unknown)[] | null | undefined;
} & InitOptions<I>;

/** How a call is done. */
export interface TaskOptions {
  /** Gives the call up: it rejects with the signal's reason, what waits is dropped, what runs sees `cancelled()`. */
  signal?: AbortSignal | null | undefined;
  /** Milliseconds that the function may take, for one item; then that call (or chunk) ends with TimeoutError. */
  timeout?: number | null | undefined;
  /**
   * How urgent it is: a finite number, 0 by default. Calls with a larger one go before all that no worker has begun, chunk by
   * chunk; among equals the first comes first. What has begun goes on.
   */
  priority?: number | null | undefined;
}

/** How a call is done, and who is told of its end. */
export interface CallbackOptions<R> extends TaskOptions {
  /** Called with the result, before anybody else can see it. What it throws is reported on the console. */
  callback?: ((value: R) => void) | undefined;
  /** Called with the error. */
  errorCallback?: ((error: unknown) => void) | undefined;
}

/** How many items are given out at once, and who is told of it. */
export interface MapOptions extends TaskOptions {
  /** How many items a worker takes at once. The default of `map`: four chunks for each worker; of `imap`: 1. */
  chunksize?: number | null | undefined;
  /** Called after each chunk. `total` is missing where an `imap` does not know how much there is to come. */
  onProgress?: ((done: number, total: number | undefined) => void) | undefined;
}

/** All arguments; or all but the last, and `kwds` for that. */
type Call<A extends readonly unknown[], O> =
  | ([] extends A
      ? [args?: Readonly<A>, options?: O & { kwds?: undefined }]
      : [args: Readonly<A>, options?: O & { kwds?: undefined }])
  | (Required<A> extends readonly [...infer Head, infer Last extends object]
      ? [args: Readonly<Head>, options: O & { kwds: Last }]
      : never);

type ApplyOptions = CallbackOptions<unknown> & { kwds?: object | undefined };

const DEFAULT_GRACE = 1000;

/** What a pool is at. */
export let workOf: (pool: Pool) => PoolWork;

const abandoned =
  typeof FinalizationRegistry === 'function'
    ? new FinalizationRegistry<Dispatcher>((dispatcher) => {
        if (dispatcher.state === 'terminated' || dispatcher.isOver) return;
        if (dispatcher.state === 'running' && dispatcher.workers.members.size > 0)
          globalThis.console.warn('unclosed running multiprocessing pool: close() or terminate() it');
        dispatcher.terminate();
      })
    : undefined;

/**
 * Worker processes that take calls of the app's functions: `await pool.map(f, items)`.
 *
 * A pool starts with no worker, has as many as there is work for, and at most `processes`; who dies is replaced. Its workers
 * are daemons. What a dead worker held ends with WorkerDiedError; everything else goes on. Functions have to be registered,
 * as the target of a Process has; they may be async.
 *
 * Beyond Python, locks, queues, connections, values and arrays travel as arguments and results of calls, at any depth, and are
 * the same objects there. A worker has a connection that it was given until it closes it, lets go of it, or ends.
 *
 * Python: `multiprocessing.Pool`.
 */
export class Pool<I extends readonly unknown[] = readonly []> {
  /** @internal The start method of a context's class. */
  static readonly startMethod: StartMethod | undefined = undefined;
  /** @internal What comes before the numbers of its workers' names. */
  static readonly prefix: string = 'PoolWorker';
  /** @internal The transport of pools that start no workers (dummy/pool.ts); none: as this page allows. */
  static readonly transport: MakeTransport | undefined = undefined;

  readonly #size: number;
  readonly #settings: Omit<ConstructorParameters<typeof Dispatcher>[0], 'size' | 'names'>;
  #made: Dispatcher | undefined;
  /** What it is, until its first call. */
  #early: PoolWork['state'] = 'running';

  /**
   * @param processes how many workers at most. The default: as many as the browser admits to processors, on phones and tablets half
   *   of them, and never more than two for each gigabyte of memory that it admits to.
   * @param options `initializer`, which each worker calls with `initargs` before its first task (shared objects may be among
   *   them); `maxtasksperchild`; `grace`; `idleTimeout`; `preload`.
   * @throws TypeError, RangeError for what is no number of workers; TypeError, DataCloneError for an initializer, or one of
   *   `preload`, that is no registered function; InvalidStateError in a daemonic process, which may have no children. What the world lacks (an
   *   executable, shared memory, workers), the first call says.
   */
  constructor(processes?: number | null, options?: PoolOptions<I>) {
    const given = checkOptions(options, 'constructor');
    this.#size = processes === undefined || processes === null ? sensibleSize() : checkCount(processes, 'processes');
    const { initializer, maxtasksperchild, grace, idleTimeout } = given;
    const initargs = (given.initargs ?? []) as readonly unknown[];
    const preload = given.preload ?? [];
    const { transport } = new.target as typeof Pool;
    if (initializer !== undefined && initializer !== null) checkInitializer(initializer, initargs);
    if (!Array.isArray(preload) || !preload.every((f) => typeof f === 'function'))
      throw new TypeError('Pool({ preload }): preload must be an array of functions');
    // Where no worker is started, they need not be registered: what cannot travel its first call says.
    if (transport === undefined) checkTravels({ initializer, initargs, preload });
    if (ownHandle().daemon) throw new InvalidStateError('new Pool(): a daemonic process may have no children');
    const limit = maxtasksperchild ?? undefined;
    this.#settings = {
      method: (new.target as typeof Pool).startMethod,
      prefix: (new.target as typeof Pool).prefix,
      transport,
      initializer: initializer ?? undefined,
      initargs,
      preload,
      limit: limit === undefined ? Number.POSITIVE_INFINITY : checkCount(limit, 'maxtasksperchild'),
      grace: checkTime(grace ?? DEFAULT_GRACE, 'grace') ?? Number.POSITIVE_INFINITY,
      idle: checkTime(idleTimeout, 'idleTimeout') ?? Number.POSITIVE_INFINITY,
    };
    observer?.onPool(this);
    noteMade(this);
  }

  /** Made by the first call: before it a pool has no memory and no workers, and checks nothing. @throws what the page lacks. */
  get #dispatcher(): Dispatcher {
    if (this.#made === undefined) {
      const { initializer, initargs, preload, transport } = this.#settings;
      if (transport === undefined) checkReady();
      noted.clear();
      if (several) checkTravels({ initializer, initargs, preload });
      const made = new Dispatcher({ size: this.#size, names: [...noted], ...this.#settings });
      if (this.#early === 'closed') made.close();
      else if (this.#early === 'terminated') made.terminate();
      abandoned?.register(this, made, made);
      this.#made = made;
    }
    return this.#made;
  }

  get #state(): PoolWork['state'] {
    return this.#made?.state ?? this.#early;
  }

  /** How many workers it has at most. */
  get processes(): number {
    return this.#size;
  }

  // ---------------------------------------------------------------------------------------------- one call

  /**
   * Calls `f(...args)` in a worker.
   *
   * @param call the arguments; then options: `kwds`, an object passed behind the arguments; `signal`; `timeout`; `priority`.
   * @returns what it returned.
   * @throws what it threw; WorkerDiedError; TimeoutError; DataCloneError for what cannot travel, naming its path;
   *   InvalidStateError where the pool takes no more work; ProcessError where it was terminated. All as rejections.
   *
   * Python: `apply(func, args=(), kwds={})`.
   */
  apply<A extends readonly unknown[], R>(f: (...args: A) => R, ...call: Call<A, TaskOptions>): Promise<Awaited<R>> {
    return promised(() => this.#apply<R>('apply', f, call).promise);
  }

  /** As `apply`, blocking the thread. @throws BlockingNotAllowedError in a window, at once. */
  applySync<A extends readonly unknown[], R>(
    f: (...args: A) => R,
    ...call: Call<A, Omit<TaskOptions, 'signal'>>
  ): Awaited<R> {
    if (!canBlock()) throw refuseBlocking('Pool.apply');
    return this.#result(this.#apply<R>('applySync', f, call)).getSync();
  }

  /**
   * As `apply`, at once: the result comes later. Options also: `callback`, `errorCallback`.
   *
   * @throws InvalidStateError where the pool takes no more work; TypeError for what is no function, args or option.
   *
   * Python: `apply_async(func, args, kwds, callback, error_callback)`.
   */
  applyAsync<A extends readonly unknown[], R>(
    f: (...args: A) => R,
    ...call: Call<A, CallbackOptions<Awaited<R>>>
  ): AsyncResult<Awaited<R>> {
    return this.#result(this.#apply<R>('applyAsync', f, call));
  }

  #apply<R>(call: string, f: unknown, [args = [], options]: readonly [(readonly unknown[])?, object?]) {
    checkFunction(f, call);
    const given = checkOptions(options as ApplyOptions, call);
    if (!Array.isArray(args)) throw new TypeError(`Pool.${call}(f, args): args must be an array, not ${typeof args}`);
    const { signal, timeout, priority, callback, errorCallback } = given;
    const kwds = given.kwds ?? undefined;
    if (kwds !== undefined && typeof kwds !== 'object') {
      throw new TypeError(`Pool.${call}(): kwds must be an object, passed as the last argument`);
    }
    const terms = { call, timeout: checkTime(timeout, 'timeout'), priority: checkPriority(priority) };
    const job = new ApplyJob<Awaited<R>>(f as AnyFunction, terms, callback, errorCallback);
    job.keeps = this;
    if (this.#fails(job)) return job;
    const unheed = this.#dispatcher.begin(job, signal);
    if (signal) job.promise.then(unheed, unheed);
    this.#dispatcher.submit(job, 0, [APPLY, f as AnyFunction, args, kwds]);
    return job;
  }

  /** Whether nothing can be done here and now: the call then comes to the error that says why. */
  #fails<T>(job: ApplyJob<T> | MapJob<T>): boolean {
    try {
      void this.#dispatcher;
      return false;
    } catch (error) {
      job.settle({ ok: false, error });
      return true;
    }
  }

  #result<T>(job: Deferred<T>): AsyncResult<T> {
    return new AsyncResult(job, this.#made);
  }

  // ---------------------------------------------------------------------------------------------- many calls

  /**
   * Calls `f(item)` for each item, in chunks, and waits for all.
   *
   * @param items any iterable; an async one is taken whole first.
   * @param options `chunksize`; `signal`; `timeout`, for each item; `priority`; `onProgress`.
   * @returns the results in the order of the items.
   * @throws the failure that came first, once all have ended; else as `apply`. All as rejections.
   *
   * Python: `map(func, iterable, chunksize=None)`.
   */
  map<T, R>(f: (item: T) => R, items: Items<T>, options?: MapOptions): Promise<Awaited<R>[]> {
    return this.#mapped<R>('map', MAP, f, items, options);
  }

  /** As `map`, blocking the thread. @throws BlockingNotAllowedError in a window, at once. */
  mapSync<T, R>(f: (item: T) => R, items: Iterable<T>, options?: Omit<MapOptions, 'signal'>): Awaited<R>[] {
    if (!canBlock()) throw refuseBlocking('Pool.map');
    return this.#result(this.#map<R>('mapSync', MAP, f, items, options)).getSync();
  }

  /** As `map`, at once: the result comes later. Options also: `callback`, `errorCallback`. Python: `map_async`. */
  mapAsync<T, R>(
    f: (item: T) => R,
    items: Iterable<T>,
    options?: MapOptions & CallbackOptions<Awaited<R>[]>,
  ): AsyncResult<Awaited<R>[]> {
    return this.#result(this.#map<R>('mapAsync', MAP, f, items, options));
  }

  /** As `map`, where each item is the arguments of a call: `f(...item)`. Python: `starmap`. */
  starmap<A extends readonly unknown[], R>(
    f: (...args: A) => R,
    items: Items<Readonly<NoInfer<A>>>,
    options?: MapOptions,
  ): Promise<Awaited<R>[]> {
    return this.#mapped<R>('starmap', STARMAP, f, items, options);
  }

  /** As `starmap`, blocking the thread. @throws BlockingNotAllowedError in a window, at once. */
  starmapSync<A extends readonly unknown[], R>(
    f: (...args: A) => R,
    items: Iterable<Readonly<NoInfer<A>>>,
    options?: Omit<MapOptions, 'signal'>,
  ): Awaited<R>[] {
    if (!canBlock()) throw refuseBlocking('Pool.starmap');
    return this.#result(this.#map<R>('starmapSync', STARMAP, f, items, options)).getSync();
  }

  /** As `starmap`, at once: the result comes later. Python: `starmap_async`. */
  starmapAsync<A extends readonly unknown[], R>(
    f: (...args: A) => R,
    items: Iterable<Readonly<NoInfer<A>>>,
    options?: MapOptions & CallbackOptions<Awaited<R>[]>,
  ): AsyncResult<Awaited<R>[]> {
    return this.#result(this.#map<R>('starmapAsync', STARMAP, f, items, options));
  }

  #mapped<R>(
    call: string,
    kind: TaskKind,
    f: unknown,
    items: Items<unknown>,
    options: MapOptions | undefined,
  ): Promise<Awaited<R>[]> {
    const map = (list: Iterable<unknown>) => this.#map<R>(call, kind, f, list, options).promise;
    return promised(() => (isAsync(items) ? lasting(gathered(items).then(map)) : map(items)));
  }

  #map<R>(
    call: string,
    kind: TaskKind,
    f: unknown,
    items: Iterable<unknown>,
    options: (MapOptions & CallbackOptions<Awaited<R>[]>) | undefined,
  ): MapJob<Awaited<R>> {
    checkFunction(f, call);
    const given = checkOptions(options, call);
    const list = listOf(items, call);
    const { signal, timeout, priority, onProgress, callback, errorCallback } = given;
    const chunksize = checkCount(given.chunksize ?? defaultChunksize(list.length, this.#size), 'chunksize');
    const sizes = { count: Math.ceil(list.length / chunksize), total: list.length, chunksize };
    const terms = { call, timeout: checkTime(timeout, 'timeout'), priority: checkPriority(priority) };
    // As in Python, no callback hears of nothing.
    const heard = list.length === 0 ? undefined : callback;
    const job = new MapJob<Awaited<R>>(f as AnyFunction, terms, sizes, onProgress, heard, errorCallback);
    job.keeps = this;
    if (this.#fails(job)) return job;
    const solid = kind === STARMAP ? list.findIndex((item) => !isSync(item)) : -1;
    if (solid >= 0) {
      job.fail(notIterable(list[solid], call, `items[${solid}]`));
      return job;
    }
    const unheed = this.#dispatcher.begin(job, signal);
    if (signal) job.promise.then(unheed, unheed);
    if (list.length === 0) {
      job.settle({ ok: true, value: [] });
      this.#dispatcher.end(job);
    }
    for (let i = 0; i < sizes.count; i++) {
      const first = i * chunksize;
      const chunk = list.slice(first, first + chunksize);
      this.#dispatcher.submit(job, i, [kind, f as AnyFunction, chunk, undefined], first);
    }
    return job;
  }

  // ---------------------------------------------------------------------------------------------- streams

  /**
   * Calls `f(item)` for each item, and gives the results one by one, in the order of the items, as they come.
   *
   * @param items any iterable, sync or async, finite or endless: at most 2 chunks for each worker are taken before their
   *   turn, and `join()` waits until all of it is taken. It is closed (`return()`) when the loop is left, at an abort, and when the pool is terminated.
   * @param options `chunksize` (1); `signal`; `timeout`, for each item; `priority`; `onProgress`.
   * @throws TypeError for what is not iterable; InvalidStateError where the pool takes no more work.
   *
   * Python: `imap(func, iterable, chunksize=1)`.
   */
  imap<T, R>(f: (item: T) => R, items: Items<T>, options?: MapOptions): PoolIterator<Awaited<R>> {
    return streamOf(this.#called, 'imap', f, items, options);
  }

  /** As `imap`, in the order in which the results come. Python: `imap_unordered`. */
  imapUnordered<T, R>(f: (item: T) => R, items: Items<T>, options?: MapOptions): PoolIterator<Awaited<R>> {
    return streamOf(this.#called, 'imapUnordered', f, items, options);
  }

  get #called() {
    return { pool: this, size: this.#size, dispatcher: () => this.#dispatcher };
  }

  // ---------------------------------------------------------------------------------------------- the end

  /** Takes no more work; the workers end when what there is is done. Never waits. Python: `close()`. */
  close(): void {
    if (this.#made !== undefined) this.#made.close();
    else if (this.#early === 'running') this.#early = 'closed';
  }

  /** Ends the workers at once; what is unfinished ends with ProcessError. Never waits: `join()` does. Python: `terminate()`. */
  terminate(): void {
    this.#early = 'terminated';
    if (this.#made === undefined) return;
    this.#made.terminate();
    abandoned?.unregister(this.#made);
  }

  /**
   * Waits until all workers have ended, after `close()` or `terminate()`. Any number of times. Results of `imap` can be read
   * afterwards; but where its input is longer than may be taken before its turn, this waits for who reads them.
   *
   * @throws RangeError while the pool takes work (Python: ValueError); the signal's reason. All as rejections.
   *
   * Python: `join()`.
   */
  join(options?: WaitOptions): Promise<void> {
    return promised(() => {
      this.#checkEnding();
      const over = this.#made?.over ?? Promise.resolve();
      return options === undefined ? over : lasting(within(over, options).then(() => {}));
    });
  }

  /** As `join`, blocking the thread. @throws BlockingNotAllowedError in a window, as soon as it would have to wait. */
  joinSync(options?: SyncWaitOptions): void {
    this.#checkEnding();
    if (!mayBlock) throw refuseBlocking('Pool.join');
    const dispatcher = this.#made;
    if (dispatcher === undefined) return;
    block(
      dispatcher.working(() => dispatcher.isOver, deadlineIn(options)),
      'Pool.join',
    );
  }

  #checkEnding(): void {
    if (this.#state === 'running') {
      throw new RangeError('Pool.join(): the pool still takes work; close() or terminate() it first');
    }
  }

  /** Leaving the scope of `await using` terminates the pool, and waits for its workers to end. */
  [asyncDispose](): Promise<void> {
    this.terminate();
    return this.join();
  }

  /** What it is, and its state, as text. */
  toString(): string {
    return `Pool(${this.#size} workers at most, ${this.#state})`;
  }

  static {
    Object.defineProperty(this, 'name', { value: 'Pool' });
    workOf = (pool) => pool.#made?.work ?? { state: pool.#early, size: pool.#size, pending: 0, workers: [] };
    const keep = (): never => refuse('is a Pool, which belongs to the process that made it', InvalidStateError);
    registerShared(this.prototype, { kind: 'Pool', everywhere: true, detach: keep, attach: keep });
  }
}

function checkInitializer(initializer: unknown, initargs: readonly unknown[]): void {
  if (typeof initializer !== 'function')
    throw new TypeError(`Pool({ initializer }): initializer must be a function, not ${typeof initializer}`);
  if (!Array.isArray(initargs)) throw new TypeError('Pool({ initargs }): initargs must be an array of arguments');
}

/** @throws DataCloneError for what could not be sent to a worker later. */
function checkTravels(start: object): void {
  const heirs: Heir[] = [];
  try {
    encode(start, '', { attachments: [], transfer: [], heirs });
  } finally {
    disinherit(heirs, 0);
  }
}
