// A value that goes as a message: as the codec wrote it, and what the browser carries beside it.

import { decode } from '../codec/decode.ts';
import type { Carrier } from '../codec/shared.ts';
import { latin1 } from '../codec/text.ts';

export interface Parcel {
  /** What the codec wrote; where that is short, a string with a character for each byte. */
  readonly bytes: Uint8Array<ArrayBuffer> | string;
  readonly attachments: readonly unknown[];
  /** Which of the attachments are moved, not cloned. */
  readonly transfer: readonly Transferable[];
}

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

/** Takes what was written, and may be written over. */
export const pack = (bytes: Uint8Array, { attachments, transfer }: Carrier = NOTHING_BESIDE): Parcel => ({
  bytes: bytes.length > SHORT ? bytes.slice() : bytes.length === 0 ? '' : latin1(bytes, 0, bytes.length),
  // A carrier that has nothing in it may be used again.
  attachments: attachments.length === 0 ? NOTHING_BESIDE.attachments : attachments,
  transfer: transfer.length === 0 ? NOTHING_BESIDE.transfer : transfer,
});

const NOTHING_BESIDE: Carrier = { attachments: [], transfer: [] };

/** One without a value: who unpacks it hears that it is no record. */
export const NOTHING: Parcel = { bytes: '', ...NOTHING_BESIDE };

/** What the codec wrote. */
export function bytesOf({ bytes }: Parcel): Uint8Array {
  if (typeof bytes !== 'string') return bytes;
  const record = new Uint8Array(bytes.length);
  for (let at = 0; at < record.length; at++) record[at] = bytes.charCodeAt(at);
  return record;
}

/** @throws DataCloneError for what cannot be made again here. */
export const unpack = (parcel: Parcel): unknown => decode(bytesOf(parcel), parcel.attachments);

/** What to give to postMessage beside a parcel. */
export const movedWith = ({ bytes, transfer }: Parcel): readonly Transferable[] =>
  typeof bytes === 'string' || bytes.length < WORTH_MOVING ? transfer : [...transfer, bytes.buffer];
