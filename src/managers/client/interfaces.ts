// The proxies of the built-in types of a manager.

import type { SyncWaitOptions, WaitOptions } from '../../base/options.ts';
import type { AnyFunction } from '../../pool/task_record.ts';
import type { HeldProxy } from '../proxies.ts';
import type { BaseProxy } from '../proxy.ts';
import type { ArrayMethods, DictMethods, ListMethods, SetMethods, ValueMethods } from './collection_methods.ts';
import type { Iteration, MethodName, Proxied } from './proxied.ts';
import type {
  AsyncResultMethods,
  BarrierMethods,
  ConditionMethods,
  EventMethods,
  JoinableQueueMethods,
  LockMethods,
  QueueMethods,
  SemaphoreMethods,
} from './waiting_methods.ts';

/** What can be held for the length of a scope. */
export interface Guarded {
  /** Calls the function with it acquired, and releases it afterwards, whatever happens. */
  with<R>(body: (held: HeldProxy) => R): Promise<Awaited<R>>;
  /** As `with`; blocks the thread. */
  withSync<R>(body: (held: HeldProxy) => R): R;
  /** Acquires it for the rest of a scope. @throws TimeoutError where it was not acquired in time; the signal's reason. */
  guard(options?: WaitOptions): Promise<HeldProxy>;
  /** As `guard`; blocks the thread. */
  guardSync(options?: SyncWaitOptions): HeldProxy;
}

/** The predicate runs in the process that calls, with the lock held. */
export interface Predicates {
  /** Waits until the predicate answers something true, asking it after each notification; answers what it answered. */
  waitFor<R>(predicate: () => R, options?: WaitOptions): Promise<Awaited<R>>;
  /** As `waitFor`; blocks the thread. */
  waitForSync<R>(predicate: () => R, options?: SyncWaitOptions): R;
}

/** What `manager.dict()` answers: `getValue()` answers a Map of what it holds. */
export type DictProxy<K, V> = Iteration<[K, V]> &
  Proxied<DictMethods<K, V>, MethodName<DictMethods<K, V>>, never, Map<K, V>>;
/** What `manager.list()` answers: `getValue()` answers a copy of it. */
export type ListProxy<T> = Iteration<T> & Proxied<ListMethods<T>, MethodName<ListMethods<T>>, never, T[]>;
/** What `manager.set()` answers: `getValue()` answers a copy of it. */
export type SetProxy<T> = Iteration<T> & Proxied<SetMethods<T>, MethodName<SetMethods<T>>, never, Set<T>>;
/** What `manager.Value()` answers: `getValue()` answers the value. */
export type ValueProxy<T> = Proxied<ValueMethods<T>, keyof ValueMethods<T>, never, T>;
/** What `manager.Array()` answers: `getValue()` answers a copy of it. */
export type ArrayProxy<T> = Iteration<T> & Proxied<ArrayMethods<T>, MethodName<ArrayMethods<T>>, never, T[]>;
/** What `manager.Queue()` answers: `getValue()` answers the items in it. */
export type QueueProxy<T> = Proxied<QueueMethods<T>, MethodName<QueueMethods<T>>, never, T[]>;
/** What `manager.JoinableQueue()` answers: `getValue()` answers the items in it. */
export type JoinableQueueProxy<T> = Proxied<JoinableQueueMethods<T>, MethodName<JoinableQueueMethods<T>>, never, T[]>;
/** What `manager.Lock()` answers: `getValue()` answers whether it is held. */
export type LockProxy = Guarded & Proxied<LockMethods, keyof LockMethods, never, boolean>;
/** What `manager.RLock()` answers: `getValue()` answers whether it is held. */
export type RLockProxy = LockProxy;
/** What `manager.Semaphore()` answers: `getValue()` answers its value. */
export type SemaphoreProxy = Guarded & Proxied<SemaphoreMethods, MethodName<SemaphoreMethods>, never, number>;
/** What `manager.Condition()` answers: `getValue()` answers whether its lock is held. */
export type ConditionProxy = Guarded &
  Predicates &
  Proxied<ConditionMethods, MethodName<ConditionMethods>, never, boolean>;
/** What `manager.Event()` answers: `getValue()` answers whether it is set. */
export type EventProxy = Proxied<EventMethods, MethodName<EventMethods>, never, boolean>;
/** What `manager.Barrier()` answers: `getValue()` answers how many wait. */
export type BarrierProxy = Proxied<BarrierMethods, keyof BarrierMethods, never, number>;
/** What `applyAsync()` and its kin answer, of a pool in a manager. */
export type AsyncResultProxy<T> = Proxied<AsyncResultMethods<T>, MethodName<AsyncResultMethods<T>>, never, never>;

/** Names keep their types: a generic method is lost in a mapped type. */
export type NamespaceProxy<T> = BaseProxy<T> & {
  /** The value of that name. @throws RangeError for a name that is not there (Python: AttributeError). */
  get<K extends keyof T & string>(name: K): Promise<T[K]>;
  /** As `get`; blocks the thread. */
  getSync<K extends keyof T & string>(name: K): T[K];
  /** Python: `ns.name = value`. */
  set<K extends keyof T & string>(name: K, value: T[K]): Promise<void>;
  /** As `set`; blocks the thread. */
  setSync<K extends keyof T & string>(name: K, value: T[K]): void;
  /** Python: `del ns.name`. @throws RangeError for a name that is not there (Python: AttributeError). */
  delete(name: keyof T & string): Promise<void>;
  /** As `delete`; blocks the thread. */
  deleteSync(name: keyof T & string): void;
  /** Python: `hasattr(ns, name)`. */
  has(name: string): Promise<boolean>;
  /** As `has`; blocks the thread. */
  hasSync(name: string): boolean;
  /** The names, as an array. */
  keys(): Promise<string[]>;
  /** As `keys`; blocks the thread. */
  keysSync(): string[];
};

type Items<T> = Iterable<T> | AsyncIterable<T>;
type Result<F extends AnyFunction> = Awaited<ReturnType<F>>;

/**
 * A pool whose workers are children of the manager. It is given arrays, or iterables that end: they are read by the caller.
 * `callback` and its like must be registered functions: they run in the manager.
 */
export interface PoolProxy extends BaseProxy<never> {
  /** Calls the function in a worker; answers its result. Python: `apply`. */
  apply<P extends readonly unknown[], R>(f: (...args: P) => R, args: P, options?: object): Promise<Awaited<R>>;
  /** As `apply`; blocks the thread. */
  applySync<P extends readonly unknown[], R>(f: (...args: P) => R, args: P, options?: object): Awaited<R>;
  /** Calls the function in a worker; answers a proxy of the result to come. Python: `apply_async`. */
  applyAsync<P extends readonly unknown[], R>(
    f: (...args: P) => R,
    args: P,
    options?: object,
  ): Promise<AsyncResultProxy<Awaited<R>>>;
  /** As `applyAsync`; blocks the thread. */
  applyAsyncSync<P extends readonly unknown[], R>(
    f: (...args: P) => R,
    args: P,
    options?: object,
  ): AsyncResultProxy<Awaited<R>>;
  /** Calls the function with each item; answers the results, in order. Python: `map`. */
  map<T, R>(f: (item: T) => R, items: Items<T>, options?: object): Promise<Awaited<R>[]>;
  /** As `map`; blocks the thread. */
  mapSync<T, R>(f: (item: T) => R, items: Iterable<T>, options?: object): Awaited<R>[];
  /** As `map`; answers a proxy of the results to come. Python: `map_async`. */
  mapAsync<T, R>(f: (item: T) => R, items: Items<T>, options?: object): Promise<AsyncResultProxy<Awaited<R>[]>>;
  /** As `mapAsync`; blocks the thread. */
  mapAsyncSync<T, R>(f: (item: T) => R, items: Iterable<T>, options?: object): AsyncResultProxy<Awaited<R>[]>;
  /** As `map`; each item is a list of arguments. Python: `starmap`. */
  starmap<F extends AnyFunction>(f: F, items: Items<Parameters<F>>, options?: object): Promise<Result<F>[]>;
  /** As `starmap`; blocks the thread. */
  starmapSync<F extends AnyFunction>(f: F, items: Iterable<Parameters<F>>, options?: object): Result<F>[];
  /** As `starmap`; answers a proxy of the results to come. Python: `starmap_async`. */
  starmapAsync<F extends AnyFunction>(
    f: F,
    items: Items<Parameters<F>>,
    options?: object,
  ): Promise<AsyncResultProxy<Result<F>[]>>;
  /** As `starmapAsync`; blocks the thread. */
  starmapAsyncSync<F extends AnyFunction>(
    f: F,
    items: Iterable<Parameters<F>>,
    options?: object,
  ): AsyncResultProxy<Result<F>[]>;
  /** The results, in order, each as soon as it is there. Python: `imap`. */
  imap<T, R>(f: (item: T) => R, items: Items<T>, options?: object): AsyncIterableIterator<Awaited<R>>;
  /** As `imap`; blocks the thread. */
  imapSync<T, R>(f: (item: T) => R, items: Iterable<T>, options?: object): IterableIterator<Awaited<R>>;
  /** The results, each as soon as it is there. Python: `imap_unordered`. */
  imapUnordered<T, R>(f: (item: T) => R, items: Items<T>, options?: object): AsyncIterableIterator<Awaited<R>>;
  /** As `imapUnordered`; blocks the thread. */
  imapUnorderedSync<T, R>(f: (item: T) => R, items: Iterable<T>, options?: object): IterableIterator<Awaited<R>>;
  /** Takes no more calls; the workers end when all are done. Python: `close`. */
  close(): Promise<void>;
  /** As `close`; blocks the thread. */
  closeSync(): void;
  /** Ends the workers at once. Python: `terminate`. */
  terminate(): Promise<void>;
  /** As `terminate`; blocks the thread. */
  terminateSync(): void;
  /** Waits until the workers have ended, after `close()` or `terminate()`, or the time is up. Python: `join`. */
  join(options?: WaitOptions): Promise<void>;
  /** As `join`; blocks the thread. */
  joinSync(options?: SyncWaitOptions): void;
  /** Leaving the scope terminates. */
  [Symbol.asyncDispose](): Promise<void>;
}
