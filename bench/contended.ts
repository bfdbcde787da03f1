import * as mp from 'web-multiprocessing';
import './executable.ts';
import * as targets from './targets.ts';

/** As many processes want the same lock; without one, the bare futex. Answers pairs a second of all together. */
export async function contended(lock: mp.Lock | null, contenders: number, count: number): Promise<number> {
  const words = targets.contest();
  const all = Array.from(
    { length: contenders },
    () => new mp.Process({ target: targets.contend, args: [words, lock, contenders, count] }),
  );
  for (const child of all) child.start();
  const [rate] = await Promise.all(all.map((child) => child.result()));
  return rate as number;
}
