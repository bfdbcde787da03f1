'use multiprocessing';
// What each process does, until it is no longer wanted.

import type * as mp from 'web-multiprocessing';

export function paint(me: number, shared: Shared) {
  const { counter, cells, strokes, made } = shared;
  const lock = counter.getLock();

  const step = () => {
    const n = counter.value; // read
    const cell = n % cells.length;
    spin(shared.work.value); // modify: this takes its time
    cells[cell] = me + 1;
    counter.value = n + 1; // write

    // Atomic, so these are never lost.
    Atomics.add(strokes, cell, 1);
    Atomics.add(made, me, 1);
  };

  while (me < shared.wanted.value) {
    if (shared.isLocking.value) lock.withSync(step);
    else step();
  }
}

function spin(milliseconds: number) {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

export interface Shared {
  /** How many cells were painted: the next one follows. */
  readonly counter: mp.Value<'I'>;
  /** The picture: who painted each cell last. */
  readonly cells: mp.Array<'B'>;
  /** How often each cell was painted, in truth. */
  readonly strokes: mp.Array<'I'>;
  /** How many each process painted; nobody else writes there. */
  readonly made: mp.Array<'I'>;
  /** What the page sets while the processes run. */
  readonly wanted: mp.Value<'i'>;
  readonly isLocking: mp.Value<'b'>;
  readonly work: mp.Value<'d'>;
}
