// The processes of this page, whoever started them.

import { shown } from '../base/shown.ts';
import { MAIN } from '../base/thread.ts';
import { table } from '../memory/processes.ts';
import { ENDED, exitcodeOf, RUNNING, STARTING, stateOf } from '../memory/table.ts';
import { currentProcess } from '../process/current.ts';
import * as kernel from '../process/kernel.ts';
import { pools } from './pools.ts';
import { births, checkPage, starts } from './record.ts';
import type { Started } from './tracks.ts';

/** A process as the page sees it, at one moment. */
export interface ProcessInfo {
  /** Its number, never used again on this page; 1 is the page itself. */
  readonly pid: number;
  /** The pid of the process that started it; `null` for the page itself. */
  readonly parent: number | null;
  /** Its name when it was started. */
  readonly name: string;
  /**
   * `starting`: its worker loads. `running`: it has begun. `terminating`: somebody wants it to end, and its thread may still
   * run for a moment. `ended`.
   */
  readonly state: 'starting' | 'running' | 'terminating' | 'ended';
  /** `null` until it has ended. */
  readonly exitcode: number | null;
  /** Whether it is terminated when its parent ends. */
  readonly daemon: boolean;
  /** `'spawn'` or `'forkserver'`; `null` for the page itself. */
  readonly startMethod: string | null;
  /**
   * What it runs, by qualified name: `tasks.square`, or `Counter.run`. A worker of a pool that was made in the page: the call
   * that it is at, or `null` while it has none.
   */
  readonly task: string | null;
  /** When it was started, in milliseconds since 1970. */
  readonly started: number;
}

function stateNamed(pid: number): ProcessInfo['state'] {
  const state = stateOf(table(), pid);
  if (state === STARTING) return 'starting';
  if (state === RUNNING) return 'running';
  return state === ENDED ? 'ended' : 'terminating';
}

const main = (): ProcessInfo => ({
  pid: MAIN,
  parent: null,
  name: currentProcess().name,
  state: 'running',
  exitcode: null,
  daemon: false,
  startMethod: null,
  task: null,
  started: performance.timeOrigin,
});

/** What the workers of the page's pools are at. */
function tasksOfPools(): Map<number, string | null> {
  const tasks = new Map<number, string | null>();
  for (const { workers } of pools()) for (const { pid, task } of workers) tasks.set(pid, task);
  return tasks;
}

/**
 * The processes of this page, the page itself first, then in the order of their starts, whoever started them; and the last
 * hundred or so that have ended. Knows of those that were started after this module was loaded.
 *
 * Only in the page; never waits. Not in Python.
 *
 * @throws InvalidStateError in a process.
 */
export function processes(): ProcessInfo[] {
  checkPage('processes');
  const tasks = tasksOfPools();
  return [main(), ...[...births.values()].map((started) => infoOf(started, tasks))];
}

const infoOf = (
  { pid, parent, name, daemon, method, task, started }: Started,
  tasks: ReadonlyMap<number, string | null>,
): ProcessInfo => ({
  pid,
  parent,
  name,
  state: stateNamed(pid),
  exitcode: exitcodeOf(table(), pid),
  daemon,
  startMethod: method,
  task: tasks.has(pid) ? (tasks.get(pid) as string | null) : task,
  started,
});

/**
 * Calls `callback` whenever a process is started, whoever starts it: before the call that starts it returns, where that is one of
 * the page, and so before a pool counts it among its workers. What it throws is reported on the console.
 *
 * Only in the page; never waits. Not in Python.
 *
 * @returns a function that ends this.
 * @throws InvalidStateError in a process; TypeError for what is no function.
 */
export function onStart(callback: (process: ProcessInfo) => void): () => void {
  checkPage('onStart');
  if (typeof callback !== 'function') throw new TypeError('onStart(callback): callback must be a function');
  const start = (started: Started): void => {
    try {
      callback(infoOf(started, new Map()));
    } catch (error) {
      globalThis.console.error(error);
    }
  };
  starts.add(start);
  return () => starts.delete(start);
}

/**
 * Ends any process of this page, whoever started it, as its `terminate()` does: exit code -15. Nothing happens where it has
 * ended. Only in the page; never waits. Not in Python.
 *
 * @throws InvalidStateError in a process; RangeError for a pid that is not that of a process seen here, the page's among them.
 */
export function terminate(pid: number): void {
  checkPage('terminate');
  if (!births.has(pid)) throw new RangeError(`terminate(pid): no process with the pid ${shown(pid)} was seen`);
  kernel.terminate(pid, -15);
}
