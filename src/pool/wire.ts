// What goes through the two rings of a pool, and by message.
//
//   task     word 0   FLAG << 1 | TIMED     then [kind, function, payload, kwds] as the codec writes it
//   retire   nothing: the worker that takes it ends
//   answer   word 0   the task's claim
//            word 1   slot << 8 | kind      then the value, or the error
//   letter   a task that has attachments: { claim, parcel }, by message; its answer comes as any other
//   parcel   an answer that has attachments: { claim, parcel }, by message, and an answer of kind POSTED behind it (not to
//            a letter, where the owner cannot be blocked)

import { encode } from '../codec/encode.ts';
import type { Carrier } from '../codec/shared.ts';
import type { Parcel } from '../process/protocol.ts';

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

export interface Letter {
  readonly claim: number;
  readonly parcel: Parcel;
}

/** Tells a worker that the task it holds was given up, and why: what was thrown, encoded. */
export interface Notice {
  readonly cancelled: number;
  readonly reason: Uint8Array;
}

/** Most records carry nothing: one carrier serves until something is in it. */
let spare: Carrier = { attachments: [], transfer: [] };

/** A carrier for one encoding. */
export function carrierAtHand(): Carrier {
  if (spare.attachments.length > 0 || spare.transfer.length > 0) spare = { attachments: [], transfer: [] };
  return spare;
}

/** The bytes of a task, and what a message has to carry beside them. @throws DataCloneError, naming the path. */
export function encodeWork(work: Work): { bytes: Uint8Array; carrier: Carrier } {
  const carrier = carrierAtHand();
  try {
    return { bytes: encode(work, '', carrier), carrier };
  } catch (error) {
    // Once more, with the names that the caller knows.
    const [kind, func, payload, kwds] = work;
    const named = kind === APPLY ? { func, args: payload, kwds } : { func, items: payload };
    encode(named, '', { attachments: [], transfer: [] });
    throw error;
  }
}
