// Tasks go into one ring (outbox.ts), from which the workers pull; answers come back through another (inbox.ts). What only a message
// can carry goes to the worker that takes its ticket, or to one that sleeps.

import { now } from '../../../base/deadline.ts';
import { isWorker, pid as ownPid } from '../../../base/thread.ts';
import { frame } from '../../../data/record.ts';
import type { Park } from '../../../memory/wait.ts';
import type { Handle } from '../../../process/handle.ts';
import { type Parcel, pack, WORTH_POSTING } from '../../../process/parcel.ts';
import { makeSlots, slotIn, type WorkerSetup } from '../../board.ts';
import { type CallCarrier, TICKET } from '../../task_record.ts';
import type { Job, Task } from '../job.ts';
import type { Member } from '../member.ts';
import type { OpenTasks } from '../open_tasks.ts';
import type { MakeTransport, Transport, TransportHooks } from '../transport.ts';
import { slotsFor, Workers, type WorkersOptions } from '../workers.ts';
import { Deaths } from './deaths.ts';
import { Flags } from './flags.ts';
import { Inbox } from './inbox.ts';
import { type MemberHooks, MemoryMember } from './member.ts';
import { Outbox } from './outbox.ts';

/** Milliseconds after which workers that sleep are woken for tasks that another one has not come for. */
const HASTE = 50;
/** Milliseconds after which a task that had no room is tried again. */
const RETRY = 2;

class MemoryTransport implements Transport {
  readonly workers: Workers<MemoryMember>;
  readonly #openTasks: OpenTasks;
  readonly #hooks: TransportHooks;
  readonly #outbox: Outbox;
  readonly #inbox: Inbox;
  readonly #deaths: Deaths;
  readonly #flags = new Flags();
  /** When the last task came. */
  #submitted = 0;
  /** The claim of the last task that had no ticket. */
  #letter = 0;

  constructor(openTasks: OpenTasks, options: WorkersOptions, hooks: TransportHooks) {
    this.#openTasks = openTasks;
    this.#hooks = hooks;
    this.#outbox = new Outbox(openTasks);
    this.#inbox = new Inbox(openTasks, {
      onWanted: (claim, slot) => this.#deliver(claim, slot),
      onStamp: (claim, slot, began, ended) => {
        const member = this.workers.at(slot);
        if (member !== undefined) hooks.onStamp(claim, member, began, ended);
      },
    });
    const { limit } = options;
    const slots = makeSlots(slotsFor(options.size));
    const shared = {
      tasks: this.#outbox.buffer,
      answers: this.#inbox.buffer,
      flags: this.#flags.buffer,
      slots,
      owner: ownPid,
      blocks: isWorker,
      limit,
    };
    const memberHooks: MemberHooks = {
      onParcel: (claim: number, word: number, parcel: Parcel) => {
        this.#inbox.receive(claim, word, parcel);
        hooks.onAnswer();
      },
      limit,
    };
    this.workers = new Workers(options, {
      setup: (index): WorkerSetup => {
        slotIn(slots, index).fill(0);
        return { ...shared, index };
      },
      enlist: (process: Handle, index) => new MemoryMember(process, index, slotIn(slots, index), memberHooks),
    });
    this.#deaths = new Deaths({ openTasks, outbox: this.#outbox, inbox: this.#inbox, workers: this.workers });
  }

  get size(): number {
    return this.#outbox.size;
  }

  /** What letters from a window come to, messages tell. */
  get listens(): boolean {
    return isWorker ? this.#openTasks.size + this.#outbox.size > 0 : this.#openTasks.hasInRing || this.#outbox.size > 0;
  }

  get isNeeded(): boolean {
    return this.#outbox.size > 0 || this.#openTasks.hasUnsent;
  }

  begin(job: Job, signal: AbortSignal | undefined, streams: boolean): void {
    if (streams) job.flag = this.#flags.take();
    else if (signal !== undefined) job.flag = this.#flags.takeFor(signal);
  }

  release(job: Job): void {
    this.#flags.release(job.flag);
    job.flag = 0;
  }

  add(task: Task, bytes: Uint8Array, carrier: CallCarrier): void {
    const { attachments, heirs } = carrier;
    const { word } = task;
    if (attachments.length === 0 && bytes.length < WORTH_POSTING) {
      // It holds no shared object: those have attachments.
      heirs.length = 0;
      this.#outbox.add(task, frame(word, 0, bytes));
    } else {
      task.letter = { parcel: pack(bytes, carrier), heirs };
      if (!this.#send(task)) this.#outbox.add(task, frame(word, TICKET, NOTHING));
    }
  }

  urge(): void {
    // With more tasks than workers all are awake, or were woken for those before.
    const { untaken } = this.#outbox;
    if (untaken > 0 && untaken <= this.workers.members.size + 1) this.#rouse(untaken);
    this.#submitted = now();
    if (this.#outbox.size > 0) this.#inbox.nudge();
  }

  /** Sends what comes by message to a worker that sleeps, if there is one and nothing is before it. @throws what is refused. */
  #send(task: Task): boolean {
    if (this.#outbox.size + this.#outbox.untaken > 0) return false;
    const claim = this.#letter === -0x4000_0000 ? -1 : this.#letter - 1;
    const member = this.#reserve(claim);
    if (member === undefined) return false;
    this.#letter = claim;
    this.#openTasks.enter(task, claim);
    try {
      member.send(task);
      this.#openTasks.send(task, member.index);
    } catch (error) {
      this.#openTasks.leave(claim);
      throw error;
    }
    return true;
  }

  /** Finds one that sleeps for the task of that claim, which is before all others. */
  #reserve(claim: number): MemoryMember | undefined {
    for (const member of this.workers.members) if (member.reserve(claim)) return member;
    return undefined;
  }

  /** The worker in that slot has taken the ticket of a task: sends the rest. */
  #deliver(claim: number, slot: number): void {
    const member = this.workers.at(slot);
    // It has died: its tasks are seen to.
    if (member?.claim !== claim) return;
    const task = this.#openTasks.open.get(claim);
    if (task === undefined) return member.free();
    try {
      member.send(task);
      this.#openTasks.send(task, slot);
    } catch (error) {
      // What the browser refuses to clone or to move is known only now.
      this.#openTasks.leave(claim);
      this.#hooks.onRefused(task, error);
    }
  }

  cancel(job: Job, reason: unknown): void {
    this.#flags.raise(job.flag);
    job.open -= this.#outbox.drop(job);
    this.#openTasks.discardUnsent(job);
    // A task claimed after this look finds the flag raised.
    for (const member of this.workers.members) {
      const { claim } = member;
      if (this.#openTasks.open.get(claim)?.job === job) member.cancel(claim, reason);
    }
  }

  drain(isDone: () => boolean, end: number): Park | undefined {
    return this.#inbox.drain(isDone, end);
  }

  pump(): number {
    if (this.#outbox.size === 0) return Number.POSITIVE_INFINITY;
    const isStuck = this.#outbox.pump();
    this.#rouse(this.#outbox.untaken);
    return isStuck ? RETRY : Number.POSITIVE_INFINITY;
  }

  nudge(): void {
    this.#inbox.nudge();
  }

  // ---------------------------------------------------------------------------------------------- who sleeps

  /** Wakes the sleepers that so many tasks in the ring need. */
  #rouse(untaken: number): void {
    let needed = untaken;
    for (const { isAwake } of this.workers.members) if (isAwake) needed--;
    for (const member of this.workers.members) {
      if (needed <= 0) return;
      if (member.rouse()) needed--;
    }
  }

  #rouseAll(): void {
    this.#rouse(Number.POSITIVE_INFINITY);
  }

  /** Wakes those who sleep while tasks wait for one who was counted on, and does not come. */
  #hasten(): number {
    if (this.#outbox.untaken === 0 || !this.#hasSleeper) return Number.POSITIVE_INFINITY;
    const left = this.#submitted + HASTE - now();
    if (left <= 0) this.#rouseAll();
    return left > 0 ? left : Number.POSITIVE_INFINITY;
  }

  get #hasSleeper(): boolean {
    for (const { sleeps } of this.workers.members) if (sleeps) return true;
    return false;
  }

  tend(): number {
    return Math.min(this.#deaths.tend(), this.#hasten());
  }

  // ---------------------------------------------------------------------------------------------- the end

  lose(member: Member, error: Error): void {
    this.#deaths.add(member, error);
    // Perhaps it was the one that was woken for them.
    this.#rouse(this.#outbox.untaken);
  }

  clear(): Task[] {
    return this.#outbox.clear();
  }

  retire(): void {
    for (let left = this.workers.present; left > 0; left--) this.#outbox.retire();
    this.#rouseAll();
  }

  close(immediate: boolean): void {
    this.#outbox.close(immediate);
    if (immediate) this.#deaths.clear();
    else this.#rouseAll();
  }
}

export const memoryTransport: MakeTransport = (...args) => new MemoryTransport(...args);

const NOTHING = new Uint8Array(0);
