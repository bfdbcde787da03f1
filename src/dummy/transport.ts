// How the tasks of a pool get to its workers where those are tasks of this realm: they wait here, and whoever has nothing to do
// takes the next. An answer is a call.

import type { Park } from '../memory/wait.ts';
import { makeSlots, slotIn } from '../pool/board.ts';
import { Backlog } from '../pool/owner/backlog.ts';
import { encodeWork } from '../pool/owner/encode_work.ts';
import type { Job, Outcome, Task } from '../pool/owner/job.ts';
import type { Member } from '../pool/owner/member.ts';
import type { OpenTasks } from '../pool/owner/open_tasks.ts';
import { diedWith, type MakeTransport, type Transport, type TransportHooks } from '../pool/owner/transport.ts';
import { Workers, type WorkersOptions } from '../pool/owner/workers.ts';
import type { CallCarrier } from '../pool/task_record.ts';
import { carried, here } from './journey.ts';
import { launch } from './process.ts';
import { DummyMember, type Source, workAs } from './worker.ts';

class DummyTransport implements Transport, Source {
  readonly workers: Workers<DummyMember>;
  /** Nothing has to be looked for. */
  readonly listens = false;
  readonly isNeeded = false;
  readonly #openTasks: OpenTasks;
  readonly #hooks: TransportHooks;
  readonly #backlog = new Backlog();
  #claims = 0;
  #isClosed = false;

  constructor(openTasks: OpenTasks, options: WorkersOptions, hooks: TransportHooks) {
    this.#openTasks = openTasks;
    this.#hooks = hooks;
    this.workers = new Workers(options, {
      target: workAs,
      launch,
      // A function is not copied on its way.
      setup: (index) => () => this.workers.at(index),
      enlist: (process, index) => {
        // Of its own: one that was terminated may go on for a while, in the same place.
        return new DummyMember(process, index, slotIn(makeSlots(1), 0), this);
      },
    });
  }

  readonly encode: typeof encodeWork = (work, call, first) => here(() => encodeWork(work, call, first));

  get size(): number {
    return this.#backlog.size;
  }

  begin(): void {}

  release(): void {}

  add(task: Task, bytes: Uint8Array, carrier: CallCarrier): void {
    const { heirs } = carrier;
    const parcel = { bytes: bytes.slice(), attachments: carried(carrier), transfer: [] };
    // Where it is empty, the next record has the same.
    task.letter = { parcel, heirs: [...heirs] };
    this.#backlog.add({ task, record: parcel.bytes });
  }

  urge(): void {
    for (const member of this.workers.members) if (member.rouse()) return;
  }

  take(member: DummyMember): Task | undefined {
    const task = this.#backlog.first?.task;
    if (task === undefined || member.isLeaving) return undefined;
    this.#backlog.shift();
    for (const heir of task.letter?.heirs ?? []) heir(member.pid);
    this.#openTasks.enter(task, ++this.#claims);
    this.#openTasks.send(task, member.index);
    return task;
  }

  get isOver(): boolean {
    return this.#isClosed;
  }

  answer(task: Task, outcome: Outcome): void {
    if (this.#openTasks.leave(task.claim) === undefined) return;
    this.#openTasks.settle(task, outcome);
    this.#hooks.onAnswer();
  }

  stamp(claim: number, member: Member, began: number, ended: number): void {
    this.#hooks.onStamp(claim, member, began, ended);
  }

  cancel(job: Job, reason: unknown): void {
    job.open -= this.#backlog.drop(job);
    for (const member of this.workers.members) {
      const { claim } = member;
      if (this.#openTasks.open.get(claim)?.job === job) member.cancel(claim, reason);
    }
  }

  lose({ claim }: Member, error: Error): void {
    const task = this.#openTasks.leave(claim);
    if (task !== undefined) this.#openTasks.settle(task, { ok: false, error: diedWith(error, task) });
  }

  /** There is nothing to take out: who blocks this realm's only thread would wait for ever. */
  drain(): Park {
    return { words: NEVER, index: 0, seen: 0, until: Number.POSITIVE_INFINITY };
  }

  pump(): number {
    return Number.POSITIVE_INFINITY;
  }

  nudge(): void {}

  tend(): number {
    return Number.POSITIVE_INFINITY;
  }

  clear(): Task[] {
    return this.#backlog.clear();
  }

  retire(): void {
    for (const member of this.workers.members) member.retire();
  }

  close(): void {
    this.#isClosed = true;
    for (const member of this.workers.members) member.rouse();
  }
}

export const dummyTransport: MakeTransport = (...args) => new DummyTransport(...args);

const NEVER = new Int32Array(1);
