// Tasks wait here, and go to the workers in batches. A worker has at most two: one at work, and one behind it if that is short. So what
// comes meanwhile gathers, and no task waits behind a long one while another worker is free. A worker whose task has to wait gives back
// what it has not begun: another may do that. Where one dies, what is sure not to have begun goes to another: nothing is done twice.
//
// A batch is as many tasks as take a millisecond by what their functions took lately; of a function that was not measured yet, one.
// What has attachments, is large, or has a time limit goes alone.

import { pid as ownPid } from '../../../base/thread.ts';
import { decode } from '../../../codec/decode.ts';
import { ProcessError, TimeoutError, WorkerDiedError } from '../../../errors.ts';
import type { Park } from '../../../memory/wait.ts';
import { bytesOf, type Parcel, pack } from '../../../process/parcel.ts';
import type { Post } from '../../../process/protocol.ts';
import { BACK, BATCH, LATE, type MessageSetup, RecordReader, Records } from '../../batch_record.ts';
import { makeSlots, slotIn } from '../../board.ts';
import { type CallCarrier, RETURNED, SKIPPED, STAMP } from '../../task_record.ts';
import { Backlog, type Waiter } from '../backlog.ts';
import { type Job, type Outcome, type Task, titleOf } from '../job.ts';
import type { Member } from '../member.ts';
import type { OpenTasks } from '../open_tasks.ts';
import { diedWith, type MakeTransport, type Transport, type TransportHooks } from '../transport.ts';
import { slotsFor, Workers, type WorkersOptions } from '../workers.ts';
import { Costs } from './costs.ts';
import { MessageMember } from './member.ts';

/** Milliseconds of work in a batch. */
const BATCH_TIME = 1;
/** How many tasks are in a batch at most, and how many bytes. */
const MOST_TASKS = 512;
const MOST_BYTES = 1 << 17;
/** Milliseconds that a batch may take behind which another is sent. */
const SHORT = 4;
/** Bytes from which on a task goes alone. */
const LARGE = 1 << 14;

class MessageTransport implements Transport {
  readonly workers: Workers<MessageMember>;
  /** All comes by message. */
  readonly listens = false;
  readonly isNeeded = false;
  readonly #openTasks: OpenTasks;
  readonly #hooks: TransportHooks;
  readonly #backlog = new Backlog();
  readonly #costs = new Costs();
  readonly #records = new Records();
  #isPlanned = false;
  /** Has any call had a priority? */
  #isOrdered = false;

  constructor(openTasks: OpenTasks, options: WorkersOptions, hooks: TransportHooks) {
    this.#openTasks = openTasks;
    this.#hooks = hooks;
    const { limit } = options;
    const slots = makeSlots(slotsFor(options.size));
    const memberHooks = {
      onReady: () => this.#plan(),
      onAnswers: (member: MessageMember, message: Post) => this.#receive(member, message),
    };
    this.workers = new Workers(options, {
      setup: (index): MessageSetup => {
        slotIn(slots, index).fill(0);
        return { owner: ownPid, limit };
      },
      enlist: (process, index) => new MessageMember(process, index, slotIn(slots, index), limit, memberHooks),
    });
  }

  get size(): number {
    return this.#backlog.size;
  }

  /** What runs is found by its calls. */
  begin(): void {}

  release(): void {}

  // ---------------------------------------------------------------------------------------------- tasks

  add(task: Task, bytes: Uint8Array, carrier: CallCarrier): void {
    const { attachments, heirs } = carrier;
    if (task.job.terms.priority !== 0) this.#isOrdered = true;
    task.claim = claimOf(task);
    if (attachments.length + heirs.length > 0 || bytes.length >= LARGE) {
      task.letter = { parcel: alone(task, bytes, carrier), heirs };
      this.#backlog.add({ task, record: NOTHING });
    } else this.#backlog.add({ task, record: bytes.slice() });
  }

  urge(): void {
    this.#plan();
  }

  /** Hands out when all is there that this turn brings: who has just been answered may call again. */
  #plan(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    queueMicrotask(() =>
      queueMicrotask(() =>
        queueMicrotask(() => {
          this.#isPlanned = false;
          this.#handOut();
        }),
      ),
    );
  }

  #handOut(): void {
    const { members } = this.workers;
    // Those who have nothing come first.
    for (const member of members) if (member.batches.length === 0) this.#give(member);
    if (this.#isOrdered) return;
    for (const member of members) {
      const { batches, isStuck } = member;
      if (batches.length === 1 && !isStuck && (batches[0]?.cost as number) <= SHORT) this.#give(member);
    }
  }

  /** Sends a batch to a worker, if there are tasks, and it takes any. */
  #give(member: MessageMember): void {
    const { room } = member;
    const records = this.#records;
    const waiters: Waiter[] = [];
    // Each is to have a part of what there is.
    const most = Math.min(MOST_TASKS, room, Math.ceil(this.#backlog.size / this.workers.members.size));
    let cost = 0;
    while (waiters.length < most) {
      const waiter = this.#backlog.first as Waiter;
      const { task, record } = waiter;
      const each = this.#costs.of(task);
      const isAlone = task.letter !== undefined || task.job.terms.timeout !== undefined;
      if (waiters.length > 0 && (isAlone || cost + each > BATCH_TIME || records.length > MOST_BYTES)) break;
      // What holds shared objects is not to wait for one that is at work: it might be for that.
      if (task.letter !== undefined && member.batches.length > 0) break;
      this.#backlog.shift();
      cost += each;
      waiters.push(waiter);
      this.#openTasks.enter(task, task.claim);
      if (task.letter !== undefined) return this.#sendAlone(member, waiter, cost);
      records.add(task.claim, task.word, record);
      if (isAlone) break;
    }
    if (waiters.length === 0) return;
    const limit = (waiters[0] as Waiter).task.job.terms.timeout ?? Number.POSITIVE_INFINITY;
    member.send(BATCH, { waiters, cost }, pack(records.take(limit)));
  }

  #sendAlone(member: MessageMember, waiter: Waiter, cost: number): void {
    const { task } = waiter;
    const { parcel, heirs } = task.letter as NonNullable<Task['letter']>;
    try {
      for (const heir of heirs) heir(member.pid);
      task.letter = undefined;
      member.send(BATCH, { waiters: [waiter], cost }, parcel);
    } catch (error) {
      // What the browser refuses to clone or to move is known only now.
      for (const heir of heirs) heir(0);
      this.#openTasks.leave(task.claim);
      this.#hooks.onRefused(task, error);
      this.#plan();
    }
  }

  // ---------------------------------------------------------------------------------------------- answers

  #receive(member: MessageMember, { parcel }: Post): void {
    const reader = new RecordReader(bytesOf(parcel));
    const done: Task[] = [];
    for (let bytes = reader.next(); bytes !== undefined; bytes = reader.next()) {
      const { claim, word: kind } = reader;
      if (kind === STAMP) {
        const [began, ended] = new Float64Array(bytes.slice().buffer);
        this.#hooks.onStamp(claim, member, began as number, ended as number);
        continue;
      }
      if (kind === BACK) {
        this.#takeBack(member.giveBack(claim));
        continue;
      }
      const task = member.answered(claim)?.task;
      if (task !== undefined && kind !== SKIPPED) done.push(task);
      const isOpen = this.#openTasks.leave(claim) !== undefined;
      // What nobody waits for any more may hold shared objects, which become this process's to let go of.
      if (!isOpen && kind !== RETURNED) continue;
      const outcome = outcomeOf(task, kind, bytes, parcel.attachments);
      if (isOpen && task !== undefined) this.#openTasks.settle(task, outcome);
    }
    if (done.length > 0) this.#costs.note(done, reader.head);
    member.advance();
    if (member.isStuck && member.current !== undefined) this.#costs.surprise(member.current);
    this.#hooks.onAnswer();
    this.#plan();
  }

  /** A worker has not begun that task, and will not: it is to be given out again. */
  #takeBack(waiter: Waiter | undefined): void {
    if (waiter === undefined) return;
    const { task } = waiter;
    if (this.#openTasks.leave(task.claim) === undefined) return;
    if (task.job.isEnded) this.#openTasks.settle(task, givenUp(task));
    else this.#backlog.add(waiter);
  }

  /** There is nothing to take out: for what comes by message no thread can block. */
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

  // ---------------------------------------------------------------------------------------------- the end of calls, and of workers

  cancel(job: Job, reason: unknown): void {
    job.open -= this.#backlog.drop(job);
    for (const member of this.workers.members) member.giveUp((task) => task.job === job, reason);
  }

  lose(ended: Member, error: Error): void {
    const member = ended as MessageMember;
    member.close();
    const { batches } = member;
    member.batches = [];
    for (const [i, { waiters }] of batches.entries()) {
      for (const waiter of waiters) {
        if (i > 0 && !isKilled(member, error)) this.#takeBack(waiter);
        else if (this.#openTasks.leave(waiter.task.claim) !== undefined) {
          this.#openTasks.settle(waiter.task, { ok: false, error: diedWith(error, waiter.task) });
        }
      }
    }
    this.#plan();
  }

  clear(): Task[] {
    return this.#backlog.clear();
  }

  retire(): void {
    for (const member of this.workers.members) member.retire();
  }

  close(immediate: boolean): void {
    if (!immediate) this.retire();
  }
}

export const messageTransport: MakeTransport = (...args) => new MessageTransport(...args);

/**
 * Was it ended at any moment, by somebody else? Then its last messages are lost: it may have answered its first batch, and have begun
 * with the second. Who ended by itself, or was ended since it was at one task for too long, has not.
 */
const isKilled = ({ condemned }: Member, error: Error): boolean =>
  !condemned && error instanceof WorkerDiedError && (error.exitcode ?? 0) < 0;

/** By its number: a worker answers no other task of that claim. */
const claimOf = ({ number }: Task): number => -1 - (number % 0x3fff_ffff);

/** A batch of one task. */
function alone({ claim, word, job }: Task, bytes: Uint8Array, carrier: CallCarrier): Parcel {
  const records = new Records(bytes.length);
  records.add(claim, word, bytes);
  return pack(records.take(job.terms.timeout ?? Number.POSITIVE_INFINITY), carrier, false);
}

function outcomeOf(task: Task | undefined, kind: number, bytes: Uint8Array, attachments: readonly unknown[]): Outcome {
  if (kind === SKIPPED && task !== undefined) return givenUp(task);
  if (kind === LATE && task !== undefined) {
    return { ok: false, error: new TimeoutError(`${titleOf(task)} took more than ${task.job.terms.timeout} ms`) };
  }
  try {
    const value = decode(bytes, attachments);
    return kind === RETURNED ? { ok: true, value } : { ok: false, error: value };
  } catch (error) {
    return { ok: false, error };
  }
}

const givenUp = (task: Task): Outcome => ({ ok: false, error: new ProcessError(`${titleOf(task)} was given up`) });

const NEVER = new Int32Array(1);
const NOTHING = new Uint8Array(0);
