// Large data that is copied to a worker, and from one: beside what the browser itself does with it.

import '../executable.ts';
import { seconds } from '../clock.ts';
import { times } from '../effort.ts';
import { LARGE, type Large, large } from '../large.ts';
import { peersWith } from '../peers.ts';
import { withPeer, withPool } from '../pools.ts';
import type { Area, Row } from '../row.ts';
import * as tasks from '../tasks.ts';

/** Seconds of a call, once the engine has compiled what is measured. */
async function call(once: () => PromiseLike<unknown>): Promise<number> {
  for (let i = 0; i < 2; i++) await once();
  const count = times(5, 3);
  const all = async (): Promise<void> => {
    for (let i = 0; i < count; i++) await once();
  };
  return (await seconds(all)) / count;
}

const rows = (name: Large): Row[] => [
  {
    name: `pool, ${name} as an argument`,
    unit: 's',
    lowerIsBetter: true,
    goal: 1,
    ours: () => withPool((pool) => call(() => pool.apply(tasks.measured, [large(name)])), 1),
    peers: peersWith('copyingPool', (make) => withPeer(make, (pool) => call(() => pool.take(large(name))), 1)),
  },
  {
    name: `pool, ${name} as a result`,
    unit: 's',
    lowerIsBetter: true,
    goal: 1,
    ours: () => withPool((pool) => call(() => pool.apply(tasks.large, [name])), 1),
    peers: peersWith('copyingPool', (make) => withPeer(make, (pool) => call(() => pool.large(name)), 1)),
  },
];

/** A quick run takes some of it: each takes its time, however often it is measured. */
const some = LARGE.slice(0, times(LARGE.length, 1));

export const area: Area = { name: 'Large data, copied', rows: some.flatMap(rows) };
