import * as Comlink from 'comlink';
import type { CopyingPool, MovingPool, Peer, PeerDict, PeerList } from '../peer.ts';
import type { Tasks } from './comlink.worker.ts';
import type { Held } from './comlink-held.worker.ts';
import type { User } from './comlink-user.worker.ts';

/** comlink has no pool: its workers by turns. */
function pool(workers: number): MovingPool & CopyingPool {
  const all = Array.from(
    { length: workers },
    () => new Worker(new URL('./comlink.worker.ts', import.meta.url), { type: 'module' }),
  );
  const ends = all.map((worker) => Comlink.wrap<Tasks>(worker));
  let turn = 0;
  const next = () => ends[turn++ % workers] as (typeof ends)[0];
  return {
    increment: (x) => next().increment(x),
    crunch: (units) => next().crunch(units),
    map: (items) => Promise.all(items.map((x) => next().increment(x))),
    make: (length) => next().make(length),
    take: (given) => next().measured(given),
    large: (name) => next().large(name),
    bounce: (array) => next().bounce(Comlink.transfer(array, [array.buffer])),
    close: () => all.forEach((worker) => worker.terminate()),
  };
}

function dict(): PeerDict & PeerList {
  const worker = new Worker(new URL('./comlink-held.worker.ts', import.meta.url), { type: 'module' });
  const held = Comlink.wrap<Held>(worker);
  return {
    get: (key) => held.get(key),
    set: (key, value) => held.set(key, value),
    numbers: () => held.numbers(),
    close: () => worker.terminate(),
  };
}

async function byWorker(use: (user: Comlink.Remote<User>) => Promise<number>): Promise<number> {
  const worker = new Worker(new URL('./comlink-user.worker.ts', import.meta.url), { type: 'module' });
  try {
    return await use(Comlink.wrap<User>(worker));
  } finally {
    worker.terminate();
  }
}

const app = (): string => './comlink-app/index.html';

export const peer: Peer = {
  name: 'comlink',
  app,
  pool,
  movingPool: pool,
  copyingPool: pool,
  dict,
  list: dict,
  dictFromWorker: (warmUp, count) => byWorker((user) => user.useMap(warmUp, count)),
  dictReadByWorker: (warmUp, count) => byWorker((user) => user.readMap(warmUp, count)),
};
