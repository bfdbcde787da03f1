import type { Chart } from '../chart.ts';
import { times } from '../effort.ts';
import { peersWith } from '../peers.ts';
import { pipelined, withPeer, withPool } from '../pools.ts';
import * as tasks from '../tasks.ts';

export const chart: Chart = {
  name: 'Pools of more workers: calls under way at once',
  unit: 'calls/s',
  lowerIsBetter: false,
  x: { name: 'workers', unit: '', values: [1, 2, 4, 8] },
  series: {
    ours: (size) => withPool((pool) => pipelined((x) => pool.applyAsync(tasks.increment, [x]), times(20_000)), size),
    ...peersWith('pool', (make, size: number) =>
      withPeer(make, ({ increment }) => pipelined(increment, times(2000, 1000), 1000), size),
    ),
  },
};
