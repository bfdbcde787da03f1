// What a pool and its workers post to each other where they share no memory (process/protocol.ts has the posts).
//
//   owner                            worker
//     | <-- READY ------------------ |   its initializer is through
//     | --- BATCH { tasks } -------> |   to be done one after another
//     | --- NOTICE { reason } -----> |   the task of that claim was given up (task_record.ts)
//     | <-- BEGAN ------------------ |   at an item of that task, which has a time limit
//     | <-- TICKED ----------------- |   so many milliseconds, in place of the claim, has its event loop turned in timed tasks
//     | <-- ANSWERS { answers } ---- |   what tasks came to, in the order of the batch
//     | <-- LEAVES ----------------- |   it ends, whatever ends it: it begins nothing more
//     | --- RETIRE ----------------> |   nothing will come any more: end
//
// The bytes of a batch, and of answers, begin with a double: how long an item may take, in milliseconds; how long the worker was at
// what it answers. Records follow:
//
//   word 0   the task's claim
//   word 1   of a task, OBSERVED | TIMED; of an answer, its kind (task_record.ts), or LATE, or BACK
//   word 2   how many bytes
//            [kind, function, payload, kwds]; the value, the error, or the STAMP
//
// What has attachments comes alone.

import { wordIn } from '../memory/ring/ring.ts';
import type { Parcel } from '../process/parcel.ts';

/** What a worker gets from its pool. */
export interface MessageSetup {
  /** The pid of the pool's process. */
  readonly owner: number;
  /** How many tasks the worker does before it ends. */
  readonly limit: number;
}

export const EMPTY: Parcel = { bytes: '', attachments: [], transfer: [] };

export const BATCH = 1;
export const RETIRE = 2;
export const READY = 3;
export const BEGAN = 4;
export const TICKED = 5;
export const ANSWERS = 6;
export const LEAVES = 7;

/** Kind of an answer: an item took longer than it may. */
export const LATE = 6;
/** It was not begun: the task before it waits for something, and that may be what this would do. */
export const BACK = 7;

const HEAD = 8;
const HEADER = 12;
const FIRST_BYTES = 1 << 14;

/** Records, one behind the other. */
export class Records {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #length = HEAD;
  /** How many there are. */
  count = 0;

  /** @param room for one of so many bytes; none: for many. */
  constructor(room = FIRST_BYTES) {
    this.#bytes = new Uint8Array(HEAD + HEADER + room);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Bytes of what there is. */
  get length(): number {
    return this.#length;
  }

  add(claim: number, word: number, bytes: Uint8Array): void {
    const at = this.#length;
    const end = at + HEADER + bytes.length;
    if (end > this.#bytes.length) this.#grow(end);
    const view = this.#view;
    view.setInt32(at, claim, true);
    view.setInt32(at + 4, word, true);
    view.setInt32(at + 8, bytes.length, true);
    const out = this.#bytes;
    if (bytes.length < 96) for (let i = 0; i < bytes.length; i++) out[at + HEADER + i] = bytes[i] as number;
    else out.set(bytes, at + HEADER);
    this.#length = end;
    this.count++;
  }

  #grow(needed: number): void {
    const old = this.#bytes;
    this.#bytes = new Uint8Array(Math.max(needed, 2 * old.length));
    this.#bytes.set(old);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Takes all out. Valid until the next is added. */
  take(head: number): Uint8Array<ArrayBuffer> {
    this.#view.setFloat64(0, head, true);
    const all = this.#bytes.subarray(0, this.#length);
    this.#length = HEAD;
    this.count = 0;
    return all;
  }
}

/** A view of a short record's own memory costs more than all the rest. */
const headBytes = new Uint8Array(HEAD);
const headView = new DataView(headBytes.buffer);

/** Reads records in their order. */
export class RecordReader {
  readonly head: number;
  readonly #bytes: Uint8Array;
  #at = HEAD;
  claim = 0;
  word = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    for (let i = 0; i < HEAD; i++) headBytes[i] = bytes[i] as number;
    this.head = headView.getFloat64(0, true);
  }

  /** The bytes of the next one, after its words were noted here; nothing after the last. */
  next(): Uint8Array | undefined {
    const at = this.#at;
    if (at >= this.#bytes.length) return undefined;
    this.claim = wordIn(this.#bytes, at);
    this.word = wordIn(this.#bytes, at + 4);
    this.#at = at + HEADER + wordIn(this.#bytes, at + 8);
    return this.#bytes.subarray(at + HEADER, this.#at);
  }
}
