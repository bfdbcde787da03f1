// What this process has handed to the page, which has not said yet that it is through: the process does not end by itself before.

import { type Flushable, flushAtExit, noFlush } from '../../data/flush.ts';

export class Unanswered implements Flushable {
  readonly #all = new Set<Promise<unknown>>();
  #flushes = true;

  /** Does any wait? */
  get isWaiting(): boolean {
    return this.#all.size > 0;
  }

  /** Waits for that, too. */
  add<T>(answer: Promise<T>): Promise<T> {
    this.#all.add(answer);
    if (this.#flushes) flushAtExit(this);
    const over = (): void => {
      this.#all.delete(answer);
      if (this.#all.size === 0) noFlush(this);
    };
    answer.then(over, over);
    return answer;
  }

  /** Resolves when none waits any more. */
  async flush(): Promise<void> {
    while (this.#all.size > 0) await Promise.allSettled(this.#all);
  }

  /** This process may end before. */
  abandon(): void {
    this.#flushes = false;
    noFlush(this);
  }
}
