// Queue and SimpleQueue: first in, first out, between any processes.

import { registerShared } from '../codec/shared.ts';
import { Empty, Full, InvalidStateError, OSError } from '../errors.ts';
import { type BlockOptions, deadlineIn, type SyncBlockOptions } from '../memory/options.ts';
import { UNLIMITED } from '../memory/ring.ts';
import { Channel, EMPTY } from './channel.ts';

/** What a `maxsize` stands for: 0 and less are no limit, as in Python. */
function limit(maxsize: number): number {
  if (!Number.isInteger(maxsize))
    throw new TypeError(`Queue(maxsize): maxsize must be an integer, not ${String(maxsize)}`);
  return maxsize <= 0 ? UNLIMITED : Math.min(maxsize, UNLIMITED);
}

/** How a queue travels to a new process. */
interface QueueState {
  readonly buffer: SharedArrayBuffer;
  readonly maxsize: number;
}

/**
 * A queue of values between any processes: bounded by `maxsize` items, or, without, by 64 MiB of items waiting.
 *
 * Items are copied when they are put, so what happens to them later is not seen; what cannot travel is refused by `put`.
 * An item is in the queue as soon as `put` resolves (in CPython a little later). An item put by a process that ends by
 * itself is never lost; when a process is terminated, an item is either whole in the queue or not there.
 *
 * Python: `multiprocessing.Queue`.
 */
export class Queue<T = unknown> {
  readonly #channel: Channel<T>;
  readonly #maxsize: number;
  #closed = false;

  /** @param maxsize items at most; 0, negative or missing: no limit. */
  constructor(maxsize?: number);
  /** @internal The queue in that memory. */
  constructor(state: QueueState);
  constructor(from: number | QueueState = 0) {
    if (typeof from === 'object' && from !== null) {
      this.#channel = new Channel(from.buffer);
      this.#maxsize = from.maxsize;
    } else {
      this.#maxsize = limit(from);
      this.#channel = new Channel(this.#maxsize);
    }
  }

  /**
   * Puts an item, waiting for room as long as the options allow.
   *
   * @param options `block: false` does not wait; `timeout` in milliseconds; `signal` gives the wait up.
   * @throws Full where there was no room in time; DataCloneError for what cannot travel, naming its path;
   *   InvalidStateError after `close()`; the signal's reason. All as rejections.
   *
   * Python: `put(obj, block=True, timeout=None)`.
   */
  async put(item: T, options?: BlockOptions): Promise<void> {
    this.#check('put');
    const done = this.#channel.put(item, deadlineIn(options), options?.signal);
    if (!(typeof done === 'boolean' ? done : await done)) throw this.#full();
  }

  /**
   * Puts an item, blocking the thread as long as the options allow.
   *
   * @throws as `put`; BlockingNotAllowedError in a window, as soon as it would have to wait.
   */
  putSync(item: T, options?: SyncBlockOptions): void {
    this.#check('put');
    const done = this.#channel.putSync(item, deadlineIn(options), 'Queue.put');
    if (!done) throw this.#full();
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
    if (!this.#channel.putNow(item)) throw this.#full();
  }

  /**
   * Takes the oldest item out, waiting for one as long as the options allow.
   *
   * @param options `block: false` does not wait; `timeout` in milliseconds; `signal` gives the wait up.
   * @throws Empty where no item came in time; InvalidStateError after `close()`; the signal's reason. All as rejections.
   *
   * Python: `get(block=True, timeout=None)`.
   */
  async get(options?: BlockOptions): Promise<T> {
    this.#check('get');
    const item = this.#channel.get(deadlineIn(options), options?.signal);
    return this.#item(item instanceof Promise ? await item : item);
  }

  /**
   * Takes the oldest item out, blocking the thread as long as the options allow.
   *
   * @throws as `get`; BlockingNotAllowedError in a window, as soon as it would have to wait.
   */
  getSync(options?: SyncBlockOptions): T {
    this.#check('get');
    return this.#item(this.#channel.getSync(deadlineIn(options), 'Queue.get'));
  }

  /**
   * Takes the oldest item out without waiting; works everywhere.
   *
   * @throws Empty where there is none; InvalidStateError after `close()`.
   *
   * Python: `get_nowait()`.
   */
  getNowait(): T {
    this.#check('get');
    return this.#item(this.#channel.getNow());
  }

  /** How many items are in the queue now; it may change at any time. Python: `qsize()`. */
  qsize(): number {
    return this.#channel.size;
  }

  /** Is it empty now? Python: `empty()`. */
  empty(): boolean {
    return this.#channel.size === 0;
  }

  /** Has it `maxsize` items now? Python: `full()`. */
  full(): boolean {
    return this.#channel.size >= this.#maxsize;
  }

  /** This process will put and get no more; others still may. Python: `close()`. */
  close(): void {
    this.#closed = true;
  }

  /**
   * Waits until every put of this process that still waits is through. Call `close()` first. A process that ends by itself
   * waits for this, too.
   *
   * @throws InvalidStateError before `close()`.
   *
   * Python: `join_thread()`.
   */
  async joinThread(): Promise<void> {
    this.#checkClosed();
    await this.#channel.flush();
  }

  /**
   * As `joinThread()`, blocking. Puts that were not awaited cannot go on while their thread is blocked, so where there are
   * any this throws instead.
   *
   * @throws InvalidStateError before `close()`, and where puts of this thread still wait.
   */
  joinThreadSync(): void {
    this.#checkClosed();
    if (this.#channel.unflushed) {
      throw new InvalidStateError(
        'Queue.joinThreadSync(): puts of this thread still wait; use "await queue.joinThread()"',
      );
    }
  }

  /** Lets this process end before puts that still wait are through; their items may be lost. Python: `cancel_join_thread()`. */
  cancelJoinThread(): void {
    this.#channel.abandonFlush();
  }

  #check(call: string): void {
    if (this.#closed) throw new InvalidStateError(`Queue.${call}(): this queue is closed in this process`);
  }

  #checkClosed(): void {
    if (!this.#closed) throw new InvalidStateError('Queue.joinThread(): call close() first');
  }

  #full(): Full {
    return new Full(
      this.#maxsize === UNLIMITED ? 'the queue has no room now' : `the queue already has its ${this.#maxsize} items`,
    );
  }

  #item(item: T | typeof EMPTY): T {
    if (item === EMPTY) throw new Empty('the queue is empty');
    return item;
  }

  static {
    registerShared(Queue.prototype, {
      kind: 'Queue',
      detach: (it): QueueState => ({ buffer: it.#channel.buffer, maxsize: it.#maxsize }),
      attach: (state) => new Queue(state as QueueState),
    });
  }
}

/**
 * The simplest queue: `put`, `get`, `empty`, `close`, and no limit but memory.
 *
 * Python: `multiprocessing.SimpleQueue`.
 */
export class SimpleQueue<T = unknown> {
  readonly #channel: Channel<T>;
  #closed = false;

  constructor();
  /** @internal The queue in that memory. */
  constructor(buffer: SharedArrayBuffer);
  constructor(buffer?: SharedArrayBuffer) {
    this.#channel = new Channel(buffer ?? UNLIMITED);
  }

  /**
   * Puts an item, waiting only while 64 MiB of items wait to be taken.
   *
   * @throws DataCloneError for what cannot travel, naming its path; OSError after `close()`. Both as rejections.
   */
  async put(item: T): Promise<void> {
    this.#check('put');
    await this.#channel.put(item, Number.POSITIVE_INFINITY, undefined);
  }

  /** As `put`, blocking. @throws BlockingNotAllowedError in a window, as soon as it would have to wait. */
  putSync(item: T): void {
    this.#check('put');
    this.#channel.putSync(item, Number.POSITIVE_INFINITY, 'SimpleQueue.put');
  }

  /** Takes the oldest item out, waiting for one. @throws OSError after `close()`, as a rejection. */
  async get(): Promise<T> {
    this.#check('get');
    return (await this.#channel.get(Number.POSITIVE_INFINITY, undefined)) as T;
  }

  /** As `get`, blocking. @throws BlockingNotAllowedError in a window, as soon as it would have to wait. */
  getSync(): T {
    this.#check('get');
    return this.#channel.getSync(Number.POSITIVE_INFINITY, 'SimpleQueue.get') as T;
  }

  /** Is it empty now? @throws OSError after `close()`. */
  empty(): boolean {
    this.#check('empty');
    return this.#channel.size === 0;
  }

  /** This process will use it no more; others still may. */
  close(): void {
    this.#closed = true;
  }

  #check(call: string): void {
    if (this.#closed) throw new OSError(`SimpleQueue.${call}(): this queue is closed in this process`);
  }

  static {
    registerShared(SimpleQueue.prototype, {
      kind: 'SimpleQueue',
      detach: (it) => it.#channel.buffer,
      attach: (buffer) => new SimpleQueue(buffer as SharedArrayBuffer),
    });
  }
}
