// Records as they come out of a ring, taken by whoever of this thread waits for one of them: an async loop, or a call that
// blocks. Both may go on with a `get` that the other has begun: each step of it is one call of `next()`.

import { now } from '../base/deadline.ts';
import { get, getNow } from '../memory/ring/get.ts';
import { type Lost, PUTS, park, READERS, type Ring } from '../memory/ring/ring.ts';
import type { Park, Waiting } from '../memory/wait.ts';

export class Intake {
  readonly #ring: Ring;
  readonly #hear: (record: Uint8Array) => void;
  readonly #lost: Lost | undefined;
  readonly #mayLook: (() => boolean) | undefined;
  /** Waits for the next record, which may have begun to come, in parts. */
  #getting: Waiting<Uint8Array | undefined> | undefined;
  /** Will nothing come any more? */
  isOver = false;

  /**
   * @param hear is called with each record.
   * @param lost whether nothing more will come; then `isOver` is true once all is taken.
   * @param mayLook whether to look for a while before a wait: always, unless it says otherwise.
   */
  constructor(ring: Ring, hear: (record: Uint8Array) => void, lost?: Lost, mayLook?: () => boolean) {
    this.#ring = ring;
    this.#hear = hear;
    this.#lost = lost;
    this.#mayLook = mayLook;
  }

  /**
   * Takes the records that are there. Answers for what to wait then; nothing where nobody wants more, time was up before
   * that, or nothing will come any more.
   */
  drain(isDone: () => boolean, end: number): Park | undefined {
    for (let i = 1; ; i++) {
      let record = getNow(this.#ring);
      if (record === undefined) {
        this.#getting ??= get(this.#ring, Number.POSITIVE_INFINITY, undefined, this.#lost, this.#mayLook);
        const step = this.#getting.next();
        if (!step.done) return step.value;
        this.#getting = undefined;
        record = step.value;
        if (record === undefined) {
          this.isOver = true;
          return undefined;
        }
      }
      this.#hear(record);
      if (isDone() || ((i & 15) === 0 && now() > end)) return undefined;
    }
  }
}

/**
 * One wait for what `drain` answered, at most until `end`. It is counted among the readers by itself: the `get` behind it may be
 * brought to its end meanwhile by a call that blocks, and nobody would wake this one.
 */
export function* once({ words, index, seen, until }: Park, end: number): Waiting<void> {
  const by = Math.min(until, end);
  if (index === PUTS) yield* park(words, READERS, PUTS, seen, by);
  else yield { words, index, seen, until: by };
}
