// An uncontended lock, beside the barest futex there is.

import * as mp from 'web-multiprocessing';
import '../executable.ts';
import * as targets from '../targets.ts';

const COUNT = 2_000_000;

async function ours(): Promise<number> {
  const child = new mp.Process({ target: targets.lockPairs, args: [new mp.Lock(), COUNT] });
  child.start();
  return child.result();
}

async function bare(): Promise<number> {
  const child = new mp.Process({ target: targets.futexPairs, args: [COUNT] });
  child.start();
  return child.result();
}

export const rows = [
  { name: 'lock, uncontended', unit: 'pairs/s', goal: 0.5, ours, peers: { 'bare futex (no owner)': bare } },
];
