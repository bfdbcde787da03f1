/**
 * The processes' half of an executable of two files.
 *
 * @module web-multiprocessing/process
 */

export { Connection } from '../data/connection.ts';
export { JoinableQueue } from '../data/joinable_queue.ts';
export { Queue } from '../data/queue.ts';
export { ShareableList } from '../data/shareable_list.ts';
export { RawArray, SharedArray as Array } from '../data/shared_array.ts';
export { SharedMemory } from '../data/shared_memory.ts';
export { RawValue, Value } from '../data/shared_value.ts';
export { SimpleQueue } from '../data/simple_queue.ts';
export { SyncManager as Managers } from '../managers/client/sync_manager.ts';
export { worker as PoolWorker } from '../pool/worker/worker.ts';
export { rehearse as Rehearsal } from '../process/child/rehearsal.ts';
export { Logger } from '../process/logger.ts';
export { Barrier } from '../sync/barrier.ts';
export { Condition } from '../sync/condition.ts';
export { Event } from '../sync/event.ts';
export { Lock } from '../sync/lock.ts';
export { RLock } from '../sync/rlock.ts';
export { BoundedSemaphore, Semaphore } from '../sync/semaphore.ts';
export { _serve, serve } from './serve.ts';
