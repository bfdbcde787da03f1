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

import { isPast } from '../../base/deadline.ts';
import { allocate } from '../../memory/buffer.ts';
import { spin } from '../../memory/spin.ts';
import { type Waiting, wake } from '../../memory/wait.ts';
import type { EventBody } from '../bodies.ts';

const WORD = 0;
const FLAG = 1;
const GENERATION = 2;

export class EventWords implements EventBody {
  readonly words: Int32Array;
  /** Where threads share no memory: hears of each change, which nothing but this makes. */
  onChange: (() => void) | undefined;

  constructor(buffer = allocate(Int32Array.BYTES_PER_ELEMENT)) {
    this.words = new Int32Array(buffer);
  }

  get isSet(): boolean {
    return (Atomics.load(this.words, WORD) & FLAG) !== 0;
  }

  set(): void {
    for (;;) {
      const seen = Atomics.load(this.words, WORD);
      if (seen & FLAG) return;
      if (Atomics.compareExchange(this.words, WORD, seen, (seen + GENERATION) | FLAG) === seen) break;
    }
    wake(this.words, WORD);
    this.onChange?.();
  }

  clear(): void {
    Atomics.and(this.words, WORD, ~FLAG);
    this.onChange?.();
  }

  *wait(deadline: number): Waiting<boolean> {
    const words = this.words;
    const seen = Atomics.load(words, WORD);
    // While the flag is down nothing but a set() changes the word.
    while ((seen & FLAG) === 0 && Atomics.load(words, WORD) === seen) {
      if (isPast(deadline)) return false;
      if (!spin(words, WORD, seen)) yield { words, index: WORD, seen, until: deadline };
    }
    return true;
  }
}
