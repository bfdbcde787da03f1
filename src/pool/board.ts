// What a pool and its workers share beside their two rings: the board.
//
//   words of one worker's slot, a cache line each
//     0  CLAIM    the task it holds, as a number other than 0
//     1  CANCEL   the claim that its caller has given up
//     2  ITEM     a number for the present item, another for each; 0 before that. Only for tasks that have a time limit
//     3  READY    1 once its initializer is through
//     4  PARCELS  how many of its answers came by message
//     5  PARKED   1 while it sleeps because there is no task; RESERVED while a letter is on its way to it
//     6  TICKS    milliseconds that its event loop has turned in timed tasks (clock.ts)
//
//   words of the flags: one for each call that can be given up, 1 once it was; flag 0 is that of all others and stays 0
//
// A task is known by its place in the ring of tasks, which only the pool's owner fills: the n-th item is task n. A worker
// claims it before it takes it out (memory/ring/get.ts), so at every moment a task that left the ring without an answer is claimed
// by a living worker, or lost with a dead one.
//
// What only a message can carry has a ticket in the ring, which stands for it in its turn. The worker that takes the ticket is
// RESERVED, answers WANTED, and gets the rest as a letter: so no letter waits behind a task, and the owner knows who has what.
// Where nothing is before it, and a worker sleeps, the owner needs no ticket:
//
//     sleeping --> reserved    by the owner, who sets CLAIM (a negative number) and sends the letter
//     reserved --> sleeping    by the worker, once it has answered: CLAIM from the letter's to 0 before
//     reserved --> reserved    by the owner, who has that answer: CLAIM from the letter's to the next one's
//                              by the worker, which asks for the letter of the next ticket
//     reserved --> awake       by the worker, for what is next in the ring; by the owner, where the letter could not be sent
//
// A worker that finds no task looks for a while, then sets PARKED, looks once more, and sleeps on that word. The owner puts
// a task, and then wakes as many sleepers as there are tasks beyond those who are awake and have none: no more, since each
// would only look around and sleep again. If one that was counted on dies instead, or is
// held up, the owner wakes the others after a while.

import { allocate } from '../memory/buffer.ts';
import { COUNT_MASK } from '../memory/ring/ring.ts';

/** What a worker gets from its pool. */
export interface WorkerSetup {
  readonly tasks: SharedArrayBuffer;
  readonly answers: SharedArrayBuffer;
  readonly slots: SharedArrayBuffer;
  readonly index: number;
  readonly flags: SharedArrayBuffer;
  /** The pid of the pool's process. */
  readonly owner: number;
  /** Whether that is one that can be blocked when a message comes. */
  readonly blocks: boolean;
  /** How many tasks the worker does before it ends. */
  readonly limit: number;
}

export const CLAIM = 0;
export const CANCEL = 1;
export const ITEM = 2;
export const READY = 3;
export const PARCELS = 4;
export const PARKED = 5;
export const TICKS = 6;
/** What PARKED can be, beside 0 and 1. */
export const RESERVED = 2;
const SLOT_WORDS = 16;

export const makeSlots = (count: number): SharedArrayBuffer => allocate(count * SLOT_WORDS * 4);

export const slotIn = (slots: SharedArrayBuffer, index: number): Int32Array =>
  new Int32Array(slots, index * SLOT_WORDS * 4, SLOT_WORDS);

/** The claim of the task at that place of the ring. */
export const claimAt = (place: number): number => (place & COUNT_MASK) + 1;
