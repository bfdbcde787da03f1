// The cases of every area, by its name.

import { contextCases } from './cases/context.ts';
import { exitCases } from './cases/exit.ts';
import { familyCases } from './cases/family.ts';
import { lockCases } from './cases/lock.ts';
import { processCases } from './cases/process.ts';
import { queueCases } from './cases/queue.ts';
import { simpleQueueCases } from './cases/simple_queue.ts';
import type { Cases } from './harness.ts';

export const areas: Readonly<Record<string, Cases>> = {
  context: contextCases,
  exit: exitCases,
  family: familyCases,
  lock: lockCases,
  process: processCases,
  queue: queueCases,
  'simple queue': simpleQueueCases,
};
