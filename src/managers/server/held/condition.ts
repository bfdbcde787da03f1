// The condition that a manager holds.
//
// A waiter stands in the condition's line until it is notified, and from that moment on, without a gap, in the line of the
// lock. So nobody who comes later can take its notification.
//
// A notification is not lost with its waiter. Where that one's client ends before it has the lock back, or with the lock
// held, so that it may never have learned of it, the notification goes on to the first of those who were waiting at that
// notify() too. Its next release of the lock, be it by another wait(), says that it has learned of it.

import { isPast } from '../../../base/deadline.ts';
import type { WaitOptions } from '../../../base/options.ts';
import { shown } from '../../../base/shown.ts';
import { InvalidStateError } from '../../../errors.ts';
import { Acquirable, type AcquireOptions, heldBy, resuming, type ScopeOptions, suspending } from './acquirable.ts';
import { RLock } from './lock.ts';
import { copyOut } from './value.ts';
import { callerWith, currentClient, type Waiter, Waiters } from './waiters.ts';

/** What a call waits with. */
interface Sleep {
  /** Who waits longer has the lower one. */
  readonly ticket: number;
  /** How the lock was held. */
  readonly saved: unknown;
}

/**
 * Lets clients wait, with a lock held, until another changes what the lock guards and says so by `notify()`. (A Semaphore
 * has no owner: some unit of it must be taken.) Python: `threading.Condition`.
 */
export class Condition {
  readonly #lock: Acquirable;
  readonly #waiters = new Waiters<boolean, Sleep>();
  #tickets = 0;

  /**
   * @param lock a Lock, RLock or Semaphore that the same manager holds; missing or `null`: a new RLock.
   * @throws TypeError for anything else.
   */
  constructor(lock?: Acquirable | null) {
    this.#lock = lock ?? new RLock();
    if (!(this.#lock instanceof Acquirable)) {
      throw new TypeError('Condition(lock): lock must be a Lock, an RLock or a Semaphore of the same manager');
    }
  }

  /** Acquires its lock: as the lock's `acquire()`. */
  acquire(options?: AcquireOptions): boolean | Promise<boolean> {
    return this.#lock.acquire(options);
  }

  /** Releases its lock. Never waits. @throws as the lock's `release()`. */
  release(options?: ScopeOptions): void {
    this.#lock.release(options);
  }

  /**
   * Frees the lock completely, waits to be notified, and has the lock back as it was, however deeply it was held, before
   * it settles: also where the time ran out, and where it was given up.
   *
   * @param options `timeout` in milliseconds, until the notification; having the lock back may take longer. `signal` gives
   *   the wait up; a notification that was faster counts.
   * @returns true once notified; false where the time ran out.
   * @throws InvalidStateError where this client does not hold the lock (Python: RuntimeError); the signal's reason.
   *
   * Python: `wait(timeout=None)`.
   */
  wait(options?: WaitOptions): boolean | Promise<boolean> {
    const caller = callerWith(options);
    this.#checkHeld('wait');
    // With the lock held nobody can have notified: there is nothing to free it for.
    if (isPast(caller.deadline)) return false;
    const resume = (): Promise<unknown> => this.#lock[resuming](caller.client, sleep.saved);
    const sleep = { ticket: this.#tickets++, saved: undefined as unknown };
    const done = this.#waiters.wait(caller, sleep, {
      late: () => resume().then(() => false),
      gaveUp: (reason) =>
        resume().then(
          () => Promise.reject(reason),
          () => Promise.reject(reason),
        ),
    });
    sleep.saved = this.#lock[suspending]();
    return done;
  }

  /**
   * Wakes those `n` who have waited longest, or as many as there are. They go on once they have the lock. Never waits.
   *
   * @throws InvalidStateError where this client does not hold the lock (Python: RuntimeError); TypeError for an `n` that
   *   is not an integer.
   *
   * Python: `notify(n=1)`.
   */
  notify(n = 1): void {
    if (!Number.isInteger(n)) throw new TypeError(`Condition.notify(n): n must be an integer, not ${shown(n)}`);
    this.#checkHeld('notify');
    this.#notify(n);
  }

  /** Wakes all who wait. Never waits. @throws InvalidStateError where this client does not hold the lock. */
  notifyAll(): void {
    this.#checkHeld('notifyAll');
    this.#notify(Number.POSITIVE_INFINITY);
  }

  #notify(n: number): void {
    for (const waiter of this.#waiters) {
      if (n-- <= 0) break;
      this.#wake(waiter, this.#tickets);
    }
  }

  /** `until`: who has a lower ticket was waiting at that notification. */
  #wake(waiter: Waiter<boolean, Sleep>, until: number): void {
    const handOn = (): void => {
      const heir = this.#waiters.first();
      if (heir !== undefined && heir.data.ticket < until) this.#wake(heir, until);
    };
    waiter.end(() => this.#lock[resuming](waiter.client, waiter.data.saved, handOn).then(() => true));
  }

  #checkHeld(call: string): void {
    if (this.#lock[heldBy](currentClient())) return;
    throw new InvalidStateError(`Condition.${call}(): acquire its lock first`);
  }

  /** Is its lock held? */
  [copyOut](): boolean {
    return this.#lock[heldBy]();
  }

  toString(): string {
    return `<Condition(${this.#lock}, ${this.#waiters.size})>`;
  }
}
