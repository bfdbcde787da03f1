// As bench/app: one worker has both modules.

import * as Comlink from 'comlink';
import { tell } from '../../app/told.ts';
import type { Tasks } from './worker.ts';

const tasks = Comlink.wrap<Tasks>(new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }));
await tasks.square(3);
tell();
document.onclick = () => tasks.transpile('let x: number');
