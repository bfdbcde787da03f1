'use multiprocessing';
import * as mp from 'web-multiprocessing';

export async function f(d: mp.DictProxy<unknown, unknown>, l: mp.ListProxy<number>) {
  await d.set(1, '');
  await d.set('', 2);
  await d.set(0.25, null);
  await l.reverse();
}

export async function main() {
  await using manager = await mp.Manager();
  const d = await manager.dict();
  const l = await manager.list(Array(10).keys());

  const p = new mp.Process({ target: f, args: [d, l] });
  p.start();
  await p.join();

  console.log(await d.getValue());
  console.log(await l.getValue());
}
