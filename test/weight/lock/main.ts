import * as mp from 'web-multiprocessing';
import { begin, count } from './tasks.ts';

const total = new mp.Value('i', 0);
const pool = new mp.Pool(2, { initializer: begin, initargs: [new mp.Lock(), total] });
await pool.map(count, [1, 2, 3]);
console.log(total.value);
pool.close();
