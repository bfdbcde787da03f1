// A worker that is sent its tasks, in batches.

import { isLeaving } from '../../../memory/processes.ts';
import type { Handle } from '../../../process/handle.ts';
import { post } from '../../../process/kernel.ts';
import { type Parcel, pack } from '../../../process/parcel.ts';
import type { Post } from '../../../process/protocol.ts';
import { encodeThrown } from '../../../process/thrown.ts';
import { ANSWERS, BEGAN, EMPTY, LEAVES, READY, RETIRE, TICKED } from '../../batch_record.ts';
import { CLAIM, READY as IS_READY, ITEM, PARKED, TICKS } from '../../board.ts';
import { NOTICE } from '../../task_record.ts';
import type { Waiter } from '../backlog.ts';
import type { Task } from '../job.ts';
import { Member } from '../member.ts';

/** Tasks that were sent at once. */
export interface Batch {
  /** Those that are not answered, in the order in which they are done. */
  readonly waiters: Waiter[];
  /** Milliseconds that it was likely to take. */
  readonly cost: number;
}

export interface MemberHooks {
  /** It can be given tasks. */
  onReady(): void;
  onAnswers(member: MessageMember, message: Post): void;
}

/** Its slot is memory of the owner's thread: what the worker tells is noted there. */
export class MessageMember extends Member {
  readonly #hooks: MemberHooks;
  /** What it was sent and has not answered, in the order in which it does it. */
  batches: Batch[] = [];
  /** Its task waits for something: it gives back what is sent behind it. */
  isStuck = false;
  /** How many more tasks it does. */
  #left: number;
  #items = 0;
  #isRetired = false;

  constructor(process: Handle, index: number, slot: Int32Array, limit: number, hooks: MemberHooks) {
    super(process, index, slot);
    this.#left = limit;
    this.#hooks = hooks;
  }

  protected override hear(message: Post): void {
    const { claim = 0, word } = message;
    switch (word) {
      case READY:
        Atomics.store(this.slot, IS_READY, 1);
        this.advance();
        if (this.#isRetired) this.#post(0, RETIRE, EMPTY);
        else this.#hooks.onReady();
        break;
      case BEGAN:
        if (claim !== this.claim) break;
        Atomics.store(this.slot, ITEM, ++this.#items);
        // Its time begins.
        void this.busy;
        break;
      case TICKED:
        Atomics.add(this.slot, TICKS, claim);
        break;
      case LEAVES:
        this.condemned = true;
        break;
      case ANSWERS:
        this.#hooks.onAnswers(this, message);
        break;
    }
  }

  /** How many tasks it can be sent; the last of them ends it. */
  get room(): number {
    return this.isReady && !this.condemned && !isLeaving(this.pid) ? this.#left : 0;
  }

  /** Sends tasks. @throws what the browser refuses; then it has nothing of it. */
  send(word: number, batch: Batch, parcel: Parcel): void {
    this.#post(0, word, parcel);
    this.#left -= batch.waiters.length;
    this.batches.push(batch);
    this.advance();
  }

  /** It has answered that task, which is the first of those that it has; undefined where it has no such task. */
  answered(claim: number): Waiter | undefined {
    const waiters = this.batches[0]?.waiters;
    if (waiters?.[0]?.task.claim !== claim) return undefined;
    const waiter = waiters.shift();
    if (waiters.length === 0) this.batches.shift();
    return waiter;
  }

  /** It has not begun that task, and will not. */
  giveBack(claim: number): Waiter | undefined {
    this.isStuck = true;
    for (const [i, { waiters }] of this.batches.entries()) {
      const at = waiters.findIndex(({ task }) => task.claim === claim);
      if (at < 0) continue;
      this.#left++;
      const [waiter] = waiters.splice(at, 1);
      if (waiters.length === 0) this.batches.splice(i, 1);
      return waiter;
    }
    return undefined;
  }

  /** The task that it is at. */
  get current(): Task | undefined {
    return this.batches[0]?.waiters[0]?.task;
  }

  /** Notes what it is at now. */
  advance(): void {
    const task = this.current;
    const claim = task?.claim ?? 0;
    Atomics.store(this.slot, PARKED, claim === 0 ? 1 : 0);
    if (claim === this.claim) return;
    this.isStuck = false;
    Atomics.store(this.slot, CLAIM, claim);
    Atomics.store(this.slot, ITEM, 0);
    // It was given up while it waited here.
    if (task?.job.isEnded) this.doom(claim);
  }

  /** That call is given up: tells those of its tasks that it has. */
  giveUp(isOf: (task: Task) => boolean, reason: unknown): void {
    for (const { waiters } of this.batches) {
      for (const { task } of waiters) {
        if (!isOf(task)) continue;
        if (task.claim === this.claim) this.cancel(task.claim, reason);
        else this.#post(task.claim, NOTICE, pack(encodeThrown(reason)));
      }
    }
  }

  /** Ends it once it has nothing to do any more: it gets no task after that. */
  retire(): void {
    if (this.#isRetired || this.condemned) return;
    this.#isRetired = true;
    this.condemned = true;
    if (this.isReady) this.#post(0, RETIRE, EMPTY);
  }

  #post(claim: number, word: number, parcel: Parcel): void {
    post({ to: this.pid, claim, word, parcel });
  }
}
