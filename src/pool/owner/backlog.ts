// Tasks that wait to be put, the most urgent first, and equals in the order of their calls: a binary heap.

import { discard, type Job, type Task } from './job.ts';

export interface Waiter {
  readonly task: Task;
  readonly record: Uint8Array;
}

const isBefore = ({ task: a }: Waiter, { task: b }: Waiter): boolean =>
  a.job.terms.priority > b.job.terms.priority || (a.job.terms.priority === b.job.terms.priority && a.number < b.number);

export class Backlog {
  /** Each is before those at twice its index and one or two more. */
  #heap: Waiter[] = [];

  get size(): number {
    return this.#heap.length;
  }

  get first(): Waiter | undefined {
    return this.#heap[0];
  }

  add(waiter: Waiter): void {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!isBefore(waiter, heap[above] as Waiter)) break;
      heap[at] = heap[above] as Waiter;
      at = above;
    }
    heap[at] = waiter;
  }

  /** Takes the first out. */
  shift(): void {
    const heap = this.#heap;
    const last = heap.pop() as Waiter;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below + 1 < heap.length && isBefore(heap[below + 1] as Waiter, heap[below] as Waiter)) below++;
      if (below >= heap.length || !isBefore(heap[below] as Waiter, last)) break;
      heap[at] = heap[below] as Waiter;
      at = below;
    }
    heap[at] = last;
  }

  /** Takes out the tasks of that call; answers how many. */
  drop(job: Job): number {
    const all = this.#heap;
    this.#heap = [];
    for (const waiter of all) {
      if (waiter.task.job === job) discard(waiter.task);
      else this.add(waiter);
    }
    return all.length - this.#heap.length;
  }

  /** Takes all out. */
  clear(): Task[] {
    const tasks = this.#heap.map(({ task }) => task);
    this.#heap = [];
    return tasks;
  }
}
