// What a process leaves behind for its parent: what its target returned, or what it threw. The parent makes the buffer and
// may be blocked when it is filled, so it goes through shared memory where it can.
//
//   word   0  KIND     NONE, or one of the kinds below; written last
//          1  LENGTH   bytes
//   byte   8  the value, as the codec wrote it

import { decode } from '../codec/decode.ts';
import { encode } from '../codec/encode.ts';
import type { Carrier } from '../codec/shared.ts';
import { allocate, ceilingOf, grow } from '../memory/buffer.ts';
import { type Parcel, pack } from './parcel.ts';
import { encodeThrown, standIn } from './thrown.ts';

const KIND = 0;
const LENGTH = 1;
const DATA = 8;

const FIRST_BYTES = 256;
const MOST_BYTES = 1 << 24;

export const NONE = 0;
/** The target returned this. */
export const RETURNED = 1;
/** The process ended by this error. */
export const THREW = 2;
/** The target returned, and what it returned comes by message. */
export const RETURNED_BY_MESSAGE = 3;
/** The target returned what cannot travel, or not be made again: this error says why. */
export const UNSENDABLE = 4;

export const makeOutcome = (): SharedArrayBuffer => allocate(FIRST_BYTES, MOST_BYTES);

/** Writes it, if it fits. */
function write(buffer: SharedArrayBuffer, kind: number, bytes: Uint8Array): boolean {
  const needed = DATA + bytes.length;
  if (needed > ceilingOf(buffer)) return false;
  if (needed > buffer.byteLength) grow(buffer, needed);
  new Uint8Array(buffer, DATA, bytes.length).set(bytes);
  const words = new Int32Array(buffer, 0, DATA >> 2);
  words[LENGTH] = bytes.length;
  Atomics.store(words, KIND, kind);
  return true;
}

/** Writes what was thrown; where it is too long, an error with its text. */
export function writeError(buffer: SharedArrayBuffer, kind: number, error: unknown): void {
  if (!write(buffer, kind, encodeThrown(error))) write(buffer, kind, encode(standIn(error), 'error'));
}

/** Writes what was returned; what the browser has to carry goes to `post` first, so that who reads it can count on it. */
export function writeResult(buffer: SharedArrayBuffer, value: unknown, post: (parcel: Parcel) => void): void {
  try {
    const carrier: Carrier = { attachments: [], transfer: [], large: MOST_BYTES };
    const bytes = encode(value, 'result', carrier);
    if (carrier.attachments.length === 0 && write(buffer, RETURNED, bytes)) return;
    post(pack(bytes, carrier));
    write(buffer, RETURNED_BY_MESSAGE, new Uint8Array(0));
  } catch (error) {
    writeError(buffer, UNSENDABLE, error);
  }
}

/** What is in it, for where threads share no memory. */
export interface Contents {
  readonly kind: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export function contentsOf(buffer: SharedArrayBuffer): Contents {
  const words = new Int32Array(buffer, 0, DATA >> 2);
  return { kind: words[KIND] as number, bytes: new Uint8Array(buffer, DATA, words[LENGTH]).slice() };
}

export const fill = (buffer: SharedArrayBuffer, { kind, bytes }: Contents): boolean => write(buffer, kind, bytes);

/** Does a message bring the result? Asked without decoding what else may be there. */
export const isPosted = (buffer: SharedArrayBuffer): boolean =>
  Atomics.load(new Int32Array(buffer, 0, 1), KIND) === RETURNED_BY_MESSAGE;

export interface Outcome {
  readonly kind: number;
  readonly value: unknown;
}

/** What the process left behind, decoded; meant to be read after its end. Throws nothing. */
export function readOutcome(buffer: SharedArrayBuffer): Outcome {
  const words = new Int32Array(buffer, 0, DATA >> 2);
  const kind = Atomics.load(words, KIND);
  if (kind === NONE || kind === RETURNED_BY_MESSAGE) return { kind, value: undefined };
  try {
    return { kind, value: decode(new Uint8Array(buffer, DATA, words[LENGTH]).slice()) };
  } catch (error) {
    // A class of the app that cannot make it again here: whoever asks hears of that.
    return { kind: kind === RETURNED ? UNSENDABLE : kind, value: error };
  }
}
