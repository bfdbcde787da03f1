// An Event is one word of shared memory.
//
//   bit   31 .. 1        0
//         +------------+------+
//         | GENERATION | FLAG |
//         +------------+------+
//
//   set     FLAG 0 -> 1, GENERATION + 1, by one compare-exchange; wakes all
//   clear   FLAG 1 -> 0
//
// Who waits remembers the generation that it found: once that has passed it was set meanwhile, even if it was cleared
// again at once. So nobody has to be listed, and the dead leave nothing behind.

import { isPast } from '../base/deadline.ts';
import { deadlineIn, type SyncWaitOptions, type WaitOptions } from '../base/options.ts';
import { registerShared } from '../codec/shared.ts';
import { allocate } from '../memory/buffer.ts';
import { awaiting, block, spin, type Waiting, wake } from '../memory/wait.ts';

const WORD = 0;
const FLAG = 1;
const GENERATION = 2;

/**
 * A flag that processes set and clear, and wait for.
 *
 * Python: `multiprocessing.Event`.
 */
export class Event {
  readonly #words: Int32Array;

  /** An event that is not set. */
  constructor();
  /** @internal The event in that memory. */
  constructor(buffer: SharedArrayBuffer);
  constructor(buffer: SharedArrayBuffer = allocate(Int32Array.BYTES_PER_ELEMENT)) {
    this.#words = new Int32Array(buffer);
  }

  /** Is it set now? Python: `is_set()`. */
  isSet(): boolean {
    return (Atomics.load(this.#words, WORD) & FLAG) !== 0;
  }

  /** Sets it, and releases all who wait. Never waits. Python: `set()`. */
  set(): void {
    for (;;) {
      const seen = Atomics.load(this.#words, WORD);
      if (seen & FLAG) return;
      if (Atomics.compareExchange(this.#words, WORD, seen, (seen + GENERATION) | FLAG) === seen) break;
    }
    wake(this.#words, WORD);
  }

  /** Clears it: who comes after this waits. Never waits itself. Python: `clear()`. */
  clear(): void {
    Atomics.and(this.#words, WORD, ~FLAG);
  }

  /**
   * Waits until it is set.
   *
   * @param options `timeout` in milliseconds; `signal` gives the wait up.
   * @returns true, also where it was cleared again right after it was set; false where the time ran out.
   * @throws TypeError for options of the wrong type; the signal's reason. Both as a rejection.
   *
   * Python: `wait(timeout=None)`.
   */
  wait(options?: WaitOptions): Promise<boolean> {
    return awaiting(options, (deadline) => this.#waiting(deadline));
  }

  /**
   * Waits until it is set, blocking the thread.
   *
   * @throws BlockingNotAllowedError in a window, as soon as it would have to wait.
   */
  waitSync(options?: SyncWaitOptions): boolean {
    return block(this.#waiting(deadlineIn(options)), 'Event.wait');
  }

  *#waiting(deadline: number): Waiting<boolean> {
    const words = this.#words;
    const seen = Atomics.load(words, WORD);
    // While the flag is down nothing but a set() changes the word.
    while ((seen & FLAG) === 0 && Atomics.load(words, WORD) === seen) {
      if (isPast(deadline)) return false;
      if (!spin(words, WORD, seen)) yield { words, index: WORD, seen, until: deadline };
    }
    return true;
  }

  /** What it is, and its state, as text. */
  toString(): string {
    return `<Event ${this.isSet() ? 'set' : 'unset'}>`;
  }

  static {
    registerShared(Event.prototype, {
      kind: 'Event',
      detach: (it) => it.#words.buffer,
      attach: (buffer) => new Event(buffer as SharedArrayBuffer),
    });
  }
}
