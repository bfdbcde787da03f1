// Values through a ring: what the queues are made of.
//
// An item is encoded before any lock is taken and decoded after all are released.

import { NEVER_WAIT } from '../base/deadline.ts';
import { lasting } from '../base/realm.ts';
import { decode } from '../codec/decode.ts';
import { encode } from '../codec/encode.ts';
import { get, getNow, isGetting, nudge } from '../memory/ring/get.ts';
import { hasItem, isOver, isShut, makeRing, openRing, type Ring, shut, sizeOf, watch } from '../memory/ring/layout.ts';
import { block, settle, type Waiting } from '../memory/wait.ts';
import { halfWay } from './line.ts';
import { PutLine } from './put_line.ts';

export class Channel<T> {
  readonly buffer: SharedArrayBuffer;
  readonly #ring: Ring;
  readonly #puts: PutLine;
  #closed = false;
  readonly #isClosed = (): true | undefined => this.#closed || undefined;

  constructor(buffer: SharedArrayBuffer | number) {
    this.buffer = typeof buffer === 'number' ? makeRing(buffer) : buffer;
    this.#ring = openRing(this.buffer);
    this.#puts = new PutLine(this.#ring);
  }

  get size(): number {
    return sizeOf(this.#ring);
  }

  /** Whether a get would not have to wait. */
  get ready(): boolean {
    return hasItem(this.#ring) || isOver(this.#ring);
  }

  /** Somebody begins (1) or ceases (-1) to watch with `wait()`. */
  watch(change: 1 | -1): void {
    watch(this.#ring, change);
  }

  /**
   * What `check` makes of true, or of false where `deadline` passed first or the ring was shut; no promise where nothing had
   * to wait.
   */
  put(
    item: T,
    deadline: number,
    signal: AbortSignal | undefined,
    check: (done: boolean) => void,
  ): void | Promise<void> {
    signal?.throwIfAborted();
    if (deadline === NEVER_WAIT) return check(this.putNow(item));
    const bytes = encode(item, 'item');
    if (!this.#puts.tryNow(bytes)) return lasting(this.#puts.enter(bytes.slice(), deadline, signal).then(check));
  }

  /** The puts of this thread that wait go first: they are brought to their ends by blocking. */
  putSync(item: T, deadline: number, name: string): boolean {
    if (deadline === NEVER_WAIT) return this.putNow(item);
    const bytes = encode(item, 'item');
    if (this.#puts.tryNow(bytes)) return true;
    const operation = this.#puts.operation(bytes.slice(), deadline);
    return block(this.#puts.finish(deadline), name) && block(operation, name);
  }

  /** False where there is no room, or where an earlier put of this thread still waits: it must not be overtaken. */
  putNow(item: T): boolean {
    return this.#puts.now(encode(item, 'item'));
  }

  /**
   * What `read` makes of an item, or of EMPTY where none came in time, or none will; no promise where nothing had to wait.
   */
  get<R>(deadline: number, signal: AbortSignal | undefined, read: (item: T | typeof EMPTY) => R): R | Promise<R> {
    signal?.throwIfAborted();
    const bytes = getNow(this.#ring);
    return bytes === undefined ? settle(this.#getting(deadline, read), signal) : read(taken(bytes));
  }

  *#getting<R>(deadline: number, read: (item: T | typeof EMPTY) => R): Waiting<R> {
    return read(taken(yield* get(this.#ring, deadline, undefined, this.#isClosed)));
  }

  getSync(deadline: number, name: string): T | typeof EMPTY {
    const bytes = getNow(this.#ring);
    if (bytes !== undefined) return taken(bytes);
    if (deadline === NEVER_WAIT) return EMPTY;
    if (isGetting(this.#ring)) throw halfWay(`${name}Sync`, 'get');
    return taken(block(get(this.#ring, deadline, undefined, this.#isClosed), name));
  }

  getNow(): T | typeof EMPTY {
    return taken(getNow(this.#ring));
  }

  /** Resolves when no put of this thread waits any more. */
  flush(): Promise<void> {
    return lasting(this.#puts.flush());
  }

  flushSync(name: string): void {
    block(this.#puts.finish(Number.POSITIVE_INFINITY), name);
  }

  /** This process may end before puts that still wait. */
  abandonFlush(): void {
    this.#puts.abandon();
  }

  /** This thread's gets that wait give up, where nothing is there to take. */
  close(): void {
    this.#closed = true;
    nudge(this.#ring);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Has this thread closed it, and is all that it put through? */
  get isDone(): boolean {
    return this.#closed && !this.#puts.isWaiting;
  }

  /** For all processes: no more puts; and no more gets, where `immediate`. */
  shut(immediate: boolean): void {
    shut(this.#ring, immediate);
  }

  /** Will nothing be put any more? */
  get isShut(): boolean {
    return isShut(this.#ring);
  }

  /** Will nothing come out any more? */
  get isOver(): boolean {
    return isOver(this.#ring);
  }
}

/** There was no item. */
export const EMPTY = Symbol('empty');

function taken<T>(bytes: Uint8Array | undefined): T | typeof EMPTY {
  return bytes === undefined ? EMPTY : (decode(bytes) as T);
}
