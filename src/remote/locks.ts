// Web Locks: how threads that share nothing but their origin see each other's death. A lock is held by a thread until it
// lets go of it or ends, however it ends; who asks for the same lock is granted it then.

import { checkRealm } from '../base/realm.ts';
import { InvalidStateError } from '../errors.ts';
import { type Locks, locksHere } from './medium.ts';

/** What the names of all our locks and channels begin with. */
export const PREFIX = 'web-multiprocessing:';

/** @throws InvalidStateError where the browser hides locks from the page; ProcessError where this document has gone. */
function locks(): Locks {
  checkRealm();
  const manager = locksHere();
  if (manager !== undefined) return manager;
  throw new InvalidStateError(
    'Listener and Client need Web Locks, which browsers give to pages that are secure: serve it over https or from localhost',
  );
}

/** A name that nobody can guess. @throws InvalidStateError where there are no locks to go by it. */
export function randomName(): string {
  locks();
  return crypto.randomUUID();
}

/** A lock, wanted or held. */
export interface Hold {
  /** Fulfilled once it is held: with false where it was only to be taken if it is free, and is not. */
  readonly held: Promise<boolean>;
  /** Settles once others can have it. */
  readonly over: Promise<unknown>;
  /** Lets go of it, now or as soon as it is held. */
  release(): void;
}

/** Takes a lock, for as long as this thread lives and has not let go of it. */
export function hold(name: string, options: { ifAvailable?: boolean } = {}): Hold {
  let release = (): void => {};
  const kept = new Promise<void>((resolve) => {
    release = resolve;
  });
  let over: Promise<unknown> = kept;
  const held = new Promise<boolean>((resolve, reject) => {
    over = locks().request(name, options, (lock) => {
      resolve(lock !== null);
      return lock === null ? undefined : kept;
    });
    over.catch(reject);
  });
  // Whoever is not interested in why it failed need not look.
  held.catch(() => {});
  return { held, over, release };
}

/** Calls back once the lock is free: who held it has let go of it, or has ended. Answers how to call that off. */
export function onFree(name: string, callback: () => void): () => void {
  const calledOff = new AbortController();
  const done = (): void => {
    if (!calledOff.signal.aborted) callback();
  };
  // A request that fails otherwise tells nothing: better a connection too few than a wait without end.
  locks()
    .request(name, { signal: calledOff.signal }, () => {})
    .then(done, done);
  return () => calledOff.abort();
}

/** Does anybody hold the lock? */
export async function isHeld(name: string): Promise<boolean> {
  const { held } = await locks().query();
  return held?.some((lock) => lock.name === name) ?? false;
}
