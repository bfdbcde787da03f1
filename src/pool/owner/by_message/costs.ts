// How long functions take, by what they took lately.

import type { AnyFunction } from '../../task_record.ts';
import type { Task } from '../job.ts';

/** No function counts as quicker: clocks have a grain of up to a millisecond. */
const LEAST = 1e-3;

/** Milliseconds that count for an item of a function that was seen to wait. */
const SURPRISE = 16;

export class Costs {
  /** Milliseconds for an item. */
  readonly #known = new WeakMap<AnyFunction, number>();

  /** Milliseconds that a task is likely to take; Infinity where its function was not measured yet. */
  of({ job: { f }, items }: Task): number {
    return items * (this.#known.get(f) ?? Number.POSITIVE_INFINITY);
  }

  /** A task waits for longer than was to be expected: those that come next may, too. */
  surprise({ job: { f } }: Task): void {
    this.#known.set(f, SURPRISE);
  }

  /** These were done in so many milliseconds. */
  note(tasks: readonly Task[], spent: number): void {
    let expected = 0;
    for (const task of tasks) expected += this.of(task);
    for (const f of new Set(tasks.map(({ job }) => job.f))) {
      const known = this.#known.get(f);
      // One that was not measured came alone.
      if (known === undefined) this.#known.set(f, Math.max(LEAST, spent / (tasks[0] as Task).items));
      else {
        const measured = known * (spent / expected);
        // One that was interrupted by other programs is not to count for much.
        this.#known.set(f, Math.max(LEAST, 0.5 * known + 0.5 * Math.min(4 * known, measured)));
      }
    }
  }
}
