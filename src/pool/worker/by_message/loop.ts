// Does tasks as they come, in batches.

import { breathe } from '../../../base/breathe.ts';
import { now } from '../../../base/deadline.ts';
import { isDoomed } from '../../../memory/processes.ts';
import { endOf, settle } from '../../../memory/wait.ts';
import { setSendKept } from '../../../process/gathering.ts';
import { post } from '../../../process/kernel.ts';
import { listenTo } from '../../../process/mailbox.ts';
import { bytesOf } from '../../../process/parcel.ts';
import type { Post } from '../../../process/protocol.ts';
import {
  BATCH,
  BEGAN,
  EMPTY,
  LEAVES,
  type MessageSetup,
  READY,
  RETIRE,
  RecordReader,
  TICKED,
} from '../../batch_record.ts';
import { CANCEL, CLAIM, makeSlots, slotIn } from '../../board.ts';
import { NOTICE } from '../../task_record.ts';
import { cancelled, notify, setDeadline } from '../current.ts';
import type { TaskLoop } from '../loop.ts';
import { Performer } from '../perform.ts';
import { MessageAnswers } from './answers.ts';

interface Batch {
  readonly reader: RecordReader;
  readonly attachments: readonly unknown[];
}

class MessageLoop implements TaskLoop {
  /** Memory of this thread alone. */
  readonly slot = slotIn(makeSlots(1), 0);
  readonly #owner: number;
  readonly #answers: MessageAnswers;
  readonly #performer: Performer;
  readonly #batches: Batch[] = [];
  /** Claims of tasks that were given up, and have not begun. */
  readonly #unwanted = new Set<number>();
  #isBusy = false;
  /** It will look whether a task waits still. */
  #isTurning = false;
  /** How many more tasks it does. */
  #left: number;
  #isRetired = false;
  /** Milliseconds that an item of the present task may take, and that its event loop has turned meanwhile. */
  #limit = Number.POSITIVE_INFINITY;
  #passed = 0;
  /** When the present item has taken as long as it may. */
  #deadline = Number.POSITIVE_INFINITY;
  #resolve!: () => void;
  #reject!: (error: unknown) => void;

  constructor({ owner, limit }: MessageSetup) {
    this.#owner = owner;
    this.#left = limit;
    this.#answers = new MessageAnswers(owner, () => now() > this.#deadline);
    this.#performer = new Performer(this.#answers, {
      isUnwanted: ({ claim }) => this.#unwanted.has(claim) || cancelled(),
      begin: ({ claim }) => this.#begin(claim),
      tick: (passed) => this.#tick(passed),
    });
  }

  work(): Promise<void> {
    listenTo(this.#owner, (message) => this.#hear(message));
    void settle(endOf(this.#owner)).then(() => this.#retire());
    setSendKept(() => this.#leave());
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      post({ to: this.#owner, claim: 0, word: READY, parcel: EMPTY });
    });
  }

  #hear(message: Post): void {
    const { claim = 0, word, parcel } = message;
    if (isDoomed()) return;
    switch (word) {
      case BATCH:
        this.#batches.push({ reader: new RecordReader(bytesOf(parcel)), attachments: parcel.attachments });
        // Messages come only while a task waits.
        if (this.#isBusy) return this.#share();
        this.#isBusy = true;
        this.#answers.begin();
        this.#go();
        break;
      case NOTICE:
        if (claim === Atomics.load(this.slot, CLAIM)) {
          Atomics.store(this.slot, CANCEL, claim);
          notify(message);
        } else if (this.#isBusy) this.#unwanted.add(claim);
        break;
      case RETIRE:
        this.#retire();
        break;
    }
  }

  /** Nothing more will come, or nobody is there who wants it. */
  #retire(): void {
    this.#isRetired = true;
    if (!this.#isBusy) this.#resolve();
  }

  /** Does what there is, until a task has to wait, after which it goes on. What is thrown ends the process. */
  #go(): void {
    try {
      for (let batch = this.#batches[0]; batch !== undefined; batch = this.#batches[0]) {
        if (isDoomed()) return;
        const bytes = batch.reader.next();
        if (bytes === undefined) {
          this.#answers.flush();
          this.#batches.shift();
          continue;
        }
        const doing = this.#perform(batch, bytes);
        if (doing === undefined) this.#letGo();
        else {
          void this.#wait(doing);
          return;
        }
      }
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#isBusy = false;
    this.#unwanted.clear();
    if (this.#isRetired || this.#left <= 0) this.#resolve();
  }

  /** Goes on when the present task has its answer. */
  async #wait(doing: Promise<void>): Promise<void> {
    this.#shareSoon();
    try {
      await doing;
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#letGo();
    this.#go();
  }

  /** Many that wait do so for no longer than this thread's own promises: all that while the event loop has no turn. */
  #shareSoon(): void {
    if (this.#isTurning) return;
    this.#isTurning = true;
    void breathe().then(() => {
      this.#isTurning = false;
      if (this.#isBusy) this.#share();
    });
  }

  /**
   * The present task waits, or ends this thread: gives what there is, and what was not begun back, for it may be that which it waits
   * for.
   */
  #share(): void {
    if (this.#batches.length === 0) return;
    for (const { reader } of this.#batches) while (reader.next() !== undefined) this.#answers.giveBack(reader.claim);
    this.#batches.length = 1;
    this.#answers.flush();
  }

  /** This thread is about to end. */
  #leave(): void {
    this.#share();
    post({ to: this.#owner, claim: 0, word: LEAVES, parcel: EMPTY });
  }

  #perform({ reader, attachments }: Batch, bytes: Uint8Array): Promise<void> | undefined {
    const { claim, word, head } = reader;
    this.#limit = head;
    Atomics.store(this.slot, CLAIM, claim);
    return this.#performer.perform({ claim, word, isLetter: true, began: 0, bytes, from: 0, attachments });
  }

  #letGo(): void {
    Atomics.store(this.slot, CLAIM, 0);
    this.#until(Number.POSITIVE_INFINITY);
    this.#left--;
    if ((this.#left & 15) === 0) this.#answers.flushOld();
  }

  /** An item of a task begins that has a time limit. */
  #begin(claim: number): void {
    this.#passed = 0;
    this.#until(now() + this.#limit);
    post({ to: this.#owner, claim, word: BEGAN, parcel: EMPTY });
  }

  #tick(passed: number): void {
    this.#passed += passed;
    // A machine that slept, or a tab that was frozen, took nothing of it.
    this.#until(now() + this.#limit - this.#passed);
    post({ to: this.#owner, claim: passed, word: TICKED, parcel: EMPTY });
  }

  #until(deadline: number): void {
    this.#deadline = deadline;
    setDeadline(deadline);
  }

  /** The process ends by that, as it does where the initializer throws it. */
  #fail(error: unknown): void {
    this.#share();
    this.#reject(error);
  }
}

export const messageLoop = (setup: MessageSetup): TaskLoop => new MessageLoop(setup);
