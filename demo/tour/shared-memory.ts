'use multiprocessing';
import * as mp from 'web-multiprocessing';

export function f(n: mp.Value<'d'>, a: mp.Array<'i'>) {
  n.value = 3.1415927;
  for (const [i, x] of a.entries()) {
    a[i] = -x;
  }
}

export async function main() {
  const num = new mp.Value('d', 0.0);
  const arr = new mp.Array('i', [...Array(10).keys()]);

  const p = new mp.Process({ target: f, args: [num, arr] });
  p.start();
  await p.join();

  console.log(num.value);
  console.log(arr.slice());
}
