// A worker's answers, on their way to the owner: through the ring, or by message.

import { isPast, now } from '../../base/deadline.ts';
import { encode } from '../../codec/encode.ts';
import { disinherit } from '../../codec/shared.ts';
import { frame } from '../../data/record.ts';
import { isA } from '../../errors.ts';
import { hasEnded } from '../../memory/processes.ts';
import { openRing, type Ring } from '../../memory/ring/layout.ts';
import { put, putNow } from '../../memory/ring/put.ts';
import { settle, type Waiting } from '../../memory/wait.ts';

import { SystemExit } from '../../process/exit.ts';
import { post } from '../../process/kernel.ts';
import { type Parcel, pack, WORTH_POSTING } from '../../process/parcel.ts';
import { attribute, encodeThrown } from '../../process/thrown.ts';
import { PARCELS } from '../board.ts';
import { carrierAtHand, POSTED, RETURNED, SKIPPED, STAMP, THREW, WANTED } from '../task_record.ts';

/** A task that a worker holds, as far as its answer is concerned. */
export interface Held {
  readonly claim: number;
  /** It came by message. */
  readonly isLetter: boolean;
  /** When it was begun, by this thread's clock; 0: nobody wants to know. */
  began: number;
}

/** Who it is that answers, and to whom. */
interface Ends {
  /** The worker's slot. */
  readonly index: number;
  /** The pid of the pool's process. */
  readonly owner: number;
  /** Whether that can be blocked, and then sees no message. */
  readonly blocks: boolean;
}

/** The result of a chunk that was given up on the way. */
export const GIVEN_UP = Symbol('given up');

/** Each method answers a promise where the answer has to wait for room. */
export class Answers {
  readonly #ring: Ring;
  readonly #slot: Int32Array;
  readonly #ends: Ends;
  /** How many were sent as messages. */
  #posted = 0;

  constructor(ring: SharedArrayBuffer, slot: Int32Array, ends: Ends) {
    this.#ring = openRing(ring);
    this.#slot = slot;
    this.#ends = ends;
  }

  give(task: Held, value: unknown): Promise<void> | undefined {
    if (value === GIVEN_UP) return this.skip(task);
    const { blocks } = this.#ends;
    // A blocked owner sees no message: what can do without goes without.
    const large = blocks ? Number.POSITIVE_INFINITY : WORTH_POSTING;
    const carrier = carrierAtHand(large);
    const { attachments, heirs } = carrier;
    try {
      const bytes = encode(value, 'result', carrier);
      if (attachments.length === 0 && bytes.length < large) {
        heirs.length = 0;
        return this.#answer(task, RETURNED, bytes);
      }
      this.#post(task, RETURNED, pack(bytes, carrier));
    } catch (error) {
      disinherit(heirs, 0);
      return this.refuse(task, error);
    }
    // A blocked owner cannot see the message, and of a task from the ring it has to know that it was not lost.
    return blocks || !task.isLetter ? this.#put(task, POSTED, NOTHING) : undefined;
  }

  /** @throws SystemExit. */
  refuse(task: Held, error: unknown): Promise<void> | undefined {
    // exit() ends the process: what it held is reported by its death.
    if (isA(error, SystemExit)) throw error;
    attribute(error);
    return this.#answer(task, THREW, encodeThrown(error));
  }

  /** Nobody wants it any more. */
  skip(task: Held): Promise<void> | undefined {
    return this.#answer(task, SKIPPED, NOTHING);
  }

  /** Asks for the letter of a ticket. */
  want(claim: number): Promise<void> | undefined {
    return this.#answer({ claim, isLetter: true, began: 0 }, WANTED, NOTHING);
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
  #answer(task: Held, kind: number, bytes: Uint8Array): Promise<void> | undefined {
    return task.isLetter && !this.#ends.blocks ? this.#post(task, kind, pack(bytes)) : this.#put(task, kind, bytes);
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

/** When a task was begun, and now: once, and only of one that is observed. */
function stampOf(task: Held): Uint8Array | undefined {
  const { began } = task;
  task.began = 0;
  if (began === 0) return undefined;
  const since = performance.timeOrigin;
  return new Uint8Array(new Float64Array([since + began, since + now()]).buffer);
}

const ORPHANED = new Error('the process of this pool has ended');
const NOTHING = new Uint8Array(0);
