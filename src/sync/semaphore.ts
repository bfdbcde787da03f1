// Semaphores: a number of units, which belong to nobody.
//
//   word   VALUE     units that are free: acquire v -> v - 1 where v > 0, release v -> v + 1, each one compare-exchange
//          START     what VALUE began with; never changes
//          WAITERS   how many are parked on VALUE. The dead may leave it too high, which costs releases a wake-up
//          STARVED   1: somebody has waited long, so who comes newly lets it go first, for a moment. Set by who starves,
//                    cleared by whoever takes a unit; so a dead one costs one newcomer that moment
//
// A unit that a process took and did not give back before it ended stays taken, as in Python: there is no owner to ask.

import { isPast, now } from '../base/deadline.ts';
import { registerShared } from '../codec/shared.ts';
import { allocate } from '../memory/buffer.ts';
import { spin, type Waiting, wake } from '../memory/wait.ts';
import { Acquirable, acquiring, holding, taking } from './acquirable.ts';

const VALUE = 0;
const START = 1;
const WAITERS = 2;
const STARVED = 3;
const BYTES = 4 * Int32Array.BYTES_PER_ELEMENT;

/** The greatest value. */
const MOST = 2 ** 31 - 1;

/** Milliseconds after which a waiter says that it starves, and for which a newcomer then stands aside. */
const PATIENCE = 1;

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
  protected readonly words: Int32Array;

  /**
   * @param value how many units there are at first, 1 by default.
   * @throws TypeError for what is not an integer; RangeError for one below 0 or above 2147483647 (Python: ValueError).
   */
  constructor(value?: number);
  /** @internal The semaphore in that memory. */
  constructor(buffer: SharedArrayBuffer);
  constructor(from: number | SharedArrayBuffer = 1) {
    super();
    if (typeof from === 'object' && from !== null) {
      this.words = new Int32Array(from);
      return;
    }
    if (!Number.isInteger(from))
      throw new TypeError(`${this.kind}(value): value must be an integer, not ${String(from)}`);
    if (from < 0 || from > MOST)
      throw new RangeError(`${this.kind}(value): value must be from 0 to ${MOST}, not ${from}`);
    this.words = new Int32Array(allocate(BYTES));
    this.words[VALUE] = this.words[START] = from;
  }

  /** @internal */
  [taking](): boolean {
    const value = Atomics.load(this.words, VALUE);
    return value > 0 && Atomics.load(this.words, STARVED) === 0 && this.#take(value);
  }

  #take(value: number): boolean {
    return Atomics.compareExchange(this.words, VALUE, value, value - 1) === value;
  }

  /** @internal */
  *[acquiring](deadline: number): Waiting<boolean> {
    const words = this.words;
    const start = now();
    let polite = true;
    for (;;) {
      const seen = Atomics.load(words, VALUE);
      if (seen > 0) {
        if (polite && Atomics.load(words, STARVED) !== 0 && now() - start < PATIENCE && !isPast(deadline)) {
          yield { words, index: VALUE, seen, until: Math.min(deadline, start + PATIENCE) };
        } else if (this.#take(seen)) {
          Atomics.store(words, STARVED, 0);
          return true;
        }
        continue;
      }
      if (isPast(deadline)) return false;
      if (spin(words, VALUE, seen)) continue;
      if (now() - start >= PATIENCE) Atomics.store(words, STARVED, 1);
      Atomics.add(words, WAITERS, 1);
      try {
        yield { words, index: VALUE, seen, until: deadline };
      } finally {
        Atomics.sub(words, WAITERS, 1);
      }
      polite = false;
    }
  }

  /**
   * Gives one unit back, and wakes one who waits. Never waits.
   *
   * @throws RangeError where the value would exceed 2147483647 (Python: ValueError).
   */
  override release(): void {
    this.giveBack(MOST);
  }

  /** @internal The value becomes greater by one, if it is not `most`. */
  protected giveBack(most: number): void {
    const words = this.words;
    let seen: number;
    do {
      seen = Atomics.load(words, VALUE);
      if (seen >= most) {
        throw new RangeError(`${this.kind}.release(): its value is ${seen} already, the most that it can be`);
      }
    } while (Atomics.compareExchange(words, VALUE, seen, seen + 1) !== seen);
    if (Atomics.load(words, WAITERS) > 0) {
      wake(words, VALUE, Atomics.load(words, STARVED) === 0 ? 1 : Number.POSITIVE_INFINITY);
    }
  }

  /** How many units are free now; it may change at any time. Python: `get_value()`. */
  getValue(): number {
    return Atomics.load(this.words, VALUE);
  }

  /** @internal Nobody owns units: as a Condition's lock it counts as held while any are taken. */
  [holding](): boolean {
    const value = this.getValue();
    return value === 0 || value < (this.words[START] as number);
  }

  override toString(): string {
    return `<${this.kind}(value=${this.getValue()})>`;
  }

  static {
    registerShared(Semaphore.prototype, {
      kind: 'Semaphore',
      detach: (it) => it.words.buffer,
      attach: (buffer) => new Semaphore(buffer as SharedArrayBuffer),
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
    this.giveBack(this.words[START] as number);
  }

  override toString(): string {
    return `<BoundedSemaphore(value=${this.getValue()}, maxvalue=${this.words[START]})>`;
  }

  static {
    registerShared(BoundedSemaphore.prototype, {
      kind: 'BoundedSemaphore',
      detach: (it) => it.words.buffer,
      attach: (buffer) => new BoundedSemaphore(buffer as unknown as number),
    });
  }
}
