// JoinableQueue: a queue that knows which of its items are unfinished.

import { deadlineIn, type SyncWaitOptions, type WaitOptions } from '../base/options.ts';
import { registerShared } from '../codec/shared.ts';
import { awaiting, block, type Waiting } from '../memory/wait.ts';
import type { JoinableBody } from './bodies.ts';
import { JoinableWords } from './by_memory/joinable_queue.ts';
import { bodyOf, maxsizeOf, Queue } from './queue.ts';
import { queueKind } from './queue_kind.ts';

export const doneTooOften = (): RangeError =>
  new RangeError('JoinableQueue.taskDone(): called too often; every item that was put is done already');

/**
 * A Queue whose items are tasks: an item is unfinished from its `put` until somebody who took it calls `taskDone()`, and
 * `join()` waits until none is. The number is exact whoever dies when; the item of a process that was terminated between
 * `get` and `taskDone` stays unfinished, as its work was not done.
 *
 * Python: `multiprocessing.JoinableQueue`.
 */
export class JoinableQueue<T = unknown> extends Queue<T> {
  readonly #body: JoinableBody;

  /**
   * A new queue, with nothing in it.
   *
   * @param maxsize items at most; 0, negative or missing: no limit.
   */
  constructor(maxsize?: number) {
    super(maxsize);
    this.#body = bodyOf(this) as JoinableBody;
  }

  /** @internal */
  protected override get Words(): typeof JoinableWords {
    return JoinableWords;
  }

  protected override get kind(): string {
    return 'JoinableQueue';
  }

  /**
   * Reports that an item taken from this queue is done. The last one releases all who wait in `join()`, in all processes.
   *
   * @throws RangeError where no item is unfinished (Python: ValueError).
   *
   * Python: `task_done()`.
   */
  taskDone(): void {
    if (!this.#body.finish()) throw doneTooOften();
  }

  /**
   * Waits until every item that was put is done.
   *
   * @param options `timeout` in milliseconds: where it passes first this returns all the same, as every `join` does;
   *   `signal` gives the wait up.
   * @throws the signal's reason, as a rejection.
   *
   * Python: `join()`.
   */
  join(options?: WaitOptions): Promise<void> {
    return awaiting(options, (deadline) => this.#joining(deadline));
  }

  *#joining(deadline: number): Waiting<void> {
    yield* this.#body.finished(deadline);
  }

  /**
   * As `join()`, blocking the thread.
   *
   * @throws BlockingNotAllowedError in a window, as soon as it would have to wait.
   */
  joinSync(options?: SyncWaitOptions): void {
    block(this.#body.finished(deadlineIn(options)), 'JoinableQueue.join');
  }

  static {
    registerShared(
      JoinableQueue.prototype,
      queueKind('JoinableQueue', bodyOf, maxsizeOf, JoinableWords, JoinableQueue),
    );
  }
}
