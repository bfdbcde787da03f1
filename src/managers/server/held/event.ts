// The event that a manager holds.

import { isPast } from '../../../base/deadline.ts';
import type { WaitOptions } from '../../../base/options.ts';
import { copyOut } from './value.ts';
import { callerWith, Waiters } from './waiters.ts';

/** A flag that clients set and clear, and wait for. Python: `threading.Event`. */
export class Event {
  #isSet = false;
  readonly #waiters = new Waiters<boolean>();

  /** Is it set now? Python: `is_set()`. */
  isSet(): boolean {
    return this.#isSet;
  }

  /** Sets it, and releases all who wait: also where it is cleared at once. Never waits. Python: `set()`. */
  set(): void {
    this.#isSet = true;
    this.#waiters.wakeAll(true);
  }

  /** Clears it: who comes after this waits. Never waits itself. Python: `clear()`. */
  clear(): void {
    this.#isSet = false;
  }

  /**
   * Waits until it is set.
   *
   * @param options `timeout` in milliseconds; `signal` gives the wait up.
   * @returns true; false where the time ran out. A plain boolean where nothing had to wait.
   * @throws TypeError for options of the wrong type; the signal's reason.
   *
   * Python: `wait(timeout=None)`.
   */
  wait(options?: WaitOptions): boolean | Promise<boolean> {
    const caller = callerWith(options);
    if (this.#isSet) return true;
    if (isPast(caller.deadline)) return false;
    return this.#waiters.wait(caller, undefined, { late: () => false });
  }

  [copyOut](): boolean {
    return this.#isSet;
  }

  toString(): string {
    return `<Event ${this.#isSet ? 'set' : 'unset'}>`;
  }
}
