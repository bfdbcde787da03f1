// Bytes out: a buffer that grows, numbers and strings. What a message is written with is kept in variables of this
// module: they are faster to reach than fields of an object, and take less room in a bundle.

import { ASCII, FLOAT64, INT_BIAS, INT32, TEXT, TEXT_MAX, WIDE } from './tags.ts';

const START = 8192;
/** A larger buffer is let go after its message. */
const KEEP = 4 * 1024 * 1024;
/** Every value begins with this much room: enough for all that is short. */
const SLACK = 48;

const utf8 = new TextEncoder();
const float = new Float64Array(1);
const eight = new Uint8Array(float.buffer);

let bytes = new Uint8Array(START);
let view = new DataView(bytes.buffer);
let pos = 0;
/** From here on, too little room is left. */
let full = START - SLACK;
/** The answers of this buffer by length: making a subarray costs more than encoding a small message. */
let answers: Uint8Array[] = [];

function use(buffer: Uint8Array<ArrayBuffer>): void {
  bytes = buffer;
  view = new DataView(buffer.buffer);
  full = buffer.length - SLACK;
  answers = [];
}

export function restart(): void {
  if (full > KEEP) use(new Uint8Array(START));
  bytes[0] = 0;
  pos = 1;
}

/** Lays this message aside for another, and answers how to go on with it. */
export function layAside(): () => void {
  const buffer = bytes;
  const at = pos;
  use(new Uint8Array(START));
  return () => {
    use(buffer);
    pos = at;
  };
}

export function answer(): Uint8Array {
  if (pos > 255) return bytes.subarray(0, pos);
  return (answers[pos] ??= bytes.subarray(0, pos));
}

/** The record has a REF. */
export function flag(): void {
  bytes[0] = 1;
}

/** What has been written since. */
export const since = (start: number): Uint8Array => bytes.slice(start, pos);

export const position = (): number => pos;

export function room(count: number): void {
  if (pos + count <= full) return;
  const old = bytes.subarray(0, pos);
  use(new Uint8Array(Math.max(bytes.length * 2, pos + count + SLACK)));
  bytes.set(old);
}

/** The caller has made room. */
export function byte(value: number): void {
  bytes[pos++] = value;
}

/** A length, count or number: LEB128. The caller has made room. */
export function size(value: number): void {
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes[pos++] = rest | 0x80;
  bytes[pos++] = rest;
}

export function raw(data: Uint8Array): void {
  const { length } = data;
  room(length);
  // A loop: the keys of an object are mostly too few for a call into the engine.
  const out = bytes;
  const at = pos;
  if (length < 64) for (let i = 0; i < length; i++) out[at + i] = data[i] as number;
  else out.set(data, at);
  pos += length;
}

export function float64(value: number): void {
  float[0] = value;
  const out = bytes;
  const at = pos;
  for (let i = 0; i < 8; i++) out[at + i] = eight[i] as number;
  pos = at + 8;
}

/** The caller has made room. */
export function number(value: number): void {
  if ((value | 0) !== value || (value === 0 && 1 / value < 0)) {
    bytes[pos++] = FLOAT64;
    float64(value);
  } else if (value >= -INT_BIAS && value < TEXT - INT_BIAS) {
    bytes[pos++] = value + INT_BIAS;
  } else {
    const out = bytes;
    const at = pos;
    out[at] = INT32;
    out[at + 1] = value;
    out[at + 2] = value >> 8;
    out[at + 3] = value >> 16;
    out[at + 4] = value >> 24;
    pos = at + 5;
  }
}

/** Numbers, after their count and how many bytes each takes: 1 or 4 of an integer, or 8. */
export function numbers(values: readonly number[], width: number): void {
  const { length } = values;
  room(length * width);
  size(length);
  bytes[pos++] = width;
  const out = view;
  let at = pos;
  if (width === 8) for (let i = 0; i < length; i++, at += 8) out.setFloat64(at, values[i] as number, true);
  else if (width === 4) for (let i = 0; i < length; i++, at += 4) out.setInt32(at, values[i] as number, true);
  else for (let i = 0; i < length; i++) out.setInt8(at++, values[i] as number);
  pos = at;
}

export function text(value: string): void {
  const { length } = value;
  room(length);
  const start = pos;
  if (length <= TEXT_MAX) {
    // A loop: below this length it is faster than a call into the engine.
    const out = bytes;
    out[start] = TEXT | length;
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i);
      if (unit > 0xff) return wide(value);
      out[start + 1 + i] = unit;
    }
    pos = start + 1 + length;
    return;
  }
  // Most text that is not ASCII shows it soon, and need not be tried as such.
  const step = length >> 3;
  for (let i = 0; i < length; i += step) if (value.charCodeAt(i) > 0x7f) return wide(value);
  bytes[pos++] = ASCII;
  size(length);
  // With room for one byte a code unit, only ASCII is read to its end.
  if (utf8.encodeInto(value, bytes.subarray(pos, pos + length)).read === length) {
    pos += length;
  } else {
    pos = start;
    wide(value);
  }
}

function wide(value: string): void {
  const { length } = value;
  room(2 * length);
  bytes[pos++] = WIDE;
  size(length);
  const out = view;
  let at = pos;
  for (let i = 0; i < length; i++, at += 2) out.setUint16(at, value.charCodeAt(i), true);
  pos = at;
}
