// AsyncResult: what a pool's call will come to.

import { watchDeadline } from '../../base/deadline.ts';
import { deadlineIn, type SyncWaitOptions, type WaitOptions } from '../../base/options.ts';
import { lasting } from '../../base/realm.ts';
import { tag } from '../../base/tag.ts';
import { InvalidStateError, TimeoutError } from '../../errors.ts';
import { block, mayBlock, refuseBlocking } from '../../memory/wait.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Deferred } from './job.ts';

/**
 * The result of `applyAsync`, `mapAsync` and `starmapAsync`. It can be awaited, which is `get()`.
 *
 * Python: `multiprocessing.pool.AsyncResult`.
 */
export class AsyncResult<T> implements PromiseLike<T> {
  readonly #deferred: Deferred<T>;
  /** None where the call has failed before it began. */
  readonly #dispatcher: Dispatcher | undefined;

  /** @internal */
  constructor(deferred: Deferred<T>, dispatcher: Dispatcher | undefined) {
    this.#deferred = deferred;
    this.#dispatcher = dispatcher;
  }

  /**
   * The result, when it is there. Any number of times.
   *
   * @param options `timeout` in milliseconds; `signal` gives the wait up, not the call.
   * @throws what the call came to: the error of the function, WorkerDiedError, ...; TimeoutError where the time ran out, and
   *   the result can be had later; the signal's reason. All as rejections.
   *
   * Python: `get(timeout=None)`.
   */
  get(options?: WaitOptions): Promise<T> {
    const { promise } = this.#deferred;
    // As it is: in a document that goes, nothing would follow on it.
    return options === undefined ? promise : lasting(this.#get(promise, options));
  }

  async #get(promise: Promise<T>, options: WaitOptions): Promise<T> {
    if (!(await within(promise, options))) throw tooLate('get');
    return promise;
  }

  /**
   * As `get`, blocking the thread. What only a message can carry cannot be had so.
   *
   * @throws as `get`; InvalidStateError where the result comes by message; BlockingNotAllowedError in a window, as soon as
   *   it would have to wait.
   */
  getSync(options?: SyncWaitOptions): T {
    const outcome = this.#block(options, 'get');
    if (outcome === undefined) throw tooLate('get');
    if (!outcome.ok) throw outcome.error;
    return outcome.value as T;
  }

  /** Waits for the result, or until the time is up; tells nothing. Python: `wait(timeout=None)`. */
  wait(options?: WaitOptions): Promise<void> {
    return lasting(within(this.#deferred.promise, options).then(() => {}));
  }

  /** As `wait`, blocking the thread. @throws BlockingNotAllowedError in a window, as soon as it would have to wait. */
  waitSync(options?: SyncWaitOptions): void {
    this.#block(options, 'wait');
  }

  /** Is the result there? Python: `ready()`. */
  ready(): boolean {
    return this.#deferred.outcome !== undefined;
  }

  /** Is it a value, and not an error? @throws RangeError before it is there (Python: ValueError). */
  successful(): boolean {
    if (this.#deferred.outcome === undefined) throw new RangeError('AsyncResult.successful(): not ready yet');
    return this.#deferred.outcome.ok;
  }

  // biome-ignore lint/suspicious/noThenProperty: it is to be awaited
  then<R = T, E = never>(
    onFulfilled?: ((value: T) => R | PromiseLike<R>) | null,
    onRejected?: ((reason: unknown) => E | PromiseLike<E>) | null,
  ): Promise<R | E> {
    return this.#deferred.promise.then(onFulfilled, onRejected);
  }

  #block(options: SyncWaitOptions | undefined, call: string) {
    if (!mayBlock) throw refuseBlocking(`AsyncResult.${call}`);
    const deferred = this.#deferred;
    const isHere = (): boolean => deferred.outcome !== undefined || deferred.isPosted;
    const deadline = deadlineIn(options);
    if (this.#dispatcher !== undefined) block(this.#dispatcher.working(isHere, deadline), `AsyncResult.${call}`);
    if (deferred.outcome === undefined && deferred.isPosted) {
      throw new InvalidStateError(
        'this result comes by message, which a blocked thread cannot receive: use "await result.get()"',
      );
    }
    return deferred.outcome;
  }

  static {
    tag(this.prototype, 'AsyncResult');
  }
}

const tooLate = (call: string): TimeoutError =>
  new TimeoutError(`AsyncResult.${call}(): the result did not come within the timeout`);

/** Waits until a promise has settled, at most as long as the options say; false where it has not. @throws the signal's reason. */
export async function within(promise: Promise<unknown>, options: WaitOptions | undefined): Promise<boolean> {
  const deadline = deadlineIn(options);
  const signal = options?.signal;
  signal?.throwIfAborted();
  if (deadline === Number.POSITIVE_INFINITY && signal === undefined) {
    await promise.catch(() => {});
    return true;
  }
  return new Promise<boolean>((resolve, reject) => {
    const callOff = watchDeadline(
      deadline,
      () => resolve(false),
      signal,
      () => reject(signal?.reason),
    );
    const done = (): void => {
      callOff();
      resolve(true);
    };
    promise.then(done, done);
  });
}
