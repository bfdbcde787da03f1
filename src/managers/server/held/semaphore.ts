// The semaphores that a manager holds: a number of units, which belong to nobody. A unit whose taker ended without giving it
// back stays taken, as in Python: there is no owner to ask.

import { isPast } from '../../../base/deadline.ts';
import { shown } from '../../../base/shown.ts';
import type { Client } from '../caller.ts';
import { Acquirable, type AcquireOptions, heldBy, resuming, suspending } from './acquirable.ts';
import { copyOut } from './value.ts';
import { type Caller, callerWith, checkAlive, firmly, Waiters } from './waiters.ts';

/** The greatest value. */
const MOST = 2 ** 31 - 1;

/** The most that the value can become by releasing. */
const most = Symbol('most');

/** A number of units that clients take and give back. Any client may release. Python: `threading.Semaphore`. */
export class Semaphore extends Acquirable {
  protected get kind(): string {
    return 'Semaphore';
  }
  protected readonly start: number;
  #value: number;
  readonly #waiters = new Waiters<boolean, { readonly lost: (() => void) | undefined }>();

  /**
   * @param value how many units there are at first, 1 by default.
   * @throws TypeError for what is not an integer; RangeError for one below 0 or above 2147483647 (Python: ValueError).
   */
  constructor(value = 1) {
    super();
    if (!Number.isInteger(value))
      throw new TypeError(`${this.kind}(value): value must be an integer, not ${shown(value)}`);
    if (value < 0 || value > MOST)
      throw new RangeError(`${this.kind}(value): value must be from 0 to ${MOST}, not ${value}`);
    this.#value = this.start = value;
  }

  get [most](): number {
    return MOST;
  }

  /**
   * Takes a unit, waiting for one as long as the options allow.
   *
   * @returns whether it was taken; a plain boolean where nothing had to wait.
   * @throws TypeError for options of the wrong type; the signal's reason.
   */
  acquire(options?: AcquireOptions): boolean | Promise<boolean> {
    return this.#take(callerWith(options));
  }

  #take(caller: Caller, lost?: () => void): boolean | Promise<boolean> {
    checkAlive(caller.client);
    // While any are free nobody waits.
    if (this.#value > 0) {
      this.#value--;
      return true;
    }
    if (isPast(caller.deadline)) return false;
    return this.#waiters.wait(
      caller,
      { lost },
      {
        late: () => false,
        gaveUp: (reason) => {
          lost?.();
          throw reason;
        },
      },
    );
  }

  /**
   * Gives a unit back: to the first who waits. Never waits.
   *
   * @throws RangeError where the value would exceed 2147483647, or, of a BoundedSemaphore, what it began with; it stays
   *   (Python: ValueError).
   */
  release(): void {
    if (this.#value >= this[most]) {
      throw new RangeError(`${this.kind}.release(): its value is ${this.#value} already, the most that it can be`);
    }
    const waiter = this.#waiters.first();
    if (waiter !== undefined) waiter.wake(true);
    else this.#value++;
  }

  /** How many units are free now. Python: `get_value()` of `multiprocessing.Semaphore`. */
  getValue(): number {
    return this.#value;
  }

  /** Nobody owns units: as a Condition's lock it counts as held while any are taken. */
  [heldBy](): boolean {
    return this.#value === 0 || this.#value < this.start;
  }

  [suspending](): void {
    this.release();
  }

  async [resuming](client: Client, _saved: unknown, lost?: () => void): Promise<unknown> {
    return this.#take(firmly(client), lost);
  }

  [copyOut](): number {
    return this.#value;
  }

  override toString(): string {
    return `<${this.kind}(value=${this.#value})>`;
  }
}

/** A semaphore that cannot be released more often than it was acquired. Python: `threading.BoundedSemaphore`. */
export class BoundedSemaphore extends Semaphore {
  protected override get kind(): string {
    return 'BoundedSemaphore';
  }

  override get [most](): number {
    return this.start;
  }

  override toString(): string {
    return `<BoundedSemaphore(value=${this.getValue()}, maxvalue=${this.start})>`;
  }
}
