'use multiprocessing';
import * as mp from 'web-multiprocessing';

export async function worker(q: mp.JoinableQueue<number | null>) {
  for (let item = await q.get(); item !== null; item = await q.get()) {
    console.log(item, 'squared is', item * item);
    q.taskDone();
  }
}

export async function main() {
  const q = new mp.JoinableQueue<number | null>();
  for (let i = 0; i < 2; i++) {
    new mp.Process({ target: worker, args: [q] }).start();
  }

  for (let item = 0; item < 6; item++) {
    await q.put(item);
  }
  await q.join(); // waits until all six are done
  console.log('all done');

  for (let i = 0; i < 2; i++) await q.put(null);
}
