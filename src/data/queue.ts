// Queue: first in, first out, between any processes.

import { type BlockOptions, deadlineIn, optionsIn, type SyncBlockOptions } from '../base/options.ts';
import { lasting, promised } from '../base/realm.ts';
import { decode } from '../codec/decode.ts';
import { encode } from '../codec/encode.ts';
import { bodyFor, registerShared } from '../codec/shared.ts';
import { Empty, Full, InvalidStateError, OSError, ShutDown } from '../errors.ts';
import { UNLIMITED } from '../memory/ring/ring.ts';
import type { Nothing, Put, QueueBody } from './bodies.ts';
import { QueueWords } from './by_memory/queue.ts';
import { limit, queueKind } from './queue_kind.ts';
import { isReady, keyed, type Waitable, watched } from './waitable.ts';

const asItIs = <T>(got: T): T => got;

/** The options of `shutdown`. */
export interface ShutdownOptions {
  /** Drop what is in the queue, instead of leaving it to be taken. */
  immediate?: boolean | undefined;
}

export const shutDown = (): ShutDown => new ShutDown('the queue was shut down');

/** How many items it may have. */
export let maxsizeOf: (queue: Queue) => number;
/** What a queue is made of. */
export let bodyOf: (queue: Queue) => QueueBody;

/**
 * A queue of values between any processes: bounded by `maxsize` items, or, without, by 64 MiB of items waiting.
 *
 * Items are copied when they are put, so what happens to them later is not seen; what cannot travel is refused by `put`.
 * An item is in the queue as soon as `put` resolves (in CPython a little later). An item put by a process that ends by
 * itself is never lost; when a process is terminated, an item is either whole in the queue or not there.
 *
 * Python: `multiprocessing.Queue`.
 */
export class Queue<T = unknown> implements AsyncIterable<T>, Waitable {
  readonly #body: QueueBody;
  readonly #maxsize: number;
  /** Has this process ever put? */
  #used = false;
  #closed = false;
  readonly #isClosed = (): true | undefined => this.#closed || undefined;

  /**
   * A new queue, with nothing in it.
   *
   * @param maxsize items at most; 0, negative or missing: no limit.
   */
  constructor(maxsize = 0) {
    this.#maxsize = limit(maxsize, this.kind);
    this.#body = bodyFor<QueueBody>(this.kind, this.#maxsize) ?? new this.Words(this.#maxsize);
  }

  /**
   * Puts an item, waiting for room as long as the options allow.
   *
   * @param options `block: false` does not wait; `timeout` in milliseconds; `signal` gives the wait up.
   * @throws Full where there was no room in time; ShutDown after `shutdown()`, also where it was waiting; DataCloneError
   *   for what cannot travel, naming its path; InvalidStateError after `close()`; the signal's reason. All as rejections.
   *
   * Python: `put(obj, block=True, timeout=None)`.
   */
  put(item: T, options?: BlockOptions): Promise<void> {
    return promised(() => {
      this.#check('put');
      const deadline = deadlineIn(options);
      options?.signal?.throwIfAborted();
      return this.#body.put(encode(item, 'item'), deadline, options?.signal, (put) => this.#done(put));
    });
  }

  /**
   * Puts an item, blocking the thread as long as the options allow. Earlier puts of this thread that still wait go first.
   *
   * @throws as `put`; BlockingNotAllowedError in a window, as soon as it would have to wait.
   */
  putSync(item: T, options?: SyncBlockOptions): void {
    this.#check('put');
    const deadline = deadlineIn(options);
    this.#done(this.#body.putSync(encode(item, 'item'), deadline, `${this.kind}.put`));
  }

  /**
   * Puts an item without waiting; works everywhere.
   *
   * @throws Full where there is no room, or an earlier `put` of this thread still waits; otherwise as `put`.
   *
   * Python: `put_nowait(obj)`.
   */
  putNowait(item: T): void {
    this.#check('put');
    this.#done(this.#body.putNow(encode(item, 'item'), this.#maxsize !== UNLIMITED, `${this.kind}.putNowait`));
  }

  /**
   * Takes the oldest item out, waiting for one as long as the options allow.
   *
   * @param options `block: false` does not wait; `timeout` in milliseconds; `signal` gives the wait up.
   * @throws Empty where no item came in time; ShutDown where the queue is shut down and empty; InvalidStateError after
   *   `close()`, also where it was waiting; the signal's reason. All as rejections.
   *
   * Python: `get(block=True, timeout=None)`.
   */
  get(options?: BlockOptions): Promise<T> {
    return promised(() => {
      this.#check('get');
      const deadline = deadlineIn(options);
      options?.signal?.throwIfAborted();
      return this.#body.get(deadline, options?.signal, this.#isClosed, (got) => this.#item(got));
    });
  }

  /**
   * Takes the oldest item out, blocking the thread as long as the options allow.
   *
   * @throws as `get`; BlockingNotAllowedError in a window, as soon as it would have to wait.
   */
  getSync(options?: SyncBlockOptions): T {
    this.#check('get');
    return this.#item(this.#body.getSync(deadlineIn(options), this.#isClosed, `${this.kind}.get`));
  }

  /**
   * Takes the oldest item out without waiting; works everywhere.
   *
   * @throws Empty where there is none; otherwise as `get`.
   *
   * Python: `get_nowait()`.
   */
  getNowait(): T {
    this.#check('get');
    return this.#item(this.#body.getNow(`${this.kind}.getNowait`));
  }

  /** How many items are in the queue now; it may change at any time. Python: `qsize()`. */
  qsize(): number {
    return this.#body.size(`${this.kind}.qsize`);
  }

  /**
   * Is it empty now?
   *
   * @throws OSError where this process has put items and has closed it, and all that it put is through.
   *
   * Python: `empty()`.
   */
  empty(): boolean {
    // As in Python: there is nothing to close where nothing was put, and the two beside this do not ask.
    if (this.#used && this.#closed && !this.#body.isWaiting) throw this.#closedError('empty', OSError);
    return this.#body.size(`${this.kind}.empty`) === 0;
  }

  /** Has it `maxsize` items now? Python: `full()`. */
  full(): boolean {
    return this.#body.size(`${this.kind}.full`) >= this.#maxsize;
  }

  /**
   * The items, each taken out when the loop asks for it. The loop ends when the queue is shut down and empty, or when it is
   * empty and this process has closed it; leaving it earlier takes nothing more out.
   *
   * Python has no counterpart.
   */
  [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    const items = this.#items();
    const next = items.next.bind(items);
    items.next = () => lasting(next());
    return items;
  }

  async *#items(): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const getting = this.#body.get(Number.POSITIVE_INFINITY, undefined, this.#isClosed, asItIs);
      const got = getting instanceof Promise ? await getting : getting;
      if (typeof got === 'string') return;
      yield decode(got) as T;
    }
  }

  /**
   * This process will put and get no more; others still may. Its puts that wait go on; its gets that wait give up with
   * InvalidStateError. A `for await` loop takes what is there, and ends.
   *
   * Python: `close()`.
   */
  close(): void {
    this.#closed = true;
    this.#body.nudge();
  }

  /**
   * Ends the queue for all processes, without waiting: from now on every put throws ShutDown, also those that wait; gets
   * take what is there, and then throw ShutDown. An item is either in the queue before this, or its put has thrown.
   *
   * @param options `immediate: true` also drops what is in the queue; for a JoinableQueue the dropped items count as done.
   *
   * Python: `queue.Queue.shutdown(immediate=False)` of 3.13, which `multiprocessing` lacks.
   */
  shutdown(options?: ShutdownOptions): void {
    const { immediate } = optionsIn(options, `${this.kind}.shutdown(options): `, 'immediate: true');
    this.#body.shut(immediate === true);
  }

  /**
   * Waits until every put of this process that still waits is through. Call `close()` first. A process that ends by itself
   * waits for this, too.
   *
   * @throws InvalidStateError before `close()`.
   *
   * Python: `join_thread()`.
   */
  joinThread(): Promise<void> {
    return promised(() => {
      this.#checkClosed();
      return this.#body.flush();
    });
  }

  /**
   * As `joinThread()`, blocking the thread.
   *
   * @throws InvalidStateError before `close()`; BlockingNotAllowedError in a window, as soon as it would have to wait.
   */
  joinThreadSync(): void {
    this.#checkClosed();
    this.#body.flushSync(`${this.kind}.joinThread`);
  }

  /** Lets this process end before puts that still wait are through; their items may be lost. Python: `cancel_join_thread()`. */
  cancelJoinThread(): void {
    this.#body.abandonFlush();
  }

  /** @internal For `wait()`: is there an item, or will there never be one? */
  [isReady](): boolean {
    this.#check('get');
    return this.#body.ready;
  }

  /** @internal */
  get [keyed](): string | undefined {
    this.#check('get');
    return this.#body.key;
  }

  /** @internal */
  [watched](change: 1 | -1): void {
    this.#body.watch(change);
  }

  /** @internal What it is made of where threads share memory. */
  protected get Words(): typeof QueueWords {
    return QueueWords;
  }

  /** The name in error messages: a literal. */
  protected get kind(): string {
    return 'Queue';
  }

  #check(call: string): void {
    if (this.#closed) throw this.#closedError(call);
    this.#used ||= call === 'put';
  }

  #closedError(call: string, Class: typeof InvalidStateError = InvalidStateError): InvalidStateError {
    return new Class(`${this.kind}.${call}(): this queue is closed in this process`);
  }

  #checkClosed(): void {
    if (!this.#closed) throw new InvalidStateError(`${this.kind}.joinThread(): call close() first`);
  }

  /** @throws why a put came to nothing. */
  #done(put: Put): void {
    if (put === 'done') return;
    if (put === 'shut') throw shutDown();
    throw new Full(
      this.#maxsize === UNLIMITED ? 'the queue has no room now' : `the queue already has its ${this.#maxsize} items`,
    );
  }

  /** The item. @throws why there is none. */
  #item(got: Uint8Array | Nothing): T {
    if (typeof got !== 'string') return decode(got) as T;
    if (got === 'over') throw new ShutDown('the queue was shut down, and is empty');
    throw this.#closed ? this.#closedError('get') : new Empty('the queue is empty');
  }

  static {
    bodyOf = (it) => it.#body;
    maxsizeOf = (it) => it.#maxsize;
    registerShared(Queue.prototype, queueKind('Queue', bodyOf, maxsizeOf, QueueWords, Queue));
  }
}
