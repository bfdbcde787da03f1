import { setExecutable } from 'web-multiprocessing/page';
import * as targets from './targets.ts';
import * as tasks from './tasks.ts';

setExecutable((name) => new Worker(new URL('./process.ts', import.meta.url), { type: 'module', name }), {
  targets,
  tasks,
});
