// The queue that a manager holds and that knows which of its items are unfinished.

import { isPast } from '../../../base/deadline.ts';
import type { WaitOptions } from '../../../base/options.ts';
import { counting, Queue } from './queue.ts';
import { callerWith, Waiters } from './waiters.ts';

/**
 * A Queue whose items are tasks: an item is unfinished from its `put` until somebody who took it calls `taskDone()`, and
 * `join()` waits until none is. The item of a client that ended between `get` and `taskDone` stays unfinished, as its work
 * was not done.
 *
 * Python: `queue.Queue`, and `multiprocessing.JoinableQueue`.
 */
export class JoinableQueue<T = unknown> extends Queue<T> {
  protected override get kind(): string {
    return 'JoinableQueue';
  }
  #unfinished = 0;
  readonly #joins = new Waiters<void>();

  override [counting](change: number): void {
    this.#unfinished = Math.max(0, this.#unfinished + change);
    if (this.#unfinished === 0) this.#joins.wakeAll();
  }

  /**
   * Reports that an item taken from this queue is done. The last one releases all who wait in `join()`.
   *
   * @throws RangeError where no item is unfinished (Python: ValueError).
   *
   * Python: `task_done()`.
   */
  taskDone(): void {
    if (this.#unfinished === 0) {
      throw new RangeError('JoinableQueue.taskDone(): called too often; every item that was put is done already');
    }
    this[counting](-1);
  }

  /**
   * Waits until every item that was put is done.
   *
   * @param options `timeout` in milliseconds: where it passes first this returns all the same, as every `join` does;
   *   `signal` gives the wait up.
   * @returns no promise where nothing had to wait.
   * @throws TypeError for options of the wrong type; the signal's reason.
   *
   * Python: `join()`.
   */
  join(options?: WaitOptions): void | Promise<void> {
    const caller = callerWith(options);
    if (this.#unfinished === 0 || isPast(caller.deadline)) return;
    return this.#joins.wait(caller, undefined, { late: () => {} });
  }
}
