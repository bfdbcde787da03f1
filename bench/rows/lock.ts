// A lock, alone and wanted by two, beside the barest futex there is.

import * as mp from 'web-multiprocessing';
import { contended } from '../contended.ts';
import '../executable.ts';
import { times } from '../effort.ts';
import { peersWith } from '../peers.ts';
import type { Area } from '../row.ts';
import * as targets from '../targets.ts';

const COUNT = times(2_000_000);
/** For each of those who want it. */
const CONTENDED_COUNT = times(3_000_000);
/** Libraries are slower. */
const PEER_COUNT = times(400_000);

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

export const area: Area = {
  name: 'Locks',
  rows: [
    {
      name: 'lock, uncontended',
      unit: 'pairs/s',
      goal: 0.5,
      ours,
      peers: { 'bare futex (no owner)': bare, ...peersWith('lockAlone', (pairs) => pairs(PEER_COUNT)) },
      python: { script: 'lock_uncontended' },
    },
    {
      name: 'lock, contended by two',
      unit: 'pairs/s',
      ours: () => contended(new mp.Lock(), 2, CONTENDED_COUNT),
      peers: {
        'bare futex (no owner, not fair)': () => contended(null, 2, CONTENDED_COUNT),
        ...peersWith('lockContended', (pairs) => pairs(2, PEER_COUNT)),
      },
      python: { script: 'lock_contended', goal: 10 },
    },
  ],
};
