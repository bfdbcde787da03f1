// The suites of what synchronizes and of queues, over objects in a manager.

import * as mp from '../../../src/index.ts';
import { type Cases, managed } from '../harness.ts';
import { barrierCases } from './barrier.ts';
import { conditionCases } from './condition.ts';
import { eventCases } from './event.ts';
import { joinableQueueCases } from './joinable_queue.ts';
import { lockCases } from './lock.ts';
import { queueCasesOf } from './queue.ts';
import { rlockCases } from './rlock.ts';
import { semaphoreCases } from './semaphore.ts';

export const managedCases: Cases = {
  ...managed(queueCasesOf(mp.Queue), ['Q-01', 'Q-02', 'Q-04', 'Q-05', 'Q-07', 'Q-08']),
  ...managed(joinableQueueCases, ['JQ-01', 'JQ-02', 'JQ-04', 'JQ-05']),
  ...managed(lockCases, ['LOCK-01', 'LOCK-04', 'LOCK-05', 'LOCK-07']),
  ...managed(rlockCases, ['RLCK-01', 'RLCK-02']),
  ...managed(semaphoreCases, ['SEM-01', 'SEM-04', 'SEM-05']),
  ...managed(conditionCases, ['COND-01', 'COND-02', 'COND-03', 'COND-04', 'COND-05', 'COND-07', 'COND-08', 'COND-15']),
  ...managed(eventCases, ['EVT-01', 'EVT-02', 'EVT-05', 'EVT-07', 'EVT-08']),
  ...managed(barrierCases, ['BAR-01', 'BAR-02', 'BAR-04', 'BAR-05', 'BAR-07', 'BAR-08', 'BAR-11', 'BAR-16 a party']),
};
