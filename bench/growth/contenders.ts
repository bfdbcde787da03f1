import * as mp from 'web-multiprocessing';
import type { Chart } from '../chart.ts';
import { contended } from '../contended.ts';
import { times } from '../effort.ts';
import { peersWith } from '../peers.ts';

/** The same work in all, whoever does it. */
const share = (contenders: number): number => 10 * Math.round(times(80_000) / contenders);

export const chart: Chart = {
  name: 'A lock that more want all the time',
  unit: 'pairs/s',
  lowerIsBetter: false,
  x: { name: 'contenders', unit: '', values: [1, 2, 4, 8] },
  series: {
    ours: (contenders) => contended(new mp.Lock(), contenders, share(contenders)),
    'bare futex (no owner, not fair)': (contenders) => contended(null, contenders, share(contenders)),
    ...peersWith('lockContended', (pairs, contenders: number) => pairs(contenders, share(contenders))),
  },
};
