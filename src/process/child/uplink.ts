// Runs in a child: what it asks of the root, and what it hears from it.

import { isIsolated } from '../../base/isolation.ts';
import { pid as ownPid } from '../../base/thread.ts';
import { acquaint, table } from '../../memory/processes.ts';
import { FREE, stateOf } from '../../memory/table.ts';
import { announceEnd } from '../../memory/wait.ts';
import { flushGathered, sendKept } from '../gathering.ts';
import { type Kernel, setKernel } from '../kernel.ts';
import { fill } from '../outcome.ts';
import { movedWith } from '../parcel.ts';
import { type End, type FromRoot, type FromWorker, type Reply, seal, unseal } from '../protocol.ts';

/** The part of a dedicated worker's global scope that is used here; the DOM's types know only windows. */
interface WorkerScope {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  addEventListener(type: string, listener: (event: never) => void): void;
  close(): void;
}

export const scope = globalThis as unknown as WorkerScope;

let hear: (replies: readonly Reply[]) => void = () => {};

export function tell(message: FromWorker, transfer: readonly Transferable[] = []): void {
  flushGathered();
  scope.postMessage(seal(message), transfer as Transferable[]);
}

/** Where threads share no memory: who hears the page's replies to requests. */
export function onReplies(listener: (replies: readonly Reply[]) => void): void {
  hear = listener;
}

export const replied = (replies: readonly Reply[]): void => hear(replies);

/** Where threads share no memory: where the outcomes of its children go. */
const outcomes = new Map<number, SharedArrayBuffer>();

/** By message: the root does it. */
const uplink: Kernel = {
  spawn(request) {
    const { outcome, pid, work } = request;
    if (!isIsolated && outcome !== undefined) outcomes.set(pid, outcome);
    tell({ type: 'spawn', request: isIsolated ? request : { ...request, outcome: undefined } }, movedWith(work));
  },
  forward: (post) => tell(post, movedWith(post.parcel)),
  terminate(pid, exitcode) {
    if (pid === ownPid) sendKept();
    tell({ type: 'terminate', pid, exitcode });
  },
  follow(pid) {
    if (stateOf(table(), pid) !== FREE) return;
    acquaint(pid);
    tell({ type: 'follow', pid });
  },
  warmUp: () => tell({ type: 'warm' }),
  preload: () => {},
  executableFor: () => 0,
};

/** A process has ended that this one knows. */
export function noteEnd({ pid, exitcode, outcome }: End): void {
  const its = outcomes.get(pid);
  outcomes.delete(pid);
  if (its !== undefined && outcome !== undefined) fill(its, outcome);
  announceEnd(pid, exitcode);
}

/** This worker is for processes. Answers false where that was said before. */
export function listen(receive: (message: FromRoot) => void): boolean {
  if (listening) return false;
  listening = true;
  setKernel(uplink);
  scope.addEventListener('message', (event: MessageEvent) => {
    const message = unseal<FromRoot>(event.data);
    if (message !== undefined) receive(message);
  });
  scope.addEventListener('messageerror', () => tell({ type: 'unreadable' }));
  return true;
}

let listening = false;
