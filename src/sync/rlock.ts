// A re-entrant lock: mutual exclusion of processes, and beside it how deeply its owner holds it.
//
//   depth  ACQUIRED  acquire() less release()
//          SCOPES    scopes of with, guard and their twins that are open
//          BODIES    how many of those are bodies of withSync, which are being run at this very moment
//          TOKEN     which outermost scope this is: what a handle compares itself with
//
// They are written by the owner only, which is one thread, so they need no atomic operations. Who takes the lock sets them anew:
// what a dead owner left there is never read. It is free when ACQUIRED and SCOPES are both 0.
//
// A thread runs many tasks, and there is no telling which of them calls. So the owner is the process, and what may go
// deeper into a lock that this process holds already is only what cannot let a second task in:
//
//                                held by acquire()   in a scope     in the body of a withSync
//   acquire, acquireSync         deeper              waits          deeper
//   withSync, guardSync          deeper              waits          deeper: nothing else runs until the body returns
//   with, guard                  deeper              waits          waits
//   any scope, by the handle     -                   deeper         deeper
//
// acquire() itself does not keep the tasks of a process apart: it counts for the process, as the owner is the process.
// Scopes keep each other apart also where they lie in an acquire().
// Where a wait of the twins without a timeout would be for the thread itself, it could never end, so it throws.

import { dispose } from '../base/dispose.ts';
import { bodyFor, registerShared, withBody } from '../codec/shared.ts';
import { InvalidStateError } from '../errors.ts';
import { mayBlock, type Waiting } from '../memory/wait.ts';
import {
  Acquirable,
  acquiring,
  BODY,
  granting,
  holding,
  leaving,
  resuming,
  SCOPE,
  Scoped,
  SYNC,
  suspending,
  taking,
} from './acquirable.ts';
import type { RLockBody } from './bodies.ts';
import { RLockWords } from './by_memory/rlock.ts';

const ACQUIRED = 0;
const SCOPES = 1;
const BODIES = 2;
const TOKEN = 3;

/** Goes one scope deeper, for a handle. */
const deepening = Symbol('deepening');

/** How many outermost scopes this process has entered. */
let scopes = 0;

/**
 * A lock that its owner can acquire again. The owner is the process: only the owner can release it, as often as it
 * acquired it. If the owner dies, or ends without releasing, the next who asks gets it, and `abandoned` tells so.
 *
 * Among the async tasks of one process `with` and `guard` exclude each other, and go deeper only by the handle they give:
 * `rlock.with((held) => held.with(...))`. `acquire()` counts for the whole process: while it holds the lock so, everything
 * goes deeper; in a scope of `with` or `guard` it waits for the end of that. Inside the body of a `withSync` all blocking
 * calls go deeper.
 *
 * Python: `multiprocessing.RLock` (whose owner is a thread of a process).
 */
export class RLock extends Acquirable<RLockHold> {
  protected get kind(): string {
    return 'RLock';
  }
  readonly #body: RLockBody;
  readonly #depth: Int32Array;
  /** How many tasks of this process wait for it here: they may go on once it is this process's. */
  #waiting = 0;

  /** A lock that nobody holds. */
  constructor() {
    super();
    this.#body = bodyFor<RLockBody>('RLock') ?? new RLockWords();
    this.#depth = this.#body.depth;
  }

  #get(index: number): number {
    return this.#depth[index] as number;
  }

  /** Is it this process's, so that this call may go deeper? The table above. */
  #nests(how: number): boolean {
    if (!this.#body.isMine) return false;
    return this.#get(SCOPES) === 0 || (this.#get(BODIES) > 0 && (how & (SCOPE | SYNC)) !== SCOPE);
  }

  /** The lock has just become this process's: nothing counts that was before. */
  #begin(): void {
    this.#depth.fill(0);
    if (this.#waiting > 0) this.#body.rouse();
  }

  #deepen(how: number): true {
    const depth = this.#depth;
    if (how & SCOPE && depth[SCOPES] === 0) depth[TOKEN] = ++scopes;
    depth[how & SCOPE ? SCOPES : ACQUIRED]!++;
    if (how & BODY) depth[BODIES]!++;
    return true;
  }

  /** The opposite; free when nothing is left. */
  #rise(index: typeof ACQUIRED | typeof SCOPES): void {
    if (!this.#body.isMine || this.#get(index) === 0) {
      throw new InvalidStateError('RLock.release(): this process has not acquired it, or has released it as often');
    }
    this.#depth[index]!--;
    if (this.#get(ACQUIRED) + this.#get(SCOPES) === 0) this.#body.unlock();
    // Held still, but not in a scope any more: that lets those of this process go on who wait for its end.
    else if (this.#get(SCOPES) === 0) this.#body.rouse();
  }

  /** @internal */
  [taking](how: number): boolean {
    if (how & SYNC && !mayBlock) return false;
    if (!this.#nests(how)) {
      if (this.#body.isMine || !this.#body.seize()) return false;
      this.#begin();
    }
    return this.#deepen(how);
  }

  /** @internal */
  *[acquiring](deadline: number, how: number): Waiting<boolean> {
    if (how & SYNC && deadline === Number.POSITIVE_INFINITY && this.#body.isMine && !this.#nests(how)) {
      throw new InvalidStateError(
        'RLock: this process is in a scope of it already, so to block here would be for ever: use the handle that with() ' +
          'and guard() give',
      );
    }
    const locking = this.#body.lock(deadline);
    let slept = false;
    // Each time: another task of this process may have acquired it meanwhile, for all of them.
    while (!this.#nests(how)) {
      const step = locking.next();
      if (step.done) {
        if (!step.value) return false;
        this.#begin();
        return this.#deepen(how);
      }
      slept = true;
      this.#waiting++;
      try {
        yield step.value;
      } catch (reason) {
        // By request it may have come through meanwhile.
        if (!(yield* givenUp(locking, reason))) return false;
        this.#begin();
        return this.#deepen(how);
      } finally {
        this.#waiting--;
      }
    }
    // It was woken to take the lock, and does not: others are to look.
    locking.return(false);
    if (slept) this.#body.rouse();
    return this.#deepen(how);
  }

  /** @internal */
  [deepening](how: number, token: number): true {
    if (!this.#body.isMine || this.#get(SCOPES) === 0 || this.#get(TOKEN) !== token) notHeld();
    return this.#deepen(how);
  }

  /** @internal */
  override [leaving](how: number): void {
    if (how & BODY && this.#body.isMine) this.#depth[BODIES]!--;
    this.#rise(SCOPES);
  }

  /** @internal */
  override [granting](how: number): RLockHold {
    return new RLockHold(this, how, this.#get(TOKEN));
  }

  /**
   * Releases it once. Never waits. What `with` and `guard` acquired they release themselves.
   *
   * @throws InvalidStateError where this process does not hold it by `acquire()` (Python: AssertionError).
   */
  override release(): void {
    this.#rise(ACQUIRED);
  }

  /** True while it is held by one who got it from a holder that died without releasing; what it guards may be half done. */
  get abandoned(): boolean {
    return this.#body.abandoned;
  }

  /** @internal An async wait inside the body of a `withSync` would take the lock from under it. */
  override [holding](how: number): boolean {
    return this.#body.isMine && ((how & SYNC) !== 0 || this.#get(BODIES) === 0);
  }

  /** @internal */
  override [suspending](): unknown {
    const held = this.#depth.slice();
    this.#body.unlock();
    return held;
  }

  /** @internal */
  override *[resuming](held: unknown): Waiting<void> {
    yield* this.#body.lock(Number.POSITIVE_INFINITY);
    this.#depth.set(held as Int32Array);
    if (this.#waiting > 0) this.#body.rouse();
  }

  /** The pid of the process that holds it; `null` while nobody does. Not in Python. */
  get owner(): number | null {
    return this.#body.owner || null;
  }

  override toString(): string {
    const { isMine, ownerText } = this.#body;
    // How often another has acquired it is known to that one alone.
    const count = isMine ? this.#get(ACQUIRED) + this.#get(SCOPES) : ownerText === 'None' ? 0 : 'nonzero';
    return `<RLock(${ownerText}, ${count})>`;
  }

  static {
    const open = (body: object): RLock => withBody(body, () => new RLock());
    registerShared(RLock.prototype, {
      kind: 'RLock',
      detach: (it) => (it.#body as RLockWords).words.buffer,
      attach: (buffer) => open(new RLockWords(buffer as SharedArrayBuffer)),
      body: (it) => it.#body,
      make: open,
    });
  }
}

/** An operation, with that thrown into it. */
function* givenUp<T>(operation: Waiting<T>, reason: unknown): Waiting<T> {
  let step = operation.throw(reason);
  for (; !step.done; step = operation.next()) yield step.value;
  return step.value;
}

function notHeld(): never {
  throw new InvalidStateError('RLock: the scope of this handle is over, or waits: use the lock itself');
}

/**
 * An RLock held for the length of a scope: what `with` passes and `guard` answers. Its own `with` and `guard` go deeper at
 * once. Disposing of it releases that one time; a second time does nothing.
 *
 * @throws InvalidStateError from each method, where the scope is over.
 */
export class RLockHold extends Scoped<RLockHold> implements Disposable {
  protected get kind(): string {
    return 'RLock';
  }
  readonly #lock: RLock;
  readonly #how: number;
  readonly #token: number;
  #held = true;

  /** @internal */
  constructor(lock: RLock, how: number, token: number) {
    super();
    this.#lock = lock;
    this.#how = how;
    this.#token = token;
  }

  /** @internal */
  override [taking](how: number): boolean {
    if (!this.#held) notHeld();
    return this.#lock[deepening](how, this.#token);
  }

  /** @internal */
  // biome-ignore lint/correctness/useYield: it never waits
  override *[acquiring](_deadline: number, how: number): Waiting<boolean> {
    return this[taking](how);
  }

  /** @internal */
  override [leaving](how: number): void {
    this.#lock[leaving](how);
  }

  /** @internal */
  override [granting](how: number): RLockHold {
    return new RLockHold(this.#lock, how, this.#token);
  }

  /** The end of the scope. */
  [dispose](): void {
    if (!this.#held) return;
    this.#held = false;
    this.#lock[leaving](this.#how);
  }
}
