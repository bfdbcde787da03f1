// The owner's side of a pool: gives tasks to the workers, and their answers to the calls.
//
// Tasks go into one ring (outbox.ts), from which the workers pull; answers come back through another (inbox.ts). Whoever
// waits for a result works: it drains the answers, and hands on what had no room in the ring. In an async thread one loop
// does so while there is anything to wait for; a thread that blocks does it itself. Both may go on with an operation that
// the other has begun: each step of it is one call of `next()`.

import { breathe } from '../../base/breathe.ts';
import { isPast, now, watchDeadline } from '../../base/deadline.ts';
import { observer } from '../../base/observer.ts';
import { checkRealm, onGone } from '../../base/realm.ts';
import { isWorker } from '../../base/thread.ts';
import { noted } from '../../codec/registry.ts';
import { once } from '../../data/intake.ts';
import { frame } from '../../data/record.ts';
import { InvalidStateError, ProcessError, TimeoutError } from '../../errors.ts';
import { onLook, settle, type Waiting } from '../../memory/wait.ts';
import { onRenewal } from '../../process/kernel.ts';
import { type Parcel, pack, WORTH_POSTING } from '../../process/parcel.ts';
import { Flags } from '../board.ts';
import { LOOK } from '../clock.ts';
import { encodeWork, OBSERVED, TICKET, TIMED, type Work } from '../task_record.ts';
import { Deaths } from './deaths.ts';
import { Inbox } from './inbox.ts';
import { discard, type Job, type Task, titleOf } from './job.ts';
import { OpenTasks } from './open_tasks.ts';
import { Outbox } from './outbox.ts';
import { type Member, Workers, type WorkersOptions } from './workers.ts';

/** Milliseconds of answers after which a window gets a turn. */
const STRETCH = 8;
/** Milliseconds after which workers that sleep are woken for tasks that another one has not come for. */
const HASTE = 50;
/** Milliseconds after which a task that had no room is tried again. */
const RETRY = 2;

type Settings = Omit<WorkersOptions, 'onParcel' | 'onEnd'> & {
  /** Milliseconds without work after which the workers go. */
  readonly idle: number;
};

/** What a pool is at, for who looks on. */
export interface PoolWork {
  readonly state: 'running' | 'closed' | 'terminated';
  /** How many workers it has at most. */
  readonly size: number;
  /** Tasks that are waiting or at work: a call, or a chunk of one. */
  readonly pending: number;
  /** Its workers, and what each is at: `tasks.crunch()`, or `tasks.crunch(), chunk 3`. */
  readonly workers: readonly { readonly pid: number; readonly task: string | null }[];
}

export class Dispatcher {
  readonly #openTasks = new OpenTasks((job) => this.#tidy(job));
  readonly #outbox = new Outbox(this.#openTasks);
  readonly #inbox = new Inbox(this.#openTasks, {
    onWanted: (claim, slot) => this.#deliver(claim, slot),
    onStamp: (claim, slot, began, ended) => {
      const task = this.#openTasks.find(claim);
      const process = this.workers.at(slot)?.process;
      if (task?.seen === undefined || process === undefined) return;
      const { at: submitted, size } = task.seen;
      const { pid, name: worker } = process as { pid: number; name: string };
      observer?.onRun({ pid, worker, task: titleOf(task), size, submitted, began, ended });
    },
  });
  readonly #flags = new Flags();
  readonly workers: Workers;
  readonly #deaths: Deaths;
  readonly #idle: number;
  /** Calls that may have more tasks than they have at the moment. */
  readonly #streams = new Set<Job>();
  readonly #timed = new Set<Job>();
  /** No time limit among them is shorter. */
  #shortest = Number.POSITIVE_INFINITY;
  readonly #due: (() => void)[] = [];
  #running = false;
  /** When the last task came. */
  #submitted = 0;
  /** How many tasks there ever were. */
  #count = 0;
  /** The claim of the last task that had no ticket. */
  #letter = 0;
  /** Calls off what is done while this thread blocks for something else. */
  #stopDuty: (() => void) | undefined;
  /** Calls off the next look of `#watch`. */
  #stopWatch = nothing;
  /** Calls off the time after which it shrinks. */
  #stayAwake = nothing;
  state: PoolWork['state'] = 'running';
  /** Resolves when all workers have ended, after `close()` or `terminate()`. */
  readonly over: Promise<void>;
  isOver = false;
  #end!: () => void;

  constructor({ idle, ...options }: Settings) {
    this.#idle = idle;
    this.over = new Promise((resolve) => {
      this.#end = resolve;
    });
    const hooks = {
      onParcel: (claim: number, word: number, parcel: Parcel) => {
        this.#inbox.receive(claim, word, parcel);
        if (!this.#running) this.#rest();
        else if (!this.#listens) this.#inbox.nudge();
      },
      onEnd: (member: Member, error: Error) => this.#lose(member, error),
    };
    const memory = { tasks: this.#outbox.buffer, answers: this.#inbox.buffer, flags: this.#flags };
    this.workers = new Workers({ ...options, ...hooks }, memory);
    this.#deaths = new Deaths({
      openTasks: this.#openTasks,
      outbox: this.#outbox,
      inbox: this.#inbox,
      workers: this.workers,
    });
    const stay = onGone((error) => {
      this.terminate(error);
      this.workers.count();
      this.#catchUp();
    });
    const withdraw = onRenewal(() => this.workers.renew());
    void this.over.then(() => {
      stay();
      withdraw();
    });
  }

  // ---------------------------------------------------------------------------------------------- calls

  /** A call begins; with `streams` it may have more tasks until `end()`. Answers how to stop minding the signal. */
  begin(job: Job, signal: AbortSignal | undefined, streams = false): () => void {
    checkRealm();
    if (this.state !== 'running') throw new InvalidStateError(`this pool is ${this.state}: it takes no more work`);
    signal?.throwIfAborted();
    if (streams) job.flag = this.#flags.take();
    else if (signal !== undefined) job.flag = this.#flags.takeFor(signal);
    const { timeout } = job.terms;
    if (timeout !== undefined) {
      this.#timed.add(job);
      this.#shortest = Math.min(this.#shortest, timeout);
      this.#inbox.nudge();
    }
    if (streams) this.#streams.add(job);
    this.#stayAwake();
    this.workers.encourage();
    if (signal === undefined) return nothing;
    const abort = (): void => this.cancel(job, signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    return () => signal.removeEventListener('abort', abort);
  }

  /** One task of a call. What cannot travel is the outcome of that task. */
  submit(job: Job, index: number, work: Work): void {
    const task: Task = { claim: 0, job, index, number: ++this.#count, letter: undefined, settled: false, slot: -1 };
    job.open++;
    this.workers.dismissStale();
    try {
      noted.clear();
      const { bytes, carrier } = encodeWork(work, job.terms.call);
      if (noted.size > 0) this.workers.run(noted);
      let word = job.flag << 2;
      if (job.terms.timeout !== undefined) word |= TIMED;
      if (observer !== undefined) {
        word |= OBSERVED;
        task.seen = { at: performance.timeOrigin + now(), size: bytes.length };
      }
      const { attachments, heirs } = carrier;
      if (attachments.length === 0 && bytes.length < WORTH_POSTING) {
        // It holds no shared object: those have attachments.
        heirs.length = 0;
        this.#outbox.add(task, frame(word, 0, bytes));
      } else {
        task.letter = { word, parcel: pack(bytes, carrier), heirs };
        if (!this.#send(task)) this.#outbox.add(task, frame(word, TICKET, NOTHING));
      }
    } catch (error) {
      this.#refuse(task, error);
      return;
    }
    this.#staff();
    // With more tasks than workers all are awake, or were woken for those before.
    const { untaken } = this.#outbox;
    if (untaken > 0 && untaken <= this.workers.members.size + 1) this.workers.rouse(untaken);
    this.#submitted = now();
    if (isWorker) this.#stopDuty ??= onLook(() => this.#attend());
    if (this.#outbox.size > 0) this.#inbox.nudge();
    this.#start();
  }

  /** A task that cannot travel ends, once the call that asks for it has returned. */
  #refuse(task: Task, error: unknown): void {
    this.#soon(() => {
      this.#openTasks.settle(task, { ok: false, error });
      this.#inbox.nudge();
      this.#rest();
    });
  }

  /** Sends what comes by message to a worker that sleeps, if there is one and nothing is before it. @throws what is refused. */
  #send(task: Task): boolean {
    if (this.#outbox.size + this.#outbox.untaken > 0) return false;
    const claim = this.#letter === -0x4000_0000 ? -1 : this.#letter - 1;
    const member = this.workers.reserve(claim);
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
      this.#refuse(task, error);
    }
  }

  /** Is there anything in the rings to see to? What letters from a window come to, messages tell. */
  get #listens(): boolean {
    return isWorker ? this.#pending > 0 : this.#openTasks.hasRinged || this.#outbox.size > 0;
  }

  /** Takes answers from now on; none before the call that asks for them has returned, nor a callback. */
  #start(): void {
    if (this.#running) return;
    if (!this.#listens) return this.#watch();
    this.#running = true;
    queueMicrotask(() => void this.#run());
  }

  /** A call is given up: what of it waits is dropped, what runs is told so. */
  cancel(job: Job, reason: unknown): void {
    job.fail(reason);
    this.#flags.raise(job.flag);
    job.open -= this.#outbox.drop(job);
    // A task claimed after this look finds the flag raised.
    for (const member of this.workers.members) {
      const { claim } = member;
      if (this.#openTasks.open.get(claim)?.job === job) member.cancel(claim, reason);
    }
    this.#streams.delete(job);
    this.#tidy(job);
    this.#inbox.nudge();
    this.#watch();
  }

  /** A call has no more tasks to come. A second time does nothing. */
  end(job: Job): void {
    this.#streams.delete(job);
    this.#tidy(job);
    this.#rest();
  }

  /** Lets go of a call that has ended and has no task any more. */
  #tidy(job: Job): void {
    if (job.open > 0 || this.#streams.has(job) || !job.isEnded) return;
    this.#timed.delete(job);
    this.#flags.release(job.flag);
    job.flag = 0;
  }

  /** Does something once the call that asks for it has returned: at the latest when somebody waits for a result. */
  #soon(callback: () => void): void {
    this.#due.push(callback);
    queueMicrotask(() => this.#catchUp());
  }

  #catchUp(): void {
    for (let next = this.#due.shift(); next !== undefined; next = this.#due.shift()) next();
  }

  // ---------------------------------------------------------------------------------------------- work

  /** What there is to do, and who is at what. */
  get work(): PoolWork {
    const workers = [...this.workers.members].map(({ process, claim }) => {
      const task = this.#openTasks.open.get(claim);
      return { pid: process.pid as number, task: task === undefined ? null : titleOf(task) };
    });
    return { state: this.state, size: this.workers.size, pending: this.#pending, workers };
  }

  get #pending(): number {
    return this.#openTasks.size + this.#outbox.size;
  }

  /** Those that take a worker: not those whose answers are on their way as messages. */
  get #undone(): number {
    return this.#openTasks.open.size + this.#outbox.size;
  }

  /** Has the workers that the work takes. */
  #staff(): void {
    if (this.state === 'terminated') return;
    try {
      this.workers.enough(this.#undone);
    } catch (error) {
      if (this.workers.present === 0) this.#soon(() => this.#giveUp(error));
    }
  }

  async #run(): Promise<void> {
    while (this.#listens) {
      const wait = this.#tend();
      const park = this.#inbox.drain(() => !this.#listens, now() + STRETCH);
      const retry = this.#pump();
      if (!this.#listens) break;
      if (park === undefined) await breathe();
      else await settle(once(park, now() + Math.min(wait, retry)));
    }
    this.#running = false;
    this.#rest();
    this.#watch();
  }

  /** Works, blocking, until that is so; false where `deadline` came first. */
  *working(over: () => boolean, deadline: number): Waiting<boolean> {
    for (;;) {
      this.workers.count();
      const wait = this.#tend();
      const park = this.#inbox.drain(over, Number.POSITIVE_INFINITY);
      const retry = this.#pump();
      if (this.state !== 'running') this.#rest();
      if (over()) {
        // Who awaits the rest of it may have nothing more to wait for.
        this.#inbox.nudge();
        return true;
      }
      if (isPast(deadline)) return false;
      if (park === undefined) continue;
      yield* once(park, Math.min(deadline, now() + Math.min(wait, retry)));
    }
  }

  /** Does what workers need it for, while this thread blocks for something else. Answers whether one may wait for that. */
  #attend(): boolean {
    this.workers.count();
    this.#tend();
    this.#inbox.drain(() => false, Number.POSITIVE_INFINITY);
    this.#pump();
    return this.#outbox.size > 0 || this.#openTasks.hasUnsent;
  }

  /** Puts what had no room before. Answers in how many milliseconds to try again. */
  #pump(): number {
    if (this.#outbox.size === 0) return Number.POSITIVE_INFINITY;
    const isStuck = this.#outbox.pump();
    this.workers.rouse(this.#outbox.untaken);
    return isStuck ? RETRY : Number.POSITIVE_INFINITY;
  }

  // ---------------------------------------------------------------------------------------------- deaths and limits

  /** Does what is due. Answers in how many milliseconds to look again. */
  #tend(): number {
    this.#catchUp();
    return Math.min(this.workers.tend(), this.#limit(), this.#deaths.tend(), this.#hasten());
  }

  /** Wakes those who sleep while tasks wait for one who was counted on, and does not come. */
  #hasten(): number {
    const { untaken } = this.#outbox;
    if (untaken === 0 || !this.workers.hasSleeper) return Number.POSITIVE_INFINITY;
    const left = this.#submitted + HASTE - now();
    if (left <= 0) this.workers.rouseAll();
    return left > 0 ? left : Number.POSITIVE_INFINITY;
  }

  /** Gives up the items that take longer than their calls allow. */
  #limit(): number {
    if (this.#timed.size === 0) {
      this.#shortest = Number.POSITIVE_INFINITY;
      return this.#shortest;
    }
    let next = this.#shortest;
    for (const member of this.workers.members) {
      const task = this.#openTasks.open.get(member.claim);
      const limit = task?.job.terms.timeout;
      if (task === undefined || limit === undefined || task.settled) continue;
      const left = limit - member.busy;
      next = Math.min(next, Math.max(0, left));
      if (left > 0) continue;
      const error = new TimeoutError(`${titleOf(task)} took more than ${limit} ms`);
      member.cancel(task.claim, error);
      this.#openTasks.inform(task, { ok: false, error });
    }
    // A limit of 0 must not keep the event loop from its turn, which ends the worker.
    return Math.max(1, Math.min(next, LOOK));
  }

  /** Has somebody look again in time, where the loop does not run. */
  #watch(): void {
    this.#stopWatch();
    this.#stopWatch = nothing;
    const wait = this.#tend();
    if (wait < Number.POSITIVE_INFINITY && !this.#running)
      this.#stopWatch = watchDeadline(now() + Math.min(wait, LOOK), () => this.#watch());
  }

  #lose(member: Member, error: Error): void {
    this.#deaths.add(member, error);
    const { failure } = this.workers;
    if (failure !== undefined) this.#giveUp(failure);
    this.#staff();
    // Perhaps it was the one that was woken for them.
    this.workers.rouse(this.#outbox.untaken);
    this.#inbox.nudge();
    this.#rest();
    this.#watch();
  }

  /** No worker can be had: all that waits for one ends with the reason. */
  #giveUp(error: unknown): void {
    const tasks = [...this.#outbox.clear(), ...this.#openTasks.clear()];
    for (const task of new Set(tasks)) this.#openTasks.settle(task, { ok: false, error });
  }

  // ---------------------------------------------------------------------------------------------- the end

  /** Nothing is to be done: the workers end if the pool is closed, or after some time if it is to shrink. */
  #rest(): void {
    if (this.#undone > 0 || this.#streams.size > 0) return;
    this.#stayAwake();
    this.#stopDuty?.();
    this.#stopDuty = undefined;
    if (this.state !== 'running') {
      this.workers.close();
      this.#outbox.close(false);
      this.workers.rouseAll();
      this.#finish();
    } else this.#stayAwake = watchDeadline(now() + this.#idle, () => this.#shrink());
  }

  #shrink(): void {
    if (this.#undone > 0 || this.state !== 'running') return;
    this.workers.rest();
    for (let left = this.workers.present; left > 0; left--) this.#outbox.retire();
    this.workers.rouseAll();
  }

  #finish(): void {
    if (this.workers.members.size > 0) return;
    this.isOver = true;
    this.#stopDuty?.();
    // Who does not block is to have what comes by message, too.
    if (this.#pending === 0) this.#end();
  }

  close(): void {
    if (this.state === 'running') this.state = 'closed';
    this.#rest();
  }

  /** Ends all workers; what was unfinished fails. */
  terminate(error = new ProcessError('the pool was terminated before this was done')): void {
    if (this.state === 'terminated') return;
    this.state = 'terminated';
    this.#stayAwake();
    // First: a worker that saw the end of its tasks would leave by itself, with another exit code.
    this.workers.terminate();
    this.#outbox.close(true);
    const tasks = [...this.#outbox.clear(), ...this.#openTasks.clear()];
    for (const task of tasks) discard(task);
    const jobs = new Set([...tasks.map(({ job }) => job), ...this.#streams]);
    this.#streams.clear();
    this.#timed.clear();
    this.#deaths.clear();
    for (const job of jobs) job.fail(error);
    this.#inbox.nudge();
    this.#finish();
  }
}

function nothing(): void {}
const NOTHING = new Uint8Array(0);
