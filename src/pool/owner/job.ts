// A call of a pool: what it waits for, and what becomes of it.

import { nameOf } from '../../codec/registry.ts';
import { disinherit, type Heir } from '../../codec/shared.ts';
import type { Parcel } from '../../process/parcel.ts';
import type { AnyFunction } from '../task_record.ts';

/** How a task ended, or why it did not. */
export type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown };

/** How a call is done. */
export interface Terms {
  /** The method that was called. */
  readonly call: string;
  /** Milliseconds that a function may take for one item. */
  readonly timeout: number | undefined;
  /** Larger is sooner. */
  readonly priority: number;
}

/** A call of a pool, made of tasks. */
export interface Job {
  readonly f: AnyFunction;
  /** Its flag on the board; 0 where it cannot be given up. */
  flag: number;
  readonly terms: Terms;
  /** How many of its tasks have not been answered. */
  open: number;
  /** Is its result known? */
  readonly isEnded: boolean;
  /** A message is to bring its result, which a blocked thread cannot receive. */
  isPosted: boolean;
  /** The pool, which must not be taken for garbage while this is awaited. */
  keeps: object | undefined;
  /** A task has ended. Called once for each. */
  accept(index: number, outcome: Outcome): void;
  /** It ends with this error now; its tasks no longer matter. */
  fail(error: unknown): void;
}

/** What is noted of a task for who looks on. */
export interface Seen {
  /** When it came, in milliseconds since 1970. */
  readonly at: number;
  readonly size: number;
}

/** One piece of a job: what one worker does before it answers. */
export interface Task {
  /** 0 until it is handed out. */
  claim: number;
  readonly job: Job;
  /** Which piece. */
  readonly index: number;
  /** Its number among all tasks of the pool. */
  readonly number: number;
  /** How many items are in it. */
  readonly items: number;
  /** What its worker has to know of it beside the work (task_record.ts). */
  word: number;
  /** What a message is to carry, until it does. */
  letter: { readonly parcel: Parcel; readonly heirs: Heir[] } | undefined;
  /** Its job has heard of it: by an answer, by its time limit, or because it was given up. */
  settled: boolean;
  /** The slot of the worker that was sent its letter, or has sent its answer by message; -1: none. */
  slot: number;
  /** Nothing where nobody looks on. */
  seen?: Seen;
}

/** What a task is, for messages: `tasks.crunch()`, or `tasks.crunch(), chunk 3`. */
export function titleOf({ job: { f }, index }: Task): string {
  // The name that it was registered by: a minifier changes its own.
  const name = nameOf(f) ?? f.name;
  return `${name || 'a function'}()${index > 0 ? `, chunk ${index}` : ''}`;
}

/** It ends without having been sent: whoever was to hold what it carries does not. */
export function discard(task: Task): void {
  if (task.letter !== undefined) disinherit(task.letter.heirs, 0);
  task.letter = undefined;
}

/** A result in the making, and its callbacks. */
export class Deferred<T> {
  outcome: Outcome | undefined;
  isPosted = false;
  keeps: object | undefined;
  readonly #callback: ((value: T) => void) | undefined;
  readonly #errorCallback: ((error: unknown) => void) | undefined;
  /** Made when somebody asks: many results are asked for only once they are there, some never. */
  #promise: Promise<T> | undefined;
  #resolve: ((value: T) => void) | undefined;
  #reject: ((error: unknown) => void) | undefined;

  constructor(callback?: ((value: T) => void) | undefined, errorCallback?: ((error: unknown) => void) | undefined) {
    this.#callback = zoned(callback);
    this.#errorCallback = zoned(errorCallback);
  }

  get promise(): Promise<T> {
    if (this.#promise !== undefined) return this.#promise;
    const { outcome } = this;
    if (outcome === undefined) {
      this.#promise = new Promise((resolve, reject) => {
        this.#resolve = resolve;
        this.#reject = reject;
      });
    } else this.#promise = outcome.ok ? Promise.resolve(outcome.value as T) : Promise.reject(outcome.error);
    return this.#promise;
  }

  get isEnded(): boolean {
    return this.outcome !== undefined;
  }

  /** The first time counts. The callback runs before anybody can see the result. */
  settle(outcome: Outcome): void {
    if (this.outcome !== undefined) return;
    if (outcome.ok) {
      guarded(this.#callback, outcome.value as T);
      this.outcome = outcome;
      this.#resolve?.(outcome.value as T);
    } else {
      guarded(this.#errorCallback, outcome.error);
      this.outcome = outcome;
      this.#reject?.(outcome.error);
    }
  }
}

/** A callback of the app's, to be called in the zone that this is called in, where there are zones: those of zone.js. */
export const zoned = <F>(callback: F): F =>
  callback && ((globalThis as Zones<F>).Zone?.current.wrap(callback, '') ?? callback);
type Zones<F> = { Zone?: { current: { wrap(callback: F, source: string): F } } };

/** Calls the app's callback; what it throws is reported, and nothing else is disturbed. */
export function guarded<A extends readonly unknown[]>(callback: ((...args: A) => void) | undefined, ...args: A): void {
  try {
    callback?.(...args);
  } catch (error) {
    globalThis.console.error('a callback of a pool threw', error);
  }
}

/** A call with one task. */
export class ApplyJob<T> extends Deferred<T> implements Job {
  readonly f: AnyFunction;
  flag = 0;
  readonly terms: Terms;
  open = 0;

  constructor(f: AnyFunction, terms: Terms, callback?: (value: T) => void, errorCallback?: (error: unknown) => void) {
    super(callback, errorCallback);
    this.f = f;
    this.terms = terms;
  }

  accept(_index: number, outcome: Outcome): void {
    this.settle(outcome);
  }

  fail(error: unknown): void {
    this.settle({ ok: false, error });
  }
}

/** A call on many items, in chunks: it ends when all of them have, with the failure that came first. */
export class MapJob<T> extends Deferred<T[]> implements Job {
  readonly f: AnyFunction;
  flag = 0;
  readonly terms: Terms;
  open = 0;
  readonly #chunks: (readonly T[])[] = [];
  readonly #count: number;
  readonly #total: number;
  readonly #chunksize: number;
  readonly #onProgress: ((done: number, total: number | undefined) => void) | undefined;
  #ended = 0;
  #done = 0;
  #failure: Outcome | undefined;

  constructor(
    f: AnyFunction,
    terms: Terms,
    sizes: { count: number; total: number; chunksize: number },
    onProgress?: ((done: number, total: number | undefined) => void) | undefined,
    callback?: (value: T[]) => void,
    errorCallback?: (error: unknown) => void,
  ) {
    super(callback, errorCallback);
    this.f = f;
    this.terms = terms;
    this.#count = sizes.count;
    this.#total = sizes.total;
    this.#chunksize = sizes.chunksize;
    this.#onProgress = zoned(onProgress);
  }

  accept(index: number, outcome: Outcome): void {
    this.#ended++;
    if (outcome.ok) this.#chunks[index] = outcome.value as T[];
    else this.#failure ??= outcome;
    this.#done += Math.min(this.#chunksize, this.#total - index * this.#chunksize);
    if (this.outcome === undefined) guarded(this.#onProgress, this.#done, this.#total);
    if (this.#ended === this.#count) this.settle(this.#failure ?? { ok: true, value: this.#joined() });
  }

  #joined(): T[] {
    const all: T[] = new Array(this.#total);
    let at = 0;
    for (const chunk of this.#chunks) for (const result of chunk) all[at++] = result;
    return all;
  }

  fail(error: unknown): void {
    this.settle({ ok: false, error });
  }
}
