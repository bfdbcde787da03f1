import type { Chart } from '../chart.ts';
import { pair, ports } from '../echoes.ts';
import { times } from '../effort.ts';
import * as targets from '../targets.ts';

/** Few of what is large, for much is copied. */
const countOf = (bytes: number): number => Math.max(4, Math.min(times(4000), Math.round(times(100_000_000) / bytes)));

const microseconds = async (rate: Promise<number>): Promise<number> => 1e6 / (await rate);

export const chart: Chart = {
  name: 'Larger messages: there and back, worker to worker',
  unit: 'µs',
  lowerIsBetter: true,
  x: { name: 'bytes', unit: 'B', values: [10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000] },
  series: {
    ours: (bytes) => {
      const count = countOf(bytes);
      return microseconds(pair(targets.askBytes, targets.answerBytes, count, count, bytes));
    },
    'ours, into own memory': (bytes) => {
      const count = countOf(bytes);
      return microseconds(pair(targets.askInto, targets.answerInto, count, count, bytes));
    },
    'MessagePort, copying': (bytes) => {
      const count = countOf(bytes);
      return microseconds(ports(bytes, count, count));
    },
  },
};
