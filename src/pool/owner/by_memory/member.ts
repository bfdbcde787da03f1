// A worker that takes its tasks out of a ring, and sleeps on a word of its slot while there is none (board.ts).

import { wake } from '../../../memory/wait.ts';
import type { Handle } from '../../../process/handle.ts';
import { post } from '../../../process/kernel.ts';
import type { Parcel } from '../../../process/parcel.ts';
import type { Post } from '../../../process/protocol.ts';
import { CLAIM, PARCELS, PARKED, RESERVED } from '../../board.ts';
import { RETURNED, STAMP } from '../../task_record.ts';
import { discard, type Task } from '../job.ts';
import { Member } from '../member.ts';

export interface MemberHooks {
  /** An answer has come by message. */
  readonly onParcel: (claim: number, word: number, parcel: Parcel) => void;
  /** How many tasks it does before another takes its place. */
  readonly limit: number;
}

export class MemoryMember extends Member {
  readonly #hooks: MemberHooks;
  /** The claim of the last letter that it has answered; 0 where it may be about to end. */
  #answered = 0;

  constructor(process: Handle, index: number, slot: Int32Array, hooks: MemberHooks) {
    super(process, index, slot);
    this.#hooks = hooks;
  }

  protected override hear({ claim = 0, word = RETURNED, parcel }: Post): void {
    const { onParcel, limit } = this.#hooks;
    if (claim < 0 && limit === Number.POSITIVE_INFINITY && (word & 0xff) !== STAMP) this.#answered = claim;
    onParcel(claim, word, parcel);
    // Seen first, and then it may end.
    Atomics.add(this.slot, PARCELS, 1);
    wake(this.slot, PARCELS);
  }

  /** Has it nothing to do, and looks for something? */
  get isAwake(): boolean {
    return this.isReady && this.claim === 0 && Atomics.load(this.slot, PARKED) === 0;
  }

  get sleeps(): boolean {
    return Atomics.load(this.slot, PARKED) === 1;
  }

  /** Wakes it; false where it does not sleep. */
  rouse(): boolean {
    // Asleep becomes awake.
    if (Atomics.compareExchange(this.slot, PARKED, 1, 0) !== 1) return false;
    wake(this.slot, PARKED);
    return true;
  }

  /** Reserves it for the task of that claim; false where it is at work. */
  reserve(claim: number): boolean {
    if (this.isLeaving) return false;
    // Sleeping becomes reserved.
    if (Atomics.compareExchange(this.slot, PARKED, 1, RESERVED) === 1) {
      Atomics.store(this.slot, CLAIM, claim);
      return true;
    }
    // Reserved for what it has answered, before it comes to sleep, becomes reserved for this.
    const answered = this.#answered;
    return answered !== 0 && Atomics.compareExchange(this.slot, CLAIM, answered, claim) === answered;
  }

  /** Sends the rest of a task to this worker, which is reserved for it. @throws what the browser refuses; it is free again. */
  send(task: Task): void {
    const { letter, claim, word } = task;
    try {
      if (letter === undefined) throw new Error('sent already');
      for (const heir of letter.heirs) heir(this.pid);
      post({ to: this.pid, claim, word, parcel: letter.parcel });
      task.letter = undefined;
    } catch (error) {
      discard(task);
      this.free();
      throw error;
    }
  }

  /** Reserved becomes awake, without a letter. */
  free(): void {
    Atomics.store(this.slot, CLAIM, 0);
    Atomics.store(this.slot, PARKED, 0);
    wake(this.slot, PARKED);
  }
}
