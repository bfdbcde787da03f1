'use multiprocessing';
import * as mp from 'web-multiprocessing';

export function f(x: number) {
  return x * x;
}

export async function main() {
  await using pool = new mp.Pool(4); // at most 4 worker processes
  const result = pool.applyAsync(f, [10]); // evaluates "f(10)" in one of them
  console.log(await result.get({ timeout: 10_000 })); // prints "100" unless your computer is *very* slow
  console.log(await pool.map(f, Array(10).keys())); // prints "[0, 1, 4, ..., 81]"
}
