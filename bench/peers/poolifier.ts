import { FixedThreadPool } from 'poolifier-web-worker';
import type { Peer, PeerPool } from '../peer.ts';
import workerUrl from './poolifier.worker.ts?worker&url';

/** Its workers copy what they answer. */
function pool(workers: number): PeerPool {
  const pool = new FixedThreadPool<number, number>(workers, new URL(workerUrl, location.href), {
    errorEventHandler: (event) => console.error(event.message),
  });
  return {
    increment: (x) => pool.execute(x, 'increment'),
    crunch: (units) => pool.execute(units, 'crunch'),
    map: (items) => pool.mapExecute(items, 'increment'),
    close: () => pool.destroy(),
  };
}

export const peer: Peer = { name: 'poolifier-web-worker', pool };
