import workerpool from 'workerpool';
import { crunch, increment, type Moved, numbers } from '../work.ts';

const move = (array: Moved): unknown => new workerpool.Transfer(array, [array.buffer]);

workerpool.worker({ increment, crunch, make: (length: number) => move(numbers(length)), bounce: move });
