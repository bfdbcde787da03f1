// Tasks on their way to the workers: the ring, and in order what is not in it.
//
// As long as no call has a priority, all goes into the ring at once. From the first one on that has, at most AHEAD tasks are in
// the ring, and where a more urgent one comes, this side takes out again what no worker has taken, and puts the urgent one first.

import { getNow } from '../../../memory/ring/get.ts';
import { put, putNow, tryPutNow } from '../../../memory/ring/put.ts';
import { count, GETS, makeRing, openRing, type Ring, shut, sizeOf, UNLIMITED } from '../../../memory/ring/ring.ts';
import type { Waiting } from '../../../memory/wait.ts';
import { claimAt } from '../../board.ts';
import { Backlog } from '../backlog.ts';
import type { Job, Task } from '../job.ts';
import type { OpenTasks } from '../open_tasks.ts';

/** How many tasks are in the ring at most where there are priorities: workers are not to wait for a busy thread. */
const AHEAD = 64;

export class Outbox {
  readonly #ring: Ring = openRing(makeRing(UNLIMITED));
  readonly #openTasks: OpenTasks;
  readonly #backlog = new Backlog();
  /** The place in the ring of the next task. */
  #place = 0;
  /** Is put at the moment: it waits for room, and may be half in the ring. */
  #putting: { readonly task: Task; readonly waiting: Waiting<boolean> } | undefined;
  /** Has any call had a priority? */
  #ordered = false;
  /** No task in the ring is less urgent. */
  #lowest = Number.POSITIVE_INFINITY;

  constructor(openTasks: OpenTasks) {
    this.#openTasks = openTasks;
    // Where this thread takes a task back, it is told which.
    this.#ring.claim = new Int32Array(1);
  }

  get buffer(): SharedArrayBuffer {
    return this.#ring.words.buffer as SharedArrayBuffer;
  }

  /** How many tasks are not in the ring. */
  get size(): number {
    return this.#backlog.size + (this.#putting === undefined ? 0 : 1);
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
    if (task.job.terms.priority !== 0) this.#ordered = true;
    if (!this.#ordered && this.size === 0 && this.#put(task, record)) return;
    this.#backlog.add({ task, record: record.slice() });
    if (this.#ordered) this.pump();
  }

  #put(task: Task, record: Uint8Array): boolean {
    // Entered first: a worker may have it at once.
    const claim = claimAt(this.#place);
    this.#openTasks.enter(task, claim);
    if (putNow(this.#ring, record)) {
      this.#sent(task);
      return true;
    }
    this.#openTasks.leave(claim);
    return false;
  }

  #sent({ job }: Task): void {
    this.#place++;
    this.#lowest = Math.min(this.#lowest, job.terms.priority);
  }

  /** Puts what is not in the ring; true where that has to be tried again, though no task may be answered before. */
  pump(): boolean {
    for (;;) {
      if (this.#putting !== undefined) {
        const { task, waiting } = this.#putting;
        if (!waiting.next().done) return true;
        this.#putting = undefined;
        this.#sent(task);
      }
      const next = this.#backlog.first;
      if (next === undefined) return false;
      if (this.untaken === 0) this.#lowest = Number.POSITIVE_INFINITY;
      else if (this.#ordered) {
        if (next.task.job.terms.priority > this.#lowest) {
          if (!this.#takeBack()) return true;
          continue;
        }
        if (this.untaken >= AHEAD) return false;
      }
      this.#backlog.shift();
      if (this.#put(next.task, next.record)) continue;
      this.#openTasks.enter(next.task, claimAt(this.#place));
      this.#putting = { task: next.task, waiting: put(this.#ring, next.record, Number.POSITIVE_INFINITY) };
    }
  }

  /** Takes out what no worker has taken; false where a worker is in the way. */
  #takeBack(): boolean {
    for (let record = getNow(this.#ring); record !== undefined; record = getNow(this.#ring)) {
      // None: the order to retire, which comes again when there is nothing to do.
      const task = this.#openTasks.leave((this.#ring.claim as Int32Array)[0] as number);
      if (task !== undefined) this.#backlog.add({ task, record });
    }
    if (this.untaken > 0) return false;
    this.#lowest = Number.POSITIVE_INFINITY;
    return true;
  }

  /** Drops what of that call is not in the ring; answers how many tasks. */
  drop(job: Job): number {
    return this.#backlog.drop(job);
  }

  /** Tells one worker to end, once it has done what is in the ring before this. */
  retire(): void {
    if (this.size === 0 && tryPutNow(this.#ring, NOTHING)) this.#place++;
  }

  /** No more tasks; workers end when they have done what there is, or at once. */
  close(immediate: boolean): void {
    shut(this.#ring, immediate);
  }

  /** Takes out what no worker has taken, and what is not in the ring; answers the tasks of the latter. */
  clear(): Task[] {
    // Half put, it is as if it had never been there.
    this.#putting?.waiting.return(false);
    const tasks = this.#backlog.clear();
    if (this.#putting !== undefined) tasks.push(this.#putting.task);
    this.#putting = undefined;
    while (getNow(this.#ring) !== undefined);
    return tasks;
  }
}

const NOTHING = new Uint8Array(0);
