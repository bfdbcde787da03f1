// One worker of a pool, as its owner knows it.

import { ended, type Handle } from '../../process/handle.ts';
import { post, terminate } from '../../process/kernel.ts';
import { listenTo } from '../../process/mailbox.ts';
import { pack } from '../../process/parcel.ts';
import type { Post } from '../../process/protocol.ts';
import { encodeThrown } from '../../process/thrown.ts';
import { CANCEL, CLAIM, PARKED, READY, RESERVED } from '../board.ts';
import { NOTICE } from '../task_record.ts';
import { awakeNow, Stopwatch } from './stopwatch.ts';

export abstract class Member {
  readonly process: Handle;
  readonly index: number;
  /** Its words (board.ts). */
  readonly slot: Int32Array;
  /** No message of it is wanted any more. */
  readonly close: () => void;
  /** The claim that was given up, and since when. */
  #doomed = 0;
  #since = 0;
  readonly #stopwatch = new Stopwatch();
  ended = false;
  /** It is to be replaced, though it may still run. */
  condemned = false;
  /** A new worker would run newer code. */
  isStale = false;

  constructor(process: Handle, index: number, slot: Int32Array) {
    this.process = process;
    this.index = index;
    this.slot = slot;
    this.close = listenTo(process.pid as number, (message) => this.hear(message));
  }

  /** It has posted something. */
  protected abstract hear(message: Post): void;

  get pid(): number {
    return this.process.pid as number;
  }

  /** The task it holds; 0: none. */
  get claim(): number {
    return Atomics.load(this.slot, CLAIM);
  }

  get isReady(): boolean {
    return Atomics.load(this.slot, READY) === 1;
  }

  /** Will it do nothing more? */
  get isLeaving(): boolean {
    return this.condemned || ended(this.process);
  }

  /**
   * Milliseconds that its function has been seen at work on the present item; 0 where that is not measured (clock.ts).
   */
  get busy(): number {
    return this.#stopwatch.read(this.slot);
  }

  /** Tells the task that it was given up: by a word, for one that computes, and by a message, for one that waits. */
  cancel(claim: number, reason: unknown): void {
    Atomics.store(this.slot, CANCEL, claim);
    post({ to: this.pid, claim, word: NOTICE, parcel: pack(encodeThrown(reason)) });
    this.doom(claim);
  }

  /** From now on its task may go on for the time of grace. */
  protected doom(claim: number): void {
    this.#doomed = claim;
    this.#since = awakeNow();
  }

  /** Milliseconds until a task that was given up must have ended; Infinity where there is none. */
  left(grace: number): number {
    if (this.#doomed === 0 || this.condemned) return Number.POSITIVE_INFINITY;
    if (this.claim !== this.#doomed) {
      this.#doomed = 0;
      return Number.POSITIVE_INFINITY;
    }
    return Math.max(0, grace - (awakeNow() - this.#since));
  }

  /** Ends it where it sleeps. */
  dismiss(): void {
    if (this.condemned) return;
    // Sleeping becomes reserved, for nothing: it takes no task any more.
    if (Atomics.compareExchange(this.slot, PARKED, 1, RESERVED) === 1) this.condemn();
  }

  /** Ends it, whatever it does. */
  condemn(): void {
    this.condemned = true;
    if (!this.ended) terminate(this.pid, -15);
  }
}
