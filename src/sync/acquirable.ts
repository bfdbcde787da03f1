// What everything that can be acquired has in common: both drivers, `with` and `using`.

import { TimeoutError } from '../errors.ts';
import { dispose } from '../memory/dispose.ts';
import {
  type BlockOptions,
  deadlineIn,
  type SyncBlockOptions,
  type SyncWaitOptions,
  type WaitOptions,
} from '../memory/options.ts';
import { block, settle, type Waiting } from '../memory/wait.ts';

/** The one operation that a subclass adds, beside `release()`. */
export const acquiring = Symbol('acquiring');

export abstract class Acquirable {
  /** The name in error messages: a literal. */
  protected abstract readonly kind: string;

  /** Acquires; false where `deadline` came first. */
  abstract [acquiring](deadline: number): Waiting<boolean>;

  /** Gives it back. Any process may. Never waits. */
  abstract release(): void;

  /**
   * Acquires it, waiting as long as the options allow; works in windows and workers.
   *
   * @param options `block: false` does not wait; `timeout` in milliseconds; `signal` gives the wait up.
   * @returns whether it was acquired.
   * @throws TypeError for options of the wrong type; the signal's reason. Both as a rejection.
   *
   * Python: `acquire(block=True, timeout=None)`.
   */
  async acquire(options?: BlockOptions): Promise<boolean> {
    return settle(this[acquiring](deadlineIn(options)), options?.signal);
  }

  /**
   * Acquires it, blocking the thread as long as the options allow.
   *
   * @param options `block: false` does not wait; `timeout` in milliseconds.
   * @returns whether it was acquired.
   * @throws BlockingNotAllowedError in a window, as soon as it would have to wait; TypeError for wrong options.
   *
   * Python: `acquire(block=True, timeout=None)`.
   */
  acquireSync(options?: SyncBlockOptions): boolean {
    return block(this[acquiring](deadlineIn(options)), `${this.kind}.acquire`);
  }

  /**
   * Acquires it, runs `body`, waits for what that returns, and releases, whatever happens.
   *
   * @returns what `body` answers.
   *
   * Python: `with lock:`.
   */
  async with<R>(body: () => R): Promise<Awaited<R>> {
    await this.acquire();
    try {
      return await body();
    } finally {
      this.release();
    }
  }

  /**
   * Acquires it, blocking, runs `body` and releases, whatever happens. `body` must not be async.
   *
   * @throws BlockingNotAllowedError in a window, as soon as it would have to wait.
   *
   * Python: `with lock:`.
   */
  withSync<R>(body: () => R): R {
    this.acquireSync();
    try {
      return body();
    } finally {
      this.release();
    }
  }

  /**
   * Acquires it for the rest of a scope: `using held = await lock.guard()`.
   *
   * @param options `timeout` in milliseconds; `signal` gives the wait up.
   * @returns what releases it when disposed of; a second time does nothing.
   * @throws TimeoutError where the time ran out; the signal's reason.
   */
  async guard(options?: WaitOptions): Promise<Disposable> {
    return this.#held(await this.acquire(options));
  }

  /**
   * Acquires it, blocking, for the rest of a scope: `using held = lock.guardSync()`.
   *
   * @throws TimeoutError where the time ran out; BlockingNotAllowedError in a window, as soon as it would have to wait.
   */
  guardSync(options?: SyncWaitOptions): Disposable {
    return this.#held(this.acquireSync(options));
  }

  #held(acquired: boolean): Disposable {
    if (!acquired) throw new TimeoutError(`${this.kind}.guard(): not acquired within the timeout`);
    let held = true;
    return {
      [dispose]: () => {
        if (held) this.release();
        held = false;
      },
    };
  }
}
