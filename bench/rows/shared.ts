// Numbers in shared memory: an Array beside the typed array that it is, and a Value under its lock.

import * as mp from 'web-multiprocessing';
import '../executable.ts';
import { times } from '../effort.ts';
import { peersWith } from '../peers.ts';
import type { Area } from '../row.ts';
import * as targets from '../targets.ts';

const LENGTH = 1024;
const COUNT = times(400_000_000);
const VALUE_COUNT = times(2_000_000);

/** Each in a process of its own, whose engine has seen no other kind of array. */
async function elements(array: Int32Array): Promise<number> {
  const child = new mp.Process({ target: targets.arrayIncrements, args: [array, COUNT] });
  child.start();
  return child.result();
}

async function value(): Promise<number> {
  const child = new mp.Process({ target: targets.valueIncrements, args: [new mp.Value('i', 0), VALUE_COUNT] });
  child.start();
  return child.result();
}

export const area: Area = {
  name: 'Shared numbers',
  rows: [
    {
      name: 'Array, a[i] = a[i] + 1',
      unit: 'elements/s',
      goal: 0.95,
      ours: () => elements(new mp.Array('i', LENGTH)),
      peers: { 'bare Int32Array': () => elements(new Int32Array(new SharedArrayBuffer(4 * LENGTH))) },
    },
    {
      name: 'Value, value += 1 under its lock',
      unit: 'increments/s',
      ours: value,
      peers: peersWith('valueIncrements', (rate) => rate(VALUE_COUNT)),
      python: { script: 'value_increment' },
    },
  ],
};
