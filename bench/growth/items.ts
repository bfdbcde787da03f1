import type { Chart } from '../chart.ts';
import { median, seconds } from '../clock.ts';
import { times } from '../effort.ts';
import { peersWith } from '../peers.ts';
import { withPeer, withPool } from '../pools.ts';
import * as tasks from '../tasks.ts';

/** Milliseconds that a point takes, for what is quick. */
const ENOUGH = times(200, 30);

/** Milliseconds of a few times, after one that warms up. */
async function milliseconds(map: () => PromiseLike<unknown>): Promise<number> {
  const all: number[] = [];
  await map();
  const enough = performance.now() + ENOUGH;
  while (all.length < 3 || (all.length < 20 && performance.now() < enough)) all.push(1000 * (await seconds(map)));
  return median(all);
}

const itemsOf = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

export const chart: Chart = {
  name: 'Pools of two workers: more items in one map',
  unit: 'ms',
  lowerIsBetter: true,
  most: times(100, 20),
  x: { name: 'items', unit: '', values: [1, 10, 100, 1000, 10_000, 100_000, 1_000_000] },
  series: {
    ours: (count) => {
      const items = itemsOf(count);
      return withPool((pool) => milliseconds(() => pool.map(tasks.increment, items)));
    },
    ...peersWith('pool', (make, count: number) => {
      const items = itemsOf(count);
      return withPeer(make, async (pool) => {
        if (count > (pool.mostCalls ?? Number.POSITIVE_INFINITY)) return null;
        return milliseconds(() => pool.map(items));
      });
    }),
  },
};
