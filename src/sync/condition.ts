// Processes that wait, with a lock, until another says that what the lock guards has changed.

import { isPast } from '../base/deadline.ts';
import { checkFunction, deadlineIn, type SyncWaitOptions, type WaitOptions } from '../base/options.ts';
import { lasting } from '../base/realm.ts';
import { shown } from '../base/shown.ts';
import { bodyFor, registerShared, withBody } from '../codec/shared.ts';
import { InvalidStateError } from '../errors.ts';
import { awaiting, block, canBlock, mayBlock, refuseBlocking, settle, type Waiting } from '../memory/wait.ts';
import { Acquirable, acquiring, granting, holding, leaving, SYNC, taking } from './acquirable.ts';
import type { ConditionBody } from './bodies.ts';
import { ConditionWords } from './by_memory/condition.ts';
import type { Lock } from './lock.ts';
import { RLock } from './rlock.ts';
import type { Semaphore } from './semaphore.ts';

/** How a condition travels where threads share memory. */
type State = readonly [lock: Acquirable, buffer: SharedArrayBuffer];

/** The lock of a condition. */
export let lockOf: (condition: Condition) => Acquirable;

/**
 * Lets processes wait, with a lock held, until another changes what the lock guards and says so by `notify()`.
 *
 * `acquire`, `release`, `with`, `guard` and their twins are those of its lock. All of `wait`, `waitFor`, `notify` and
 * `notifyAll` need the lock to be held by this process (a Semaphore has no owner: some unit of it must be taken).
 *
 * Python: `multiprocessing.Condition`.
 */
export class Condition extends Acquirable {
  protected get kind(): string {
    return 'Condition';
  }
  readonly #lock: Acquirable;
  readonly #body: ConditionBody;

  /**
   * @param lock a Lock, RLock or Semaphore; missing or `null`: a new RLock.
   * @throws TypeError for anything else.
   */
  constructor(lock?: Lock | RLock | Semaphore | null) {
    super();
    this.#lock = lock ?? new RLock();
    if (!(this.#lock instanceof Acquirable) || this.#lock instanceof Condition) {
      throw new TypeError('Condition(lock): lock must be a Lock, an RLock or a Semaphore');
    }
    this.#body = bodyFor<ConditionBody>('Condition') ?? new ConditionWords();
  }

  /** @internal */
  [taking](how: number): boolean {
    return this.#lock[taking](how);
  }
  /** @internal */
  [acquiring](deadline: number, how: number): Waiting<boolean> {
    return this.#lock[acquiring](deadline, how);
  }
  /** @internal */
  override [leaving](how: number): void {
    this.#lock[leaving](how);
  }
  /** @internal */
  override [granting](how: number): Disposable {
    return this.#lock[granting](how);
  }
  /** @internal */
  [holding](how: number): boolean {
    return this.#lock[holding](how);
  }

  /** Releases its lock. Never waits. @throws as the lock's `release()`. */
  override release(): void {
    this.#lock.release();
  }

  /**
   * Frees the lock completely, waits to be notified, and has the lock back as it was, however deeply it was held, before
   * it settles: also where the time ran out, and where it was aborted.
   *
   * @param options `timeout` in milliseconds, until the notification; having the lock back may take longer. `signal` gives
   *   the wait up; a notification that was faster counts.
   * @returns true once notified; false where the time ran out.
   * @throws InvalidStateError where this process does not hold the lock; the signal's reason. Both as a rejection.
   *
   * Python: `wait(timeout=None)`.
   */
  wait(options?: WaitOptions): Promise<boolean> {
    return awaiting(options, (deadline) => this.#waiting(deadline, 0));
  }

  /**
   * As `wait`, blocking the thread.
   *
   * @throws InvalidStateError where this process does not hold the lock; BlockingNotAllowedError in a window, unless the
   *   timeout is 0.
   */
  waitSync(options?: SyncWaitOptions): boolean {
    return block(this.#waiting(deadlineIn(options), SYNC), 'Condition.wait');
  }

  /**
   * Waits until `predicate` answers something truthy. It is called with the lock held: at once, and after each
   * notification. It may be async.
   *
   * @param options `timeout` in milliseconds, for all of it; `signal` gives the wait up.
   * @returns what `predicate` answered last, which is falsy where the time ran out.
   * @throws as `wait`; what `predicate` throws.
   *
   * Python: `wait_for(predicate, timeout=None)`.
   */
  waitFor<R>(predicate: () => R, options?: WaitOptions): Promise<Awaited<R>> {
    return lasting(this.#waitingFor(predicate, options));
  }

  async #waitingFor<R>(predicate: () => R, options?: WaitOptions): Promise<Awaited<R>> {
    checkFunction(predicate, 'Condition.waitFor(predicate): predicate');
    const deadline = deadlineIn(options);
    for (;;) {
      this.#checkHeld('waitFor', 0);
      const answer = await predicate();
      if (answer || isPast(deadline)) return answer;
      await settle(this.#waiting(deadline, 0), options?.signal);
    }
  }

  /**
   * As `waitFor`, blocking the thread; `predicate` must not be async.
   *
   * @throws as `waitSync`; what `predicate` throws.
   */
  waitForSync<R>(predicate: () => R, options?: SyncWaitOptions): R {
    checkFunction(predicate, 'Condition.waitForSync(predicate): predicate');
    if (!mayBlock) throw refuseBlocking('Condition.waitFor');
    const deadline = deadlineIn(options);
    for (;;) {
      this.#checkHeld('waitFor', SYNC);
      const answer = predicate();
      if (answer || isPast(deadline)) return answer;
      block(this.#waiting(deadline, SYNC, 'waitFor'), 'Condition.waitFor');
    }
  }

  *#waiting(deadline: number, how: number, call = 'wait'): Waiting<boolean> {
    this.#checkHeld(call, how);
    // With the lock held nobody can have notified: there is nothing to free it for.
    if (isPast(deadline)) return false;
    // Who may not block could not be sure to have the lock back.
    if (how & SYNC && !canBlock()) throw refuseBlocking(`Condition.${call}`);
    return yield* this.#body.wait(this.#lock, deadline);
  }

  /**
   * Wakes those `n` who have waited longest, or as many as there are. They go on once they have the lock. Never waits.
   *
   * @throws InvalidStateError where this process does not hold the lock; TypeError for an `n` that is not an integer.
   *
   * Python: `notify(n=1)`.
   */
  notify(n = 1): void {
    if (!Number.isInteger(n)) throw new TypeError(`Condition.notify(n): n must be an integer, not ${shown(n)}`);
    this.#notify(n, 'notify');
  }

  /** Wakes all who wait. Never waits. @throws InvalidStateError where this process does not hold the lock. */
  notifyAll(): void {
    this.#notify(Number.POSITIVE_INFINITY, 'notifyAll');
  }

  #notify(n: number, call: string): void {
    this.#checkHeld(call, SYNC);
    this.#body.notify(this.#lock, n);
  }

  #checkHeld(call: string, how: number): void {
    if (this.#lock[holding](how)) return;
    throw new InvalidStateError(
      this.#lock[holding](SYNC)
        ? `Condition.${call}(): inside withSync() use ${call}Sync(), or the lock would be gone from under it`
        : `Condition.${call}(): acquire its lock first`,
    );
  }

  override toString(): string {
    return `<Condition(${this.#lock}, ${this.#body.waiting})>`;
  }

  static {
    lockOf = (condition) => condition.#lock;
    const open = (body: object, lock: unknown): Condition => withBody(body, () => new Condition(lock as Lock));
    registerShared(Condition.prototype, {
      kind: 'Condition',
      detach: (it): State => [it.#lock, (it.#body as ConditionWords).words.buffer as SharedArrayBuffer],
      attach: (state) => {
        const [lock, buffer] = state as State;
        return open(new ConditionWords(buffer), lock);
      },
      body: (it) => it.#body,
      beside: (it) => it.#lock,
      make: open,
    });
  }
}
