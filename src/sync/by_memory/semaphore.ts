// Semaphores: a number of units, which belong to nobody.
//
//   word   VALUE     units that are free: acquire v -> v - 1 where v > 0, release v -> v + 1, each one compare-exchange
//          START     what VALUE began with; never changes
//          WAITERS   how many are parked on VALUE. The dead may leave it too high, which costs releases a wake-up
//          STARVED   1: somebody has waited long, so who comes newly lets it go first, for a moment. Set by who starves,
//                    cleared by whoever takes a unit; so a dead one costs one newcomer that moment
//
// A unit that a process took and did not give back before it ended stays taken, as in Python: there is no owner to ask.

import { isPast, now } from '../../base/deadline.ts';
import { allocate } from '../../memory/buffer.ts';
import { spin } from '../../memory/spin.ts';
import { type Waiting, wake } from '../../memory/wait.ts';
import type { SemaphoreBody } from '../bodies.ts';

const VALUE = 0;
const START = 1;
const WAITERS = 2;
const STARVED = 3;
const BYTES = 4 * Int32Array.BYTES_PER_ELEMENT;

/** The greatest value. */
export const MOST = 2 ** 31 - 1;

/** Milliseconds after which a waiter says that it starves, and for which a newcomer then stands aside. */
const PATIENCE = 1;

export class SemaphoreWords implements SemaphoreBody {
  readonly words: Int32Array;

  constructor(buffer: SharedArrayBuffer) {
    this.words = new Int32Array(buffer);
  }

  static make(value: number): SemaphoreWords {
    const body = new SemaphoreWords(allocate(BYTES));
    body.words[VALUE] = body.words[START] = value;
    return body;
  }

  take(): boolean {
    const value = Atomics.load(this.words, VALUE);
    return value > 0 && Atomics.load(this.words, STARVED) === 0 && this.#take(value);
  }

  #take(value: number): boolean {
    return Atomics.compareExchange(this.words, VALUE, value, value - 1) === value;
  }

  *acquire(deadline: number): Waiting<boolean> {
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

  release(bounded: boolean): boolean {
    const words = this.words;
    const most = bounded ? this.start : MOST;
    let seen: number;
    do {
      seen = Atomics.load(words, VALUE);
      if (seen >= most) return false;
    } while (Atomics.compareExchange(words, VALUE, seen, seen + 1) !== seen);
    if (Atomics.load(words, WAITERS) > 0) {
      wake(words, VALUE, Atomics.load(words, STARVED) === 0 ? 1 : Number.POSITIVE_INFINITY);
    }
    return true;
  }

  get value(): number {
    return Atomics.load(this.words, VALUE);
  }

  get start(): number {
    return this.words[START] as number;
  }

  get isTaken(): boolean {
    const { value } = this;
    return value === 0 || value < this.start;
  }

  get text(): string {
    return String(this.value);
  }
}
