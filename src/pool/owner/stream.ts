// imap and imapUnordered: results one by one, from inputs taken one by one.

import { watchDeadline } from '../../base/deadline.ts';
import { asyncDispose } from '../../base/dispose.ts';
import { deadlineIn, type WaitOptions } from '../../base/options.ts';
import { lasting } from '../../base/realm.ts';
import { tag } from '../../base/tag.ts';
import { TimeoutError } from '../../errors.ts';
import { type AnyFunction, MAP } from '../task_record.ts';
import type { Dispatcher } from './dispatcher.ts';
import { guarded, type Job, type Outcome, type Terms } from './job.ts';

export interface StreamOptions {
  readonly chunksize: number;
  readonly ordered: boolean;
  /** Is the input an async iterable? */
  readonly isAsync: boolean;
  /** How many chunks may be ahead of the consumer. */
  readonly ahead: number;
  readonly terms: Terms;
  readonly signal: AbortSignal | null | undefined;
  readonly onProgress: ((done: number, total: number | undefined) => void) | undefined;
  readonly total: number | undefined;
  /** How many items there are, where that is sure. */
  readonly length: number | undefined;
}

type Source = Iterator<unknown> | AsyncIterator<unknown>;

/** A call of `next()` that has no answer yet. */
interface Asker<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

/** The results of `imap` and `imapUnordered`. Python: `multiprocessing.pool.IMapIterator`. */
export class PoolIterator<T> implements AsyncIterableIterator<T, undefined> {
  readonly #stream: Pick<Stream<T>, 'ask' | 'stop'>;

  /** @internal */
  constructor(stream: Pick<Stream<T>, 'ask' | 'stop'>) {
    this.#stream = stream;
  }

  /**
   * The next result.
   *
   * @param options `timeout` in milliseconds; `signal` gives the wait up, not the call. Then the result can be had by the
   *   next call of this.
   * @throws what the function threw for that item, after which others may follow (with a chunksize above 1 none do); what
   *   the input threw; TimeoutError; the signal's reason. All as rejections.
   *
   * Python: `next(timeout=None)`.
   */
  next(options?: WaitOptions): Promise<IteratorResult<T, undefined>> {
    return this.#stream.ask(options);
  }

  /** Gives the rest up: what waits is dropped, what runs is told so, and the input is closed. A `break` does this. */
  return(): Promise<IteratorResult<T, undefined>> {
    return lasting(this.#stream.stop().then(() => ({ done: true, value: undefined })));
  }

  /** It is its own iterator: its results are read once. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Leaving the scope gives up what is not read. */
  async [asyncDispose](): Promise<void> {
    await this.#stream.stop();
  }

  static {
    tag(this.prototype, 'PoolIterator');
  }
}

/** The results of a call that failed before it began: the error, and no more. */
export function failedStream<T>(source: Source, error: unknown): Pick<Stream<T>, 'ask' | 'stop'> {
  let told = false;
  return {
    async ask() {
      if (told) return { done: true, value: undefined };
      told = true;
      throw error;
    },
    async stop() {
      told = true;
      await source.return?.();
    },
  };
}

export class Stream<T> implements Job {
  readonly f: AnyFunction;
  flag = 0;
  readonly terms: Terms;
  open = 0;
  isPosted = false;
  keeps: object | undefined;
  readonly #options: StreamOptions;
  readonly #dispatcher: Dispatcher;
  readonly #source: Source;
  #unheed: () => void = () => {};
  /** The input has given all it has, or is not wanted any more. */
  #isDry = false;
  #filling = false;
  /** What the input threw: it comes after all results. */
  #broken: { error: unknown } | undefined;
  #taken = 0;
  #submitted = 0;
  #consumed = 0;
  #done = 0;
  readonly #sizes = new Map<number, number>();
  /** Outcomes of chunks that nobody has asked for. */
  readonly #arrived = new Map<number, Outcome>();
  /** What is left of the chunk that is being given out. */
  #chunk: readonly T[] = [];
  #at = 0;
  readonly #askers: Asker<T>[] = [];
  #over: { error: unknown } | 'drained' | undefined;

  constructor(f: AnyFunction, source: Source, options: StreamOptions, dispatcher: Dispatcher) {
    this.f = f;
    this.terms = options.terms;
    this.#source = source;
    this.#options = options;
    this.#dispatcher = dispatcher;
  }

  start(): void {
    this.#unheed = this.#dispatcher.begin(this, this.#options.signal, true);
    void this.#fill();
  }

  /** It may be so with results that nobody has asked for yet. */
  get isEnded(): boolean {
    return this.#over !== undefined || (this.#isDry && this.#sizes.size === 0);
  }

  // ---------------------------------------------------------------------------------------------- input

  /** Takes as much of the input as may be on its way at once. */
  async #fill(): Promise<void> {
    if (this.#filling || this.#isDry) return;
    this.#filling = true;
    try {
      while (!this.#isDry && this.#submitted - this.#consumed < this.#options.ahead) {
        const items: unknown[] = [];
        while (items.length < this.#options.chunksize) {
          const taken = this.#source.next();
          // An input that is there at once is taken at once.
          const { done, value } = this.#options.isAsync ? await taken : (taken as IteratorResult<unknown>);
          if (this.#isDry) return;
          if (done) {
            this.#isDry = true;
            break;
          }
          items.push(value);
        }
        if (items.length > 0) this.#submit(items);
        // An array need not be asked whether that was all.
        if (this.#taken === this.#options.length) this.#isDry = true;
      }
    } catch (error) {
      // Items of a chunk that is not whole are lost with it, as in Python.
      this.#isDry = true;
      this.#broken = { error };
    } finally {
      this.#filling = false;
    }
    if (!this.#isDry) return;
    this.#dispatcher.end(this);
    this.#give();
  }

  #submit(items: unknown[]): void {
    const index = this.#submitted++;
    const first = this.#taken;
    this.#taken += items.length;
    this.#sizes.set(index, items.length);
    this.#dispatcher.submit(this, index, [MAP, this.f, items, undefined], first);
  }

  // ---------------------------------------------------------------------------------------------- output

  accept(index: number, outcome: Outcome): void {
    if (this.#over !== undefined) return;
    this.#arrived.set(index, outcome);
    this.#done += this.#sizes.get(index) ?? 0;
    this.#sizes.delete(index);
    guarded(this.#options.onProgress, this.#done, this.#options.total);
    this.#give();
  }

  fail(error: unknown): void {
    this.#finish({ error });
    void this.#closeInput();
  }

  ask(options: WaitOptions | undefined): Promise<IteratorResult<T, undefined>> {
    return new Promise((resolve, reject) => {
      const deadline = deadlineIn(options);
      const signal = options?.signal;
      signal?.throwIfAborted();
      let callOff = (): void => {};
      const asker: Asker<T> = {
        resolve: (result) => {
          callOff();
          resolve(result);
        },
        reject: (error) => {
          callOff();
          reject(error);
        },
      };
      const withdraw = (error: unknown): void => {
        const at = this.#askers.indexOf(asker);
        if (at >= 0) this.#askers.splice(at, 1);
        asker.reject(error);
      };
      this.#askers.push(asker);
      this.#give();
      if (!this.#askers.includes(asker)) return;
      callOff = watchDeadline(
        deadline,
        () => withdraw(new TimeoutError('next(): no result came within the timeout')),
        signal,
        () => withdraw(signal?.reason),
      );
    });
  }

  /** Gives what is there to those who asked. */
  #give(): void {
    for (let asker = this.#askers[0]; asker !== undefined; asker = this.#askers[0]) {
      if (this.#at < this.#chunk.length) {
        this.#askers.shift();
        asker.resolve({ done: false, value: this.#chunk[this.#at++] as T });
        continue;
      }
      if (this.#over !== undefined) {
        this.#askers.shift();
        if (this.#over === 'drained') asker.resolve({ done: true, value: undefined });
        else {
          const { error } = this.#over;
          this.#over = 'drained';
          asker.reject(error);
        }
        continue;
      }
      const outcome = this.#next();
      if (outcome === undefined) {
        if (!this.#isDry || this.#filling || this.#consumed < this.#submitted) return;
        this.#finish(this.#broken ?? 'drained');
      } else if (outcome.ok) {
        this.#chunk = outcome.value as readonly T[];
        this.#at = 0;
      } else {
        this.#askers.shift();
        asker.reject(outcome.error);
        if (this.#options.chunksize > 1) void this.stop();
      }
      void this.#fill();
    }
  }

  /** The outcome of the chunk whose turn it is, if it is there. */
  #next(): Outcome | undefined {
    const index = this.#options.ordered ? this.#consumed : (this.#arrived.keys().next().value ?? -1);
    const outcome = this.#arrived.get(index);
    if (outcome === undefined) return undefined;
    this.#arrived.delete(index);
    this.#consumed++;
    return outcome;
  }

  // ---------------------------------------------------------------------------------------------- the end

  #finish(over: { error: unknown } | 'drained'): void {
    if (this.#over !== undefined) return;
    this.#over = over;
    this.#unheed();
    this.#dispatcher.end(this);
    this.#give();
  }

  async stop(): Promise<void> {
    const closed = this.#closeInput();
    if (this.#over === undefined) {
      this.#over = 'drained';
      this.#unheed();
      this.#dispatcher.cancel(this, undefined);
      this.#dispatcher.end(this);
    }
    this.#chunk = [];
    this.#give();
    await closed;
  }

  /** The input is told that no more of it is wanted, unless it has come to its own end. */
  async #closeInput(): Promise<void> {
    if (this.#isDry) return;
    this.#isDry = true;
    try {
      const closed = this.#source.return?.();
      // An async input that is being asked for more may never answer.
      if (!this.#filling) await closed;
    } catch (error) {
      globalThis.console.error('the input of a pool threw while it was closed', error);
    }
  }
}
