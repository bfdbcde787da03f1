// A worker's answers, on their way to the owner: through the ring, or by message.

import { isPast } from '../../../base/deadline.ts';
import { frame } from '../../../data/record.ts';
import { hasEnded } from '../../../memory/processes.ts';
import { put, putNow } from '../../../memory/ring/put.ts';
import { openRing, type Ring } from '../../../memory/ring/ring.ts';
import { settle, type Waiting } from '../../../memory/wait.ts';
import { post } from '../../../process/kernel.ts';
import { type Parcel, pack, WORTH_POSTING } from '../../../process/parcel.ts';
import { PARCELS } from '../../board.ts';
import { type CallCarrier, POSTED, RETURNED, STAMP, WANTED } from '../../task_record.ts';
import { Answers, type Held, stampOf } from '../answers.ts';

/** Who it is that answers, and to whom. */
interface Ends {
  /** The worker's slot. */
  readonly index: number;
  /** The pid of the pool's process. */
  readonly owner: number;
  /** Whether that can be blocked, and then sees no message. */
  readonly blocks: boolean;
}

export class MemoryAnswers extends Answers {
  readonly #ring: Ring;
  readonly #slot: Int32Array;
  readonly #ends: Ends;
  /** How many were sent as messages. */
  #posted = 0;

  constructor(ring: SharedArrayBuffer, slot: Int32Array, ends: Ends) {
    // A blocked owner sees no message: what can do without goes without.
    super(ends.blocks ? Number.POSITIVE_INFINITY : WORTH_POSTING, ends.owner);
    this.#ring = openRing(ring);
    this.#slot = slot;
    this.#ends = ends;
  }

  /** Asks for the letter of a ticket. */
  want(claim: number): Promise<void> | undefined {
    return this.answer({ claim, isLetter: true, began: 0 }, WANTED, NOTHING);
  }

  /** Waits until the owner has seen the messages: until then what they carry is held by this worker. */
  *seen(deadline: number): Waiting<void> {
    for (;;) {
      const seen = Atomics.load(this.#slot, PARCELS);
      if (seen === this.#posted || hasEnded(this.#ends.owner) || isPast(deadline)) return;
      yield { words: this.#slot, index: PARCELS, seen, until: deadline };
    }
  }

  /** To an owner that cannot be blocked a letter is answered by message: it need not look into the ring for it. */
  protected override answer(task: Held, kind: number, bytes: Uint8Array): Promise<void> | undefined {
    return task.isLetter && !this.#ends.blocks ? this.#post(task, kind, pack(bytes)) : this.#put(task, kind, bytes);
  }

  protected override post(task: Held, bytes: Uint8Array, carrier: CallCarrier): void {
    this.#post(task, RETURNED, pack(bytes, carrier));
  }

  protected override posted(task: Held): Promise<void> | undefined {
    // A blocked owner cannot see the message, and of a task from the ring it has to know that it was not lost.
    return this.#ends.blocks || !task.isLetter ? this.#put(task, POSTED, NOTHING) : undefined;
  }

  #post(task: Held, kind: number, parcel: Parcel): undefined {
    const stamp = stampOf(task);
    if (stamp !== undefined) this.#post(task, STAMP, pack(stamp));
    post({ to: this.#ends.owner, claim: task.claim, word: this.#word(kind), parcel });
    this.#posted++;
  }

  #put(task: Held, kind: number, bytes: Uint8Array): Promise<void> | undefined {
    const stamp = stampOf(task);
    // Where there is no room for it, it is left out.
    if (stamp !== undefined) putNow(this.#ring, frame(task.claim, this.#word(STAMP), stamp));
    const record = frame(task.claim, this.#word(kind), bytes);
    if (putNow(this.#ring, record)) return undefined;
    return this.#putSlowly(record.slice());
  }

  #word(kind: number): number {
    return (this.#ends.index << 8) | kind;
  }

  async #putSlowly(record: Uint8Array): Promise<void> {
    try {
      await settle(put(this.#ring, record, Number.POSITIVE_INFINITY, 0, this.#isOrphan));
    } catch (error) {
      if (error !== ORPHANED) throw error;
    }
  }

  readonly #isOrphan = (): Error | undefined => (hasEnded(this.#ends.owner) ? ORPHANED : undefined);
}

const ORPHANED = new Error('the process of this pool has ended');
const NOTHING = new Uint8Array(0);
