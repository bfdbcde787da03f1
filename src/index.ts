/**
 * The public names; no logic.
 *
 * @module web-multiprocessing
 */

export { type ExitCallback, onExit } from './base/finalizers.ts';
export type { BlockOptions, SyncBlockOptions, SyncWaitOptions, WaitOptions } from './base/options.ts';
export { rebuild, reduce } from './codec/hooks.ts';
export { transfer } from './codec/transfer.ts';
export type { Bytes } from './data/bytes.ts';
export { Connection, Pipe } from './data/connection.ts';
export { JoinableQueue } from './data/joinable_queue.ts';
export { Queue, type ShutdownOptions } from './data/queue.ts';
export { type ShareableItem, ShareableList } from './data/shareable_list.ts';
export { copy, synchronized } from './data/shared.ts';
export { RawArray, SharedArray as Array } from './data/shared_array.ts';
export type { Locked, SharedOptions } from './data/shared_lock.ts';
export { SharedMemory, type SharedMemoryOptions } from './data/shared_memory.ts';
export { SharedMemoryManager } from './data/shared_memory_manager.ts';
export { RawValue, Value } from './data/shared_value.ts';
export { SimpleQueue } from './data/simple_queue.ts';
export type { Element, TypeCode, Views } from './data/typecodes.ts';
export { wait, waitSync } from './data/wait.ts';
export type { Waitable } from './data/waitable.ts';
export { type Capabilities, capabilities, type Feature } from './entry/capabilities.ts';
export { type Context, getContext } from './entry/context.ts';
export { freezeSupport, setExecutable } from './entry/executable.ts';
export {
  getAllStartMethods,
  getStartMethod,
  setForkserverPreload,
  setStartMethod,
} from './entry/start_method.ts';
export {
  AuthenticationError,
  BlockingNotAllowedError,
  BrokenBarrierError,
  BufferTooShort,
  DataCloneError,
  Empty,
  EOFError,
  FileExistsError,
  FileNotFoundError,
  Full,
  InvalidStateError,
  leftBehind,
  OSError,
  ProcessError,
  RemoteError,
  ShutDown,
  TimeoutError,
  WorkerDiedError,
} from './errors.ts';
export type {
  ArrayProxy,
  AsyncResultProxy,
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
} from './managers/client/interfaces.ts';
export { BaseManager, type ManagerOptions, type StartOptions } from './managers/client/manager.ts';
export type { Proxied, PublicName, RegisterOptions } from './managers/client/proxied.ts';
export { Manager, SyncManager } from './managers/client/sync_manager.ts';
export type { HeldProxy } from './managers/proxies.ts';
export { BaseProxy } from './managers/proxy.ts';
export type { DebugInfo } from './managers/request_record.ts';
export type { ManagerServer } from './managers/serve.ts';
export { type CallbackOptions, type MapOptions, Pool, type PoolOptions, type TaskOptions } from './pool/owner/pool.ts';
export type { AsyncResult } from './pool/owner/result.ts';
export type { PoolIterator } from './pool/owner/stream.ts';
export { cancelled, taskSignal } from './pool/worker/current.ts';
export { activeChildren, cpuCount, currentProcess, parentProcess } from './process/current.ts';
export { exit } from './process/exit.ts';
export {
  getLogger,
  type Logger,
  type LogHandler,
  type LogLevel,
  type LogRecord,
  logToStderr,
} from './process/logger.ts';
export { Process, type ProcessOptions } from './process/process.ts';
export type { StartMethod } from './process/protocol.ts';
export type { Sentinel } from './process/sentinel.ts';
export { Client, type ClientOptions } from './remote/client.ts';
export { Listener, type ListenerOptions } from './remote/listener.ts';
export type { MessageConnection } from './remote/message_connection.ts';
export { Barrier } from './sync/barrier.ts';
export { Condition } from './sync/condition.ts';
export { Event } from './sync/event.ts';
export { Lock } from './sync/lock.ts';
export { RLock, type RLockHold } from './sync/rlock.ts';
export { BoundedSemaphore, Semaphore } from './sync/semaphore.ts';
