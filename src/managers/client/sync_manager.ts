// SyncManager: the manager with the built-in types.

import { registerModules } from '../../codec/registry.ts';
import type { Element, TypeCode } from '../../data/typecodes.ts';
import type { PoolOptions } from '../../pool/owner/pool.ts';
import { registerProxies } from '../proxies.ts';
import { BaseProxy } from '../proxy.ts';
import type {
  ArrayProxy,
  BarrierProxy,
  ConditionProxy,
  DictProxy,
  EventProxy,
  JoinableQueueProxy,
  ListProxy,
  LockProxy,
  NamespaceProxy,
  PoolProxy,
  QueueProxy,
  RLockProxy,
  SemaphoreProxy,
  SetProxy,
  ValueProxy,
} from './interfaces.ts';
import { BaseManager, maker, setBuiltinManager } from './manager.ts';

/** What an iterable travels as. */
function plain<T>(items: Iterable<T> | undefined): unknown {
  if (typeof items !== 'object' || items === null || items instanceof BaseProxy) return items;
  if (Array.isArray(items) || items instanceof Map || items instanceof Set) return items;
  return Symbol.iterator in items ? [...items] : items;
}

/**
 * A manager with the built-in types. Each factory answers a proxy, and has a twin that blocks, for workers.
 *
 * @throws from each factory: RemoteError where the object cannot be made, with the cause; InvalidStateError before `start()`
 *   and after `shutdown()`; DataCloneError for what cannot travel; WorkerDiedError. All as rejections.
 *
 * Python: `multiprocessing.managers.SyncManager`.
 */
export class SyncManager extends BaseManager {
  protected override get hasBuiltins(): boolean {
    return true;
  }

  /** A shared Map. */
  dict<K, V>(entries?: Iterable<readonly [K, V]>): Promise<DictProxy<K, V>> {
    return maker.create(this, 'dict', [plain(entries)]) as never;
  }

  /** As `dict`, blocking the thread. */
  dictSync<K, V>(entries?: Iterable<readonly [K, V]>): DictProxy<K, V> {
    return maker.createSync(this, 'dict', [plain(entries)]) as never;
  }

  /** A shared Array. */
  list<T>(items?: Iterable<T>): Promise<ListProxy<T>> {
    return maker.create(this, 'list', [plain(items)]) as never;
  }

  /** As `list`, blocking the thread. */
  listSync<T>(items?: Iterable<T>): ListProxy<T> {
    return maker.createSync(this, 'list', [plain(items)]) as never;
  }

  /** A shared Set. */
  set<T>(items?: Iterable<T>): Promise<SetProxy<T>> {
    return maker.create(this, 'set', [plain(items)]) as never;
  }

  /** As `set`, blocking the thread. */
  setSync<T>(items?: Iterable<T>): SetProxy<T> {
    return maker.createSync(this, 'set', [plain(items)]) as never;
  }

  /** Values by name. */
  Namespace<T extends object = Record<string, unknown>>(values?: T): Promise<NamespaceProxy<T>> {
    return maker.create(this, 'Namespace', [values]) as never;
  }

  /** As `Namespace`, blocking the thread. */
  NamespaceSync<T extends object = Record<string, unknown>>(values?: T): NamespaceProxy<T> {
    return maker.createSync(this, 'Namespace', [values]) as never;
  }

  /** Any value; it has no lock. */
  Value<T>(code: TypeCode, init: T): Promise<ValueProxy<T>> {
    return maker.create(this, 'Value', [code, init]) as never;
  }

  /** As `Value`, blocking the thread. */
  ValueSync<T>(code: TypeCode, init: T): ValueProxy<T> {
    return maker.createSync(this, 'Value', [code, init]) as never;
  }

  /** Numbers of one kind, from an iterable of them. */
  Array<C extends TypeCode>(code: C, items: Iterable<Element<C>>): Promise<ArrayProxy<Element<C>>> {
    return maker.create(this, 'Array', [code, plain(items)]) as never;
  }

  /** As `Array`, blocking the thread. */
  ArraySync<C extends TypeCode>(code: C, items: Iterable<Element<C>>): ArrayProxy<Element<C>> {
    return maker.createSync(this, 'Array', [code, plain(items)]) as never;
  }

  /** A queue, of at most `maxsize` items. */
  Queue<T = unknown>(maxsize?: number): Promise<QueueProxy<T>> {
    return maker.create(this, 'Queue', [maxsize]) as never;
  }

  /** As `Queue`, blocking the thread. */
  QueueSync<T = unknown>(maxsize?: number): QueueProxy<T> {
    return maker.createSync(this, 'Queue', [maxsize]) as never;
  }

  /** A queue that knows what was done with its items. */
  JoinableQueue<T = unknown>(maxsize?: number): Promise<JoinableQueueProxy<T>> {
    return maker.create(this, 'JoinableQueue', [maxsize]) as never;
  }

  /** As `JoinableQueue`, blocking the thread. */
  JoinableQueueSync<T = unknown>(maxsize?: number): JoinableQueueProxy<T> {
    return maker.createSync(this, 'JoinableQueue', [maxsize]) as never;
  }

  /** A lock that any process can release. If its holder ends, the next who asks gets it. */
  Lock(): Promise<LockProxy> {
    return maker.create(this, 'Lock', []) as never;
  }

  /** As `Lock`, blocking the thread. */
  LockSync(): LockProxy {
    return maker.createSync(this, 'Lock', []) as never;
  }

  /** A lock that its owner, a process, can acquire again. */
  RLock(): Promise<RLockProxy> {
    return maker.create(this, 'RLock', []) as never;
  }

  /** As `RLock`, blocking the thread. */
  RLockSync(): RLockProxy {
    return maker.createSync(this, 'RLock', []) as never;
  }

  /** A counter that makes those wait who would bring it below 0. */
  Semaphore(value?: number): Promise<SemaphoreProxy> {
    return maker.create(this, 'Semaphore', [value]) as never;
  }

  /** As `Semaphore`, blocking the thread. */
  SemaphoreSync(value?: number): SemaphoreProxy {
    return maker.createSync(this, 'Semaphore', [value]) as never;
  }

  /** A semaphore that is never above its first value. */
  BoundedSemaphore(value?: number): Promise<SemaphoreProxy> {
    return maker.create(this, 'BoundedSemaphore', [value]) as never;
  }

  /** As `BoundedSemaphore`, blocking the thread. */
  BoundedSemaphoreSync(value?: number): SemaphoreProxy {
    return maker.createSync(this, 'BoundedSemaphore', [value]) as never;
  }

  /** A condition; on a lock of this manager, or an RLock of its own. */
  Condition(lock?: LockProxy): Promise<ConditionProxy> {
    return maker.create(this, 'Condition', [lock]) as never;
  }

  /** As `Condition`, blocking the thread. */
  ConditionSync(lock?: LockProxy): ConditionProxy {
    return maker.createSync(this, 'Condition', [lock]) as never;
  }

  /** A flag to wait for. */
  Event(): Promise<EventProxy> {
    return maker.create(this, 'Event', []) as never;
  }

  /** As `Event`, blocking the thread. */
  EventSync(): EventProxy {
    return maker.createSync(this, 'Event', []) as never;
  }

  /** A point where `parties` processes wait for each other. `action` must be a registered function: it runs in the manager. */
  Barrier(
    parties: number,
    options?: { action?: (() => unknown) | null; timeout?: number | null },
  ): Promise<BarrierProxy> {
    return maker.create(this, 'Barrier', [parties, options]) as never;
  }

  /** As `Barrier`, blocking the thread. */
  BarrierSync(parties: number, options?: { action?: (() => unknown) | null; timeout?: number | null }): BarrierProxy {
    return maker.createSync(this, 'Barrier', [parties, options]) as never;
  }

  /** A pool whose workers are children of the manager. */
  Pool(processes?: number | null, options?: PoolOptions<readonly unknown[]>): Promise<PoolProxy> {
    return maker.create(this, 'Pool', [processes, options]) as never;
  }

  /** As `Pool`, blocking the thread. */
  PoolSync(processes?: number | null, options?: PoolOptions<readonly unknown[]>): PoolProxy {
    return maker.createSync(this, 'Pool', [processes, options]) as never;
  }

  static {
    Object.defineProperty(this, 'name', { value: 'SyncManager' });
    registerModules({ 'multiprocessing.managers.sync': { SyncManager: this } });
    setBuiltinManager(this);
    registerProxies();
  }
}

/**
 * Starts a process that holds objects for others, and answers the manager by which they are made.
 *
 * ```ts
 * await using manager = await mp.Manager();
 * const dict = await manager.dict<string, number>();
 * await dict.set('a', 1);
 * ```
 *
 * Python: `multiprocessing.Manager()`.
 */
export function Manager(): Promise<SyncManager> {
  return new SyncManager().start();
}
