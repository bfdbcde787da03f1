'use multiprocessing';
import * as mp from 'web-multiprocessing';

export async function f(q: mp.Queue) {
  await q.put([42, null, 'hello']);
}

export async function main() {
  const q = new mp.Queue();
  const p = new mp.Process({ target: f, args: [q] });
  p.start();
  console.log(await q.get()); // prints "[42, null, 'hello']"
  await p.join();
}
