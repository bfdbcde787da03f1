// A queue by request: its items are in the page, as the bytes that processes made of them.

import { NEVER_WAIT } from '../../base/deadline.ts';
import type { Closed, JoinableBody, Nothing, Put } from '../../data/bodies.ts';
import { refuseBlocking, settle, type Waiting } from '../../memory/wait.ts';
import { movedOf, toPost } from '../../process/parcel.ts';
import { Requested } from './keys.ts';
import { Call, call, post } from './requests.ts';
import { timeoutOf, unknown } from './texts.ts';
import { Unanswered } from './unanswered.ts';

/** Why a get was given up. */
const CLOSED = Symbol('closed');

export class RequestedQueue extends Requested implements JoinableBody {
  readonly #puts = new Unanswered();
  readonly #gets = new Set<Call>();

  size(name: string): number {
    const how = name.endsWith('.full')
      ? 'use "await put(item, { block: false })"'
      : '"await wait([queue], { timeout: 0 })" has it where there is an item';
    return unknown(`${name}()`, `${how}; or ask in the page`);
  }

  get ready(): boolean {
    return unknown('a queue', 'wait for it');
  }

  get isWaiting(): boolean {
    return this.#puts.isWaiting;
  }

  put<R>(item: Uint8Array, deadline: number, signal: AbortSignal | undefined, check: (put: Put) => R): Promise<R> {
    return this.#puts.add(settle(this.#putting(item, deadline), signal)).then(check);
  }

  *#putting(item: Uint8Array, deadline: number): Waiting<Put> {
    const posted = toPost(item);
    const call = new Call();
    call.makeMoving(movedOf(posted), this.key, 'put', posted, timeoutOf(deadline));
    return (yield* call.reply()) as Put;
  }

  putSync(_item: Uint8Array, _deadline: number, name: string): never {
    throw refuseBlocking(name);
  }

  putNow(item: Uint8Array, hasLimit: boolean, name: string): Put {
    if (hasLimit) unknown(`${name}()`, 'use "await put(item, { block: false })"');
    // What comes of it is found later: an uncaught error of this process, which may have returned meanwhile. So it is the page's to say.
    void this.put(item, Number.POSITIVE_INFINITY, undefined, (put) => {
      if (put !== 'done') post(this.key, 'refuse');
    });
    return 'done';
  }

  get<R>(
    deadline: number,
    signal: AbortSignal | undefined,
    closed: Closed,
    read: (got: Uint8Array | Nothing) => R,
  ): Promise<R> {
    return settle(this.#reading(deadline, closed, read), signal);
  }

  *#reading<R>(deadline: number, closed: Closed, read: (got: Uint8Array | Nothing) => R): Waiting<R> {
    return read(yield* this.#getting(deadline, closed));
  }

  /** Given up it is only as far as the page agrees: an item may be on its way. */
  *#getting(deadline: number, closed: Closed): Waiting<Uint8Array | Nothing> {
    const call = new Call();
    call.make(this.key, 'get', timeoutOf(closed() ? NEVER_WAIT : deadline));
    const reply = call.reply();
    this.#gets.add(call);
    try {
      let isOver = false;
      for (let step = reply.next(); ; ) {
        if (step.done) return step.value as Uint8Array | Nothing;
        try {
          yield step.value;
        } catch (reason) {
          step = reply.throw(reason);
          continue;
        }
        const wasOver = isOver;
        isOver = closed() === true;
        step = isOver && !wasOver ? reply.throw(CLOSED) : reply.next();
      }
    } catch (reason) {
      if (reason === CLOSED) return 'empty';
      throw reason;
    } finally {
      this.#gets.delete(call);
      reply.return(undefined);
    }
  }

  getSync(_deadline: number, _closed: Closed, name: string): never {
    throw refuseBlocking(name);
  }

  getNow(name: string): never {
    return unknown(`${name}()`, 'use "await get({ block: false })"');
  }

  nudge(): void {
    for (const call of this.#gets) call.rouse();
  }

  /** The page does, for those that wait for it. */
  watch(): void {}

  flush(): Promise<void> {
    return this.#puts.flush();
  }

  flushSync(name: string): never {
    throw refuseBlocking(name);
  }

  abandonFlush(): void {
    this.#puts.abandon();
  }

  shut(immediate: boolean): void {
    post(this.key, 'shut', immediate);
  }

  /** Where none is unfinished, that is found later. */
  finish(): boolean {
    post(this.key, 'finish');
    return true;
  }

  *finished(deadline: number): Waiting<boolean> {
    return (yield* call(this.key, 'finished', timeoutOf(deadline))) as boolean;
  }
}
