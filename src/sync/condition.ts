// A condition: each waiter has a slot of its own (slots.ts), and waits on the slot's STATE. So no wake-up goes to the wrong
// one, and nobody who comes later can take it.
//
//   header  TICKETS   how many have ever waited
//   slot    STATE     0 ---------> WAITING   wait(), before it frees the lock
//                     WAITING ---> NOTIFIED  notify(), for those who have waited longest
//                     WAITING ---> 0         the waiter itself: time is up, or it was aborted. Who loses this
//                                            compare-exchange to notify() was notified
//                     NOTIFIED --> 0         the waiter itself, once it has the lock back
//           TICKET    the number of this waiter: who waits longer has the lower one
//           UNTIL     once NOTIFIED: the value of TICKETS then
//
// A notification is not lost with a waiter: if its process ends before it has the lock back, its slot stays NOTIFIED, and
// whoever waited at that time, that is with a TICKET below UNTIL, takes the slot over once it hears of that:
//
//           PID       ended -----> the heir, which then gives up its own slot, WAITING -> 0. Where it finds that it was
//                                  notified itself meanwhile, it leaves the other slot to a GHOST, for the next heir
//
// notify() counts only waiters whose process is not about to end. It needs no memory but the slots and never waits.

import { isPast } from '../base/deadline.ts';
import { deadlineIn, type SyncWaitOptions, type WaitOptions } from '../base/options.ts';
import { lasting } from '../base/realm.ts';
import { isWorker, pid } from '../base/thread.ts';
import { registerShared } from '../codec/shared.ts';
import { InvalidStateError } from '../errors.ts';
import { isLeaving } from '../memory/processes.ts';
import { awaiting, block, refuseBlocking, settle, spin, type Waiting, wake } from '../memory/wait.ts';
import { Acquirable, acquiring, granting, holding, leaving, resuming, SYNC, suspending, taking } from './acquirable.ts';
import type { Lock } from './lock.ts';
import { RLock } from './rlock.ts';
import type { Semaphore } from './semaphore.ts';
import { A, B, claim, GHOST, isGone, makeSlots, PID, SLOT, STATE, vacate } from './slots.ts';

const TICKETS = 0;
const TICKET = A;
const UNTIL = B;

const WAITING = 1;
const NOTIFIED = 2;

/** Tickets go round. */
const isOlder = (ticket: number, other: number): boolean => ((ticket - other) | 0) < 0;

/** How a condition travels. */
interface ConditionState {
  readonly lock: Acquirable;
  readonly buffer: SharedArrayBuffer;
}

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
  readonly #words: Int32Array;

  /**
   * @param lock a Lock, RLock or Semaphore; missing or `null`: a new RLock.
   * @throws TypeError for anything else.
   */
  constructor(lock?: Lock | RLock | Semaphore | null);
  /** @internal The condition in that memory. */
  constructor(lock: Acquirable, buffer: SharedArrayBuffer);
  constructor(lock?: Acquirable | null, buffer = makeSlots()) {
    super();
    this.#lock = lock ?? new RLock();
    if (!(this.#lock instanceof Acquirable) || this.#lock instanceof Condition) {
      throw new TypeError('Condition(lock): lock must be a Lock, an RLock or a Semaphore');
    }
    this.#words = new Int32Array(buffer);
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
    // A window could not be sure to have the lock back.
    if (how & SYNC && !isWorker) throw refuseBlocking(`Condition.${call}`);
    const words = this.#words;
    let at = claim(words, (state, at) => state !== NOTIFIED || !this.#hasHeir(at));
    words[at + TICKET] = Atomics.add(words, TICKETS, 1);
    Atomics.store(words, at + STATE, WAITING);
    const saved = this.#lock[suspending]();
    let notified = true;
    let abort: { readonly reason: unknown } | undefined;
    try {
      for (;;) {
        if (Atomics.load(words, at + STATE) === WAITING) at = this.#inherit(at);
        if (Atomics.load(words, at + STATE) !== WAITING) break;
        if (isPast(deadline)) {
          notified = !this.#withdraw(at);
          break;
        }
        if (!spin(words, at + STATE, WAITING)) yield { words, index: at + STATE, seen: WAITING, until: deadline };
      }
    } catch (reason) {
      notified = !this.#withdraw(at);
      if (!notified) abort = { reason };
    }
    const locking = this.#lock[resuming](saved);
    for (let step = locking.next(); !step.done; step = locking.next()) yield { ...step.value, firm: true };
    if (notified) vacate(words, at);
    if (abort) throw abort.reason;
    return notified;
  }

  /** WAITING becomes free; false where it was notified before. */
  #withdraw(at: number): boolean {
    if (Atomics.compareExchange(this.#words, at + STATE, WAITING, 0) !== WAITING) return false;
    Atomics.store(this.#words, at + PID, 0);
    return true;
  }

  /** Takes the notification of a dead process over, if there is one for who waits in that slot. Answers its slot from now on. */
  #inherit(at: number): number {
    const words = this.#words;
    for (let other = SLOT; other < words.length; other += SLOT) {
      if (Atomics.load(words, other + STATE) !== NOTIFIED) continue;
      const owner = Atomics.load(words, other + PID);
      if (!isGone(owner) || !isOlder(words[at + TICKET] as number, words[other + UNTIL] as number)) continue;
      if (Atomics.compareExchange(words, other + PID, owner, pid) !== owner) continue;
      // Somebody may have found it useless at the same time, and was about to claim the slot.
      if (Atomics.load(words, other + STATE) !== NOTIFIED) vacate(words, other);
      else if (this.#withdraw(at)) return other;
      else {
        Atomics.store(words, other + PID, GHOST);
        return at;
      }
    }
    return at;
  }

  /** Is there anybody to take over the notification in the slot of a dead process? */
  #hasHeir(at: number): boolean {
    const until = this.#words[at + UNTIL] as number;
    return this.#waiters(isGone).some((other) => isOlder(this.#words[other + TICKET] as number, until));
  }

  /** The slots of those who wait, but for those whose process `is` that. */
  #waiters(is: (owner: number) => boolean): number[] {
    const words = this.#words;
    const found: number[] = [];
    for (let at = SLOT; at < words.length; at += SLOT) {
      if (Atomics.load(words, at + STATE) === WAITING && !is(Atomics.load(words, at + PID))) found.push(at);
    }
    return found;
  }

  /**
   * Wakes those `n` who have waited longest, or as many as there are. They go on once they have the lock. Never waits.
   *
   * @throws InvalidStateError where this process does not hold the lock; TypeError for an `n` that is not an integer.
   *
   * Python: `notify(n=1)`.
   */
  notify(n = 1): void {
    if (!Number.isInteger(n)) throw new TypeError(`Condition.notify(n): n must be an integer, not ${String(n)}`);
    this.#notify(n, 'notify');
  }

  /** Wakes all who wait. Never waits. @throws InvalidStateError where this process does not hold the lock. */
  notifyAll(): void {
    this.#notify(Number.POSITIVE_INFINITY, 'notifyAll');
  }

  #notify(n: number, call: string): void {
    this.#checkHeld(call, SYNC);
    const words = this.#words;
    const waiting = this.#waiters(isLeaving);
    waiting.sort((a, b) => ((words[a + TICKET] as number) - (words[b + TICKET] as number)) | 0);
    for (const at of waiting) {
      if (n <= 0) break;
      words[at + UNTIL] = Atomics.load(words, TICKETS);
      if (Atomics.compareExchange(words, at + STATE, WAITING, NOTIFIED) !== WAITING) continue;
      wake(words, at + STATE);
      n--;
    }
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
    return `<Condition(${this.#lock}, ${this.#waiters(isGone).length})>`;
  }

  static {
    lockOf = (condition) => condition.#lock;
    registerShared(Condition.prototype, {
      kind: 'Condition',
      detach: (it): ConditionState => ({ lock: it.#lock, buffer: it.#words.buffer as SharedArrayBuffer }),
      attach: (state) => {
        const { lock, buffer } = state as ConditionState;
        return new Condition(lock, buffer);
      },
    });
  }
}
