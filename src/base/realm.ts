// The end of a document: its frame was removed, its window closed, or another page was loaded there. (One that goes to the
// back/forward cache may come back, and has not ended.)
//
// Nothing of it is called any more by an engine: no timer, no message, no wake-up, and in Firefox not even what follows on a
// promise. But who is outside, such as the page around a frame, may hold its promises. So all that waits is brought to its
// end in the last event that a document gets, before the event is over.

import { ProcessError } from '../errors.ts';
import { isWorker } from './thread.ts';

type Callback = (error: ProcessError) => void;

/** In the order in which they asked. */
const callbacks = new Set<Callback>();
let gone = false;

const error = (): ProcessError =>
  new ProcessError(
    'the document of this process is gone, and its processes with it (its frame was removed, its window closed, or another ' +
      'page loaded there): import the library in a document that stays',
  );

/** @throws ProcessError where this document has gone. */
export function checkRealm(): void {
  if (gone) throw error();
}

/** Calls back, with an error, when this document goes. Answers how to call that off. @throws as `checkRealm`. */
export function onGone(callback: Callback): () => void {
  // The end of a worker is the death of a process: others see that.
  if (isWorker) return nothing;
  checkRealm();
  callbacks.add(callback);
  // Each time, for `document.open()` takes all listeners away. A server has none.
  globalThis.addEventListener?.('pagehide', leave);
  return () => callbacks.delete(callback);
}

function leave({ persisted }: PageTransitionEvent): void {
  // Not an event of the same name that somebody else has made, either.
  if (persisted !== false) return;
  gone = true;
  for (const callback of callbacks) callback(error());
  callbacks.clear();
  lendThen();
}

/**
 * An `await` outside that begins later is a job of the realm of the promise's `then`, which Firefox would drop. So promises of
 * this realm get that of one which stays: of the outermost window, or of who opened this one.
 */
function lendThen(): void {
  for (const outside of [top === window ? opener : top, parent]) {
    try {
      // biome-ignore lint/suspicious/noThenProperty: nothing of this document runs any more that could mind
      Promise.prototype.then = outside.Promise.prototype.then;
      return;
    } catch {
      // There is none, or it is of another origin.
    }
  }
}

function nothing(): void {}

/** What the work comes to; an error where this document goes before. For what has more to do than to wait. */
export function lasting<T>(work: Promise<T>): Promise<T> {
  if (isWorker) return work;
  return new Promise((resolve, reject) => {
    work.then(resolve, reject);
    const callOff = onGone(reject);
    work.then(callOff, callOff);
  });
}

/** What `begin` answers, as a promise, and what it throws, as a rejection. A promise stays the one that it is. */
export function promised<T>(begin: () => T | Promise<T>): Promise<T> {
  try {
    return Promise.resolve(begin());
  } catch (error) {
    return Promise.reject(error);
  }
}
