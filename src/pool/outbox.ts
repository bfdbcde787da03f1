// Tasks on their way to the workers: through the ring, or as letters.

import { count, GETS, makeRing, openRing, type Ring, shut, sizeOf, UNLIMITED } from '../memory/ring.ts';
import { getNow } from '../memory/ring_get.ts';
import { put, putNow, tryPutNow } from '../memory/ring_put.ts';
import type { Waiting } from '../memory/wait.ts';
import type { Parcel } from '../process/protocol.ts';
import { claimAt } from './board.ts';
import type { Member } from './crew.ts';
import type { Job, Task } from './job.ts';
import type { Ledger } from './ledger.ts';

/** A task that had no room in the ring, or no worker. */
interface Waiter<T> {
  readonly task: Task;
  readonly content: T;
}

/** The ring of tasks, and what has no room in it. */
export class Outbox {
  readonly #ring: Ring = openRing(makeRing(UNLIMITED));
  readonly #ledger: Ledger;
  /** In order. */
  readonly #backlog = new Set<Waiter<Uint8Array>>();
  /** The place in the ring of the next task. */
  #place = 0;
  /** Puts the oldest of the backlog: it waits for room. */
  #putting: Waiting<boolean> | undefined;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  get buffer(): SharedArrayBuffer {
    return this.#ring.words.buffer as SharedArrayBuffer;
  }

  get size(): number {
    return this.#backlog.size;
  }

  /** How many tasks are in the ring. */
  get untaken(): number {
    return sizeOf(this.#ring);
  }

  /** How many tasks were ever taken out. */
  get taken(): number {
    return count(Atomics.load(this.#ring.words, GETS));
  }

  /** `record` may change afterwards. */
  add(task: Task, record: Uint8Array): void {
    if (this.#backlog.size > 0 || !this.#put(task, record)) this.#backlog.add({ task, content: record.slice() });
  }

  #put(task: Task, record: Uint8Array): boolean {
    // Entered first: a worker may have it at once.
    const claim = claimAt(this.#place);
    this.#ledger.enter(task, claim);
    if (putNow(this.#ring, record)) {
      this.#place++;
      return true;
    }
    this.#ledger.leave(claim);
    return false;
  }

  /** Puts what had no room before; true where something still has none. */
  pump(): boolean {
    for (const next of this.#backlog) {
      if (this.#putting === undefined) {
        if (this.#put(next.task, next.content)) {
          this.#backlog.delete(next);
          continue;
        }
        this.#ledger.enter(next.task, claimAt(this.#place));
        this.#putting = put(this.#ring, next.content, Number.POSITIVE_INFINITY);
      }
      if (!this.#putting.next().done) return true;
      this.#putting = undefined;
      this.#place++;
      this.#backlog.delete(next);
    }
    return false;
  }

  /** Drops what of that call waits for room; answers how many tasks. The first of all may be half in the ring: it stays. */
  drop(job: Job): number {
    const kept = this.#putting === undefined ? undefined : this.#backlog.values().next().value;
    return remove(this.#backlog, (it) => it.task.job === job && it !== kept);
  }

  /** Tells one worker to end, once it has done what is in the ring before this. */
  retire(): void {
    if (this.#backlog.size === 0 && tryPutNow(this.#ring, NOTHING)) this.#place++;
  }

  /** No more tasks; workers end when they have done what there is, or at once. */
  close(immediate: boolean): void {
    shut(this.#ring, immediate);
  }

  /** Takes out what no worker has taken, and what has no room; answers the tasks of the latter. */
  clear(): Task[] {
    // Half put, it is as if it had never been there.
    this.#putting?.return(false);
    this.#putting = undefined;
    while (getNow(this.#ring) !== undefined);
    const tasks = [...this.#backlog].map(({ task }) => task);
    this.#backlog.clear();
    return tasks;
  }
}

const NOTHING = new Uint8Array(0);

/** Tasks that only a message can carry, until a worker is free for them. */
export class Letters {
  readonly #ledger: Ledger;
  readonly #waiting = new Set<Waiter<Parcel>>();
  #last = 0;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  get size(): number {
    return this.#waiting.size;
  }

  add(task: Task, parcel: Parcel): void {
    this.#waiting.add({ task, content: parcel });
  }

  /** Hands letters to workers that have none: to those that have nothing to do, if there are any. */
  deliver(members: Iterable<Member>): void {
    for (const next of this.#waiting) {
      for (;;) {
        const member = freest(members);
        if (member === undefined) return;
        const claim = this.#number();
        this.#ledger.enter(next.task, claim);
        try {
          if (member.send({ claim, parcel: next.content })) break;
          this.#ledger.leave(claim);
          member.condemned = true;
        } catch (error) {
          // What the browser refuses to clone or to move is known only now.
          this.#ledger.leave(claim);
          this.#ledger.settle(next.task, { ok: false, error });
          break;
        }
      }
      this.#waiting.delete(next);
    }
  }

  #number(): number {
    this.#last = this.#last === -0x4000_0000 ? -1 : this.#last - 1;
    return this.#last;
  }

  /** Drops what of that call waits; answers how many tasks. */
  drop(job: Job): number {
    return remove(this.#waiting, ({ task }) => task.job === job);
  }

  clear(): Task[] {
    const tasks = [...this.#waiting].map(({ task }) => task);
    this.#waiting.clear();
    return tasks;
  }
}

/** Of those without a letter: one that has nothing to do and is ready, or at least has nothing to do. */
function freest(members: Iterable<Member>): Member | undefined {
  let best: Member | undefined;
  for (const member of members) {
    if (member.letter !== 0 || member.condemned) continue;
    if (member.isIdle && member.isReady) return member;
    if (best === undefined || (member.isIdle && !best.isIdle)) best = member;
  }
  return best;
}

/** Takes out those of which that is so; answers how many. */
function remove<T>(all: Set<T>, which: (item: T) => boolean): number {
  let removed = 0;
  for (const item of all) if (which(item) && all.delete(item)) removed++;
  return removed;
}
