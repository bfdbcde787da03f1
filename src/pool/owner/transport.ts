// How the tasks of a pool get to its workers, and answers back. The dispatcher knows calls, and who waits for them; what is between
// it and the workers is a transport: by_memory/ has the one through shared memory, by_message/ the one where there is none.

import { WorkerDiedError } from '../../errors.ts';
import type { Park } from '../../memory/wait.ts';
import type { CallCarrier } from '../task_record.ts';
import type { encodeWork } from './encode_work.ts';
import { type Job, type Task, titleOf } from './job.ts';
import type { Member } from './member.ts';
import type { OpenTasks } from './open_tasks.ts';
import type { Workers, WorkersOptions } from './workers.ts';

/** What a transport tells its dispatcher. */
export interface TransportHooks {
  /** A message has brought an answer. */
  onAnswer(): void;
  /** A task cannot be sent. */
  onRefused(task: Task, error: unknown): void;
  /** The worker in that slot is about to answer a task that is observed. */
  onStamp(claim: number, member: Member, began: number, ended: number): void;
}

export interface Transport {
  readonly workers: Workers;
  /** How a task is written, where that is not `encodeWork`. */
  encode?: typeof encodeWork;
  /** How many tasks wait here: no worker can take them. */
  readonly size: number;
  /** Must the owner look for answers? Messages tell of themselves. */
  readonly listens: boolean;
  /** Does a worker, or a task that waits, need this thread, though it blocks for something else? */
  readonly isNeeded: boolean;
  /** A call begins that may be given up. */
  begin(job: Job, signal: AbortSignal | undefined, streams: boolean): void;
  /** A call has ended, and has no task any more. */
  release(job: Job): void;
  /** Takes a task on; `bytes` may change afterwards. @throws what is refused. */
  add(task: Task, bytes: Uint8Array, carrier: CallCarrier): void;
  /** Has a worker come for the task that was added last. */
  urge(): void;
  /** A call is given up: what of it waits is dropped, what runs is told so. */
  cancel(job: Job, reason: unknown): void;
  /** Takes the answers that are there, as `Intake.drain` does. */
  drain(isDone: () => boolean, end: number): Park | undefined;
  /** Hands on what had no room before. Answers in how many milliseconds to try again. */
  pump(): number;
  /** Has whoever waits for an answer look around: there may be none to wait for, or a time to mind. */
  nudge(): void;
  /** Does what is due. Answers in how many milliseconds to look again. */
  tend(): number;
  /** A worker has ended: what it held ends with that error. */
  lose(member: Member, error: Error): void;
  /** Takes out what no worker has taken; answers the tasks that waited here. */
  clear(): Task[];
  /** Has the workers end that are there, once nothing is to be done. */
  retire(): void;
  /** No more tasks: the workers end when they have done what there is, or at once. */
  close(immediate: boolean): void;
}

export type MakeTransport = (openTasks: OpenTasks, options: WorkersOptions, hooks: TransportHooks) => Transport;

/** What a task ends with that was held by a worker which has ended with that error. */
export function diedWith(error: Error, task: Task): Error {
  if (!(error instanceof WorkerDiedError)) return error;
  // An error can stand for its options: it has the same `cause`, or none.
  return new WorkerDiedError(`${error.message} while it held ${titleOf(task)}`, error.pid, error.exitcode, error);
}

/** The transport by message, where that is loaded. */
export let byMessage: MakeTransport | undefined;

export function setByMessage(make: MakeTransport): void {
  byMessage = make;
}
