// An app with tasks of its own, a package that brings its executable, and one that brings source.

import { Box, boxOf, half, squares } from 'acme-lib';
import { triple } from 'acme-tasks';
import * as mp from 'web-multiprocessing';
import { sized } from './page.ts';
import { heavy, square } from './tasks.ts';

const reason = (error: Error): string => `${error.name}: ${error.message}`;

async function results(): Promise<object> {
  // Made before any of its functions is known.
  const pool = new mp.Pool(1);
  const first = await squares([1, 2, 3]);
  const own = await pool.map(square, [1, 2, 3]);
  const box = await boxOf(7);
  const late = await (await import('./routes/late.ts')).run(pool);
  const found = {
    first,
    own,
    again: await squares([1, 2, 3]),
    box: box instanceof Box && box.content,
    tripled: await pool.apply(triple, [5]),
    mixed: await pool.apply(half, [4]).catch(reason),
    late,
    heavy: await pool.apply(heavy, [20]),
    bad: await pool.apply(sized, [2]).catch(reason),
    left: 0,
  };
  await pool[Symbol.asyncDispose]();
  return { ...found, left: mp.activeChildren().length };
}

async function run(): Promise<void> {
  const told = await results().catch((error) => ({ error: String(error.stack) }));
  (document.querySelector('#result') as HTMLElement).textContent = JSON.stringify(told);
  // To whoever cannot look at the page.
  if (location.hash === '#tell') await fetch('told', { method: 'POST', body: JSON.stringify(told) });
}

void run();
