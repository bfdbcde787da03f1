import * as mp from 'web-multiprocessing';
import { square } from './tasks.ts';

const pool = new mp.Pool();
console.log(await pool.map(square, [1, 2, 3]));
pool.close();
