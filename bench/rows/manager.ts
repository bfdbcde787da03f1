// Managers: calls of objects that another process holds.

import * as mp from 'web-multiprocessing';
import '../executable.ts';
import { rateOf } from '../clock.ts';
import { times } from '../effort.ts';
import type { PeerDict, PeerList } from '../peer.ts';
import { peersWith } from '../peers.ts';
import type { Area } from '../row.ts';
import * as targets from '../targets.ts';

/** Sequential calls that are measured, and half as many before them. */
const COUNT = times(40_000);
const PEER_COUNT = times(10_000);
/** Reads of what nobody writes meanwhile. */
const READS = times(400_000);
/** Calls under way at once. */
const AT_ONCE = 1000;
const TIMES = times(20, 4);
const NUMBERS = Array.from({ length: 10_000 }, (_, i) => i);
const LIST_TIMES = times(400);
const MESSAGES = times(20_000);

async function withManager<T>(use: (manager: mp.SyncManager) => Promise<T>): Promise<T> {
  const manager = new mp.SyncManager();
  await manager.start();
  try {
    return await use(manager);
  } finally {
    await manager.shutdown();
  }
}

/** Runs with a dict of a peer. */
async function withDict<T>(make: () => PeerDict, use: (dict: PeerDict) => Promise<T>): Promise<T> {
  const dict = make();
  try {
    return await use(dict);
  } finally {
    dict.close();
  }
}

async function readAll(list: PeerList): Promise<number> {
  try {
    return await rateOf(() => list.numbers(), LIST_TIMES / 2, LIST_TIMES);
  } finally {
    list.close();
  }
}

interface AnyDict {
  get(key: string): PromiseLike<unknown>;
  set(key: string, value: number): PromiseLike<unknown>;
}

async function sequential(dict: AnyDict, count: number): Promise<number> {
  await dict.set('key', 1);
  return rateOf(() => dict.get('key'), count / 2, count);
}

async function pipelined(dict: AnyDict): Promise<number> {
  await dict.set('key', 1);
  const once = (): Promise<unknown> => Promise.all(Array.from({ length: AT_ONCE }, () => dict.get('key')));
  return AT_ONCE * (await rateOf(once, TIMES / 2, TIMES));
}

async function fromWorker(): Promise<number> {
  return withManager(async (manager) => {
    const dict = await manager.dict<string, number>();
    const user = new mp.Process({ target: targets.useDict, args: [dict, COUNT / 2, COUNT] });
    user.start();
    return user.result();
  });
}

async function readByWorker(): Promise<number> {
  return withManager(async (manager) => {
    const dict = await manager.dict<string, number>([['key', 1]]);
    const user = new mp.Process({ target: targets.readDict, args: [dict, READS / 2, READS] });
    user.start();
    return user.result();
  });
}

async function queue(): Promise<number> {
  return withManager(async (manager) => {
    const queue = await manager.Queue<unknown>(1000);
    const consumer = new mp.Process({ target: targets.consume, args: [queue, MESSAGES / 2, MESSAGES] });
    const producer = new mp.Process({ target: targets.produce, args: [queue, (MESSAGES * 3) / 2] });
    consumer.start();
    producer.start();
    await producer.join();
    return consumer.result();
  });
}

export const area: Area = {
  name: 'Managers',
  rows: [
    {
      name: 'manager, get and set of a dict in a worker',
      busy: 'latency',
      unit: 'calls/s',
      goal: { comlink: 5 },
      ours: fromWorker,
      peers: peersWith('dictFromWorker', (rate) => rate(PEER_COUNT / 2, PEER_COUNT)),
      python: { script: 'manager_dict', goal: 3 },
    },
    {
      name: 'manager, get of a dict in a worker, one after another',
      busy: 'latency',
      unit: 'calls/s',
      goal: { comlink: 50, multithreading: 1 },
      ours: readByWorker,
      peers: peersWith('dictReadByWorker', (rate) => rate(PEER_COUNT / 2, PEER_COUNT)),
      python: { script: 'manager_dict_read', goal: 10 },
    },
    {
      name: 'manager, get of a dict in the window, one after another',
      busy: 'latency',
      unit: 'calls/s',
      goal: { comlink: 50, multithreading: 1 },
      ours: () => withManager(async (manager) => sequential(await manager.dict<string, unknown>(), READS)),
      peers: peersWith('dict', (make) => withDict(make, (dict) => sequential(dict, PEER_COUNT))),
    },
    {
      name: 'manager, get of a dict in the window, 1,000 at once',
      busy: 'throughput',
      unit: 'calls/s',
      ours: () => withManager(async (manager) => pipelined(await manager.dict<string, unknown>())),
      peers: peersWith('dict', (make) => withDict(make, pipelined)),
    },
    {
      name: 'manager, a list of 10,000 numbers read by the window',
      unit: 'lists/s',
      ours: () =>
        withManager(async (manager) => {
          const list = await manager.list(NUMBERS);
          return rateOf(() => list.getValue(), LIST_TIMES / 2, LIST_TIMES);
        }),
      peers: peersWith('list', (make) => readAll(make())),
      python: { script: 'manager_list' },
    },
    {
      name: 'manager, a Queue between two workers',
      unit: 'messages/s',
      ours: queue,
      peers: {},
      python: { script: 'manager_queue' },
    },
  ],
};
