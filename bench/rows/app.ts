// An app whose tasks are in two modules, a light one and one that uses a compiler of nine megabytes, which its first result does
// not need: each time in a frame of its own, as it is built for production.

import type { Told } from '../app/told.ts';
import { median } from '../clock.ts';
import { times } from '../effort.ts';
import { toldBy } from '../frame.ts';
import { peersWith } from '../peers.ts';
import type { Area } from '../row.ts';

const TIMES = times(5, 1);

const load = (path: string): Promise<Told> => toldBy(path);

async function kilobytes(path: string): Promise<number> {
  return (await load(path)).bytes / 1000;
}

async function firstResult(path: string): Promise<number> {
  const all: number[] = [];
  for (let i = 0; i < TIMES; i++) all.push((await load(path)).first);
  return median(all);
}

const OURS = './app/index.html';

export const area: Area = {
  name: 'An app with a heavy and a light module of tasks',
  rows: [
    {
      name: 'app with a heavy module, scripts of its page',
      unit: 'kB',
      lowerIsBetter: true,
      ours: () => kilobytes(OURS),
      peers: peersWith('app', (app) => kilobytes(app())),
    },
    {
      name: 'app with a heavy module, to the first result of a light one',
      unit: 'ms',
      lowerIsBetter: true,
      ours: () => firstResult(OURS),
      peers: peersWith('app', (app) => firstResult(app())),
    },
  ],
};
