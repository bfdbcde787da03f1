// The process table: one growable buffer that every process of the page holds. The root makes it; a pid is an index.
//
//   word    0      1      2       3            4        5 ..              8 pid         8 pid + 8
//           +------+------+-------+------------+--------+-----------------+-------------+--
//           | FREE | BELL | FILES | NEXT (pid) | CHANGES | unused    ...  | record of pid ...
//           +------+------+-------+------------+--------+-----------------+-------------+--
//
//   FREE    the state of pid 0, for ever: who reads an owner just after it left finds 0, and must not take that for one
//           who has ended
//
//   record  STATE      which of the states below; the word that join() waits on
//           EXITCODE   meaningful once STATE is TERMINATING or ENDED
//           PARENT     pid of the process that started it; 0 for the main process
//           LOCK       two words: the number of the Web Lock that its worker holds; meaningful once STATE was RUNNING
//
//   STATE   FREE ------> STARTING ------> RUNNING ------> ENDED
//                 add()     |     enter()   |    finish()   ^
//                           +------> TERMINATING -----------+
//                          condemn()           finish(): at once where it was STARTING, for then it does nothing more;
//                                              else when its thread can run no more
//
// A pid is never used again: what a dead process left in a lock's owner word can be read for ever. A process in
// TERMINATING may still be running (Chromium lets a busy worker go on for two seconds after `terminate()`), so what it
// holds is not free before ENDED.

import { MAIN, MOST_PIDS, UNBORN } from '../base/thread.ts';
import { InvalidStateError } from '../errors.ts';
import { allocate, ceilingOf, reachSize } from './buffer.ts';

const WORDS = 8;
const NEXT = 3;
/** Changes whenever a process ends, and when something gets ready that somebody watches: the word that `wait()` parks on. */
export const BELL = 1;
/** How many numbers `fileno()` has given out. */
export const FILES = 2;
/**
 * Changes with what those who wait look at, and that is told by no word they wait for: a process was condemned or has ended,
 * an end of a pipe was closed, a queue shut. They look again.
 */
export const CHANGES = 4;

const STATE = 0;
const EXITCODE = 1;
const PARENT = 2;
const LOCK = 3;

export const FREE = 0;
export const STARTING = 1;
export const RUNNING = 2;
export const TERMINATING = 3;
export const ENDED = 4;

const BYTES_PER_RECORD = WORDS * Int32Array.BYTES_PER_ELEMENT;
const FIRST_PIDS = 1024;

/** Makes the table, with the main process running in it. */
export function makeTable(): Int32Array {
  const table = new Int32Array(allocate(FIRST_PIDS * BYTES_PER_RECORD, MOST_PIDS * BYTES_PER_RECORD));
  table[NEXT] = MAIN + 1;
  table[MAIN * WORDS + STATE] = RUNNING;
  return table;
}

/** Makes room for a record. */
function reach(table: Int32Array, pid: number): void {
  const buffer = table.buffer as SharedArrayBuffer;
  while (buffer.byteLength < (pid + 1) * BYTES_PER_RECORD) {
    const ceiling = ceilingOf(buffer);
    if (pid >= UNBORN || (pid + 1) * BYTES_PER_RECORD > ceiling) {
      throw new InvalidStateError(`no more processes: this page has started ${pid - 2} of them; reload it`);
    }
    if (!reachSize(buffer, Math.min(ceiling, buffer.byteLength * 2))) {
      throw new InvalidStateError('no memory for another process; let some end first');
    }
  }
}

/** Gives out a pid. FREE becomes STARTING. */
export function add(table: Int32Array, parent: number): number {
  const pid = Atomics.add(table, NEXT, 1);
  reach(table, pid);
  Atomics.store(table, pid * WORDS + PARENT, parent);
  Atomics.store(table, pid * WORDS + STATE, STARTING);
  return pid;
}

/** Gives out so many numbers; answers the first. Whoever has them notes the processes that get them with `enroll`. */
export const reserve = (table: Int32Array, count: number): number => Atomics.add(table, NEXT, count);

/** Where threads share no memory: notes a process in this thread's table, in that state. */
export function enroll(table: Int32Array, pid: number, parent: number, state: number): void {
  reach(table, pid);
  table[pid * WORDS + PARENT] = parent;
  table[pid * WORDS + STATE] = state;
  if (pid >= (table[NEXT] as number)) table[NEXT] = pid + 1;
}

/** The parent of a process. */
export const parentOf = (table: Int32Array, pid: number): number => Atomics.load(table, pid * WORDS + PARENT);

/**
 * The child's first act, once it holds the Web Lock of that number. STARTING becomes RUNNING; false where it was condemned
 * before.
 */
export function enter(table: Int32Array, pid: number, lock: Int32Array): boolean {
  table.set(lock, pid * WORDS + LOCK);
  return Atomics.compareExchange(table, pid * WORDS + STATE, STARTING, RUNNING) === STARTING;
}

/** The number of the Web Lock that a process holds which has come to RUNNING. */
export const lockOf = (table: Int32Array, pid: number): Int32Array =>
  table.slice(pid * WORDS + LOCK, pid * WORDS + LOCK + 2);

/**
 * Somebody wants this process to end: STARTING or RUNNING becomes TERMINATING; answers which of them it was. `undefined`
 * where it had ended, or was condemned before: the first exit code stays.
 */
export function condemn(table: Int32Array, pid: number, exitcode: number): number | undefined {
  const at = pid * WORDS + STATE;
  for (;;) {
    const state = Atomics.load(table, at);
    if (state !== STARTING && state !== RUNNING) return undefined;
    // The code is read only once the state says so; two that condemn at once agree on whichever wrote last.
    Atomics.store(table, pid * WORDS + EXITCODE, exitcode);
    if (Atomics.compareExchange(table, at, state, TERMINATING) === state) return state;
  }
}

/**
 * The process can run no more: any state becomes ENDED, and whoever waits for it is to be woken (at `stateAt(pid)` and at
 * `BELL`). A condemned process keeps the code it was condemned to. False where it had ended before.
 */
export function finish(table: Int32Array, pid: number, exitcode: number): boolean {
  const at = pid * WORDS + STATE;
  for (;;) {
    const state = Atomics.load(table, at);
    if (state === ENDED) return false;
    if (state !== TERMINATING) Atomics.store(table, pid * WORDS + EXITCODE, exitcode);
    if (Atomics.compareExchange(table, at, state, ENDED) === state) {
      Atomics.add(table, BELL, 1);
      return true;
    }
  }
}

/** Of a pid that is not in the table FREE: where threads share no memory there are others. */
export const stateOf = (table: Int32Array, pid: number): number =>
  pid * WORDS < table.length ? Atomics.load(table, pid * WORDS + STATE) : FREE;

/** Where the word is that changes when this process ends. */
export const stateAt = (pid: number): number => pid * WORDS + STATE;

/** The children of a process that have not ended. */
export function childrenOf(table: Int32Array, parent: number): number[] {
  const children: number[] = [];
  const next = Atomics.load(table, NEXT);
  // A child's pid is larger. The last ones may be given out before there is room for them.
  for (let pid = parent + 1; pid < next && (pid + 1) * WORDS <= table.length; pid++) {
    if (Atomics.load(table, pid * WORDS + PARENT) === parent && stateOf(table, pid) !== ENDED) children.push(pid);
  }
  return children;
}

/** `null` until the process has ended. */
export const exitcodeOf = (table: Int32Array, pid: number): number | null =>
  stateOf(table, pid) === ENDED ? Atomics.load(table, pid * WORDS + EXITCODE) : null;
