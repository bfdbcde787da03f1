// What the dead held.

import { now } from '../../../base/deadline.ts';
import type { Member } from '../member.ts';
import type { OpenTasks } from '../open_tasks.ts';
import { diedWith } from '../transport.ts';
import type { Workers } from '../workers.ts';
import type { Inbox } from './inbox.ts';
import type { Outbox } from './outbox.ts';

/** Milliseconds that a dead worker's last messages may take. */
const LAST_WORDS = 100;
/** Milliseconds between two looks whether a task was lost, in a pool that has lost a worker. */
const SEARCH = 250;

/** One that has ended, until its last messages must have come. */
interface Dead {
  readonly claim: number;
  /** The letter of that task was sent to it. */
  readonly isSent: boolean;
  readonly error: Error;
  readonly at: number;
}

export class Deaths {
  readonly #openTasks: OpenTasks;
  readonly #outbox: Outbox;
  readonly #inbox: Inbox;
  readonly #workers: Workers;
  readonly #recent: Dead[] = [];
  #last: Error | undefined;

  constructor(parts: { openTasks: OpenTasks; outbox: Outbox; inbox: Inbox; workers: Workers }) {
    this.#openTasks = parts.openTasks;
    this.#outbox = parts.outbox;
    this.#inbox = parts.inbox;
    this.#workers = parts.workers;
  }

  add({ claim, index, close }: Member, error: Error): void {
    this.#last = error;
    // It may have said that it has sent an answer, and that be unread.
    this.#inbox.drain(() => false, Number.POSITIVE_INFINITY);
    const sent = this.#openTasks.sentWith(index);
    // Known now: another worker may get what this one had claimed and not taken, even one in the same slot.
    if (claim !== 0) this.#recent.push({ claim, isSent: sent.includes(claim), error, at: now() });
    else if (sent.length === 0) {
      close();
      return;
    }
    // A message that has not come may still be on its way, and a thread that was blocked sees it late.
    const end = (): void => {
      close();
      this.#inbox.drain(() => false, Number.POSITIVE_INFINITY);
      for (const each of sent) this.#bury(each, error);
    };
    setTimeout(() => setTimeout(end), LAST_WORDS);
  }

  /** Does what is due. Answers in how many milliseconds to look again. */
  tend(): number {
    for (let dead = this.#recent[0]; dead !== undefined; dead = this.#recent[0]) {
      const left = dead.at + LAST_WORDS - now();
      if (left > 0) return left;
      this.#recent.shift();
      this.#last = dead.error;
      this.#search();
      if (dead.isSent) this.#bury(dead.claim, dead.error);
    }
    if (!this.#workers.hasLost || this.#openTasks.open.size === 0) return Number.POSITIVE_INFINITY;
    this.#search();
    return SEARCH;
  }

  /** Was its letter sent to a worker? Then that one's death tells of it. */
  #isSent(claim: number): boolean {
    return (this.#openTasks.open.get(claim)?.slot ?? -1) >= 0;
  }

  /** That task was held by a worker that is dead. */
  #bury(claim: number, error: Error): void {
    const task = this.#openTasks.leave(claim);
    if (task === undefined) return;
    this.#openTasks.settle(task, { ok: false, error: diedWith(error, task) });
  }

  /**
   * Looks for tasks that left the ring, have no answer, and that no living worker holds. A worker claims the next one only
   * after its answer is in the ring; so whoever is not among the claims read first is among the answers read then.
   */
  #search(): void {
    const { taken } = this.#outbox;
    const held = new Set([...this.#workers.members].map(({ claim }) => claim));
    for (const { claim } of this.#recent) held.add(claim);
    this.#inbox.drain(() => false, Number.POSITIVE_INFINITY);
    for (const claim of this.#openTasks.open.keys()) {
      if (this.#isSent(claim)) continue;
      // Later ones are still in the ring.
      if ((taken - claim) << 5 < 0) break;
      if (!held.has(claim)) this.#bury(claim, this.#last as Error);
    }
  }

  clear(): void {
    this.#recent.length = 0;
  }
}
