// What everything that can be acquired has in common, and what a Condition asks of its lock.

import type { BlockOptions } from '../../../base/options.ts';
import type { Client } from '../caller.ts';
import { copyOut } from './value.ts';

export interface ScopeOptions {
  /** The scope of `with` or `guard` that it is for; numbers are the client's own. Only an RLock tells scopes apart. */
  scope?: number | undefined;
}

export type AcquireOptions = BlockOptions & ScopeOptions;

/** Does that client hold it, as far as that can be known? Without a client: does anybody? */
export const heldBy = Symbol('heldBy');
/** Frees it completely; answers what it takes to hold it as before. */
export const suspending = Symbol('suspending');
/**
 * Acquires it again for that client, as it was held. Nothing but the client's end gives that up: then it rejects. Where
 * the client ends before it has released it again, `lost` is called, once.
 */
export const resuming = Symbol('resuming');

/** What can be acquired and released. */
export abstract class Acquirable {
  abstract acquire(options?: AcquireOptions): boolean | Promise<boolean>;
  abstract release(options?: ScopeOptions): void;
  abstract [heldBy](client?: Client): boolean;
  abstract [suspending](): unknown;
  abstract [resuming](client: Client, saved: unknown, lost?: () => void): Promise<unknown>;
  abstract [copyOut](): unknown;
}
