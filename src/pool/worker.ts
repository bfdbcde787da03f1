// Runs in a pool's worker: takes tasks, calls their functions, answers.

import { decode } from '../codec/decode.ts';
import { encode } from '../codec/encode.ts';
import { frame, HEADER, wordOf } from '../data/record.ts';
import { isA } from '../errors.ts';
import { breathe } from '../memory/breathe.ts';
import { hasItem, isOver, openRing, type Ring } from '../memory/ring.ts';
import { get, getNow } from '../memory/ring_get.ts';
import { put, putNow } from '../memory/ring_put.ts';
import { hasEnded, isDoomed } from '../memory/thread.ts';
import { isPast, now, settle, type Waiting } from '../memory/wait.ts';
import { attribute } from '../process/current.ts';
import { SystemExit } from '../process/exit.ts';
import { movedWith, type Parcel } from '../process/protocol.ts';
import { encodeThrown } from '../process/thrown.ts';
import { CANCEL, CLAIM, ITEM, LEFT, LETTERS, PARCELS, PARKED, READY, slotIn } from './board.ts';
import {
  APPLY,
  carrierAtHand,
  type Letter,
  type Notice,
  POSTED,
  RETURNED,
  SKIPPED,
  STARMAP,
  THREW,
  type Work,
} from './wire.ts';

/** What a worker gets from its pool. */
export interface Station {
  readonly tasks: SharedArrayBuffer;
  readonly answers: SharedArrayBuffer;
  readonly slots: SharedArrayBuffer;
  readonly index: number;
  readonly flags: SharedArrayBuffer;
  /** The pid of the pool's process. */
  readonly owner: number;
  /** Whether that is one that can be blocked when a message comes. */
  readonly blocks: boolean;
  /** How many tasks the worker does before it ends. */
  readonly limit: number;
  readonly port: MessagePort;
}

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
let notice: Notice | undefined;

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
  if (notice !== undefined && notice.cancelled === ofTask?.claim) ofTask.control.abort(decode(notice.reason));
}

/** What a worker's process does. */
export async function worker(
  station: Station,
  initializer: ((...args: unknown[]) => unknown) | undefined,
  initargs: readonly unknown[],
): Promise<void> {
  await initializer?.(...initargs);
  const bench = new Bench(station);
  slot = bench.slot;
  Atomics.store(slot, READY, 1);
  try {
    await bench.work(station.limit);
  } catch (error) {
    if (error !== DOOMED) throw error;
    await new Promise(() => {});
  }
  station.port.close();
}

/** Why a worker that was terminated, and runs on for a moment, takes no task: what was given to the pool later is not lost. */
const DOOMED = new Error('terminated');

function roomFor(length: number): Uint8Array {
  if (isDoomed()) throw DOOMED;
  return new Uint8Array(length);
}

/** A task that this worker holds. */
interface Task {
  readonly claim: number;
  readonly bytes: Uint8Array;
  readonly attachments: readonly unknown[] | undefined;
}

class Bench {
  readonly slot: Int32Array;
  readonly #tasks: Ring;
  readonly #answers: Ring;
  readonly #flags: SharedArrayBuffer;
  readonly #port: MessagePort;
  readonly #index: number;
  readonly #owner: number;
  readonly #blocks: boolean;
  readonly #letters: Letter[] = [];
  #received = 0;
  #hadLetter = false;
  #isTimed = false;
  #items = 0;
  /** Ends the wait for a task: quicker than a wake-up of a thread by itself. */
  #interrupt = new AbortController();
  #posted = 0;

  constructor({ tasks, answers, slots, index, flags, owner, blocks, port }: Station) {
    this.slot = slotIn(slots, index);
    this.#tasks = openRing(tasks);
    this.#tasks.claim = this.slot;
    this.#answers = openRing(answers);
    this.#flags = flags;
    this.#index = index;
    this.#owner = owner;
    this.#blocks = blocks;
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<Letter | Notice>) => {
      if ('cancelled' in data) {
        notice = data;
        heed();
        return;
      }
      this.#letters.push(data);
      this.#received++;
      this.#interrupt.abort();
    };
  }

  async work(limit: number): Promise<void> {
    let rested = now();
    for (let done = 0; done < limit; done++) {
      if (now() - rested > STRETCH) {
        await breathe();
        rested = now();
      }
      const task = this.#next() ?? (await this.#await());
      // The order to retire is empty: who gave it counts on no answer.
      if (task === undefined || task.bytes.length === 0) break;
      const doing = this.#perform(task);
      if (doing !== undefined) await doing;
      this.#letGo();
    }
    await this.#leave();
  }

  /** Does what was sent to this worker alone, and then takes no more of it. */
  async #leave(): Promise<void> {
    for (;;) {
      for (let letter = this.#open(); letter !== undefined; letter = this.#open()) {
        await this.#perform(letter);
        this.#letGo();
      }
      // All that was sent has come: n letters become n letters, and LEFT.
      const sent = this.#received;
      if (Atomics.compareExchange(this.slot, LETTERS, sent, sent | LEFT) === sent || hasEnded(this.#owner)) break;
      await breathe();
    }
    await settle(this.#deliver(now() + LAST_WORDS));
  }

  /** Waits until the owner has seen the messages: Firefox loses those of a worker that ends. */
  *#deliver(deadline: number): Waiting<void> {
    for (;;) {
      const seen = Atomics.load(this.slot, PARCELS);
      if (seen === this.#posted || hasEnded(this.#owner) || isPast(deadline)) return;
      yield { words: this.slot, index: PARCELS, seen, until: deadline };
    }
  }

  /** A task that is there. */
  #next(): Task | undefined {
    return this.#open() ?? this.#claimed(getNow(this.#tasks, roomFor));
  }

  /** The oldest letter. */
  #open(): Task | undefined {
    const letter = this.#letters.shift();
    this.#hadLetter = letter !== undefined;
    if (letter === undefined) return undefined;
    const { claim, parcel } = letter;
    Atomics.store(this.slot, CLAIM, claim);
    return { claim, bytes: parcel.bytes, attachments: parcel.attachments };
  }

  #claimed(bytes: Uint8Array | undefined): Task | undefined {
    return bytes && { claim: Atomics.load(this.slot, CLAIM), bytes, attachments: undefined };
  }

  /** Waits for one. None: there will be no more, or nobody who wants them. */
  async #await(): Promise<Task | undefined> {
    for (;;) {
      if (this.#interrupt.signal.aborted) this.#interrupt = new AbortController();
      const { signal } = this.#interrupt;
      const bytes = await settle(this.#idle(), signal).catch((error) => {
        if (error !== signal.reason) throw error;
      });
      if (bytes !== undefined) return this.#claimed(bytes);
      const letter = this.#open();
      if (letter !== undefined) return letter;
      if (isOver(this.#tasks) || hasEnded(this.#owner)) return undefined;
    }
  }

  /** Waits for a task in the ring, or for something else to do. */
  *#idle(): Waiting<Uint8Array | undefined> {
    for (;;) {
      // After a letter the next thing is likely to be another, which comes only if this thread does nothing.
      const bytes = yield* get(this.#tasks, Number.POSITIVE_INFINITY, roomFor, isElsewhere, this.#hadLetter ? 0 : 1);
      if (bytes !== undefined || this.#hasOther()) return bytes;
      Atomics.store(this.slot, PARKED, 1);
      try {
        if (!hasItem(this.#tasks) && !this.#hasOther()) {
          yield { words: this.slot, index: PARKED, seen: 1, until: Number.POSITIVE_INFINITY };
        }
      } finally {
        Atomics.store(this.slot, PARKED, 0);
      }
    }
  }

  #hasOther(): boolean {
    return this.#letters.length > 0 || isOver(this.#tasks) || hasEnded(this.#owner);
  }

  #letGo(): void {
    if (this.#isTimed) Atomics.store(this.slot, ITEM, 0);
    Atomics.store(this.slot, CLAIM, 0);
  }

  /** Does a task and answers it; a promise where that takes waiting. */
  #perform(task: Task): Promise<void> | undefined {
    const { claim, bytes } = task;
    const head = wordOf(bytes, 0);
    if (this.#isUnwanted(head >>> 1)) return this.#answer(claim, SKIPPED, NOTHING);
    let outcome: unknown;
    try {
      outcome = this.#call(decode(bytes, task.attachments, HEADER) as Work, (head & 1) !== 0);
    } catch (error) {
      return this.#refuse(claim, error);
    }
    if (isThenable(outcome)) {
      return Promise.resolve(outcome).then(
        (value) => this.#give(claim, value),
        (error) => this.#refuse(claim, error),
      );
    }
    return this.#give(claim, outcome);
  }

  #isUnwanted(flag: number): boolean {
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
      if (isThenable(result)) return this.#goOn(f, kind, payload, results, i, result, timed);
      results[i] = result;
      if (cancelled()) return GIVEN_UP;
      if (timed) Atomics.store(this.slot, ITEM, ++this.#items);
    }
    return results;
  }

  /** The rest of a chunk whose function is async. */
  async #goOn(
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

  #give(claim: number, value: unknown): Promise<void> | undefined {
    if (value === GIVEN_UP) return this.#answer(claim, SKIPPED, NOTHING);
    const carrier = carrierAtHand();
    try {
      const bytes = encode(value, 'result', carrier);
      if (carrier.attachments.length === 0) return this.#answer(claim, RETURNED, bytes);
      const parcel: Parcel = { ...carrier, bytes: bytes.slice() as Uint8Array<ArrayBuffer> };
      this.#port.postMessage({ claim, parcel } satisfies Letter, movedWith(parcel));
      this.#posted++;
    } catch (error) {
      return this.#refuse(claim, error);
    }
    // A blocked owner cannot see the message, and of a task from the ring it has to know that it was not lost.
    return this.#blocks || claim > 0 ? this.#answer(claim, POSTED, NOTHING) : undefined;
  }

  #refuse(claim: number, error: unknown): Promise<void> | undefined {
    // exit() ends the process: what it held is reported by its death.
    if (isA(error, SystemExit)) throw error;
    attribute(error);
    return this.#answer(claim, THREW, encodeThrown(error));
  }

  #answer(claim: number, kind: number, bytes: Uint8Array): Promise<void> | undefined {
    const record = frame(claim, (this.#index << 8) | kind, bytes);
    if (putNow(this.#answers, record)) return undefined;
    return this.#putSlowly(record.slice());
  }

  async #putSlowly(record: Uint8Array): Promise<void> {
    try {
      await settle(put(this.#answers, record, Number.POSITIVE_INFINITY, 0, this.#isOrphan));
    } catch (error) {
      if (error !== ORPHANED) throw error;
    }
  }

  readonly #isOrphan = (): Error | undefined => (hasEnded(this.#owner) ? ORPHANED : undefined);
}

const ORPHANED = new Error('the process of this pool has ended');

/** Ends a wait on the ring where it would park: a worker parks elsewhere. */
const isElsewhere = (): true => true;

const NOTHING = new Uint8Array(0);
/** The result of a chunk that was given up on the way. */
const GIVEN_UP = Symbol('given up');

const callOn = (f: Work[1], kind: Work[0], item: unknown): unknown =>
  kind === STARMAP ? f(...([...(item as Iterable<unknown>)] as never[])) : (f as (item: unknown) => unknown)(item);

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as Partial<PromiseLike<unknown>>).then === 'function';
