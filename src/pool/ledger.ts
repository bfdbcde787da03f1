// Which tasks were handed out and are not answered.

import { discard, type Job, type Outcome, type Task } from './job.ts';

export class Ledger {
  /** By claim; those of the ring in its order. */
  readonly open = new Map<number, Task>();
  /** Those whose answer comes by message: their workers owe nothing more. */
  readonly #posted = new Map<number, Task>();
  /** A call has one task less. */
  readonly #onSettled: (job: Job) => void;

  constructor(onSettled: (job: Job) => void) {
    this.#onSettled = onSettled;
  }

  get size(): number {
    return this.open.size + this.#posted.size;
  }

  /** Is there anything but letters, whose answers come by message? */
  get hasTasks(): boolean {
    for (const claim of this.open.keys()) if (claim > 0) return true;
    return false;
  }

  enter(task: Task, claim: number): void {
    task.claim = claim;
    this.open.set(claim, task);
  }

  /** Takes the task of that claim out. */
  leave(claim: number): Task | undefined {
    const task = this.open.get(claim) ?? this.#posted.get(claim);
    this.open.delete(claim);
    this.#posted.delete(claim);
    return task;
  }

  /** The worker in that slot has sent the answer as a message. */
  post(claim: number, slot: number): void {
    const task = this.open.get(claim);
    if (task === undefined) return;
    this.open.delete(claim);
    this.#posted.set(claim, task);
    task.job.isPosted = true;
    task.slot = slot;
  }

  /** The claims whose answers the worker in that slot has sent as messages. */
  postedBy(slot: number): number[] {
    return [...this.#posted.values()].filter((task) => task.slot === slot).map(({ claim }) => claim);
  }

  /** That task is over; its call hears of it, unless it has before. */
  settle(task: Task, outcome: Outcome): void {
    task.job.open--;
    discard(task);
    this.inform(task, outcome);
    this.#onSettled(task.job);
  }

  /** The call hears how its task ended, though the worker may still be at it. */
  inform(task: Task, outcome: Outcome): void {
    if (task.settled) return;
    task.settled = true;
    task.job.accept(task.index, outcome);
  }

  /** Takes all out. */
  clear(): Task[] {
    const tasks = [...this.open.values(), ...this.#posted.values()];
    this.open.clear();
    this.#posted.clear();
    return tasks;
  }
}
