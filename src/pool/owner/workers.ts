// The workers of a pool: who there is, and who replaces whom.

import { isWorker, pid as ownPid } from '../../base/thread.ts';
import { commonName, referenceTo } from '../../codec/registry.ts';
import { describe, isError, ProcessError, WorkerDiedError } from '../../errors.ts';
import { settle, wake } from '../../memory/wait.ts';
import { ended, ending, exceptionOf, exitcodeIn, type Handle } from '../../process/handle.ts';
import { post, terminate } from '../../process/kernel.ts';
import { listenTo } from '../../process/mailbox.ts';
import { type Parcel, pack } from '../../process/parcel.ts';
import type { StartMethod } from '../../process/protocol.ts';
import { makeChild, start } from '../../process/spawn.ts';
import { encodeThrown } from '../../process/thrown.ts';
import {
  CANCEL,
  CLAIM,
  type Flags,
  makeSlots,
  PARCELS,
  PARKED,
  READY,
  RESERVED,
  slotIn,
  type WorkerSetup,
} from '../board.ts';
import { awakeNow, LOOK, Stopwatch } from '../clock.ts';
import { NOTICE, RETURNED, STAMP } from '../task_record.ts';
import { discard, type Task } from './job.ts';

/** What its processes run. */
const TASK = 'pool.worker';
const worker = referenceTo(TASK);

export interface WorkersOptions {
  /** How many workers there are at most. */
  readonly size: number;
  /** How they start; none: as this process starts others. */
  readonly method: StartMethod | undefined;
  /** What comes before the numbers of their names. */
  readonly prefix: string;
  readonly initializer: ((...args: never[]) => unknown) | undefined;
  readonly initargs: readonly unknown[];
  /** The names of what is in these. */
  readonly names: readonly string[];
  /** How many tasks a worker does before another takes its place. */
  readonly limit: number;
  /** Milliseconds that a task whose caller has given up may go on. */
  readonly grace: number;
  /** An answer has come by message. */
  readonly onParcel: (claim: number, word: number, parcel: Parcel) => void;
  /** A worker has ended. */
  readonly onEnd: (member: Member, error: Error) => void;
}

/** How often in a row a worker may fail before it has come to its first task. */
const TRIES = 3;
/** How often in a row one may be killed before that: it may be an initializer that kills, and each time. */
const KILLS = 30;

/** One worker. */
export class Member {
  readonly process: Handle;
  readonly index: number;
  readonly slot: Int32Array;
  /** No message of it is wanted any more. */
  readonly close: () => void;
  /** The claim that was given up, and since when. */
  #doomed = 0;
  #since = 0;
  readonly #stopwatch = new Stopwatch();
  /** The claim of the last letter that it has answered; 0 where it may be about to end. */
  #answered = 0;
  ended = false;
  /** It is to be replaced, though it may still run. */
  condemned = false;
  /** A new worker would run newer code. */
  isStale = false;

  constructor(
    process: Handle,
    index: number,
    slot: Int32Array,
    { onParcel, limit }: Pick<WorkersOptions, 'onParcel' | 'limit'>,
  ) {
    this.process = process;
    this.index = index;
    this.slot = slot;
    this.close = listenTo(process.pid as number, ({ claim = 0, word = RETURNED, parcel }) => {
      if (claim < 0 && limit === Number.POSITIVE_INFINITY && (word & 0xff) !== STAMP) this.#answered = claim;
      onParcel(claim, word, parcel);
      // Seen first, and then it may end.
      Atomics.add(slot, PARCELS, 1);
      wake(slot, PARCELS);
    });
  }

  /** The task it holds; 0: none. */
  get claim(): number {
    return Atomics.load(this.slot, CLAIM);
  }

  get isReady(): boolean {
    return Atomics.load(this.slot, READY) === 1;
  }

  /** Reserves it for the task of that claim; false where it is at work. */
  reserve(claim: number): boolean {
    if (this.condemned || ended(this.process)) return false;
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
    const { letter, claim } = task;
    const to = this.process.pid as number;
    try {
      if (letter === undefined) throw new Error('sent already');
      for (const heir of letter.heirs) heir(to);
      post({ to, claim, word: letter.word, parcel: letter.parcel });
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

  /**
   * Milliseconds that its function has been seen at work on the present item; 0 where that is not measured (clock.ts).
   */
  get busy(): number {
    return this.#stopwatch.read(this.slot);
  }

  /** Tells the task that it was given up: by a word, for one that computes, and by a message, for one that waits. */
  cancel(claim: number, reason: unknown): void {
    Atomics.store(this.slot, CANCEL, claim);
    post({ to: this.process.pid as number, claim, word: NOTICE, parcel: pack(encodeThrown(reason)) });
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
    if (!this.ended) terminate(this.process.pid as number, -15);
  }
}

export class Workers {
  readonly #options: WorkersOptions;
  readonly #slots: SharedArrayBuffer;
  readonly #memory: Pick<WorkerSetup, 'tasks' | 'answers' | 'flags'>;
  readonly members = new Set<Member>();
  /** How many there are to be: as many as there ever was work for. */
  #target = 0;
  /** How many in a row failed, or were killed, before they were ready, and why the last was. */
  #failures = 0;
  #kills = 0;
  #failure: Error | undefined;
  /** Whether a worker has ever died on us: then tasks may be lost. */
  hasLost = false;
  #closed = false;
  #hasStale = false;
  /** A name of the executable that its workers run: that of its first task. */
  #runs: string | undefined;

  constructor(options: WorkersOptions, memory: { tasks: SharedArrayBuffer; answers: SharedArrayBuffer; flags: Flags }) {
    this.#options = options;
    // Those who were terminated may run a little longer.
    this.#slots = makeSlots(2 * options.size);
    this.#memory = { tasks: memory.tasks, answers: memory.answers, flags: memory.flags.buffer };
  }

  /** Has what goes by these names run by the workers. @throws DataCloneError where they run another executable. */
  run(names: Iterable<string>): void {
    const known = this.#runs === undefined ? this.#options.names : [this.#runs];
    const name = commonName([...known, ...names], 'make one pool for each');
    this.#runs ??= name;
  }

  /** How many there are at most. */
  get size(): number {
    return this.#options.size;
  }

  /** How many will take tasks. */
  get present(): number {
    let count = 0;
    for (const { condemned } of this.members) if (!condemned) count++;
    return count;
  }

  /** Why no worker can be started, if several in a row have failed and none is left. */
  get failure(): Error | undefined {
    return this.#isHopeless && this.present === 0 ? this.#failure : undefined;
  }

  get #isHopeless(): boolean {
    return this.#failures >= TRIES || this.#kills >= KILLS;
  }

  /**
   * New work has come: where starts were given up, they are tried again. What fails by itself not before that, which the
   * last of those who are about to begin decides: with work coming all the time it would never be given up. Those who are
   * killed are not to blame.
   */
  encourage(): void {
    if (!this.#isHopeless) return;
    this.#kills = 0;
    for (const { isReady, condemned } of this.members) if (!isReady && !condemned) return;
    this.#failures = 0;
  }

  /** New workers run newer code: those that are there go once they sleep, and others come with the work. */
  renew(): void {
    for (const member of this.members) member.isStale = true;
    this.#hasStale = this.members.size > 0;
    this.dismissStale();
  }

  dismissStale(): void {
    if (!this.#hasStale) return;
    this.#hasStale = false;
    for (const member of this.members) {
      if (member.isStale) member.dismiss();
      if (member.isStale && !member.condemned) this.#hasStale = true;
    }
  }

  /** Has enough workers for so many tasks that are waiting or at work. */
  enough(pending: number): void {
    const wanted = Math.min(this.#options.size, pending);
    if (!this.#closed) this.#target = Math.max(this.#target, wanted);
    this.#fill(Math.max(this.#target, wanted));
  }

  #fill(target: number): void {
    for (let missing = target - this.present; missing > 0 && !this.#isHopeless; missing--) {
      if (!this.#start()) return;
    }
  }

  /** False where the slots of those who are to end are still in use. */
  #start(): boolean {
    const taken = new Set([...this.members].map(({ index }) => index));
    let index = 0;
    while (taken.has(index)) index++;
    if (index >= 2 * this.#options.size) return false;
    const { method, prefix, initializer, initargs, limit, onEnd } = this.#options;
    const slot = slotIn(this.#slots, index);
    slot.fill(0);
    const setup: WorkerSetup = {
      ...this.#memory,
      slots: this.#slots,
      index,
      owner: ownPid,
      blocks: isWorker,
      limit,
    };
    const work = { target: worker, args: [setup, initializer, initargs], kwargs: undefined };
    const process = makeChild(work, { prefix, daemon: true });
    process.runs = this.#runs;
    start(process, { method, task: `multiprocessing.${TASK}` });
    const member = new Member(process, index, slot, this.#options);
    this.members.add(member);
    settle(ending(process, Number.POSITIVE_INFINITY)).then(() => this.#ended(member, onEnd));
    return true;
  }

  /** Wakes the sleepers that so many tasks in the ring need. */
  rouse(untaken: number): void {
    let needed = untaken;
    for (const { slot, claim, isReady } of this.members) {
      if (isReady && claim === 0 && Atomics.load(slot, PARKED) === 0) needed--;
    }
    for (const { slot } of this.members) {
      if (needed <= 0) return;
      // Asleep becomes awake.
      if (Atomics.compareExchange(slot, PARKED, 1, 0) !== 1) continue;
      wake(slot, PARKED);
      needed--;
    }
  }

  /** Does one sleep? */
  get hasSleeper(): boolean {
    for (const { slot } of this.members) if (Atomics.load(slot, PARKED) === 1) return true;
    return false;
  }

  rouseAll(): void {
    this.rouse(Number.POSITIVE_INFINITY);
  }

  /** Finds one that sleeps for the task of that claim, which is before all others. */
  reserve(claim: number): Member | undefined {
    for (const member of this.members) if (member.reserve(claim)) return member;
    return undefined;
  }

  /** The worker in that slot. */
  at(index: number): Member | undefined {
    for (const member of this.members) if (member.index === index) return member;
    return undefined;
  }

  /** Looks who has ended, where nobody could tell: a blocked thread hears of nothing. */
  count(): void {
    for (const member of this.members) if (ended(member.process)) this.#ended(member, this.#options.onEnd);
  }

  #ended(member: Member, onEnd: WorkersOptions['onEnd']): void {
    if (member.ended) return;
    member.ended = true;
    const exitcode = exitcodeIn(member.process);
    const error = this.#reasonOf(member);
    if (member.isReady) this.#failures = this.#kills = 0;
    else if (!member.condemned) {
      // Negative: by kill() or terminate().
      if ((exitcode as number) < 0) this.#kills++;
      // What cannot be loaded will not be next time either.
      else this.#failures += error instanceof ProcessError && 'module' in error ? TRIES : 1;
      this.#failure = error;
    }
    // One that was dismissed held nothing.
    if (exitcode !== 0 && !(member.isStale && member.condemned)) this.hasLost = true;
    this.members.delete(member);
    onEnd(member, error);
  }

  /** What it says of a worker that has ended; of one that has not come to work, its own error. */
  #reasonOf({ process, isReady }: Member): Error {
    const { pid, name } = process;
    const exitcode = exitcodeIn(process);
    const exception = exitcode === 0 ? null : exceptionOf(process);
    if (!isReady && isError(exception)) return exception;
    const why = exception === null ? undefined : { cause: exception };
    if (!isReady && why) return new ProcessError(`the pool's initializer threw ${describe(exception)}`, why);
    const text = `${name} (pid ${pid}) ended with exit code ${exitcode}${why ? ` (${describe(exception)})` : ''}`;
    return new WorkerDiedError(text, pid as number, exitcode, why);
  }

  /** Ends those that were given up for too long. Answers in how many milliseconds to look again. */
  tend(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const member of this.members) {
      const left = member.left(this.#options.grace);
      if (left <= 0) member.condemn();
      else next = Math.min(next, left, left < Number.POSITIVE_INFINITY ? LOOK : left);
    }
    return next;
  }

  /** No worker is replaced any more, unless there is work. */
  close(): void {
    this.#closed = true;
    this.#target = 0;
  }

  /** From now on there are only as many as the work to come needs. */
  rest(): void {
    this.#target = 0;
  }

  terminate(): void {
    this.close();
    for (const member of this.members) member.condemn();
  }
}
