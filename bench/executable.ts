import { setExecutable } from 'web-multiprocessing';
import * as targets from './targets.ts';
import * as tasks from './tasks.ts';

setExecutable(() => new Worker(new URL('./executable.ts', import.meta.url), { type: 'module' }), { targets, tasks });
