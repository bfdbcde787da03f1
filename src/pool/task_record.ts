// What goes through the two rings of a pool, and by message.
//
//   task     word 0   FLAG << 2 | OBSERVED | TIMED     then [kind, function, payload, kwds] as the codec writes it
//   ticket   word 0   the same
//            word 1   TICKET                the task comes by message to the worker that takes this
//   retire   nothing: the worker that takes it ends
//   answer   word 0   the task's claim
//            word 1   slot << 8 | kind      then the value, or the error; of an observed task after a STAMP
//
// By message, as posts with the task's claim (process/protocol.ts):
//
//   letter   a task that has attachments, or is large; `word` is its word 0
//   parcel   an answer that has attachments, or is large, and an answer of kind POSTED behind it. An owner that cannot be blocked
//            gets all answers to letters so, without the POSTED, and each WANTED. `word` is word 1
//   notice   to a worker: the task that it holds was given up; `word` is NOTICE, the value is what was thrown

import type { Carrier, Heir } from '../codec/shared.ts';

/** How a task calls its function. */
export const APPLY = 0;
export const MAP = 1;
export const STARMAP = 2;
export type TaskKind = typeof APPLY | typeof MAP | typeof STARMAP;

/** A function of any kind. */
export type AnyFunction = (...args: never[]) => unknown;
/** The payload: the arguments; the items of a chunk; the arguments of each item of a chunk. */
export type Work = readonly [kind: TaskKind, f: AnyFunction, payload: readonly unknown[], kwds: object | undefined];

/** How a task ended. */
export const RETURNED = 0;
export const THREW = 1;
/** It was given up before it was through. */
export const SKIPPED = 2;
/** Its value was sent as a message. */
export const POSTED = 3;
/** It has not ended: its worker waits for the letter. */
export const WANTED = 4;

/** It has not ended: two doubles, when it was begun and when its answer was written, in milliseconds since 1970. */
export const STAMP = 5;

/** In the word of a task: its time is limited. */
export const TIMED = 1;
/** An inspector wants to know when it is done. */
export const OBSERVED = 2;
/** The flag of a task, by its word. */
export const flagOf = (word: number): number => word >>> 2;

/** In place of a task: it comes as a letter. */
export const TICKET = 1;

/** The word of a notice; that of a letter is never negative. */
export const NOTICE = -1;

export type CallCarrier = Carrier & { readonly heirs: Heir[] };

export const newCarrier = (large: number, direct: boolean): CallCarrier => ({
  attachments: [],
  transfer: [],
  heirs: [],
  called: true,
  large,
  direct,
});

/** Most records carry nothing: one carrier serves until something is in it. */
let spare = newCarrier(0, false);

/** A carrier for one encoding, in which buffers of that size are moved; `direct`: no thread hands it on. */
export function carrierAtHand(large: number, direct: boolean): CallCarrier {
  const { attachments, transfer, heirs } = spare;
  if (spare.large !== large || spare.direct !== direct || attachments.length + transfer.length + heirs.length > 0)
    spare = newCarrier(large, direct);
  return spare;
}
