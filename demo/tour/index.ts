// The tour: one entry a card, in the order of the page. What is listed is what runs: each example is imported as code,
// and the very same file as highlighted text.

import type { Listing } from '../listing.ts';
import lockPython from './lock.py?highlight';
import * as lock from './lock.ts';
import lockCode from './lock.ts?highlight';
import processPython from './process.py?highlight';
import * as process from './process.ts';
import processCode from './process.ts?highlight';
import idsPython from './process_ids.py?highlight';
import * as ids from './process-ids.ts';
import idsCode from './process-ids.ts?highlight';
import queuePython from './queue.py?highlight';
import * as queue from './queue.ts';
import queueCode from './queue.ts?highlight';

export interface Example {
  /** Its place in the page's address: `#queue`. */
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly python: Listing;
  readonly typescript: Listing;
  readonly main: () => unknown;
  /** How many lines a run prints: their room is kept free. */
  readonly lines: number;
  /** What to notice. Text between backquotes is code. */
  readonly notice: string;
}

export const tour: readonly Example[] = [
  {
    id: 'process',
    title: 'Process',
    summary: 'Run a function in a process of its own, and wait for its end.',
    python: processPython,
    typescript: processCode,
    main: process.main,
    lines: 1,
    notice:
      'The target is the function itself, neither a file nor a message handler, and its arguments are type-checked. ' +
      'What blocks in Python is awaited: a page must never stand still. In a process, `p.joinSync()` blocks as well.',
  },
  {
    id: 'process-ids',
    title: 'Process ids',
    summary: 'Who am I, and who started me?',
    python: idsPython,
    typescript: idsCode,
    main: ids.main,
    lines: 9,
    notice:
      '`info` runs once in the page and once in the child. The child’s parent is the page’s process id; each run ' +
      'gets a new process, with a new id and a new name.',
  },
  {
    id: 'queue',
    title: 'Queue',
    summary: 'Pass data between processes.',
    python: queuePython,
    typescript: queueCode,
    main: queue.main,
    lines: 1,
    notice:
      'The child puts, the page gets. Items are bytes in shared memory: a process that is blocked in `q.getSync()` ' +
      'receives them too, which no message can do. `None` is `null`.',
  },
  {
    id: 'lock',
    title: 'Lock',
    summary: 'Ten processes, one console: only one of them prints at a time.',
    python: lockPython,
    typescript: lockCode,
    main: lock.main,
    lines: 10,
    notice:
      'All ten numbers come, each once, in the order in which the processes got the lock: run it again for another one. ' +
      'Shorter: `await lock.with(() => console.log(…))`, Python’s `with lock:`.',
  },
];
