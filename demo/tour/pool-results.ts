'use multiprocessing';
import * as mp from 'web-multiprocessing';

export function f(x: number) {
  return x * x;
}

export function sleep(milliseconds: number) {
  return new Promise<void>((wake) => setTimeout(wake, milliseconds));
}

export async function main() {
  await using pool = new mp.Pool(4);
  const square = pool.applyAsync(f, [10]);
  console.log(await square.get({ timeout: 10_000 })); // prints "100"
  console.log(await pool.map(f, Array(10).keys())); // prints "[0, 1, 4, ..., 81]"

  const it = pool.imap(f, Array(10).keys());
  console.log((await it.next()).value); // prints "0"
  console.log((await it.next()).value); // prints "1"
  console.log((await it.next({ timeout: 10_000 })).value); // prints "4"

  const result = pool.applyAsync(sleep, [10_000]);
  try {
    console.log(await result.get({ timeout: 1000 })); // throws TimeoutError
  } catch (error) {
    if (!(error instanceof mp.TimeoutError)) throw error;
    console.log('not within a second');
  }
}
