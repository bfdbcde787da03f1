// What everything that can be acquired has in common: both drivers, `with` and `using`.

import { dispose } from '../base/dispose.ts';
import {
  type BlockOptions,
  checkFunction,
  deadlineIn,
  type SyncBlockOptions,
  type SyncWaitOptions,
  type WaitOptions,
} from '../base/options.ts';
import { lasting } from '../base/realm.ts';
import { TimeoutError } from '../errors.ts';
import { awaiting, block, type Waiting } from '../memory/wait.ts';

// How something is acquired, as bits: by `acquire`, or for a scope; by a promise, or by blocking; and whether the scope is
// no more than the run of a synchronous body. Only an RLock makes a difference.
export const SCOPE = 1;
export const SYNC = 2;
export const BODY = 4;

// What a subclass adds.
/** Acquires at once, or answers false; it may do so also where `acquiring` would succeed. */
export const taking = Symbol('taking');
/** Acquires; false where the deadline came first. */
export const acquiring = Symbol('acquiring');
/** The end of a scope. */
export const leaving = Symbol('leaving');
/** What stands for a scope that has been entered. */
export const granting = Symbol('granting');

/** What is held for the rest of a scope: disposing of it releases, once. */
class Hold implements Disposable {
  #scoped: Scoped | undefined;
  readonly #how: number;

  constructor(scoped: Scoped, how: number) {
    this.#scoped = scoped;
    this.#how = how;
  }

  [dispose](): void {
    const scoped = this.#scoped;
    this.#scoped = undefined;
    scoped?.[leaving](this.#how);
  }
}

/** What can be held for the length of a scope. */
export abstract class Scoped<H extends Disposable = Disposable> {
  /** The name in error messages: a literal. */
  protected abstract get kind(): string;

  /** @internal */
  abstract [taking](how: number): boolean;
  /** @internal */
  abstract [acquiring](deadline: number, how: number): Waiting<boolean>;
  /** @internal */
  abstract [leaving](how: number): void;
  /** @internal */
  [granting](how: number): H {
    return new Hold(this, how) as Disposable as H;
  }

  /**
   * Acquires it, runs `body`, waits for what that returns, and releases, whatever happens.
   *
   * @param body is passed what `guard()` answers.
   * @returns what `body` answers.
   *
   * Python: `with lock:`.
   */
  with<R>(body: (held: H) => R): Promise<Awaited<R>> {
    return lasting(this.#with(body));
  }

  async #with<R>(body: (held: H) => R): Promise<Awaited<R>> {
    checkFunction(body, `${this.kind}.with(body): body`);
    const held = await this.guard();
    try {
      return await body(held);
    } finally {
      held[dispose]();
    }
  }

  /**
   * Acquires it, blocking, runs `body` and releases, whatever happens. `body` must not be async.
   *
   * @param body is passed what `guardSync()` answers.
   * @throws BlockingNotAllowedError in a window, as soon as it would have to wait.
   *
   * Python: `with lock:`.
   */
  withSync<R>(body: (held: H) => R): R {
    checkFunction(body, `${this.kind}.withSync(body): body`);
    const how = SCOPE | SYNC | BODY;
    if (!this[taking](how)) block(this[acquiring](Number.POSITIVE_INFINITY, how), `${this.kind}.with`);
    const held = this[granting](how);
    try {
      return body(held);
    } finally {
      held[dispose]();
    }
  }

  /**
   * Acquires it for the rest of a scope: `using held = await lock.guard()`.
   *
   * @param options `timeout` in milliseconds; `signal` gives the wait up.
   * @returns what releases it when disposed of; a second time does nothing.
   * @throws TimeoutError where the time ran out; the signal's reason.
   */
  guard(options?: WaitOptions): Promise<H> {
    return awaiting(options, (deadline) => this.#guarding(deadline));
  }

  *#guarding(deadline: number): Waiting<H> {
    return this.#grant(yield* this[acquiring](deadline, SCOPE), SCOPE);
  }

  /**
   * Acquires it, blocking, for the rest of a scope: `using held = lock.guardSync()`.
   *
   * @throws TimeoutError where the time ran out; BlockingNotAllowedError in a window, as soon as it would have to wait.
   */
  guardSync(options?: SyncWaitOptions): H {
    const how = SCOPE | SYNC;
    return this.#grant(block(this[acquiring](deadlineIn(options), how), `${this.kind}.guard`), how);
  }

  #grant(acquired: boolean, how: number): H {
    if (!acquired) throw new TimeoutError(`${this.kind}.guard(): not acquired within the timeout`);
    return this[granting](how);
  }
}

// What a Condition asks of its lock.
/** Does this process hold it, as far as that can be known? */
export const holding = Symbol('holding');
/** Frees it completely; answers what it takes to hold it as before. */
export const suspending = Symbol('suspending');
/** Acquires it again, as it was held. */
export const resuming = Symbol('resuming');

/** What can be acquired and released. */
export abstract class Acquirable<H extends Disposable = Disposable> extends Scoped<H> {
  /** Gives it back. Never waits. */
  abstract release(): void;

  /** @internal */
  [leaving](_how: number): void {
    this.release();
  }

  /** @internal */
  abstract [holding](how: number): boolean;
  /** @internal */
  [suspending](): unknown {
    return this.release();
  }
  /** @internal */
  *[resuming](_saved: unknown): Waiting<void> {
    yield* this[acquiring](Number.POSITIVE_INFINITY, 0);
  }

  /**
   * Acquires it, waiting as long as the options allow; works in windows and workers.
   *
   * @param options `block: false` does not wait; `timeout` in milliseconds; `signal` gives the wait up.
   * @returns whether it was acquired.
   * @throws TypeError for options of the wrong type; the signal's reason. Both as a rejection.
   *
   * Python: `acquire(block=True, timeout=None)`.
   */
  acquire(options?: BlockOptions): Promise<boolean> {
    return awaiting(options, (deadline) => this[acquiring](deadline, 0));
  }

  /**
   * Acquires it, blocking the thread as long as the options allow.
   *
   * @param options `block: false` does not wait; `timeout` in milliseconds.
   * @returns whether it was acquired.
   * @throws BlockingNotAllowedError in a window, as soon as it would have to wait; TypeError for wrong options.
   *
   * Python: `acquire(block=True, timeout=None)`.
   */
  acquireSync(options?: SyncBlockOptions): boolean {
    // Without options and without contention there is no need for the generator: 4 times as fast.
    if (options === undefined && this[taking](SYNC)) return true;
    return block(this[acquiring](deadlineIn(options), SYNC), `${this.kind}.acquire`);
  }
}
