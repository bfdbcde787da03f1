import * as mp from 'web-multiprocessing';
import { square } from './tasks.ts';

await using pool = new mp.Pool();
console.log(await pool.map(square, [1, 2, 3]));
