// An app that does its first work in a light module of tasks, and has a heavy one for later.

import { Pool } from 'web-multiprocessing';
import { transpile } from './heavy.ts';
import { square } from './light.ts';
import { tell } from './told.ts';

const pool = new Pool(1);
await pool.apply(square, [3]);
tell();
document.onclick = () => pool.apply(transpile, ['let x: number']);
