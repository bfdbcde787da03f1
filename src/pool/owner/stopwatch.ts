// The owner's clock (pool/clock.ts).

import { now } from '../../base/deadline.ts';
import { ITEM, TICKS } from '../board.ts';
import { GAP, LOOK } from '../clock.ts';

/** What counts of the time between two looks. */
const counted = (gap: number): number => Math.max(0, gap < GAP ? gap : LOOK);

/** The owner's clock for one worker's item. */
export class Stopwatch {
  #item = 0;
  #ticks = 0;
  #passed = 0;
  #last = 0;

  /** Milliseconds that the present item of the worker with that slot has had; 0 where that is not measured. */
  read(slot: Int32Array, at = now()): number {
    const item = Atomics.load(slot, ITEM);
    const ticks = Atomics.load(slot, TICKS);
    if (item !== this.#item) {
      this.#item = item;
      this.#ticks = ticks;
      this.#passed = 0;
    } else {
      const ticked = (ticks - this.#ticks) | 0;
      const gap = at - this.#last;
      if (gap < GAP || ticked <= 0) this.#passed += counted(gap);
      this.#passed = Math.max(this.#passed, ticked);
    }
    this.#last = at;
    return item === 0 ? 0 : this.#passed;
  }
}

let awake = 0;
let last = 0;

/** Milliseconds in which this thread could work. Counts only while somebody looks every LOOK. */
export function awakeNow(): number {
  const at = now();
  awake += counted(at - last);
  last = at;
  return awake;
}
