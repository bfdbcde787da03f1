// Operations of one thread that have to wait for the same thing stand in line: they happen in the order of their calls.

import { isPast, watchDeadline } from '../base/deadline.ts';
import { actAs, actor } from '../base/thread.ts';
import { isDoomed } from '../memory/processes.ts';
import { settle, type Waiting } from '../memory/wait.ts';

export class Line {
  #last: Promise<unknown> | undefined;

  /** Those that wait; `undefined` where none does. */
  get last(): Promise<unknown> | undefined {
    return this.#last;
  }

  /** Runs an operation once those before it are through; `undefined` where `deadline` passed until then. */
  enter<T>(operation: () => Waiting<T>, deadline: number, signal: AbortSignal | undefined): Promise<T | undefined> {
    const previous = this.#last;
    const running = previous === undefined ? settle(operation(), signal) : after(previous, operation, deadline, signal);
    // One that gives up keeps its place until those before it are through: who is behind it waits for them.
    const place: Promise<unknown> = previous === undefined ? running : Promise.allSettled([previous, running]);
    this.#last = place;
    const through = (): void => {
      if (this.#last === place) this.#last = undefined;
    };
    place.then(through, through);
    return running;
  }
}

async function after<T>(
  previous: Promise<unknown>,
  operation: () => Waiting<T>,
  deadline: number,
  signal: AbortSignal | undefined,
): Promise<T | undefined> {
  const inNameOf = actor;
  await earliest(previous, deadline, signal);
  signal?.throwIfAborted();
  if (isPast(deadline)) return undefined;
  // Who was terminated takes nothing any more.
  return isDoomed(inNameOf) ? new Promise(() => {}) : actAs(inNameOf, () => settle(operation(), signal));
}

/** Resolves when `previous` has settled, the deadline has passed or the signal was aborted. */
function earliest(previous: Promise<unknown>, deadline: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const callOff = watchDeadline(deadline, resolve, signal);
    const done = (): void => {
      callOff();
      resolve();
    };
    previous.then(done, done);
  });
}
