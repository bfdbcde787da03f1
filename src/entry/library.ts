// What processes may be given, all of it: an executable of one file cannot tell which of it an app uses.

import { Connection } from '../data/connection.ts';
import { JoinableQueue } from '../data/joinable_queue.ts';
import { Queue } from '../data/queue.ts';
import { ShareableList } from '../data/shareable_list.ts';
import { RawArray, SharedArray } from '../data/shared_array.ts';
import { SharedMemory } from '../data/shared_memory.ts';
import { RawValue, Value } from '../data/shared_value.ts';
import { SimpleQueue } from '../data/simple_queue.ts';
import { worker } from '../pool/worker/worker.ts';
import { rehearse } from '../process/child/rehearsal.ts';
import { provide } from '../process/late_parts.ts';
import { Logger } from '../process/logger.ts';
import { Barrier } from '../sync/barrier.ts';
import { Condition } from '../sync/condition.ts';
import { Event } from '../sync/event.ts';
import { Lock } from '../sync/lock.ts';
import { RLock } from '../sync/rlock.ts';
import { BoundedSemaphore, Semaphore } from '../sync/semaphore.ts';

export const library: readonly object[] = [
  Barrier,
  BoundedSemaphore,
  Condition,
  Connection,
  Event,
  JoinableQueue,
  Lock,
  Logger,
  worker,
  Queue,
  RawArray,
  RawValue,
  rehearse,
  RLock,
  Semaphore,
  ShareableList,
  SharedArray,
  SharedMemory,
  SimpleQueue,
  Value,
];

provide('managers', () => import('../managers/client/sync_manager.ts'));
