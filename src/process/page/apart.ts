// Runs in the root, where threads share no memory: tells processes what they would else read in a table that all share.
//
// The page's table knows all processes. What ends in it is told to the parent, with what the process leaves behind, to its children,
// and to those that follow it.

import { MAIN, pid } from '../../base/thread.ts';
import { hasEnded, type PidRange, table } from '../../memory/processes.ts';
import { onChanges } from '../../memory/sleep.ts';
import { ENDED, enroll, enter, exitcodeOf, FREE, reserve, STARTING, stateOf } from '../../memory/table.ts';
import { announceEnd } from '../../memory/wait.ts';
import { contentsOf, fill } from '../outcome.ts';
import type { Boot, End, FromRoot, FromWorker, Reply, SpawnRequest } from '../protocol.ts';

/** Sends something to a process, if that has a worker. */
type Send = (pid: number, message: FromRoot, transfer?: readonly Transferable[]) => void;

interface Known {
  readonly request: SpawnRequest;
  readonly followers: Set<number>;
  /** What it may give to processes that it starts. */
  readonly pids: PidRange[];
}

/** How many processes one can start before it is told more numbers. */
const AT_ONCE = 64;

/** Those whose end was not told yet. */
const known = new Map<number, Known>();
/** Who follows those that are to be started. */
const early = new Map<number, Set<number>>();
/** Numbers that were given to a process which did not need them. */
const unused: PidRange[] = [];

let send: Send = () => {};

/** A process is to be started. */
export function noteStart(request: SpawnRequest, sender: Send): void {
  send = sender;
  if (known.size === 0) onChanges(tellEnds);
  if (stateOf(table(), request.pid) === FREE) enroll(table(), request.pid, request.parent, STARTING);
  known.set(request.pid, { request, followers: early.get(request.pid) ?? new Set(), pids: [] });
  early.delete(request.pid);
  const parent = known.get(request.parent);
  if (parent === undefined) return;
  // For the number that it took.
  const pids = numbers(1);
  parent.pids.push(pids);
  send(request.parent, { type: 'pids', pids });
}

/** This process gives something to one that it is about to start: that is in the table from now on. */
export function noteHeir(heir: number): void {
  if (stateOf(table(), heir) === FREE) enroll(table(), heir, pid, STARTING);
}

function numbers(count: number): PidRange {
  const from = reserve(table(), count);
  return [from, from + count];
}

/** What it gets to be that process. */
export function bootOf(request: SpawnRequest): Boot {
  const pids = unused.pop() ?? numbers(AT_ONCE);
  known.get(request.pid)?.pids.push(pids);
  return { type: 'boot', request: { ...request, outcome: undefined }, table: undefined, arena: undefined, pids };
}

const NO_LOCK = new Int32Array(2);

/** Its worker is ready: from now on something of it may run. STARTING becomes RUNNING. */
export function admit(pid: number): void {
  enter(table(), pid, NO_LOCK);
}

/** Tells a process what came of its requests. */
export const answer = (pid: number, items: readonly Reply[], moved: readonly Transferable[]): void =>
  send(pid, { type: 'replies', items }, moved);

/** What a process says as its last. */
export type Ended = Extract<FromWorker, { type: 'ended' }>;

let amend = (ended: Ended, _name: string): Ended => ended;

/** From now on that is what it comes to, of a process of that name. */
export function amendEnds(by: typeof amend): void {
  amend = by;
}

/** It says that it ends. */
export function noteEnd({ outcome: its, name }: SpawnRequest, ended: Ended): void {
  const { pid, exitcode, outcome } = amend(ended, name);
  if (its !== undefined && outcome !== undefined) fill(its, outcome);
  announceEnd(pid, exitcode);
}

/** That process is told of the end of the other, which need not have been started yet: its parent may have told of it before. */
export function follow(follower: number, pid: number): void {
  const its = known.get(pid)?.followers ?? early.get(pid);
  if (its !== undefined) its.add(follower);
  else if (stateOf(table(), pid) === ENDED) send(follower, endOf(pid));
  else if (pid !== MAIN) early.set(pid, new Set([follower]));
}

const endOf = (pid: number, outcome?: End['outcome']): End => ({
  type: 'end',
  pid,
  exitcode: exitcodeOf(table(), pid) ?? 1,
  outcome,
});

/** That process has ended, and starts nothing any more: whom it was about to start has ended, too. */
function closeNumbers(parent: number, pids: readonly PidRange[]): void {
  let isUsed = false;
  for (const [from, to] of pids) {
    for (let number = from; number < to; number++) {
      const state = stateOf(table(), number);
      const isUnborn = early.has(number) || (state === STARTING && !known.has(number));
      if (isUnborn || state !== FREE) isUsed = true;
      if (!isUnborn) continue;
      if (state === FREE) enroll(table(), number, parent, STARTING);
      announceEnd(number, 1);
      for (const follower of early.get(number) ?? []) send(follower, endOf(number));
      early.delete(number);
    }
  }
  if (!isUsed) unused.push(...pids);
}

function tellEnds(): void {
  for (const [pid, { request, followers, pids }] of known) {
    if (!hasEnded(pid)) continue;
    known.delete(pid);
    closeNumbers(pid, pids);
    const { parent, outcome } = request;
    if (parent !== MAIN) send(parent, endOf(pid, outcome && contentsOf(outcome)));
    for (const child of known.values()) if (child.request.parent === pid) followers.add(child.request.pid);
    for (const follower of followers) send(follower, endOf(pid));
  }
}
