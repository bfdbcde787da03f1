// The task that this worker holds, and whether it was given up: what a task can ask.

import { now } from '../../base/deadline.ts';
import { unpack } from '../../process/parcel.ts';
import type { Post } from '../../process/protocol.ts';
import { CANCEL, CLAIM } from '../board.ts';

const NEVER = Number.POSITIVE_INFINITY;
/** When the time of the present item is over, where this thread could not be told by a word. */
let deadline = NEVER;

export function setDeadline(at: number): void {
  deadline = at;
}

/** The slot of this worker, if it is one. */
let slot: Int32Array | undefined;

export function setSlot(own: Int32Array): void {
  slot = own;
}

/**
 * Inside a pool's task: has its caller given up, or its time run out? Cheap enough for a hot loop. A task that does not ask
 * is ended together with its worker, after the pool's grace period. Outside a task: false. Not in Python.
 */
export function cancelled(): boolean {
  if (slot === undefined || Atomics.load(slot, CLAIM) === 0) return false;
  return Atomics.load(slot, CANCEL) === Atomics.load(slot, CLAIM) || (deadline !== NEVER && now() > deadline);
}

/** The signal of the task that this worker holds, where that has asked for it. */
let ofTask: { readonly claim: number; readonly control: AbortController } | undefined;
/** The last notice that a task was given up. */
let notice: Post | undefined;

/**
 * Inside a pool's task: a signal that is aborted when its caller gives up or its time runs out, with the reason; the items of
 * one chunk have the same. Give it to what waits: `fetch(url, { signal: mp.taskSignal() })` stops then, and the worker lives. To be
 * asked for before the first `await`, and heard only by a task that waits: one that computes asks `cancelled()`. Outside a task: a
 * signal that is never aborted. Not in Python.
 */
export function taskSignal(): AbortSignal {
  const claim = slot === undefined ? 0 : Atomics.load(slot, CLAIM);
  if (claim === 0) return new AbortController().signal;
  if (ofTask?.claim !== claim) ofTask = { claim, control: new AbortController() };
  heed();
  return ofTask.control.signal;
}

/** A notice has come that a task was given up. */
export function notify(message: Post): void {
  notice = message;
  heed();
}

/** Aborts the signal of the task that the last notice is about. */
function heed(): void {
  if (notice === undefined || ofTask === undefined || notice.claim !== ofTask.claim) return;
  let reason: unknown;
  try {
    reason = unpack(notice.parcel);
  } catch {
    // It cannot be made again here: the signal has its own, an AbortError.
  }
  ofTask.control.abort(reason);
}
