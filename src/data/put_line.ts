// Puts of one thread into a ring, in the order in which they were called: those that have to wait stand in line.

import { isPast, watchDeadline } from '../base/deadline.ts';
import { actAs, actor } from '../base/thread.ts';
import { isDoomed } from '../memory/processes.ts';
import { put, putNow, tryPutNow } from '../memory/ring/put.ts';
import { type Lost, PUT_LOCK, type Ring, wakeAll } from '../memory/ring/ring.ts';
import { type Park, settle, type Waiting, wake } from '../memory/wait.ts';
import { flushAtExit, noFlush } from './flush.ts';

/** A put that waits. Whoever brings its operation to an end settles its promise; what others do later changes nothing. */
class WaitingPut {
  readonly #inNameOf = actor;
  readonly operation: Waiting<boolean>;
  readonly done: Promise<boolean>;
  resolve!: (done: boolean) => void;
  reject!: (reason: unknown) => void;

  constructor(operation: Waiting<boolean>) {
    this.operation = operation;
    this.done = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  /** One more try: answers what it then waits for, or nothing where it has come to its end. */
  advance(): Park | undefined {
    try {
      const step = this.operation.next();
      if (!step.done) return step.value;
      // Without a value it had come to its end before, and whoever saw that is about to say so.
      if (step.value !== undefined) this.resolve(step.value);
    } catch (error) {
      this.reject(error);
    }
    return undefined;
  }

  /** Goes on without blocking. */
  settle(signal: AbortSignal | undefined): void {
    settle(this.operation, signal).then(this.resolve, this.reject);
  }

  /** Until `previous` has settled: an abort and the deadline end it before it began. */
  settleAfter(previous: Promise<void>, deadline: number, signal: AbortSignal | undefined): void {
    const giveUp = (): void => {
      this.operation.return(false);
      if (signal?.aborted) this.reject(signal.reason);
      else this.resolve(false);
    };
    const callOff = watchDeadline(deadline, giveUp, signal);
    void previous.then(() => {
      callOff();
      if (!isDoomed(this.#inNameOf)) actAs(this.#inNameOf, () => this.settle(signal));
    });
  }
}

export class PutLine {
  readonly #ring: Ring;
  readonly #lost: Lost | undefined;
  /** Those that wait, in the order in which they were called. */
  readonly #line = new Set<WaitingPut>();
  /** Settles when all of them are through. */
  #last: Promise<void> | undefined;
  /** That of another process is for that to flush. */
  #flushes = actor === undefined;

  /** @param lost whether there is no use in waiting for room, where a call does not say. */
  constructor(ring: Ring, lost?: Lost) {
    this.#ring = ring;
    this.#lost = lost;
  }

  /** Does any wait? */
  get isWaiting(): boolean {
    return this.#line.size > 0;
  }

  /** Puts if nothing waits, and it takes one try. `bytes` may change afterwards. */
  tryNow(bytes: Uint8Array, raw = 0): boolean {
    return this.#line.size === 0 && tryPutNow(this.#ring, bytes, raw);
  }

  /** As `tryNow`, trying for longer where only a lock is in the way. */
  now(bytes: Uint8Array): boolean {
    return this.#line.size === 0 && putNow(this.#ring, bytes);
  }

  /** Puts, waiting behind those before it; false where `deadline` passed first or the ring was shut. `bytes` must not change. */
  enter(bytes: Uint8Array, deadline: number, signal?: AbortSignal, raw = 0, lost = this.#lost): Promise<boolean> {
    const waiting = new WaitingPut(this.operation(bytes, deadline, raw, lost));
    const previous = this.#last;
    if (previous === undefined) waiting.settle(signal);
    else waiting.settleAfter(previous, deadline, signal);
    this.#line.add(waiting);
    // One that gives up keeps its place in the line until those before it are through: who is behind it waits for them.
    const place = Promise.allSettled([previous, waiting.done]).then(() => {
      this.#line.delete(waiting);
      if (this.#last !== place) return;
      this.#last = undefined;
      noFlush(this);
    });
    this.#last = place;
    if (this.#flushes) flushAtExit(this);
    // Who hears that it is done may block at once: what waits for the line, such as the end of a pipe, goes first.
    return waiting.done.then((done) => (done ? place.then(() => done) : done));
  }

  /** A put that does not stand in line: run it once `finish` is through. */
  operation(bytes: Uint8Array, deadline: number, raw = 0, lost = this.#lost): Waiting<boolean> {
    return put(this.#ring, bytes, deadline, raw, lost);
  }

  /** Brings those that wait to their ends; false where `deadline` came first: then they go on as before. */
  *finish(deadline: number): Waiting<boolean> {
    for (const waiting of this.#line) {
      for (let park = waiting.advance(); park !== undefined; park = waiting.advance()) {
        if (isPast(deadline)) {
          // It may wait for something else by now: who awaits it is to look.
          wakeAll(this.#ring);
          wake(this.#ring.words, PUT_LOCK);
          return false;
        }
        yield { ...park, until: Math.min(park.until, deadline) };
      }
      this.#line.delete(waiting);
    }
    return true;
  }

  /** Resolves when none waits any more. */
  async flush(): Promise<void> {
    while (this.#last !== undefined) await this.#last;
  }

  /** This process may end before them. */
  abandon(): void {
    this.#flushes = false;
    noFlush(this);
  }
}
