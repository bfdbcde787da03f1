// Does a task: decodes it, calls its function, on each item of a chunk, and answers.

import { now } from '../../base/deadline.ts';
import { decodeLate } from '../../codec/late.ts';
import { startTicking } from '../clock.ts';
import { APPLY, OBSERVED, STARMAP, TIMED, type Work } from '../task_record.ts';
import { type Answers, GIVEN_UP, type Held } from './answers.ts';
import { cancelled } from './current.ts';

/** A task that this worker holds. */
export interface Task extends Held {
  readonly word: number;
  /** What to do, from there on. */
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly attachments: readonly unknown[];
}

/** Who wants to know how far a task is. */
export interface Watcher {
  /** Does nobody want that task any more? */
  isUnwanted(task: Task): boolean;
  /** An item of a task begins that has a time limit. */
  begin(task: Task): void;
  /** So many milliseconds of that time have passed while the event loop turned. */
  tick(passed: number): void;
}

export class Performer {
  readonly #answers: Answers;
  readonly #watcher: Watcher;

  constructor(answers: Answers, watcher: Watcher) {
    this.#answers = answers;
    this.#watcher = watcher;
  }

  /** Does a task and answers it; a promise where that takes waiting. */
  perform(task: Task): Promise<void> | undefined {
    const { word, bytes, from, attachments } = task;
    const unwanted = this.#watcher.isUnwanted(task);
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
      (loaded) => this.#do(task, loaded as Work, this.#watcher.isUnwanted(task)),
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
      outcome = this.#call(work, isTimed ? task : undefined);
      // What it answers may throw when it is looked at.
      if (isThenable(outcome)) later = Promise.resolve(outcome);
    } catch (error) {
      return this.#answers.refuse(task, error);
    }
    if (later === undefined) return this.#answers.give(task, outcome);
    const stop = isTimed ? startTicking((passed) => this.#watcher.tick(passed)) : undefined;
    const ended = later.then(
      (value) => this.#answers.give(task, value),
      (error) => this.#answers.refuse(task, error),
    );
    return stop === undefined ? ended : ended.finally(stop);
  }

  /** @param timed the task, if it has a time limit. */
  #call([kind, f, payload, kwds]: Work, timed: Task | undefined): unknown {
    if (typeof f !== 'function') throw new TypeError(`a pool was given ${typeof f} to call, which is not a function`);
    if (timed) this.#watcher.begin(timed);
    if (kind === APPLY) return f(...((kwds === undefined ? payload : [...payload, kwds]) as never[]));
    const results: unknown[] = new Array(payload.length);
    for (let i = 0; i < payload.length; i++) {
      const result = callOn(f, kind, payload[i]);
      if (isThenable(result)) return this.#others(f, kind, payload, results, i, result, timed);
      results[i] = result;
      if (cancelled()) return GIVEN_UP;
      if (timed) this.#watcher.begin(timed);
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
    timed: Task | undefined,
  ): Promise<unknown> {
    results[from] = await first;
    for (let i = from + 1; i < payload.length; i++) {
      if (cancelled()) return GIVEN_UP;
      if (timed) this.#watcher.begin(timed);
      results[i] = await callOn(f, kind, payload[i]);
    }
    return results;
  }
}

const callOn = (f: Work[1], kind: Work[0], item: unknown): unknown =>
  kind === STARMAP ? f(...([...(item as Iterable<unknown>)] as never[])) : (f as (item: unknown) => unknown)(item);

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as Partial<PromiseLike<unknown>>).then === 'function';
