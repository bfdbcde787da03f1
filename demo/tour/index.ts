// The tour: one entry a card, in the order of the page. What is listed is what runs: each example is imported as code,
// and the very same file as highlighted text.

import type { Listing } from '../listing.ts';
import connectionPython from './connection.py?highlight';
import * as connection from './connection.ts';
import connectionCode from './connection.ts?highlight';
import inPlacePython from './in_place.py?highlight';
import * as inPlace from './in-place.ts';
import inPlaceCode from './in-place.ts?highlight';
import inPlacePage from './in-place.ts?page';
import inPlaceProcess from './in-place.ts?process';
import joinablePython from './joinable_queue.py?highlight';
import * as joinable from './joinable-queue.ts';
import joinableCode from './joinable-queue.ts?highlight';
import lockPython from './lock.py?highlight';
import * as lock from './lock.ts';
import lockCode from './lock.ts?highlight';
import managerPython from './manager.py?highlight';
import * as manager from './manager.ts';
import managerCode from './manager.ts?highlight';
import pipePython from './pipe.py?highlight';
import * as pipe from './pipe.ts';
import pipeCode from './pipe.ts?highlight';
import poolPython from './pool.py?highlight';
import * as pool from './pool.ts';
import poolCode from './pool.ts?highlight';
import resultsPython from './pool_results.py?highlight';
import * as results from './pool-results.ts';
import resultsCode from './pool-results.ts?highlight';
import processPython from './process.py?highlight';
import * as process from './process.ts';
import processCode from './process.ts?highlight';
import idsPython from './process_ids.py?highlight';
import * as ids from './process-ids.ts';
import idsCode from './process-ids.ts?highlight';
import queuePython from './queue.py?highlight';
import * as queue from './queue.ts';
import queueCode from './queue.ts?highlight';
import sharedPython from './shared_memory.py?highlight';
import * as shared from './shared-memory.ts';
import sharedCode from './shared-memory.ts?highlight';

export interface Example {
  /** Its place in the page's address: `#queue`. */
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly python: Listing;
  readonly typescript: Listing;
  /** What the build makes of it. */
  readonly built?: { readonly page: Listing; readonly process: Listing };
  readonly main: () => unknown;
  /** How many lines a run prints: their room is kept free. */
  readonly lines: number;
  /** It has timeouts, as Python's has: where all run, it waits until the machine has time for it. */
  readonly isTimed?: boolean;
  /** Why it cannot run where all goes by message. */
  readonly needs?: string;
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
    id: 'joinable-queue',
    title: 'JoinableQueue',
    summary: 'Hand out work, and wait until all of it is done.',
    python: joinablePython,
    typescript: joinableCode,
    main: joinable.main,
    lines: 7,
    notice:
      '`join()` waits for the work, not for the workers: it returns when `taskDone()` was called for every item. Which ' +
      'process takes which item is up to them; a `null` tells each that there are no more.',
  },
  {
    id: 'pipe',
    title: 'Pipe',
    summary: 'Two ends: what is sent at one is received at the other.',
    python: pipePython,
    typescript: pipeCode,
    main: pipe.main,
    lines: 1,
    notice:
      'The child gets one end, the page keeps the other, and both may send. When every holder of an end has closed it, ' +
      'or died, `recv()` at the other throws `EOFError` instead of waiting for ever.',
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
  {
    id: 'shared-memory',
    title: 'Value and Array',
    summary: 'Numbers in memory that all processes see.',
    python: sharedPython,
    typescript: sharedCode,
    main: shared.main,
    needs: 'these numbers are shared memory',
    lines: 2,
    notice:
      'Nothing is sent back: the child wrote into the page’s own numbers. An `mp.Array` is a typed array, as fast as any; ' +
      '`slice()` copies it out, Python’s `arr[:]`.',
  },
  {
    id: 'connection',
    title: 'Connection',
    summary: 'Objects and raw bytes, in both directions.',
    python: connectionPython,
    typescript: connectionCode,
    main: connection.main,
    lines: 3,
    notice:
      '`sendBytes` takes any typed array, and `recvBytesInto` fills one that you already have: no object is made on the ' +
      'way. It answers how many bytes came.',
  },
  {
    id: 'manager',
    title: 'Manager',
    summary: 'A dict and a list that live in a process of their own, for all others to change.',
    python: managerPython,
    typescript: managerCode,
    main: manager.main,
    lines: 2,
    notice:
      'Neither the page nor the child has the dict: both have a proxy, which asks the manager’s process. So each operation ' +
      'is awaited, `d.set(…)` too, and `getValue()` brings a copy. Proxies are plain values: they can be sent on, and kept in ' +
      'other dicts and lists.',
  },
  {
    id: 'pool',
    title: 'Pool',
    summary: 'Hand calls to a few workers, and get what they return.',
    python: poolPython,
    typescript: poolCode,
    main: pool.main,
    isTimed: true,
    lines: 2,
    notice:
      'No messages and no request ids: `pool.map(f, …)` calls `f` in the workers and keeps the order of the items. Leaving ' +
      'the scope of `await using` terminates the workers, as Python’s `with` does: hence the exit code -15.',
  },
  {
    id: 'pool-results',
    title: 'Pool: timeouts',
    summary: 'Take results one by one, and do not wait longer than you like.',
    python: resultsPython,
    typescript: resultsCode,
    main: results.main,
    isTimed: true,
    lines: 6,
    notice:
      '`get({ timeout })` gives up the wait and not the call: its result can still be had later. To give up the call as ' +
      'well, there are `signal` and `timeout` among the options of each call; the function may ask `mp.cancelled()`.',
  },
  {
    id: 'in-place',
    title: 'In place',
    summary: 'A function that is written where it is used, and takes along what is around it.',
    python: inPlacePython,
    typescript: inPlaceCode,
    built: { page: inPlacePage, process: inPlaceProcess },
    main: inPlace.main,
    lines: 1,
    notice:
      'The lower two are what the Vite plugin has made of it when this page was built. The page has neither the body nor its import; a ' +
      'process loads the other module, and gets `limit` with the call. A lock or a queue that is taken along is the same one there.',
  },
];
