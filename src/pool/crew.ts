// The workers of a pool: who there is, and who replaces whom.

import { commonName } from '../codec/registry.ts';
import { transfer } from '../codec/transfer.ts';
import { ProcessError, WorkerDiedError } from '../errors.ts';
import { isWorker, pid as ownPid } from '../memory/thread.ts';
import { wake } from '../memory/wait.ts';
import { handleOf } from '../process/handle.ts';
import type { Process } from '../process/process.ts';
import { movedWith } from '../process/protocol.ts';
import { describe, encodeThrown } from '../process/thrown.ts';
import { CANCEL, CLAIM, type Flags, ITEM, LEFT, LETTERS, makeSlots, PARCELS, PARKED, READY, slotIn } from './board.ts';
import { awakeNow } from './clock.ts';
import type { Letter, Notice } from './wire.ts';
import { type Station, worker } from './worker.ts';

type ProcessClass = typeof Process;

export interface CrewOptions {
  /** How many workers there are at most. */
  readonly size: number;
  readonly Process: ProcessClass;
  readonly initializer: ((...args: never[]) => unknown) | undefined;
  readonly initargs: readonly unknown[];
  /** The names of what is in these. */
  readonly names: readonly string[];
  /** How many tasks a worker does before another takes its place. */
  readonly limit: number;
  /** Milliseconds that a task whose caller has given up may go on. */
  readonly grace: number;
  /** A letter's answer has come. */
  readonly onParcel: (letter: Letter) => void;
  /** A worker has ended. */
  readonly onEnd: (member: Member, error: Error) => void;
}

/** How often in a row a worker may fail before it has come to its first task. */
const TRIES = 3;
/** How often in a row one may be killed before that: it may be an initializer that kills, and each time. */
const KILLS = 30;

/** One worker. */
export class Member {
  readonly process: Process<never[], unknown>;
  readonly index: number;
  readonly slot: Int32Array;
  readonly port: MessagePort;
  /** The claim of the letter it was sent and has not answered. */
  letter = 0;
  /** The claim that was given up, and since when. */
  #doomed = 0;
  #since = 0;
  /** The item at which it was seen last, and since when. */
  #item = 0;
  #seen = 0;
  ended = false;
  /** It is to be replaced, though it may still run. */
  condemned = false;

  constructor(process: Process<never[], unknown>, index: number, slot: Int32Array, port: MessagePort) {
    this.process = process;
    this.index = index;
    this.slot = slot;
    this.port = port;
  }

  /** The task it holds; 0: none. */
  get claim(): number {
    return Atomics.load(this.slot, CLAIM);
  }

  get isReady(): boolean {
    return Atomics.load(this.slot, READY) === 1;
  }

  get isIdle(): boolean {
    return this.claim === 0 && this.letter === 0;
  }

  /** Sends it a letter; false where it is about to end by itself. */
  send(letter: Letter): boolean {
    const sent = Atomics.load(this.slot, LETTERS);
    // n letters become n + 1, unless it has LEFT.
    if (sent >= LEFT || Atomics.compareExchange(this.slot, LETTERS, sent, sent + 1) !== sent) return false;
    this.port.postMessage(letter, movedWith(letter.parcel));
    this.letter = letter.claim;
    return true;
  }

  /**
   * Milliseconds that its function has been seen at work on the present item; 0 where that is not measured. By the clock
   * of this thread, for those of two differ once the machine has slept.
   */
  get busy(): number {
    const item = Atomics.load(this.slot, ITEM);
    if (item !== this.#item) {
      this.#item = item;
      this.#seen = awakeNow();
    }
    return item === 0 ? 0 : awakeNow() - this.#seen;
  }

  /** Tells the task that it was given up: by a word, for one that computes, and by a message, for one that waits. */
  cancel(claim: number, reason: unknown): void {
    Atomics.store(this.slot, CANCEL, claim);
    this.port.postMessage({ cancelled: claim, reason: encodeThrown(reason).slice() } satisfies Notice);
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

  /** Ends it, whatever it does. */
  condemn(): void {
    this.condemned = true;
    if (!this.ended) this.process.terminate();
  }
}

export class Crew {
  readonly #options: CrewOptions;
  readonly #slots: SharedArrayBuffer;
  readonly #memory: Pick<Station, 'tasks' | 'answers' | 'flags'>;
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
  /** A name of the executable that its workers run: that of its first task. */
  #runs: string | undefined;

  constructor(options: CrewOptions, memory: { tasks: SharedArrayBuffer; answers: SharedArrayBuffer; flags: Flags }) {
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
    const { Process, initializer, initargs, limit, onParcel, onEnd } = this.#options;
    const slot = slotIn(this.#slots, index);
    slot.fill(0);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: MessageEvent<Letter>) => {
      Atomics.add(slot, PARCELS, 1);
      wake(slot, PARCELS);
      onParcel(data);
    };
    const station: Station = {
      ...this.#memory,
      slots: this.#slots,
      index,
      owner: ownPid,
      blocks: isWorker,
      limit,
      port: port2,
    };
    const process = new Process({
      target: worker,
      args: [transfer(station, [port2]), initializer as never, initargs],
      daemon: true,
    });
    handleOf(process).runs = this.#runs;
    process.name = process.name.replace('Process', 'PoolWorker');
    process.start();
    const member = new Member(process as never, index, slot, port1);
    this.members.add(member);
    process.join().then(() => this.#ended(member, onEnd));
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

  rouseAll(): void {
    for (const { slot } of this.members) {
      Atomics.store(slot, PARKED, 0);
      wake(slot, PARKED);
    }
  }

  /** Looks who has ended, where nobody could tell: a blocked thread hears of nothing. */
  count(): void {
    for (const member of this.members) if (!member.process.isAlive()) this.#ended(member, this.#options.onEnd);
  }

  #ended(member: Member, onEnd: CrewOptions['onEnd']): void {
    if (member.ended) return;
    member.ended = true;
    const { process } = member;
    const error = this.#reasonOf(member);
    if (member.isReady) this.#failures = this.#kills = 0;
    else if (!member.condemned) {
      // Negative: by kill() or terminate().
      if ((process.exitcode as number) < 0) this.#kills++;
      // What cannot be loaded will not be next time either.
      else this.#failures += error instanceof ProcessError && 'module' in error ? TRIES : 1;
      this.#failure = error;
    }
    if (process.exitcode !== 0) this.hasLost = true;
    this.members.delete(member);
    onEnd(member, error);
  }

  /** What it says of a worker that has ended; of one that has not come to work, its own error. */
  #reasonOf({ process, isReady }: Member): Error {
    const { exception, exitcode, pid, name } = process;
    if (!isReady && exception instanceof Error) return exception;
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
      else next = Math.min(next, left);
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
