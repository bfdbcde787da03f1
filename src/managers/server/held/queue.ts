// The queue that a manager holds.
//
// A get waits only while there is nothing to take, a put only while there is no room; so an item that is put goes straight
// to the get that has waited longest, and room that becomes free to the put that has. An item given to a get is taken.

import { isPast } from '../../../base/deadline.ts';
import { type BlockOptions, optionsIn } from '../../../base/options.ts';
import { shown } from '../../../base/shown.ts';
import { Empty, Full, InvalidStateError, ShutDown } from '../../../errors.ts';
import type { Client } from '../caller.ts';
import { Fifo } from './fifo.ts';
import { copyOut } from './value.ts';
import { callerWith, currentClient, Waiters } from './waiters.ts';

/** For a JoinableQueue: so many items have come in, or, where negative, were dropped. */
export const counting = Symbol('counting');

const DO_NOT_WAIT = { block: false } as const;

/** A queue of values between clients. Python: `queue.Queue`. */
export class Queue<T = unknown> {
  protected get kind(): string {
    return 'Queue';
  }
  readonly #maxsize: number;
  readonly #items = new Fifo<T>();
  readonly #gets = new Waiters<T>();
  readonly #puts = new Waiters<void, T>();
  readonly #closed = new WeakSet<Client>();
  #isShut = false;

  /**
   * @param maxsize items at most; 0, negative or missing: no limit.
   * @throws TypeError for what is not an integer.
   */
  constructor(maxsize = 0) {
    if (!Number.isInteger(maxsize)) {
      throw new TypeError(`${this.kind}(maxsize): maxsize must be an integer, not ${shown(maxsize)}`);
    }
    this.#maxsize = maxsize <= 0 ? Number.POSITIVE_INFINITY : maxsize;
  }

  [counting](_change: number): void {}

  /**
   * Puts an item, waiting for room as long as the options allow.
   *
   * @param options `block: false` does not wait; `timeout` in milliseconds; `signal` gives the wait up.
   * @returns no promise where nothing had to wait.
   * @throws Full where there was no room in time; ShutDown after `shutdown()`, also where it was waiting; InvalidStateError
   *   after `close()`; the signal's reason.
   *
   * Python: `put(item, block=True, timeout=None)`.
   */
  put(item: T, options?: BlockOptions): void | Promise<void> {
    return this.#put(item, options, 'put');
  }

  /** Puts an item without waiting. @throws as `put`. Python: `put_nowait(item)`. */
  putNowait(item: T): void {
    this.#put(item, DO_NOT_WAIT, 'putNowait');
  }

  #put(item: T, options: BlockOptions | undefined, call: string): void | Promise<void> {
    const caller = callerWith(options);
    this.#check(call, caller.client);
    if (this.#isShut) throw shutDown();
    if (this.#hasRoom) this.#accept(item);
    else {
      const late = (): never => {
        throw new Full(`the queue already has its ${this.#maxsize} items`);
      };
      if (isPast(caller.deadline)) late();
      return this.#puts.wait(caller, item, { late });
    }
  }

  get #hasRoom(): boolean {
    return this.#items.size < this.#maxsize;
  }

  #accept(item: T): void {
    this[counting](1);
    const get = this.#gets.first();
    if (get !== undefined) get.wake(item);
    else this.#items.push(item);
  }

  /**
   * Takes the oldest item out, waiting for one as long as the options allow.
   *
   * @param options `block: false` does not wait; `timeout` in milliseconds; `signal` gives the wait up.
   * @returns no promise where nothing had to wait.
   * @throws Empty where no item came in time; ShutDown where the queue is shut down and empty; InvalidStateError after
   *   `close()`, also where it was waiting; the signal's reason.
   *
   * Python: `get(block=True, timeout=None)`.
   */
  get(options?: BlockOptions): T | Promise<T> {
    return this.#get(options, 'get');
  }

  /** Takes the oldest item out without waiting. @throws as `get`. Python: `get_nowait()`. */
  getNowait(): T {
    return this.#get(DO_NOT_WAIT, 'getNowait') as T;
  }

  #get(options: BlockOptions | undefined, call: string): T | Promise<T> {
    const caller = callerWith(options);
    this.#check(call, caller.client);
    if (this.#items.size > 0) {
      const item = this.#items.shift();
      for (const put of this.#puts) {
        if (!this.#hasRoom) break;
        this.#accept(put.data);
        put.wake();
      }
      return item;
    }
    if (this.#isShut) throw shutDown();
    const late = (): never => {
      throw new Empty('the queue is empty');
    };
    if (isPast(caller.deadline)) late();
    return this.#gets.wait(caller, undefined, { late });
  }

  /** How many items are in the queue now. Python: `qsize()`. */
  qsize(): number {
    return this.#items.size;
  }

  /** Is it empty now? Python: `empty()`. */
  empty(): boolean {
    return this.#items.size === 0;
  }

  /** Has it `maxsize` items now? Python: `full()`. */
  full(): boolean {
    return !this.#hasRoom;
  }

  /**
   * This client will put and get no more; others still may. Its puts that wait go on; its gets that wait give up with
   * InvalidStateError.
   *
   * Python: `close()` of `multiprocessing.Queue`.
   */
  close(): void {
    const client = currentClient();
    this.#closed.add(client);
    for (const get of this.#gets) if (get.client === client) get.fail(this.#closedError('get'));
  }

  #check(call: string, client: Client): void {
    if (this.#closed.has(client)) throw this.#closedError(call);
  }

  #closedError(call: string): InvalidStateError {
    return new InvalidStateError(`${this.kind}.${call}(): this queue is closed in this process`);
  }

  /**
   * Ends the queue for all, without waiting: from now on every put throws ShutDown, also those that wait; gets take what is
   * there, and then throw ShutDown.
   *
   * @param options `immediate: true` also drops what is in the queue; for a JoinableQueue the dropped items count as done.
   * @throws TypeError for options of the wrong type.
   *
   * Python: `shutdown(immediate=False)`.
   */
  shutdown(options?: { immediate?: boolean | undefined }): void {
    const { immediate } = optionsIn(options, 'shutdown(options): ', 'immediate: true');
    this.#isShut = true;
    for (const put of this.#puts) put.fail(shutDown());
    for (const get of this.#gets) get.fail(shutDown());
    if (immediate !== true) return;
    const dropped = this.#items.size;
    this.#items.clear();
    this[counting](-dropped);
  }

  [copyOut](): T[] {
    return this.#items.toArray();
  }

  toString(): string {
    return `<${this.kind} size=${this.qsize()}${this.#maxsize === Number.POSITIVE_INFINITY ? '' : `/${this.#maxsize}`}>`;
  }
}

const shutDown = (): ShutDown => new ShutDown('the queue was shut down');
