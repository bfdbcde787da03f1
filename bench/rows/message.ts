// Pools of two workers in a page that is not cross-origin isolated.

import * as mp from 'web-multiprocessing';
import { times } from '../effort.ts';
import { peersWith } from '../peers.ts';
import { moved, pipelined, sequential, withPeer, withPool } from '../pools.ts';
import type { Area } from '../row.ts';
import * as tasks from '../tasks.ts';

/** Of calls that send a message each. */
const AT_ONCE = 1000;

export const area: Area = {
  name: 'Pools by message',
  isApart: true,
  rows: [
    {
      name: 'pool by message, applyAsync pipelined',
      unit: 'calls/s',
      goal: { comlink: 3, workerpool: 8 },
      ours: () => withPool((pool) => pipelined((x) => pool.applyAsync(tasks.increment, [x]), times(50_000, 10_000))),
      peers: peersWith('pool', (make) =>
        withPeer(make, ({ increment }) => pipelined(increment, times(5000, AT_ONCE), AT_ONCE)),
      ),
    },
    {
      name: 'pool by message, apply one after another',
      unit: 'calls/s',
      goal: { postMessage: 0.9 },
      ours: () => withPool((pool) => sequential((x) => pool.apply(tasks.increment, [x]), times(5000, 1000))),
      peers: peersWith('pool', (make) => withPeer(make, ({ increment }) => sequential(increment, times(2000)))),
    },
    {
      name: 'pool by message, 1 MiB moved there and back',
      unit: 'round trips/s',
      goal: { postMessage: 0.95 },
      ours: () => withPool((pool) => moved((array) => pool.apply(tasks.bounce, [mp.transfer(array, [array.buffer])]))),
      peers: peersWith('movingPool', (make) => withPeer(make, (pool) => moved(pool.bounce))),
    },
  ],
};
