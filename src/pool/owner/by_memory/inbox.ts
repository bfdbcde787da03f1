// Answers on their way back.

import { decode } from '../../../codec/decode.ts';
import { Intake } from '../../../data/intake.ts';
import { HEADER, wordOf } from '../../../data/record.ts';
import { ProcessError } from '../../../errors.ts';
import { nudge } from '../../../memory/ring/get.ts';
import { makeRing, openRing, UNLIMITED } from '../../../memory/ring/ring.ts';
import type { Park } from '../../../memory/wait.ts';
import { bytesOf, type Parcel } from '../../../process/parcel.ts';
import { POSTED, RETURNED, SKIPPED, STAMP, WANTED } from '../../task_record.ts';
import { type Outcome, titleOf } from '../job.ts';
import type { OpenTasks } from '../open_tasks.ts';

interface InboxHooks {
  /** The worker in that slot waits for a letter. */
  onWanted(claim: number, slot: number): void;
  /** The worker in that slot is about to answer a task that is observed. */
  onStamp(claim: number, slot: number, began: number, ended: number): void;
}

export class Inbox {
  readonly #ring = openRing(makeRing(UNLIMITED));
  readonly #openTasks: OpenTasks;
  readonly #hooks: InboxHooks;
  /** Messages come only to a thread that does nothing. */
  readonly #intake = new Intake(
    this.#ring,
    (record) => this.#receive(record),
    undefined,
    () => this.#openTasks.hasInRing,
  );

  constructor(openTasks: OpenTasks, hooks: InboxHooks) {
    this.#openTasks = openTasks;
    this.#hooks = hooks;
  }

  get buffer(): SharedArrayBuffer {
    return this.#ring.words.buffer as SharedArrayBuffer;
  }

  /** Takes the answers that are there, as `Intake.drain` does. */
  drain(isDone: () => boolean, end: number): Park | undefined {
    return this.#intake.drain(isDone, end);
  }

  /** Has whoever waits for an answer look around: there may be none to wait for, or a time to mind. */
  nudge(): void {
    nudge(this.#ring);
  }

  #receive(record: Uint8Array): void {
    this.#hear(wordOf(record, 0), wordOf(record, 1), record, HEADER, []);
  }

  /** A message has brought an answer. */
  receive(claim: number, word: number, parcel: Parcel): void {
    this.#hear(claim, word, bytesOf(parcel), 0, parcel.attachments);
  }

  #hear(claim: number, word: number, bytes: Uint8Array, from: number, attachments: readonly unknown[]): void {
    const kind = word & 0xff;
    if (kind === POSTED) return this.#openTasks.post(claim, word >> 8);
    if (kind === WANTED) return this.#hooks.onWanted(claim, word >> 8);
    if (kind === STAMP) {
      const [began, ended] = new Float64Array(bytes.slice(from).buffer);
      return this.#hooks.onStamp(claim, word >> 8, began as number, ended as number);
    }
    const task = this.#openTasks.leave(claim);
    // What nobody waits for any more holds nothing, unless it has attachments: shared objects become this process's to let go of.
    if (task === undefined && attachments.length === 0) return;
    let outcome: Outcome;
    try {
      const value = kind === SKIPPED ? undefined : decode(bytes, attachments, from);
      outcome = kind === RETURNED ? { ok: true, value } : { ok: false, error: value };
    } catch (error) {
      outcome = { ok: false, error };
    }
    if (task === undefined) return;
    if (kind === SKIPPED) outcome = { ok: false, error: new ProcessError(`${titleOf(task)} was given up`) };
    this.#openTasks.settle(task, outcome);
  }
}
