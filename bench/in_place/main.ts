// Calls a second of a pool that have some values and a lock as arguments, or, after `#captured`, from around a function that is written
// in place.

import { Lock, Pool } from 'web-multiprocessing';
import { seconds } from '../clock.ts';
import { times } from '../effort.ts';
import { type Row, weigh } from './tasks.ts';

const pool = new Pool(2);
const row: Row = { name: 'first', cells: [1, 2, 3, 4, 5, 6, 7, 8] };
const weight = 0.5;
const names = new Map([
  ['first', 1],
  ['second', 2],
]);
const lock = new Lock();

const byArguments = () => pool.applyAsync(weigh, [row, weight, names, lock]);
const captured = () =>
  pool.applyAsync(() => {
    'use multiprocessing';
    void lock;
    return row.cells.length * weight + (names.get(row.name) ?? 0);
  });

const call = location.hash === '#captured' ? captured : byArguments;
const COUNT = times(20_000, 1000);

const all = async (): Promise<unknown> => Promise.all(Array.from({ length: COUNT }, call));
// Until the engine has compiled what is measured.
await all();
await all();
parent.postMessage(COUNT / (await seconds(all)), origin);
