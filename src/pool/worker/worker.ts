// Runs in a pool's worker: takes tasks, calls their functions, answers.

import { breathe } from '../../base/breathe.ts';
import { now } from '../../base/deadline.ts';
import { decodeLate } from '../../codec/late.ts';
import { registerModules } from '../../codec/registry.ts';
import { HEADER, wordOf } from '../../data/record.ts';
import { hasEnded, isDoomed } from '../../memory/processes.ts';
import { get, getNow } from '../../memory/ring/get.ts';
import { hasItem, isOver, openRing, type Ring } from '../../memory/ring/layout.ts';
import { type Park, settle, type Waiting, wake } from '../../memory/wait.ts';
import { listenTo } from '../../process/mailbox.ts';
import { bytesOf, unpack } from '../../process/parcel.ts';
import type { Post } from '../../process/protocol.ts';
import { CANCEL, CLAIM, ITEM, PARKED, READY, RESERVED, slotIn, type WorkerSetup } from '../board.ts';
import { startTicking } from '../clock.ts';
import { APPLY, flagOf, NOTICE, OBSERVED, STARMAP, TICKET, TIMED, type Work } from '../task_record.ts';
import { Answers, GIVEN_UP, type Held } from './answers.ts';

/** Milliseconds of work after which the event loop gets a turn. */
const STRETCH = 10;

/** Milliseconds that a worker waits, before it ends, for its owner to see its messages: a blocked one sees none. */
const LAST_WORDS = 1000;

/** The slot of this worker, if it is one. */
let slot: Int32Array | undefined;

/**
 * Inside a pool's task: has its caller given up, or its time run out? Cheap enough for a hot loop. A task that does not ask
 * is ended together with its worker, after the pool's grace period. Outside a task: false. Not in Python.
 */
export const cancelled = (): boolean =>
  slot !== undefined && Atomics.load(slot, CANCEL) === Atomics.load(slot, CLAIM) && Atomics.load(slot, CLAIM) !== 0;

/** The signal of the task that this worker holds, where that has asked for it. */
let ofTask: { readonly claim: number; readonly control: AbortController } | undefined;
/** The last notice that a task was given up. */
let notice: Post | undefined;

/**
 * Inside a pool's task: a signal that is aborted when its caller gives up or its time runs out, with the reason; the items of
 * one chunk have the same. Give it to what waits: `fetch(url, { signal: mp.taskSignal() })` stops then, and the worker lives. To be
 * asked for before the first `await`, and heard only by a task that waits: one that computes asks `cancelled()`. Outside a task: a
 * signal that is never aborted. Not in Python.
 */
export function taskSignal(): AbortSignal {
  const claim = slot === undefined ? 0 : Atomics.load(slot, CLAIM);
  if (claim === 0) return new AbortController().signal;
  if (ofTask?.claim !== claim) ofTask = { claim, control: new AbortController() };
  heed();
  return ofTask.control.signal;
}

/** Aborts the signal of the task that the last notice is about. */
function heed(): void {
  if (notice === undefined || ofTask === undefined || notice.claim !== ofTask.claim) return;
  let reason: unknown;
  try {
    reason = unpack(notice.parcel);
  } catch {
    // It cannot be made again here: the signal has its own, an AbortError.
  }
  ofTask.control.abort(reason);
}

/** What a worker's process does. */
export async function worker(
  setup: WorkerSetup,
  initializer: ((...args: unknown[]) => unknown) | undefined,
  initargs: readonly unknown[],
): Promise<void> {
  await initializer?.(...initargs);
  const loop = new TaskLoop(setup);
  slot = loop.slot;
  Atomics.store(slot, READY, 1);
  try {
    await loop.work();
  } catch (error) {
    if (error !== DOOMED) throw error;
    await new Promise(() => {});
  }
}

registerModules({ 'multiprocessing.pool': { worker } });

/** Why a worker that was terminated, and runs on for a moment, takes no task: what was given to the pool later is not lost. */
const DOOMED = new Error('terminated');

function roomFor(length: number): Uint8Array {
  if (isDoomed()) throw DOOMED;
  return new Uint8Array(length);
}

/** A task that this worker holds. */
interface Task extends Held {
  readonly word: number;
  /** What to do, from there on. */
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly attachments: readonly unknown[];
}

class TaskLoop {
  readonly slot: Int32Array;
  readonly #tasks: Ring;
  readonly #answers: Answers;
  readonly #flags: SharedArrayBuffer;
  readonly #owner: number;
  readonly #limit: number;
  /** How many tasks it has done. */
  #done = 0;
  #hadTicket = false;
  /** What was taken out of the ring where a letter was done, for the loop to do. */
  #taken: Uint8Array | undefined;
  /** Woke while it was reserved: it is to be told when that is over. */
  #stirred = false;
  #isTimed = false;
  #items = 0;

  constructor({ tasks, answers, slots, index, flags, owner, blocks, limit }: WorkerSetup) {
    this.#limit = limit;
    this.slot = slotIn(slots, index);
    this.#tasks = openRing(tasks);
    this.#tasks.claim = this.slot;
    this.#answers = new Answers(answers, this.slot, { index, owner, blocks });
    this.#flags = flags;
    this.#owner = owner;
    listenTo(owner, (message) => {
      if (message.word === NOTICE) {
        notice = message;
        heed();
      } else if (!isDoomed()) this.#open(message);
    });
  }

  async work(): Promise<void> {
    let rested = now();
    while (this.#done < this.#limit) {
      if (now() - rested > STRETCH) {
        await breathe();
        rested = now();
      }
      const record = this.#take() ?? getNow(this.#tasks, roomFor) ?? (await settle(this.#idle()));
      // The order to retire is empty: who gave it counts on no answer.
      if (record === undefined || record.length === 0) break;
      const claim = Atomics.load(this.slot, CLAIM);
      const word = wordOf(record, 0);
      this.#hadTicket = wordOf(record, 1) === TICKET;
      if (this.#hadTicket && !this.#isUnwanted(word)) {
        Atomics.store(this.slot, PARKED, RESERVED);
        await this.#answers.want(claim);
        await settle(this.#reserved());
        continue;
      }
      const doing = this.#hadTicket
        ? this.#answers.skip({ claim, isLetter: false, began: 0 })
        : this.#perform({ claim, word, isLetter: false, began: 0, bytes: record, from: HEADER, attachments: NONE });
      if (doing !== undefined) await doing;
      this.#letGo(claim);
    }
    await settle(this.#answers.seen(now() + LAST_WORDS));
  }

  /** Waits for a task in the ring. None: there will be no more, or nobody who wants them. */
  *#idle(): Waiting<Uint8Array | undefined> {
    for (;;) {
      const record = yield* get(this.#tasks, Number.POSITIVE_INFINITY, roomFor, isElsewhere, this.#spins);
      if (record !== undefined || this.#isOver()) return record;
      Atomics.store(this.slot, PARKED, 1);
      if (!hasItem(this.#tasks) && !this.#isOver()) yield this.#parked(1);
      yield* this.#reserved();
      if (this.#taken !== undefined || this.#done >= this.#limit) return this.#take();
    }
  }

  #take(): Uint8Array | undefined {
    const record = this.#taken;
    this.#taken = undefined;
    return record;
  }

  /** Letters are done where they arrive, without waking the loop; what wakes it meanwhile has to wait. */
  *#reserved(): Waiting<void> {
    // Sleeping becomes awake.
    while (Atomics.compareExchange(this.slot, PARKED, 1, 0) === RESERVED && !hasEnded(this.#owner)) {
      this.#stirred = true;
      yield this.#parked(RESERVED);
    }
    this.#stirred = false;
  }

  /** After a ticket the next thing is likely to be a letter, which comes only if this thread does nothing. */
  readonly #spins = (): number => (this.#hadTicket ? 0 : 1);

  #parked(seen: number): Park {
    return { words: this.slot, index: PARKED, seen, until: Number.POSITIVE_INFINITY };
  }

  #isOver(): boolean {
    return isOver(this.#tasks) || hasEnded(this.#owner);
  }

  /** Does what a letter brings. What is thrown here ends the process, as it does in `work`. */
  #open({ claim = 0, word = 0, parcel }: Post): void {
    const { attachments } = parcel;
    const doing = this.#perform({
      claim,
      word,
      isLetter: true,
      began: 0,
      bytes: bytesOf(parcel),
      from: 0,
      attachments,
    });
    const end = (): void => {
      // Its owner may have the next one for it already.
      if (this.#letGo(claim) && !isDoomed()) this.#goOn();
    };
    if (doing === undefined) end();
    else void doing.then(end);
  }

  /** Has done a letter: asks for the next one, if its ticket is the next thing in the ring; leaves all else to the loop. */
  #goOn(): void {
    const isLast = this.#done >= this.#limit;
    if (!isLast) {
      try {
        this.#taken = getNow(this.#tasks, roomFor);
      } catch (error) {
        if (error === DOOMED) return;
        throw error;
      }
    }
    const record = this.#taken;
    if (record?.length === HEADER && wordOf(record, 1) === TICKET && !this.#isUnwanted(wordOf(record, 0))) {
      // Reserved still.
      this.#taken = undefined;
      void this.#answers.want(Atomics.load(this.slot, CLAIM));
      return;
    }
    const isAwake = isLast || record !== undefined;
    Atomics.store(this.slot, PARKED, isAwake ? 0 : 1);
    // Nobody wakes one who is reserved for what comes meanwhile.
    if (isAwake || this.#stirred || hasItem(this.#tasks) || this.#isOver()) wake(this.slot, PARKED);
  }

  /** Holding that task becomes holding none; false where the owner has given it another meanwhile. */
  #letGo(claim: number): boolean {
    this.#done++;
    if (this.#isTimed) Atomics.store(this.slot, ITEM, 0);
    return Atomics.compareExchange(this.slot, CLAIM, claim, 0) === claim;
  }

  /** Does a task and answers it; a promise where that takes waiting. */
  #perform(task: Task): Promise<void> | undefined {
    const { word, bytes, from, attachments } = task;
    const unwanted = this.#isUnwanted(word);
    if (word & OBSERVED) task.began = now();
    if (unwanted && attachments.length === 0) return this.#answers.skip(task);
    let work: unknown;
    try {
      work = decodeLate(bytes, attachments, from);
    } catch (error) {
      return this.#answers.refuse(task, error);
    }
    if (!(work instanceof Promise)) return this.#do(task, work as Work, unwanted);
    return work.then(
      (loaded) => this.#do(task, loaded as Work, this.#isUnwanted(word)),
      (error) => this.#answers.refuse(task, error),
    );
  }

  #do(task: Task, work: Work, unwanted: boolean): Promise<void> | undefined {
    const isTimed = (task.word & TIMED) !== 0;
    // Shared objects among the arguments are this process's by now, to be let go of.
    if (unwanted) return this.#answers.skip(task);
    let outcome: unknown;
    let later: Promise<unknown> | undefined;
    try {
      outcome = this.#call(work, isTimed);
      // What it answers may throw when it is looked at.
      if (isThenable(outcome)) later = Promise.resolve(outcome);
    } catch (error) {
      return this.#answers.refuse(task, error);
    }
    if (later === undefined) return this.#answers.give(task, outcome);
    const stop = isTimed ? startTicking(this.slot) : undefined;
    const ended = later.then(
      (value) => this.#answers.give(task, value),
      (error) => this.#answers.refuse(task, error),
    );
    return stop === undefined ? ended : ended.finally(stop);
  }

  #isUnwanted(word: number): boolean {
    const flag = flagOf(word);
    return (flag !== 0 && Atomics.load(new Int32Array(this.#flags), flag) !== 0) || cancelled();
  }

  #call([kind, f, payload, kwds]: Work, timed: boolean): unknown {
    if (typeof f !== 'function') throw new TypeError(`a pool was given ${typeof f} to call, which is not a function`);
    this.#isTimed = timed;
    if (timed) Atomics.store(this.slot, ITEM, ++this.#items);
    if (kind === APPLY) return f(...((kwds === undefined ? payload : [...payload, kwds]) as never[]));
    const results: unknown[] = new Array(payload.length);
    for (let i = 0; i < payload.length; i++) {
      const result = callOn(f, kind, payload[i]);
      if (isThenable(result)) return this.#others(f, kind, payload, results, i, result, timed);
      results[i] = result;
      if (cancelled()) return GIVEN_UP;
      if (timed) Atomics.store(this.slot, ITEM, ++this.#items);
    }
    return results;
  }

  /** The rest of a chunk whose function is async. */
  async #others(
    f: Work[1],
    kind: Work[0],
    payload: Work[2],
    results: unknown[],
    from: number,
    first: PromiseLike<unknown>,
    timed: boolean,
  ): Promise<unknown> {
    results[from] = await first;
    for (let i = from + 1; i < payload.length; i++) {
      if (cancelled()) return GIVEN_UP;
      if (timed) Atomics.store(this.slot, ITEM, ++this.#items);
      results[i] = await callOn(f, kind, payload[i]);
    }
    return results;
  }
}

/** Ends a wait on the ring where it would park: a worker parks elsewhere. */
const isElsewhere = (): true => true;

const NONE: readonly unknown[] = [];

const callOn = (f: Work[1], kind: Work[0], item: unknown): unknown =>
  kind === STARMAP ? f(...([...(item as Iterable<unknown>)] as never[])) : (f as (item: unknown) => unknown)(item);

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as Partial<PromiseLike<unknown>>).then === 'function';
