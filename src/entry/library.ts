// What processes may be given, all of it: an executable of one file cannot tell which of it an app uses.

import { provide } from '../process/parts.ts';
import {
  Barrier,
  BoundedSemaphore,
  Condition,
  Connection,
  Event,
  JoinableQueue,
  Lock,
  Logger,
  PoolWorker,
  Queue,
  RawArray,
  RawValue,
  Rehearsal,
  RLock,
  Semaphore,
  ShareableList,
  Array as SharedArray,
  SharedMemory,
  SimpleQueue,
  Value,
} from './process.ts';

export const library: readonly object[] = [
  Barrier,
  BoundedSemaphore,
  Condition,
  Connection,
  Event,
  JoinableQueue,
  Lock,
  Logger,
  PoolWorker,
  Queue,
  RawArray,
  RawValue,
  Rehearsal,
  RLock,
  Semaphore,
  ShareableList,
  SharedArray,
  SharedMemory,
  SimpleQueue,
  Value,
];

provide('managers', () => import('../managers/sync_manager.ts'));
