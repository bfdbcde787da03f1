// A queue in words of memory: a ring of items.

import { NEVER_WAIT } from '../../base/deadline.ts';
import { lasting } from '../../base/realm.ts';
import { get, getNow, isGetting, nudge } from '../../memory/ring/get.ts';
import { hasItem, isOver, isShut, makeRing, openRing, type Ring, shut, sizeOf, watch } from '../../memory/ring/ring.ts';
import { block, settle, type Waiting } from '../../memory/wait.ts';
import type { Closed, Nothing, Put, QueueBody } from '../bodies.ts';
import { halfWay } from '../half_way.ts';
import { PutLine } from '../put_line.ts';

export class QueueWords implements QueueBody {
  readonly buffer: SharedArrayBuffer;
  protected readonly ring: Ring;
  readonly #puts: PutLine;

  /** @param from the memory of the queue; a number makes a new one, of so many items at most. */
  constructor(from: SharedArrayBuffer | number) {
    this.buffer = typeof from === 'number' ? makeRing(from) : from;
    this.ring = openRing(this.buffer);
    this.#puts = new PutLine(this.ring);
  }

  size(): number {
    return sizeOf(this.ring);
  }

  get ready(): boolean {
    return hasItem(this.ring) || isOver(this.ring);
  }

  get isWaiting(): boolean {
    return this.#puts.isWaiting;
  }

  /** Puts, if that takes one try. */
  tryPut(item: Uint8Array): boolean {
    return this.#puts.tryNow(item);
  }

  put<R>(item: Uint8Array, deadline: number, signal: AbortSignal | undefined, check: (put: Put) => R): R | Promise<R> {
    if (deadline === NEVER_WAIT) return check(this.putNow(item));
    if (this.tryPut(item)) return check('done');
    const waiting = this.#puts.enter(item.slice(), deadline, signal);
    return lasting(waiting.then((done) => check(this.#outcome(done))));
  }

  putSync(item: Uint8Array, deadline: number, name: string): Put {
    if (deadline === NEVER_WAIT) return this.putNow(item);
    if (this.tryPut(item)) return 'done';
    const operation = this.#puts.operation(item.slice(), deadline);
    return this.#outcome(block(this.#puts.finish(deadline), name) && block(operation, name));
  }

  putNow(item: Uint8Array): Put {
    return this.#outcome(this.#puts.now(item));
  }

  #outcome(done: boolean): Put {
    return done ? 'done' : isShut(this.ring) ? 'shut' : 'full';
  }

  get<R>(
    deadline: number,
    signal: AbortSignal | undefined,
    closed: Closed,
    read: (got: Uint8Array | Nothing) => R,
  ): R | Promise<R> {
    const item = getNow(this.ring);
    return item === undefined ? settle(this.#reading(deadline, closed, read), signal) : read(item);
  }

  *#reading<R>(deadline: number, closed: Closed, read: (got: Uint8Array | Nothing) => R): Waiting<R> {
    return read(yield* this.getting(deadline, closed));
  }

  *getting(deadline: number, closed?: Closed): Waiting<Uint8Array | Nothing> {
    return (yield* get(this.ring, deadline, undefined, closed)) ?? this.#nothing();
  }

  getSync(deadline: number, closed: Closed, name: string): Uint8Array | Nothing {
    const item = getNow(this.ring);
    if (item !== undefined) return item;
    if (deadline === NEVER_WAIT) return this.#nothing();
    if (isGetting(this.ring)) throw halfWay(`${name}Sync`, 'get');
    return block(this.getting(deadline, closed), name);
  }

  getNow(): Uint8Array | Nothing {
    return getNow(this.ring) ?? this.#nothing();
  }

  nudge(): void {
    nudge(this.ring);
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

  shut(immediate: boolean): void {
    shut(this.ring, immediate);
  }
}
