// The cases of every area, by its name.

import * as mp from '../../src/index.ts';
import { arrayCases } from './cases/array.ts';
import { barrierCases } from './cases/barrier.ts';
import { conditionCases } from './cases/condition.ts';
import { connectionCases } from './cases/connection.ts';
import { contextCases } from './cases/context.ts';
import { deadlineCases } from './cases/deadlines.ts';
import { eventCases } from './cases/event.ts';
import { exitCases } from './cases/exit.ts';
import { familyCases } from './cases/family.ts';
import { joinableQueueCases } from './cases/joinable_queue.ts';
import { listenerCases } from './cases/listener.ts';
import { listenerAuthCases } from './cases/listener_auth.ts';
import { lockCases } from './cases/lock.ts';
import { loggingCases } from './cases/logging.ts';
import { managedCases } from './cases/managed.ts';
import { managedPoolCases } from './cases/managed_pool.ts';
import { managerCases } from './cases/manager.ts';
import { managerRemoteCases } from './cases/manager_remote.ts';
import { managerSyncCases } from './cases/manager_sync.ts';
import { managerTypesCases } from './cases/manager_types.ts';
import { poolCases } from './cases/pool.ts';
import { poolBeyondCases } from './cases/pool_beyond.ts';
import { poolCallsCases } from './cases/pool_calls.ts';
import { poolInPlaceCases } from './cases/pool_in_place.ts';
import { poolSharedCases } from './cases/pool_shared.ts';
import { processCases } from './cases/process.ts';
import { queueCasesOf } from './cases/queue.ts';
import { queueEndCases } from './cases/queue_end.ts';
import { queueLoadCases } from './cases/queue_load.ts';
import { rlockCases } from './cases/rlock.ts';
import { semaphoreCases } from './cases/semaphore.ts';
import { shareableListCases } from './cases/shareable_list.ts';
import { sharedMemoryCases } from './cases/shared_memory.ts';
import { simpleQueueCases } from './cases/simple_queue.ts';
import { thrownCases } from './cases/thrown.ts';
import { valueCases } from './cases/value.ts';
import { waitCases } from './cases/wait.ts';
import type { Cases } from './harness.ts';

export const areas: Readonly<Record<string, Cases>> = {
  connection: connectionCases,
  barrier: barrierCases,
  condition: conditionCases,
  array: arrayCases,
  context: contextCases,
  deadlines: deadlineCases,
  event: eventCases,
  exit: exitCases,
  family: familyCases,
  listener: listenerCases,
  'listener, auth': listenerAuthCases,
  lock: lockCases,
  logging: loggingCases,
  managed: managedCases,
  'managed pool': managedPoolCases,
  manager: managerCases,
  'manager remote': managerRemoteCases,
  'manager sync': managerSyncCases,
  'manager types': managerTypesCases,
  pool: poolCases,
  'pool beyond': poolBeyondCases,
  'pool calls': poolCallsCases,
  'pool in place': poolInPlaceCases,
  'pool shared': poolSharedCases,
  process: processCases,
  queue: queueCasesOf(mp.Queue),
  'joinable queue': joinableQueueCases,
  'queue end': queueEndCases,
  'queue load': queueLoadCases,
  rlock: rlockCases,
  semaphore: semaphoreCases,
  'shareable list': shareableListCases,
  'shared memory': sharedMemoryCases,
  'simple queue': simpleQueueCases,
  thrown: thrownCases,
  wait: waitCases,
  value: valueCases,
};
