// The functions that our pools call.

import { transfer } from 'web-multiprocessing';
import { crunch, type Moved, numbers } from './work.ts';

export { large } from './large.ts';
export { crunch, increment, measured } from './work.ts';

/** Milliseconds of one unit, in this worker. */
export function unitTime(units: number): number {
  crunch(units);
  const begin = performance.now();
  crunch(units);
  return (performance.now() - begin) / units;
}

export const bounce = (array: Moved): Moved => transfer(array, [array.buffer]);

export function make(length: number): Moved {
  const array = numbers(length);
  return transfer(array, [array.buffer]);
}
