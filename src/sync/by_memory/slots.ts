// A growable table of those who wait, in the shared memory of what they wait for.
//
//   word   0 .. 3    the header of what they wait for
//          4 k ..    slot k:  PID  STATE  A  B
//
//   PID    0 ------> pid        claim(), by the process that is to wait
//          pid ----> 0          vacate(), by that process
//          ended --> pid        claim(), by whoever needs a slot and finds its process ended
//   STATE  0 while the slot is free; the rest, and A and B, mean what the user of the table says
//
// A slot of a process that has ended is claimed in two steps, STATE to 0 and then PID: only one can do the first, and who
// dies between them leaves a slot that can be claimed the same way. The table never shrinks.

import { pid } from '../../base/thread.ts';
import { InvalidStateError } from '../../errors.ts';
import { allocate, ceilingOf, reachSize } from '../../memory/buffer.ts';
import { hasEnded } from '../../memory/processes.ts';

export const PID = 0;
export const STATE = 1;
export const A = 2;
export const B = 3;
/** Words of a slot; the header has as many. */
export const SLOT = 4;

/** In place of a pid: of no process any more. */
export const GHOST = -1;

const BYTES = 1024;
/** 65,535 who wait. */
const MOST_BYTES = 1 << 20;

export const makeSlots = (): SharedArrayBuffer => allocate(BYTES, MOST_BYTES);

/** Can this slot's process do nothing with it any more? */
export const isGone = (owner: number): boolean => owner === GHOST || hasEnded(owner);

/**
 * A slot for this process, its STATE 0. `isDone` says whether what a process left in the STATE of its slot when it ended
 * is of no use to others, so that the slot is free.
 *
 * @throws InvalidStateError where the table can grow no more.
 */
export function claim(words: Int32Array, isDone: (state: number, at: number) => boolean): number {
  for (;;) {
    for (let at = SLOT; at < words.length; at += SLOT) {
      const owner = Atomics.load(words, at + PID);
      if (owner !== 0) {
        if (!isGone(owner)) continue;
        const state = Atomics.load(words, at + STATE);
        if (!isDone(state, at) || Atomics.compareExchange(words, at + STATE, state, 0) !== state) continue;
      }
      if (Atomics.compareExchange(words, at + PID, owner, pid) === owner) return at;
    }
    reach(words.buffer as SharedArrayBuffer);
  }
}

function reach(buffer: SharedArrayBuffer): void {
  const size = buffer.byteLength;
  if (size >= ceilingOf(buffer)) throw new InvalidStateError(`too many wait at once: ${size / (4 * SLOT) - 1}`);
  if (!reachSize(buffer, Math.min(ceilingOf(buffer), size * 2))) {
    throw new InvalidStateError('no memory for another one who waits');
  }
}

/** Frees a slot of this process. */
export function vacate(words: Int32Array, at: number): void {
  Atomics.store(words, at + STATE, 0);
  Atomics.store(words, at + PID, 0);
}
