// The locks that a manager holds. The owner is the client that acquired it.

import { InvalidStateError } from '../../../errors.ts';
import { heldBy, type ScopeOptions, suspending } from './acquirable.ts';
import { advancing, type Claim, entering, freeing, nests, Owned, ownerTitle, scopeIn } from './owned.ts';
import { currentClient } from './waiters.ts';

/** A lock that one client at a time can hold; not re-entrant. Any client may release it. Python: `threading.Lock`. */
export class Lock extends Owned {
  [nests](): boolean {
    return false;
  }

  [entering](): void {}

  /**
   * Releases it, whoever holds it, also one that has ended. Never waits.
   *
   * @throws InvalidStateError where nobody has acquired it (Python: RuntimeError).
   */
  release(): void {
    if (!this.isTaken) throw new InvalidStateError('Lock.release(): nobody holds this lock');
    this[freeing]();
  }

  [suspending](): true {
    this[freeing]();
    return true;
  }

  override toString(): string {
    return `<Lock(owner=${this[ownerTitle]})>`;
  }
}

/** How deeply an RLock is held. */
interface Depth {
  /** By how many `acquire()` without a scope. */
  acquired: number;
  /** How many scopes are open, and the number of the outermost. */
  scopes: number;
  scope: number | undefined;
}

/**
 * A lock that its owner, the client, can acquire again; only the owner can release it.
 *
 * The tasks of one client exclude each other by scopes. Where the client holds it already:
 *
 *                     no scope is open    scope n is open
 *     acquire         deeper              waits
 *     scope n         deeper              deeper
 *     another scope   deeper              waits
 *
 * Python: `threading.RLock`.
 */
export class RLock extends Owned {
  protected override readonly isPersonal = true;
  #depth: Depth = free();

  [nests]({ scope }: Claim): boolean {
    return this.#depth.scopes === 0 || (scope !== undefined && scope === this.#depth.scope);
  }

  [entering]({ scope, saved }: Claim, anew: boolean): void {
    if (anew) this.#depth = (saved as Depth | undefined) ?? free();
    if (saved !== undefined) return;
    if (scope === undefined) this.#depth.acquired++;
    else {
      this.#depth.scopes++;
      this.#depth.scope = scope;
    }
  }

  /**
   * Releases it once: what was acquired for that scope, or, without one, by a plain `acquire()`. Never waits.
   *
   * @throws InvalidStateError where this client does not hold it so (Python: RuntimeError).
   */
  release(options?: ScopeOptions): void {
    const scope = scopeIn(options);
    const depth = this.#depth;
    const isSo = scope === undefined ? depth.acquired > 0 : depth.scopes > 0 && depth.scope === scope;
    if (!this[heldBy](currentClient()) || !isSo) {
      throw new InvalidStateError('RLock.release(): this process has not acquired it, or has released it as often');
    }
    if (scope === undefined) depth.acquired--;
    else depth.scopes--;
    if (depth.acquired + depth.scopes === 0) this[freeing]();
    // Held still, but in no scope any more: that lets those of this client go on who wait for its end.
    else if (depth.scopes === 0) this[advancing]();
  }

  [suspending](): Depth {
    const depth = this.#depth;
    this[freeing]();
    return depth;
  }

  override toString(): string {
    const { acquired, scopes } = this.#depth;
    return `<RLock(${this[ownerTitle]}, ${this.locked() ? acquired + scopes : 0})>`;
  }
}

const free = (): Depth => ({ acquired: 0, scopes: 0, scope: undefined });
