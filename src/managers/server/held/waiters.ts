// How a call waits inside a manager's server: in a line, first come, first served.
//
// Everything here runs in one thread, so whoever wakes a waiter has done so when the call returns: what it is given is its
// own from that moment, though its client learns of it later. A wait ends in one of four ways, whichever is first: it is
// woken, its time runs out, a signal gives it up, or its client ends. Then it is out of the line, and has neither timer
// nor listener left.

import { watchDeadline } from '../../../base/deadline.ts';
import { type BlockOptions, deadlineIn } from '../../../base/options.ts';
import { InvalidStateError } from '../../../errors.ts';
import { type Client, currentCall } from '../caller.ts';

/** Who calls where no client does: the server's own code. */
const SERVER: Client = { title: 'the server', isGone: false, isLeaving: false, onGone: () => () => {} };

/** Who makes a call, and how long it may wait. */
export interface Caller {
  readonly client: Client;
  readonly deadline: number;
  /** The client does nothing else meanwhile. */
  readonly isBlocking: boolean;
  /** What gives the wait up. Asked for only where there is one. */
  signals(): AbortSignal[];
}

/** The client whose call is running now. To be asked before the first `await`. */
export const currentClient = (): Client => currentCall()?.client ?? SERVER;

/**
 * Who makes the call that is running now, with those options. To be asked before the first `await`.
 *
 * @throws TypeError for wrong options; the signal's reason where that is aborted.
 */
export function callerWith(options: BlockOptions | undefined): Caller {
  const deadline = deadlineIn(options);
  const signal = options?.signal ?? undefined;
  signal?.throwIfAborted();
  const call = currentCall();
  return {
    client: call?.client ?? SERVER,
    deadline,
    isBlocking: call?.isBlocking ?? false,
    signals: () => [signal, call?.signal].filter((one) => one !== undefined),
  };
}

/** One who cannot give its wait up: only the end of its client ends it. */
export const firmly = (client: Client): Caller => ({
  client,
  deadline: Number.POSITIVE_INFINITY,
  isBlocking: false,
  signals: () => [],
});

/** What a wait comes to where nobody woke it. Both are called when it has left the line, and may throw. */
export interface Ends<T> {
  /** Where the time ran out. */
  late(): T | PromiseLike<T>;
  /** Where it was given up, or its client ended; missing: it rejects with the reason. */
  gaveUp?(reason: unknown): T | PromiseLike<T>;
}

/** A call that waits; `data` is what it waits with. */
export class Waiter<T, D> {
  readonly client: Client;
  readonly data: D;
  readonly promise: Promise<T>;
  readonly #line: Set<Waiter<T, D>>;
  readonly #callOffs: (() => void)[] = [];
  /** Time does not count any more. */
  readonly stopClock: () => void;
  #resolve!: (value: T | PromiseLike<T>) => void;
  #reject!: (reason: unknown) => void;

  constructor(line: Set<Waiter<T, D>>, { client, deadline, signals }: Caller, data: D, ends: Ends<T>) {
    this.client = client;
    this.data = data;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#line = line;
    line.add(this);
    const giveUp = (reason: unknown): void =>
      this.end(() => {
        if (ends.gaveUp !== undefined) return ends.gaveUp(reason);
        throw reason;
      });
    for (const signal of signals()) {
      const abort = (): void => giveUp(signal.reason);
      signal.addEventListener('abort', abort);
      this.#callOffs.push(() => signal.removeEventListener('abort', abort));
    }
    this.#callOffs.push(client.onGone(() => giveUp(ended(client))));
    // Only a timer ends the wait, never the call that began it, though its time be up by now: that call may have more to do,
    // as a Condition has to free its lock.
    this.stopClock = watchDeadline(deadline, () => this.end(() => ends.late()));
  }

  /** Ends the wait with what `how` answers or throws; nothing where it has ended already. */
  end(how: () => T | PromiseLike<T>): void {
    if (!this.#line.delete(this)) return;
    this.stopClock();
    for (const callOff of this.#callOffs) callOff();
    try {
      this.#resolve(how());
    } catch (error) {
      this.#reject(error);
    }
  }

  wake(value: T | PromiseLike<T>): void {
    this.end(() => value);
  }

  fail(error: unknown): void {
    this.end(() => {
      throw error;
    });
  }
}

/** A line of calls that wait. Looking at it passes over those whose client has ended or is about to, and has not left yet. */
export class Waiters<T, D = undefined> implements Iterable<Waiter<T, D>> {
  readonly #line = new Set<Waiter<T, D>>();

  /**
   * Stands at the end of the line.
   *
   * @throws the reason of a signal that is aborted already, InvalidStateError where the client has ended: at once, and
   *   without having been in the line.
   */
  wait(caller: Caller, data: D, ends: Ends<T>): Promise<T> {
    for (const signal of caller.signals()) signal.throwIfAborted();
    checkAlive(caller.client);
    return new Waiter(this.#line, caller, data, ends).promise;
  }

  /** Those who wait, in the order in which they came. They may leave meanwhile. */
  *[Symbol.iterator](): Generator<Waiter<T, D>, void, undefined> {
    for (const waiter of this.#line) if (!waiter.client.isLeaving) yield waiter;
  }

  first(): Waiter<T, D> | undefined {
    for (const waiter of this) return waiter;
    return undefined;
  }

  get size(): number {
    return [...this].length;
  }

  /** Does one stand there whose client has ended, or is about to? */
  get hasLost(): boolean {
    return this.size < this.#line.size;
  }

  wakeAll(value: T): void {
    for (const waiter of this) waiter.wake(value);
  }
}

const ended = (client: Client): InvalidStateError => new InvalidStateError(`${client.title} has ended`);

/** @throws InvalidStateError where the client has ended: it is to be given nothing any more. */
export function checkAlive(client: Client): void {
  if (client.isGone) throw ended(client);
}
