import * as Comlink from 'comlink';
import { large } from '../large.ts';
import { crunch, increment, type Moved, measured, numbers } from '../work.ts';

const move = (array: Moved): Moved => Comlink.transfer(array, [array.buffer]);

const tasks = {
  increment,
  crunch,
  measured,
  large,
  make: (length: number): Moved => move(numbers(length)),
  bounce: move,
};

export type Tasks = typeof tasks;

Comlink.expose(tasks);
