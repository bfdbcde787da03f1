// What one client at a time holds.
//
// A holder whose client has ended holds it no more: the first who waits gets it then, or, where nobody waits, the next who
// asks. Until then the record of that holder stays, for two reasons: the next holder is told that the lock was abandoned,
// and a Lock may still be released on its behalf.

import { isPast } from '../../../base/deadline.ts';
import { shown } from '../../../base/shown.ts';
import { InvalidStateError } from '../../../errors.ts';
import type { Client } from '../caller.ts';
import { Acquirable, type AcquireOptions, heldBy, resuming } from './acquirable.ts';
import { copyOut } from './value.ts';
import { type Caller, callerWith, checkAlive, firmly, Waiters } from './waiters.ts';

/** One who asks for it, and then has it. */
export interface Claim {
  readonly client: Client;
  /** The scope that it is for. */
  readonly scope?: number | undefined;
  /** For one who had it before, and is to have it as it was then. */
  readonly saved?: unknown;
  /** Called once, where the client ends with it, or on the way to it. */
  lost?: (() => void) | undefined;
}

function lose(claim: Claim): void {
  const { lost } = claim;
  claim.lost = undefined;
  lost?.();
}

// What a subclass adds, and what it uses.
/** May the client that holds it already go deeper with that claim? */
export const nests = Symbol('nests');
/** The claim is granted: the lock was free before, or its client goes deeper. */
export const entering = Symbol('entering');
/** It becomes free; the next gets it. */
export const freeing = Symbol('freeing');
/** Gives it to those who wait and may have it now. */
export const advancing = Symbol('advancing');
/** What its holder is called, for texts. */
export const ownerTitle = Symbol('ownerTitle');

export abstract class Owned extends Acquirable {
  /** Who holds it; also one whose client has ended. */
  #owner: Claim | undefined;
  #forget: (() => void) | undefined;
  #abandoned = false;
  readonly #waiters = new Waiters<boolean, Claim>();

  /** Can nobody but its holder release it? */
  protected readonly isPersonal: boolean = false;

  abstract [nests](claim: Claim): boolean;
  abstract [entering](claim: Claim, anew: boolean): void;

  /**
   * Acquires it, waiting as long as the options allow.
   *
   * @returns whether it was acquired; a plain boolean where nothing had to wait.
   * @throws TypeError for options of the wrong type; the signal's reason.
   */
  acquire(options?: AcquireOptions): boolean | Promise<boolean> {
    const caller = callerWith(options);
    return this.#claim({ client: caller.client, scope: scopeIn(options) }, caller);
  }

  #claim(claim: Claim, caller: Caller): boolean | Promise<boolean> {
    checkAlive(claim.client);
    if (this.#owner?.client.isGone) this[advancing]();
    if (this.#admits(claim)) {
      this.#enter(claim);
      return true;
    }
    if (isPast(caller.deadline)) return false;
    if (
      this.isPersonal &&
      caller.isBlocking &&
      caller.deadline === Number.POSITIVE_INFINITY &&
      this[heldBy](claim.client)
    ) {
      throw new InvalidStateError(
        'this process is in a scope of this lock already, so to block here would be for ever: use the handle that with() ' +
          'and guard() give',
      );
    }
    return this.#waiters.wait(caller, claim, {
      late: () => false,
      gaveUp: (reason) => {
        lose(claim);
        throw reason;
      },
    });
  }

  #admits(claim: Claim): boolean {
    return !this[heldBy]() || (claim.saved === undefined && this[heldBy](claim.client) && this[nests](claim));
  }

  #enter(claim: Claim): void {
    const before = this.#owner;
    const anew = !this[heldBy]();
    if (anew) {
      this.#abandoned = before !== undefined;
      this.#owner = claim;
      this.#forget = claim.client.onGone(() => {
        lose(claim);
        this[advancing]();
      });
    }
    this[entering](claim, anew);
    if (anew && before !== undefined) lose(before);
  }

  [advancing](): void {
    for (const waiter of this.#waiters) {
      if (!this.#admits(waiter.data)) continue;
      waiter.wake(true);
      this.#enter(waiter.data);
    }
  }

  [freeing](): void {
    this.#forget?.();
    this.#forget = undefined;
    this.#owner = undefined;
    this[advancing]();
  }

  [heldBy](client = this.#owner?.client): boolean {
    return client !== undefined && client === this.#owner?.client && !client.isGone;
  }

  async [resuming](client: Client, saved: unknown, lost?: () => void): Promise<unknown> {
    return this.#claim({ client, saved, lost }, firmly(client));
  }

  /** Has it been acquired, also by one whose client has ended since, and not been released? */
  protected get isTaken(): boolean {
    return this.#owner !== undefined;
  }

  /** Is it held now? Python: `locked()`. */
  locked(): boolean {
    return this[heldBy]();
  }

  /** Is it held by one who got it from a holder that ended without releasing? What it guards may be half done. */
  abandoned(): boolean {
    return this.#abandoned && this[heldBy]();
  }

  get [ownerTitle](): string {
    return this[heldBy]() ? (this.#owner as Claim).client.title : 'None';
  }

  [copyOut](): boolean {
    return this[heldBy]();
  }
}

export function scopeIn(options: { scope?: unknown } | undefined): number | undefined {
  const scope = options?.scope ?? undefined;
  if (scope !== undefined && typeof scope !== 'number')
    throw new TypeError(`scope must be a number, not ${shown(scope)}`);
  return scope;
}
