// What of the library itself every process must know by name.

import { registerModules } from '../codec/registry.ts';
import { sharedKindOf } from '../codec/shared.ts';
import { Connection } from '../data/connection.ts';
import { JoinableQueue } from '../data/joinable_queue.ts';
import { Queue } from '../data/queue.ts';
import { ShareableList } from '../data/shareable_list.ts';
import { RawArray, SharedArray } from '../data/shared_array.ts';
import { SharedMemory } from '../data/shared_memory.ts';
import { RawValue, Value } from '../data/shared_value.ts';
import { SimpleQueue } from '../data/simple_queue.ts';
import { InvalidStateError } from '../errors.ts';
import { worker } from '../pool/worker.ts';
import { provide } from '../process/parts.ts';
import { Barrier } from '../sync/barrier.ts';
import { Condition } from '../sync/condition.ts';
import { Event } from '../sync/event.ts';
import { Lock } from '../sync/lock.ts';
import { RLock } from '../sync/rlock.ts';
import { BoundedSemaphore, Semaphore } from '../sync/semaphore.ts';

/**
 * What a process may be given. It must know these classes also where its own code names them only as types, which a
 * bundler leaves out: so they are asked for here.
 */
const inheritable = [
  Barrier,
  BoundedSemaphore,
  Condition,
  Connection,
  Event,
  JoinableQueue,
  Lock,
  Queue,
  RawArray,
  RawValue,
  RLock,
  Semaphore,
  ShareableList,
  SharedArray,
  SharedMemory,
  SimpleQueue,
  Value,
];

/** Registers the library's own targets. */
export function registerLibrary(): void {
  for (const { name, prototype } of inheritable) {
    if (sharedKindOf(prototype) === undefined) throw new InvalidStateError(`${name} cannot be inherited`);
  }
  registerModules({ 'multiprocessing.pool': { worker } });
  provide('managers', () => import('../managers/sync_manager.ts'));
}
