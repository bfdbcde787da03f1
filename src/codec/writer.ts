// Bytes out: a buffer that grows, numbers and strings.

import { ASCII, BIGINT, BIGINT64, FLOAT64, INT_BIAS, INT32, TEXT, TEXT_MAX, WIDE } from './tags.ts';

const START = 8192;
/** A larger buffer is let go after its message. */
const KEEP = 4 * 1024 * 1024;
/** Every value begins with this much room: enough for all that is short. */
const SLACK = 48;

const utf8 = new TextEncoder();

export class Writer {
  bytes = new Uint8Array(START);
  view = new DataView(this.bytes.buffer);
  pos = 0;
  /** The answers of this buffer by length: making a subarray costs more than encoding a small message. */
  private answers: Uint8Array[] = [];

  private use(bytes: Uint8Array<ArrayBuffer>): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
    this.answers = [];
  }

  restart(): void {
    if (this.bytes.length > KEEP) this.use(new Uint8Array(START));
    this.pos = 0;
  }

  answer(): Uint8Array {
    const length = this.pos;
    if (length > 255) return this.bytes.subarray(0, length);
    let answer = this.answers[length];
    if (answer === undefined) {
      // Filled from the front, so that the list stays an array without holes.
      for (let i = this.answers.length; i <= length; i++) this.answers.push(this.bytes.subarray(0, i));
      answer = this.answers[length] as Uint8Array;
    }
    return answer;
  }

  room(count: number): void {
    if (this.bytes.length - this.pos < count + SLACK) this.grow(count + SLACK);
  }

  private grow(count: number): void {
    const old = this.bytes.subarray(0, this.pos);
    const bytes = new Uint8Array(Math.max(this.bytes.length * 2, this.pos + count));
    bytes.set(old);
    this.use(bytes);
  }

  /** The caller has made room. */
  byte(value: number): void {
    this.bytes[this.pos++] = value;
  }

  /** A length, count or number: LEB128. The caller has made room. */
  size(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.bytes[this.pos++] = (rest & 0x7f) | 0x80;
      rest = rest < 0x8000_0000 ? rest >>> 7 : Math.floor(rest / 128);
    }
    this.bytes[this.pos++] = rest;
  }

  raw(bytes: Uint8Array): void {
    this.room(bytes.length);
    this.bytes.set(bytes, this.pos);
    this.pos += bytes.length;
  }

  float64(value: number): void {
    this.view.setFloat64(this.pos, value, true);
    this.pos += 8;
  }

  number(value: number): void {
    if ((value | 0) === value && (value !== 0 || 1 / value > 0)) {
      if (value >= -INT_BIAS && value < TEXT - INT_BIAS) {
        this.bytes[this.pos++] = value + INT_BIAS;
      } else {
        this.byte(INT32);
        this.view.setInt32(this.pos, value, true);
        this.pos += 4;
      }
    } else {
      this.byte(FLOAT64);
      this.float64(value);
    }
  }

  bigint(value: bigint): void {
    if (BigInt.asIntN(64, value) === value) {
      this.byte(BIGINT64);
      this.view.setBigInt64(this.pos, value, true);
      this.pos += 8;
    } else {
      this.byte(BIGINT);
      this.text(value.toString(16));
    }
  }

  text(value: string): void {
    const length = value.length;
    this.room(length);
    const start = this.pos;
    if (length <= TEXT_MAX) {
      // A loop: below this length it is faster than a call into the engine.
      const bytes = this.bytes;
      bytes[start] = TEXT | length;
      for (let i = 0; i < length; i++) {
        const unit = value.charCodeAt(i);
        if (unit > 0xff) return this.wide(value);
        bytes[start + 1 + i] = unit;
      }
      this.pos = start + 1 + length;
      return;
    }
    this.byte(ASCII);
    this.size(length);
    // With room for one byte a code unit, only ASCII is read to its end.
    const { read } = utf8.encodeInto(value, this.bytes.subarray(this.pos, this.pos + length));
    if (read === length) {
      this.pos += length;
    } else {
      this.pos = start;
      this.wide(value);
    }
  }

  private wide(value: string): void {
    const length = value.length;
    this.room(2 * length);
    this.byte(WIDE);
    this.size(length);
    const bytes = this.bytes;
    let at = this.pos;
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i);
      bytes[at++] = unit;
      bytes[at++] = unit >> 8;
    }
    this.pos = at;
  }
}
