import { expose, Transfer } from 'threads/worker';
import { crunch, increment, type Moved, numbers } from '../work.ts';

const move = (array: Moved): Moved => Transfer(array, [array.buffer]) as unknown as Moved;

const tasks = { increment, crunch, make: (length: number): Moved => move(numbers(length)), bounce: move };

export type Tasks = typeof tasks;

expose(tasks);
