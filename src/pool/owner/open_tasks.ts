// Which tasks were handed out and are not answered.

import { discard, type Job, type Outcome, type Task } from './job.ts';

export class OpenTasks {
  /** By claim; those of the ring in its order. */
  readonly open = new Map<number, Task>();
  /** How many of them are in the ring, or were: all but letters that were sent. */
  #inRing = 0;
  /** Those with letters that were not sent. */
  readonly #unsent = new Set<Task>();
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

  /** Is there anything but letters that were sent? */
  get hasInRing(): boolean {
    return this.#inRing > 0;
  }

  /** Is there a letter that was not sent? */
  get hasUnsent(): boolean {
    return this.#unsent.size > 0;
  }

  /** That call is given up: what its letters carry that were not sent is let go of now, and not when a worker comes to them. */
  discardUnsent(job: Job): void {
    for (const task of this.#unsent) {
      if (task.job !== job) continue;
      this.#unsent.delete(task);
      discard(task);
    }
  }

  enter(task: Task, claim: number): void {
    task.claim = claim;
    this.open.set(claim, task);
    if (task.letter !== undefined) this.#unsent.add(task);
    if (claim > 0) this.#inRing++;
  }

  find(claim: number): Task | undefined {
    return this.open.get(claim) ?? this.#posted.get(claim);
  }

  /** Takes the task of that claim out. */
  leave(claim: number): Task | undefined {
    return this.#close(claim) ?? this.#take(claim);
  }

  #close(claim: number): Task | undefined {
    const task = this.open.get(claim);
    if (task === undefined) return undefined;
    this.open.delete(claim);
    this.#unsent.delete(task);
    if (claim > 0 && task.slot < 0) this.#inRing--;
    return task;
  }

  #take(claim: number): Task | undefined {
    const task = this.#posted.get(claim);
    if (task !== undefined) this.#posted.delete(claim);
    return task;
  }

  /** The worker in that slot is sent the letter of that task. */
  send(task: Task, slot: number): void {
    task.slot = slot;
    this.#unsent.delete(task);
    if (task.claim > 0) this.#inRing--;
  }

  /** The worker in that slot has sent the answer as a message. */
  post(claim: number, slot: number): void {
    const task = this.#close(claim);
    if (task === undefined) return;
    this.#posted.set(claim, task);
    task.job.isPosted = true;
    task.slot = slot;
  }

  /** The claims whose letters were sent to the worker in that slot, or whose answers it has sent as messages. */
  sentWith(slot: number): number[] {
    return [...this.open.values(), ...this.#posted.values()]
      .filter((task) => task.slot === slot)
      .map(({ claim }) => claim);
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
    this.#unsent.clear();
    this.#inRing = 0;
    this.#posted.clear();
    return tasks;
  }
}
