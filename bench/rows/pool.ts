// Pools of two workers.

import * as mp from 'web-multiprocessing';
import '../executable.ts';
import { seconds } from '../clock.ts';
import { times } from '../effort.ts';
import { toldBy } from '../frame.ts';
import { peersWith } from '../peers.ts';
import { moved, pipelined, sequential, withPeer, withPool } from '../pools.ts';
import type { Area, Row } from '../row.ts';
import * as tasks from '../tasks.ts';
import type { Moved } from '../work.ts';

const ITEMS = Array.from({ length: times(200_000) }, (_, i) => i);
/** Those who send a message for each item are slower, and get fewer. */
const FEW = Array.from({ length: times(5000) }, (_, i) => i);

/** Of calls that send a message each: `threads` tells all who wait of each that is done. */
const AT_ONCE = 1000;

const UNITS = Array(64).fill(times(20, 4));

const crunchAll = (size: number): Promise<number> =>
  withPool((pool) => seconds(() => pool.map(tasks.crunch, UNITS, { chunksize: 1 })), size);

/** 1,000 tasks, of which every twentieth takes 100 times as long. */
const UNEVEN = Array.from({ length: times(1000, 120) }, (_, i) => (i % 20 === 7 ? 100 : 1));
const UNEVEN_UNITS = UNEVEN.reduce((sum, units) => sum + units, 0);

/** Round trips a second of 64 KiB that are moved there and back, many at a time: the tiles of a picture, say. */
async function movedAtOnce(bounce: (array: Moved) => PromiseLike<Moved>): Promise<number> {
  const all = async (count: number): Promise<unknown> =>
    Promise.all(Array.from({ length: count }, () => bounce(new Float64Array((1 << 16) / 8))));
  const count = times(1000, 200);
  await all(50);
  return count / (await seconds(() => all(count)));
}

/** Arrays a second that a worker makes. */
async function made(make: (length: number) => PromiseLike<Moved>): Promise<number> {
  const all = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) await make(1 << 21);
  };
  const count = times(60);
  await all(times(10));
  return count / (await seconds(() => all(count)));
}

/** Seconds that a copy takes to be with a worker: the first of some is warm. */
async function copied(mebibytes: number, take: (bytes: Uint8Array) => PromiseLike<number>): Promise<number> {
  const bytes = new Uint8Array(mebibytes << 20).fill(1);
  await take(bytes);
  const count = times(4, 2);
  return (
    (await seconds(async () => {
      for (let i = 0; i < count; i++) await take(bytes);
    })) / count
  );
}

const copy = (mebibytes: number): Row => ({
  name: `pool, ${mebibytes} MiB copied to a worker`,
  unit: 's',
  lowerIsBetter: true,
  goal: { postMessage: 0.83 },
  ours: () => withPool((pool) => copied(mebibytes, (bytes) => pool.apply(tasks.measured, [bytes])), 1),
  peers: peersWith('copyingPool', (make) => withPeer(make, (pool) => copied(mebibytes, pool.take), 1)),
});

/** Calls a second, by an app with the plugin. */
const inPlace = (how: string): Promise<number> => toldBy(`./in_place/index.html${location.search}#${how}`);

export const area: Area = {
  name: 'Pools of two workers',
  rows: [
    {
      name: 'pool, applyAsync pipelined',
      busy: 'throughput',
      unit: 'calls/s',
      goal: { workerpool: 10, comlink: 4 },
      ours: () => withPool((pool) => pipelined((x) => pool.applyAsync(tasks.increment, [x]), times(50_000, 10_000))),
      peers: peersWith('pool', (make) =>
        withPeer(make, ({ increment }) => pipelined(increment, times(5000, AT_ONCE), AT_ONCE)),
      ),
      python: { script: 'pool_apply_async', goal: 5 },
    },
    {
      name: 'pool, apply one after another',
      busy: 'latency',
      unit: 'calls/s',
      goal: { workerpool: 3 },
      ours: () => withPool((pool) => sequential((x) => pool.apply(tasks.increment, [x]), times(5000, 1000))),
      peers: peersWith('pool', (make) => withPeer(make, ({ increment }) => sequential(increment, times(2000)))),
    },
    {
      name: 'pool, values that a function in place captures',
      unit: 'calls/s',
      goal: { 'as arguments': 0.91 },
      ours: () => inPlace('captured'),
      peers: { 'as arguments': () => inPlace('arguments') },
    },
    {
      name: 'pool, map',
      busy: 'throughput',
      unit: 'items/s',
      goal: { workerpool: 50 },
      ours: () =>
        withPool(async (pool) => {
          await pool.map(tasks.increment, ITEMS);
          return ITEMS.length / (await seconds(() => pool.map(tasks.increment, ITEMS)));
        }),
      peers: peersWith('pool', (make) =>
        withPeer(make, async (pool) => FEW.length / (await seconds(() => pool.map(FEW)))),
      ),
      python: { script: 'pool_map', goal: 1 },
    },
    {
      name: 'pool, 64 tasks that compute',
      unit: 's',
      lowerIsBetter: true,
      ours: () => crunchAll(2),
      peers: peersWith('pool', (make) =>
        withPeer(make, ({ crunch }) => seconds(() => Promise.all(UNITS.map((units) => crunch(units))))),
      ),
    },
    {
      name: 'pool, computing with 2 workers instead of 1',
      unit: 's',
      lowerIsBetter: true,
      goal: 1.9,
      ours: () => crunchAll(2),
      peers: { 'one worker': () => crunchAll(1) },
    },
    {
      name: 'pool, uneven tasks, against the ideal',
      unit: 's',
      lowerIsBetter: true,
      goal: { 'half of the work': 0.87 },
      ours: () => withPool((pool) => seconds(() => pool.map(tasks.crunch, UNEVEN, { chunksize: 1 }))),
      peers: {
        // By the time that one unit takes where both workers compute.
        'half of the work': () =>
          withPool(async (pool) => {
            const units = times(500, 100);
            const each = await pool.map(tasks.unitTime, [units, units], { chunksize: 1 });
            return (UNEVEN_UNITS * (Math.max(...each) / 1000)) / 2;
          }),
        ...peersWith('pool', (make) =>
          withPeer(make, ({ crunch }) => seconds(() => Promise.all(UNEVEN.map((units) => crunch(units))))),
        ),
      },
    },
    {
      name: 'pool, 16 MiB made by a worker and moved to the window',
      unit: 'arrays/s',
      goal: { postMessage: 0.91 },
      ours: () => withPool((pool) => made((length) => pool.apply(tasks.make, [length])), 1),
      peers: peersWith('movingPool', (make) => withPeer(make, (pool) => made(pool.make), 1)),
    },
    {
      name: 'pool, 1 MiB moved there and back',
      unit: 'round trips/s',
      goal: { postMessage: 0.91 },
      ours: () => withPool((pool) => moved((array) => pool.apply(tasks.bounce, [mp.transfer(array, [array.buffer])]))),
      peers: peersWith('movingPool', (make) => withPeer(make, (pool) => moved(pool.bounce))),
    },
    {
      name: 'pool, 64 KiB moved there and back, many at once',
      unit: 'round trips/s',
      goal: { workerpool: 1 },
      ours: () =>
        withPool((pool) => movedAtOnce((array) => pool.apply(tasks.bounce, [mp.transfer(array, [array.buffer])]))),
      peers: peersWith('movingPool', (make) => withPeer(make, (pool) => movedAtOnce(pool.bounce))),
    },
    copy(1),
    copy(256),
  ],
};
