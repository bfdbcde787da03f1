// SimpleQueue: a queue without limits, timeouts or states.

import { signalIn, type WaitOptions } from '../base/options.ts';
import { promised } from '../base/realm.ts';
import { decode } from '../codec/decode.ts';
import { encode } from '../codec/encode.ts';
import { bodyFor, registerShared, withBody } from '../codec/shared.ts';
import { OSError } from '../errors.ts';
import { UNLIMITED } from '../memory/ring/ring.ts';
import type { Nothing, QueueBody } from './bodies.ts';
import { QueueWords } from './by_memory/queue.ts';
import { isReady, keyed, type Waitable, watched } from './waitable.ts';

const closedError = (call: string): OSError =>
  new OSError(`SimpleQueue.${call}(): this queue is closed in this process`);

/** The item. @throws where there is none: this process has closed the queue. */
function read<T>(got: Uint8Array | Nothing): T {
  if (typeof got === 'string') throw closedError('get');
  return decode(got) as T;
}

/** How many items are in the queue now. */
export let sizeOf: (queue: SimpleQueue) => number;

/**
 * The simplest queue: `put`, `get`, `empty`, `close`, and no limit but memory.
 *
 * Python: `multiprocessing.SimpleQueue`.
 */
export class SimpleQueue<T = unknown> implements Waitable {
  readonly #body: QueueBody;
  #closed = false;
  readonly #isClosed = (): true | undefined => this.#closed || undefined;

  /** A queue without a limit. */
  constructor() {
    this.#body = bodyFor<QueueBody>('SimpleQueue', UNLIMITED) ?? new QueueWords(UNLIMITED);
  }

  /**
   * Puts an item, waiting only while 64 MiB of items wait to be taken.
   *
   * @param options `signal`.
   * @throws DataCloneError for what cannot travel, naming its path; OSError after `close()`; the signal's reason. All as
   *   rejections.
   */
  put(item: T, options?: Pick<WaitOptions, 'signal'>): Promise<void> {
    return promised(() => {
      this.#check('put');
      const signal = signalIn(options);
      signal?.throwIfAborted();
      return this.#body.put(encode(item, 'item'), Number.POSITIVE_INFINITY, signal, () => {});
    });
  }

  /** As `put`, blocking. @throws BlockingNotAllowedError in a window, as soon as it would have to wait. */
  putSync(item: T): void {
    this.#check('put');
    this.#body.putSync(encode(item, 'item'), Number.POSITIVE_INFINITY, 'SimpleQueue.put');
  }

  /**
   * Takes the oldest item out, waiting for one.
   *
   * @param options `signal`.
   * @throws OSError after `close()`, also where it was waiting; the signal's reason. Both as rejections.
   */
  get(options?: Pick<WaitOptions, 'signal'>): Promise<T> {
    return promised(() => {
      this.#check('get');
      const signal = signalIn(options);
      signal?.throwIfAborted();
      return this.#body.get<T>(Number.POSITIVE_INFINITY, signal, this.#isClosed, read);
    });
  }

  /** As `get`, blocking. @throws BlockingNotAllowedError in a window, as soon as it would have to wait. */
  getSync(): T {
    this.#check('get');
    return read(this.#body.getSync(Number.POSITIVE_INFINITY, this.#isClosed, 'SimpleQueue.get'));
  }

  /** Is it empty now? @throws OSError after `close()`. */
  empty(): boolean {
    this.#check('empty');
    return this.#body.size('SimpleQueue.empty') === 0;
  }

  /** This process will use it no more; others still may. Its puts that wait go on, its gets that wait give up. */
  close(): void {
    this.#closed = true;
    this.#body.nudge();
  }

  /** @internal For `wait()`: is there an item? */
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

  #check(call: string): void {
    if (this.#closed) throw closedError(call);
  }

  static {
    sizeOf = (queue) => queue.#body.size('SimpleQueue.size');
    const open = (body: object): SimpleQueue => withBody(body, () => new SimpleQueue());
    registerShared(SimpleQueue.prototype, {
      kind: 'SimpleQueue',
      detach: (it) => (it.#body as QueueWords).buffer,
      attach: (buffer) => open(new QueueWords(buffer as SharedArrayBuffer)),
      body: (it) => it.#body,
      make: open,
    });
  }
}
