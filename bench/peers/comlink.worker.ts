import * as Comlink from 'comlink';
import { crunch, increment, type Moved, numbers } from '../work.ts';

const move = (array: Moved): Moved => Comlink.transfer(array, [array.buffer]);

const tasks = { increment, crunch, make: (length: number): Moved => move(numbers(length)), bounce: move };

export type Tasks = typeof tasks;

Comlink.expose(tasks);
