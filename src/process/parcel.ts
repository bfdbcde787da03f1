// A value that goes as a message: as the codec wrote it, and what the browser carries beside it.

import { decode } from '../codec/decode.ts';
import type { Carrier } from '../codec/shared.ts';
import { latin1 } from '../codec/text.ts';

export interface Parcel {
  /** What the codec wrote. */
  readonly bytes: Posted;
  readonly attachments: readonly unknown[];
  /** Which of the attachments are moved, not cloned. */
  readonly transfer: readonly Transferable[];
}

/** Bytes in a message; where they are few, a string with a character for each. */
export type Posted = Uint8Array<ArrayBuffer> | string;

/**
 * Bytes up to which they go as a string. Measured in Chromium: a short string adds nothing to what a message costs, a buffer 2
 * microseconds, and the garbage collector has to look after it.
 */
const SHORT = 256;

/**
 * Bytes from which on data goes as a message where it can: a copy that is moved, in place of one into shared memory and one out
 * of it (measured: the same at 256 KiB in Chromium, and at 128 KiB in Firefox).
 */
export const WORTH_POSTING = 1 << 18;

/** Bytes below which a copy is cheaper than a move (measured: a move costs 0.08 ms more). */
const WORTH_MOVING = 1 << 16;

/** @param isLent whether the bytes may be written over: then many are copied. */
export function toPost(bytes: Uint8Array, isLent = true): Posted {
  if (bytes.length > SHORT) return isLent ? new Uint8Array(bytes) : (bytes as Uint8Array<ArrayBuffer>);
  return bytes.length === 0 ? '' : latin1(bytes, 0, bytes.length);
}

export function fromPost(posted: Posted): Uint8Array {
  if (typeof posted !== 'string') return posted;
  const bytes = new Uint8Array(posted.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = posted.charCodeAt(at);
  return bytes;
}

/** What to move, of what `toPost` gave. */
export const movedOf = (posted: Posted): Transferable[] =>
  typeof posted === 'string' || posted.length < WORTH_MOVING ? [] : [posted.buffer];

/** Takes what was written. @param isLent as `toPost`. */
export const pack = (
  bytes: Uint8Array,
  { attachments, transfer }: Omit<Parcel, 'bytes'> = NOTHING_BESIDE,
  isLent = true,
): Parcel => ({
  bytes: toPost(bytes, isLent),
  // A carrier that has nothing in it may be used again.
  attachments: attachments.length === 0 ? NOTHING_BESIDE.attachments : attachments,
  transfer: transfer.length === 0 ? NOTHING_BESIDE.transfer : transfer,
});

const NOTHING_BESIDE: Carrier = { attachments: [], transfer: [] };

/** One without a value: who unpacks it hears that it is no record. */
export const NOTHING: Parcel = { bytes: '', ...NOTHING_BESIDE };

/** What the codec wrote. */
export const bytesOf = ({ bytes }: Parcel): Uint8Array => fromPost(bytes);

/** @throws DataCloneError for what cannot be made again here. */
export const unpack = (parcel: Parcel): unknown => decode(bytesOf(parcel), parcel.attachments);

/** What to give to postMessage beside a parcel. */
export const movedWith = ({ bytes, transfer }: Parcel): readonly Transferable[] =>
  typeof bytes === 'string' || bytes.length < WORTH_MOVING ? transfer : [...transfer, bytes.buffer];
