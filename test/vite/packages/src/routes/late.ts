// A route that is loaded when somebody goes there.

import type { Pool } from 'web-multiprocessing';
import { shout } from './late-tasks.ts';

export const run = (pool: Pool): Promise<string> => pool.apply(shout, ['late']);
