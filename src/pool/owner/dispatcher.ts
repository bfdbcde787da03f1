// The owner's side of a pool: gives tasks to the workers, and their answers to the calls.
//
// How tasks go and answers come is the transport's matter (transport.ts). Whoever waits for a result works: it drains the answers, and
// hands on what had no room before. In an async thread one loop does so while there is anything to look for; a thread that blocks
// does it itself. Both may go on with an operation that the other has begun: each step of it is one call of `next()`.

import { breathe } from '../../base/breathe.ts';
import { isPast, now, watchDeadline } from '../../base/deadline.ts';
import { isIsolated } from '../../base/isolation.ts';
import { observer } from '../../base/observer.ts';
import { checkRealm, onGone } from '../../base/realm.ts';
import { isWorker } from '../../base/thread.ts';
import { noted } from '../../codec/registry.ts';
import { once } from '../../data/intake.ts';
import { InvalidStateError, ProcessError, TimeoutError } from '../../errors.ts';
import { onLook, settle, type Waiting } from '../../memory/wait.ts';
import { onRenewal } from '../../process/kernel.ts';
import { arrival } from '../../process/late_parts.ts';
import { LOOK } from '../clock.ts';
import { APPLY, OBSERVED, TIMED, type Work } from '../task_record.ts';
import { memoryTransport } from './by_memory/transport.ts';
import { EarlyTransport } from './early.ts';
import { encodeWork } from './encode_work.ts';
import { discard, type Job, type Task, titleOf } from './job.ts';
import type { Member } from './member.ts';
import { OpenTasks } from './open_tasks.ts';
import { byMessage, type MakeTransport, type Transport, type TransportHooks } from './transport.ts';
import type { Workers, WorkersOptions } from './workers.ts';

/** Milliseconds of answers after which a window gets a turn. */
const STRETCH = 8;

type Settings = Omit<WorkersOptions, 'onEnd'> & {
  /** Milliseconds without work after which the workers go. */
  readonly idle: number;
  /** None: as this page allows. */
  readonly transport: MakeTransport | undefined;
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
  #transport: Transport;
  readonly #idle: number;
  readonly #size: number;
  /** Calls that may have more tasks than they have at the moment. */
  readonly #streams = new Set<Job>();
  readonly #timed = new Set<Job>();
  /** No time limit among them is shorter. */
  #shortest = Number.POSITIVE_INFINITY;
  readonly #due: (() => void)[] = [];
  #running = false;
  /** How many tasks there ever were. */
  #count = 0;
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

  constructor({ idle, transport, ...options }: Settings) {
    this.#idle = idle;
    this.#size = options.size;
    this.over = new Promise((resolve) => {
      this.#end = resolve;
    });
    const onEnd = (member: Member, error: Error): void => this.#lose(member, error);
    const hooks: TransportHooks = {
      onAnswer: () => {
        if (!this.#running) {
          this.#rest();
          this.#watch();
        } else if (!this.#transport.listens) this.#transport.nudge();
      },
      onRefused: (task, error) => this.#refuse(task, error),
      onStamp: (claim, member, began, ended) => this.#tell(claim, member, began, ended),
    };
    const make = (by: MakeTransport): Transport => by(this.#openTasks, { ...options, onEnd }, hooks);
    if (transport === undefined && !isIsolated && byMessage === undefined && arrival !== undefined) {
      const early = new EarlyTransport({ ...options, onEnd });
      this.#transport = early;
      arrival.then(
        () => this.#replace(early, make(byMessage as MakeTransport)),
        (error) => this.terminate(error),
      );
    } else this.#transport = make(transport ?? (isIsolated ? memoryTransport : (byMessage as MakeTransport)));
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

  /** What works by message is here. */
  #replace(early: EarlyTransport, transport: Transport): void {
    if (this.isOver) return;
    this.#transport = transport;
    early.moveTo(transport);
    this.#staff();
    transport.urge();
    this.#watch();
  }

  get workers(): Workers {
    return this.#transport.workers;
  }

  // ---------------------------------------------------------------------------------------------- calls

  /** A call begins; with `streams` it may have more tasks until `end()`. Answers how to stop minding the signal. */
  begin(job: Job, given: AbortSignal | null | undefined, streams = false): () => void {
    const signal = given ?? undefined;
    checkRealm();
    if (this.state !== 'running') throw new InvalidStateError(`this pool is ${this.state}: it takes no more work`);
    signal?.throwIfAborted();
    this.#transport.begin(job, signal, streams);
    const { timeout } = job.terms;
    if (timeout !== undefined) {
      this.#timed.add(job);
      this.#shortest = Math.min(this.#shortest, timeout);
      this.#transport.nudge();
    }
    if (streams) this.#streams.add(job);
    this.#stayAwake();
    this.workers.encourage();
    if (signal === undefined) return nothing;
    const abort = (): void => this.cancel(job, signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    return () => signal.removeEventListener('abort', abort);
  }

  /** One task of a call; `first`: where its items begin among those of the call. What cannot travel is the outcome of that task. */
  submit(job: Job, index: number, work: Work, first = 0): void {
    const task: Task = {
      claim: 0,
      job,
      index,
      number: ++this.#count,
      items: work[0] === APPLY ? 1 : work[2].length,
      word: job.flag << 2,
      letter: undefined,
      settled: false,
      slot: -1,
    };
    job.open++;
    this.workers.dismissStale();
    try {
      noted.clear();
      const { bytes, carrier } = (this.#transport.encode ?? encodeWork)(work, job.terms.call, first);
      if (noted.size > 0) this.workers.run(noted);
      if (job.terms.timeout !== undefined) task.word |= TIMED;
      if (observer !== undefined) {
        task.word |= OBSERVED;
        task.seen = { at: performance.timeOrigin + now(), size: bytes.length };
      }
      this.#transport.add(task, bytes, carrier);
    } catch (error) {
      this.#refuse(task, error);
      return;
    }
    this.#staff();
    this.#transport.urge();
    if (isWorker) this.#stopDuty ??= onLook(() => this.#attend());
    this.#start();
  }

  /** A task that cannot travel ends, once the call that asks for it has returned. */
  #refuse(task: Task, error: unknown): void {
    this.#soon(() => {
      this.#openTasks.settle(task, { ok: false, error });
      this.#transport.nudge();
      this.#rest();
    });
  }

  /** Tells who looks on of a task that is about to be answered. */
  #tell(claim: number, { process, pid }: Member, began: number, ended: number): void {
    const task = this.#openTasks.find(claim);
    if (task?.seen === undefined) return;
    const { at: submitted, size } = task.seen;
    observer?.onRun({ pid, worker: process.name, task: titleOf(task), size, submitted, began, ended });
  }

  /** Takes answers from now on; none before the call that asks for them has returned, nor a callback. */
  #start(): void {
    if (this.#running) return;
    if (!this.#transport.listens) return this.#watch();
    this.#running = true;
    queueMicrotask(() => void this.#run());
  }

  /** A call is given up: what of it waits is dropped, what runs is told so. */
  cancel(job: Job, reason: unknown): void {
    job.fail(reason);
    this.#transport.cancel(job, reason);
    this.#streams.delete(job);
    this.#tidy(job);
    this.#transport.nudge();
    // Nobody else looks whether that was all.
    if (!this.#running) this.#rest();
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
    this.#transport.release(job);
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
    const workers = [...this.workers.members].map(({ pid, claim }) => {
      const task = this.#openTasks.open.get(claim);
      return { pid, task: task === undefined ? null : titleOf(task) };
    });
    return { state: this.state, size: this.#size, pending: this.#pending, workers };
  }

  get #pending(): number {
    return this.#openTasks.size + this.#transport.size;
  }

  /** Those that take a worker: not those whose answers are on their way as messages. */
  get #undone(): number {
    return this.#openTasks.open.size + this.#transport.size;
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
    while (this.#transport.listens) {
      const wait = this.#tend();
      const park = this.#transport.drain(() => !this.#transport.listens, now() + STRETCH);
      const retry = this.#transport.pump();
      if (!this.#transport.listens) break;
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
      const park = this.#transport.drain(over, Number.POSITIVE_INFINITY);
      const retry = this.#transport.pump();
      if (this.state !== 'running') this.#rest();
      if (over()) {
        // Who awaits the rest of it may have nothing more to wait for.
        this.#transport.nudge();
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
    this.#transport.drain(() => false, Number.POSITIVE_INFINITY);
    this.#transport.pump();
    return this.#transport.isNeeded;
  }

  // ---------------------------------------------------------------------------------------------- deaths and limits

  /** Does what is due. Answers in how many milliseconds to look again. */
  #tend(): number {
    this.#catchUp();
    return Math.min(this.workers.tend(), this.#limit(), this.#transport.tend());
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
    this.#transport.lose(member, error);
    const { failure } = this.workers;
    if (failure !== undefined) this.#giveUp(failure);
    this.#staff();
    this.#transport.nudge();
    this.#rest();
    this.#watch();
  }

  /** No worker can be had: all that waits for one ends with the reason. */
  #giveUp(error: unknown): void {
    const tasks = [...this.#transport.clear(), ...this.#openTasks.clear()];
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
      this.#transport.close(false);
      this.#finish();
    } else if (Number.isFinite(this.#idle)) {
      // Else no timer: to call off one that was never started is a call into the engine, twice for each of the pool.
      this.#stayAwake = watchDeadline(now() + this.#idle, () => this.#shrink());
    }
  }

  #shrink(): void {
    if (this.#undone > 0 || this.state !== 'running') return;
    this.workers.rest();
    this.#transport.retire();
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
    this.#transport.close(true);
    const tasks = [...this.#transport.clear(), ...this.#openTasks.clear()];
    for (const task of tasks) discard(task);
    const jobs = new Set([...tasks.map(({ job }) => job), ...this.#streams]);
    this.#streams.clear();
    this.#timed.clear();
    for (const job of jobs) job.fail(error);
    this.#transport.nudge();
    this.#finish();
  }
}

function nothing(): void {}
