// A page that is not cross-origin isolated, where all goes by message.

import * as mp from 'web-multiprocessing';
import { times } from '../effort.ts';
import { peersWith } from '../peers.ts';
import { moved, pipelined, sequential, withPeer, withPool } from '../pools.ts';
import type { Area, Measure } from '../row.ts';
import { plainStart, start } from '../starts.ts';
import * as targets from '../targets.ts';
import * as tasks from '../tasks.ts';

/** Of calls that send a message each. */
const AT_ONCE = 1000;

const ITEMS = times(50_000);
const PAIRS = times(5000, 200);

/** What a call takes of those who only call, one call after another. */
const calls: Record<string, Measure> = peersWith('pool', (make) =>
  withPeer(make, ({ increment }) => sequential(increment, times(2000)), 1),
);
const one = (peer: string): Record<string, Measure> => ({
  [`${peer}, one call after another`]: calls[peer] as Measure,
});

/** Items a second, so many under way at once. */
async function queue(atOnce: number, count: number): Promise<number> {
  const queue = new mp.Queue();
  const consumer = new mp.Process({ target: targets.receiveAll, args: [queue, count / 2, count, atOnce] });
  const producer = new mp.Process({ target: targets.sendAll, args: [queue, count + count / 2, atOnce] });
  consumer.start();
  producer.start();
  await producer.join();
  return consumer.result();
}

async function lock(): Promise<number> {
  const child = new mp.Process({ target: targets.lockPairsLater, args: [new mp.Lock(), PAIRS] });
  child.start();
  return child.result();
}

export const area: Area = {
  name: 'By message, without isolation',
  isApart: true,
  rows: [
    {
      name: 'pool by message, applyAsync pipelined',
      busy: 'throughput',
      unit: 'calls/s',
      goal: { comlink: 3, workerpool: 8 },
      ours: () => withPool((pool) => pipelined((x) => pool.applyAsync(tasks.increment, [x]), times(50_000, 10_000))),
      peers: peersWith('pool', (make) =>
        withPeer(make, ({ increment }) => pipelined(increment, times(5000, AT_ONCE), AT_ONCE)),
      ),
    },
    {
      name: 'pool by message, apply one after another',
      busy: 'latency',
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
    {
      name: 'queue by message, worker to worker, 64 under way',
      busy: 'throughput',
      unit: 'messages/s',
      goal: 4,
      ours: () => queue(64, ITEMS),
      peers: one('comlink'),
    },
    {
      name: 'lock by message, acquired and released in a worker',
      unit: 'pairs/s',
      ours: lock,
      peers: { ...one('comlink'), ...one('postMessage') },
    },
    {
      name: 'start a warm process by message, to its first message',
      unit: 'ms',
      lowerIsBetter: true,
      ours: () => start('forkserver', targets.sendHello),
      peers: { 'new Worker': plainStart },
    },
    {
      name: 'start a cold process by message, to its first message',
      unit: 'ms',
      lowerIsBetter: true,
      goal: 1 / 1.2,
      ours: () => start('spawn', targets.sendHello),
      peers: { 'new Worker': plainStart },
    },
  ],
};
