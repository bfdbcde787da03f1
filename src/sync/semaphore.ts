// Semaphores: a number of units, which belong to nobody.

import { shown } from '../base/shown.ts';
import { bodyFor, registerShared, withBody } from '../codec/shared.ts';
import type { Waiting } from '../memory/wait.ts';
import { Acquirable, acquiring, holding, taking } from './acquirable.ts';
import type { SemaphoreBody } from './bodies.ts';
import { MOST, SemaphoreWords } from './by_memory/semaphore.ts';

/**
 * A number of units that processes take and give back. Any process may release; a unit whose taker has ended stays taken.
 *
 * Python: `multiprocessing.Semaphore`.
 */
export class Semaphore extends Acquirable {
  protected get kind(): string {
    return 'Semaphore';
  }
  /** @internal */
  protected readonly body: SemaphoreBody;

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
    this.body = bodyFor(this.kind, value) ?? SemaphoreWords.make(value);
  }

  /** @internal */
  [taking](): boolean {
    return this.body.take();
  }

  /** @internal */
  [acquiring](deadline: number): Waiting<boolean> {
    return this.body.acquire(deadline);
  }

  /**
   * Gives one unit back, and wakes one who waits. Never waits.
   *
   * @throws RangeError where the value would exceed 2147483647 (Python: ValueError).
   */
  override release(): void {
    this.giveBack(false);
  }

  /** @internal The value becomes greater by one, if it may. */
  protected giveBack(bounded: boolean): void {
    if (this.body.release(bounded)) return;
    throw new RangeError(
      `${this.kind}.release(): its value is ${bounded ? this.body.start : MOST} already, the most that it can be`,
    );
  }

  /** How many units are free now; it may change at any time. Python: `get_value()`. */
  getValue(): number {
    return this.body.value;
  }

  /** @internal Nobody owns units: as a Condition's lock it counts as held while any are taken. */
  [holding](): boolean {
    return this.body.isTaken;
  }

  override toString(): string {
    return `<${this.kind}(value=${this.body.text})>`;
  }

  static {
    const open = (body: object): Semaphore => withBody(body, () => new Semaphore());
    registerShared(Semaphore.prototype, {
      kind: 'Semaphore',
      detach: (it) => (it.body as SemaphoreWords).words.buffer,
      attach: (buffer) => open(new SemaphoreWords(buffer as SharedArrayBuffer)),
      body: (it) => it.body,
      make: open,
    });
  }
}

/**
 * A semaphore that cannot be released more often than it was acquired.
 *
 * Python: `multiprocessing.BoundedSemaphore`.
 */
export class BoundedSemaphore extends Semaphore {
  protected override get kind(): string {
    return 'BoundedSemaphore';
  }

  /**
   * Gives one unit back, and wakes one who waits. Never waits.
   *
   * @throws RangeError where the value is what it began with; it stays (Python: ValueError).
   */
  override release(): void {
    this.giveBack(true);
  }

  override toString(): string {
    return `<BoundedSemaphore(value=${this.body.text}, maxvalue=${this.body.start ?? '?'})>`;
  }

  static {
    const open = (body: object): BoundedSemaphore => withBody(body, () => new BoundedSemaphore());
    registerShared(BoundedSemaphore.prototype, {
      kind: 'BoundedSemaphore',
      detach: (it) => (it.body as SemaphoreWords).words.buffer,
      attach: (buffer) => open(new SemaphoreWords(buffer as SharedArrayBuffer)),
      body: (it) => it.body,
      make: open,
    });
  }
}
