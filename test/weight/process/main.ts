import { Process, Queue } from 'web-multiprocessing';
import { feed } from './tasks.ts';

const queue = new Queue<number>();
const process = new Process({ target: feed, args: [queue] });
process.start();
console.log(await queue.get());
