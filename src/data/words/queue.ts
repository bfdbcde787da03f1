// A queue in words of memory: a ring of items.

import { NEVER_WAIT } from '../../base/deadline.ts';
import { lasting } from '../../base/realm.ts';
import { get, getNow, isGetting, nudge } from '../../memory/ring/get.ts';
import {
  hasItem,
  isOver,
  isShut,
  makeRing,
  openRing,
  type Ring,
  shut,
  sizeOf,
  watch,
} from '../../memory/ring/layout.ts';
import { block, settle, type Waiting } from '../../memory/wait.ts';
import type { Nothing, Put, QueueBody } from '../bodies.ts';
import { halfWay } from '../line.ts';
import { PutLine } from '../put_line.ts';

export class QueueWords implements QueueBody {
  readonly buffer: SharedArrayBuffer;
  protected readonly ring: Ring;
  readonly #puts: PutLine;
  closed = false;
  readonly #isClosed = (): true | undefined => this.closed || undefined;

  /** @param from the memory of the queue; a number makes a new one, of so many items at most. */
  constructor(from: SharedArrayBuffer | number) {
    this.buffer = typeof from === 'number' ? makeRing(from) : from;
    this.ring = openRing(this.buffer);
    this.#puts = new PutLine(this.ring);
  }

  get size(): number {
    return sizeOf(this.ring);
  }

  get ready(): boolean {
    return hasItem(this.ring) || isOver(this.ring);
  }

  get isDone(): boolean {
    return this.closed && !this.#puts.isWaiting;
  }

  put(
    item: Uint8Array,
    deadline: number,
    signal: AbortSignal | undefined,
    check: (put: Put) => void,
  ): void | Promise<void> {
    if (deadline === NEVER_WAIT) return check(this.putNow(item));
    if (this.#puts.tryNow(item)) return;
    const waiting = this.#puts.enter(item.slice(), deadline, signal);
    return lasting(waiting.then((done) => check(this.#outcome(done))));
  }

  putSync(item: Uint8Array, deadline: number, name: string): Put {
    if (deadline === NEVER_WAIT) return this.putNow(item);
    if (this.#puts.tryNow(item)) return 'done';
    const operation = this.#puts.operation(item.slice(), deadline);
    return this.#outcome(block(this.#puts.finish(deadline), name) && block(operation, name));
  }

  putNow(item: Uint8Array): Put {
    return this.#outcome(this.#puts.now(item));
  }

  #outcome(done: boolean): Put {
    return done ? 'done' : isShut(this.ring) ? 'shut' : 'full';
  }

  get<R>(deadline: number, signal: AbortSignal | undefined, read: (got: Uint8Array | Nothing) => R): R | Promise<R> {
    const item = getNow(this.ring);
    return item === undefined ? settle(this.#getting(deadline, read), signal) : read(item);
  }

  *#getting<R>(deadline: number, read: (got: Uint8Array | Nothing) => R): Waiting<R> {
    return read((yield* get(this.ring, deadline, undefined, this.#isClosed)) ?? this.#nothing());
  }

  getSync(deadline: number, name: string): Uint8Array | Nothing {
    const item = getNow(this.ring);
    if (item !== undefined) return item;
    if (deadline === NEVER_WAIT) return this.#nothing();
    if (isGetting(this.ring)) throw halfWay(`${name}Sync`, 'get');
    return block(get(this.ring, deadline, undefined, this.#isClosed), name) ?? this.#nothing();
  }

  getNow(): Uint8Array | Nothing {
    return getNow(this.ring) ?? this.#nothing();
  }

  #nothing(): Nothing {
    return isOver(this.ring) ? 'over' : 'empty';
  }

  watch(change: 1 | -1): void {
    watch(this.ring, change);
  }

  flush(): Promise<void> {
    return lasting(this.#puts.flush());
  }

  flushSync(name: string): void {
    block(this.#puts.finish(Number.POSITIVE_INFINITY), name);
  }

  abandonFlush(): void {
    this.#puts.abandon();
  }

  close(): void {
    this.closed = true;
    nudge(this.ring);
  }

  shut(immediate: boolean): void {
    shut(this.ring, immediate);
  }
}
