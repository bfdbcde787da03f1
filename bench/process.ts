// What processes load: the parts of the library that the rows use.

import {
  Array,
  Connection,
  Lock,
  Managers,
  PoolWorker,
  Queue,
  Rehearsal,
  RLock,
  SimpleQueue,
  serve,
  Value,
} from 'web-multiprocessing/process';
import * as targets from './targets.ts';
import * as tasks from './tasks.ts';

serve({ targets, tasks }, [Array, Connection, Lock, Managers, PoolWorker, Queue, RLock, Rehearsal, SimpleQueue, Value]);
