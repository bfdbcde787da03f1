// Answers on their way back.

import { decode } from '../codec/decode.ts';
import { Intake } from '../data/intake.ts';
import { HEADER, wordOf } from '../data/record.ts';
import { ProcessError } from '../errors.ts';
import { makeRing, openRing, UNLIMITED } from '../memory/ring.ts';
import type { Park } from '../memory/wait.ts';
import { type Outcome, titleOf } from './job.ts';
import type { Ledger } from './ledger.ts';
import { type Letter, POSTED, RETURNED, SKIPPED, THREW } from './wire.ts';

export class Inbox {
  readonly #ring = openRing(makeRing(UNLIMITED));
  readonly #ledger: Ledger;
  readonly #onLetter: (claim: number) => void;
  readonly #intake = new Intake(this.#ring, (record) => this.#receive(record));

  /** @param onLetter hears that a letter was answered. */
  constructor(ledger: Ledger, onLetter: (claim: number) => void) {
    this.#ledger = ledger;
    this.#onLetter = onLetter;
  }

  get buffer(): SharedArrayBuffer {
    return this.#ring.words.buffer as SharedArrayBuffer;
  }

  /** Takes the answers that are there, as `Intake.drain` does. */
  drain(isDone: () => boolean, end: number, spins = 1): Park | undefined {
    return this.#intake.drain(isDone, end, spins);
  }

  #receive(record: Uint8Array): void {
    const word = wordOf(record, 1);
    const kind = word & 0xff;
    const claim = wordOf(record, 0);
    if (kind !== POSTED) this.#hear(claim, kind, record, HEADER);
    else {
      this.#ledger.post(claim, word >> 8);
      // Its worker is free for the next one, though a blocked thread does not see the message yet.
      if (claim < 0) this.#onLetter(claim);
    }
  }

  /** A message has brought an answer. */
  receive({ claim, parcel }: Letter): void {
    this.#hear(claim, RETURNED, parcel.bytes, 0, parcel.attachments);
  }

  #hear(claim: number, kind: number, bytes: Uint8Array, from: number, attachments?: readonly unknown[]): void {
    if (claim < 0) this.#onLetter(claim);
    const task = this.#ledger.leave(claim);
    if (task === undefined) return;
    let outcome: Outcome;
    if (kind === SKIPPED) outcome = { ok: false, error: new ProcessError(`${titleOf(task)} was given up`) };
    else {
      try {
        const value = decode(bytes, attachments, from);
        outcome = kind === THREW ? { ok: false, error: value } : { ok: true, value };
      } catch (error) {
        outcome = { ok: false, error };
      }
    }
    this.#ledger.settle(task, outcome);
  }
}
