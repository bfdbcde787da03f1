import * as mp from 'web-multiprocessing';
import { gcd } from '../gcd.ts';

export async function main() {
  const pool = new mp.Pool(2);
  const limit = 1000;
  const counts = await pool.map(
    (n: number) => {
      'use multiprocessing';
      let count = 0;
      for (let k = 1; k < limit; k++) if (gcd(n, k) === 1) count++;
      return count;
    },
    [6, 7, 30],
  );
  console.log(counts); // prints "[333, 857, 266]"
  pool.close();
  await pool.join();
}
