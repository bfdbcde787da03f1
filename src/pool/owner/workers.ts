// The workers of a pool: who there is, and who replaces whom.

import { commonName, referenceTo } from '../../codec/registry.ts';
import { describe, isError, ProcessError, WorkerDiedError } from '../../errors.ts';
import { settle } from '../../memory/wait.ts';
import { ended, ending, exceptionOf, exitcodeIn, type Handle, hasThrown } from '../../process/handle.ts';
import type { StartMethod } from '../../process/protocol.ts';
import { makeChild, start } from '../../process/spawn.ts';
import { LOOK } from '../clock.ts';
import type { Member } from './member.ts';

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
  /** Functions whose modules they load at first. */
  readonly preload: readonly unknown[];
  /** The names of what is in these. */
  readonly names: readonly string[];
  /** How many tasks a worker does before another takes its place. */
  readonly limit: number;
  /** Milliseconds that a task whose caller has given up may go on. */
  readonly grace: number;
  /** A worker has ended. */
  readonly onEnd: (member: Member, error: Error) => void;
}

/** How many slots so many workers need: those who were terminated may run a little longer. */
export const slotsFor = (size: number): number => 2 * size;

/** How often in a row a worker may fail before it has come to its first task. */
const TRIES = 3;
/** How often in a row one may be killed before that: it may be an initializer that kills, and each time. */
const KILLS = 30;

/** What workers are to a transport. */
export interface Recruits<M extends Member> {
  /** What their processes run, and how they start, where that is not as any process of a pool. */
  readonly target?: (...args: never[]) => unknown;
  readonly launch?: typeof start;
  /** What a new worker in that slot is given. */
  setup(index: number): unknown;
  /** It was started. */
  enlist(process: Handle, index: number): M;
}

export class Workers<M extends Member = Member> {
  readonly #options: WorkersOptions;
  readonly #recruits: Recruits<M>;
  readonly members = new Set<M>();
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
  /** The qualified name of its first task's function: its prefix says which executable its workers run (codec/registry.ts). */
  runs: string | undefined;

  constructor(options: WorkersOptions, recruits: Recruits<M>) {
    this.#options = options;
    this.#recruits = recruits;
  }

  /** Has what goes by these names run by the workers. @throws DataCloneError where they run another executable. */
  run(names: Iterable<string>): void {
    const known = this.runs === undefined ? this.#options.names : [this.runs];
    const name = commonName([...known, ...names], 'make one pool for each');
    this.runs ??= name;
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
    if (index >= slotsFor(this.#options.size)) return false;
    const { method, prefix, initializer, initargs, preload } = this.#options;
    const { target = worker, launch = start } = this.#recruits;
    const work = { target, args: [this.#recruits.setup(index), initializer, initargs, preload], kwargs: undefined };
    const process = makeChild(work, { prefix, daemon: true });
    process.runs = this.runs;
    launch(process, { method, task: `multiprocessing.${TASK}` });
    const member = this.#recruits.enlist(process, index);
    this.members.add(member);
    settle(ending(process, Number.POSITIVE_INFINITY)).then(() => this.#ended(member));
    return true;
  }

  /** The worker in that slot. */
  at(index: number): M | undefined {
    for (const member of this.members) if (member.index === index) return member;
    return undefined;
  }

  /** Looks who has ended, where nobody could tell: a blocked thread hears of nothing. */
  count(): void {
    for (const member of this.members) if (ended(member.process)) this.#ended(member);
  }

  #ended(member: M): void {
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
    this.#options.onEnd(member, error);
  }

  /** What it says of a worker that has ended; of one that has not come to work, its own error. */
  #reasonOf({ process, isReady }: Member): Error {
    const { pid, name } = process;
    const exitcode = exitcodeIn(process);
    const threw = exitcode !== 0 && hasThrown(process);
    const exception = threw ? exceptionOf(process) : null;
    if (!isReady && isError(exception)) return exception;
    const why = threw ? { cause: exception } : undefined;
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
