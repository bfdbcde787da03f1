// The only file that waits and wakes.
//
// An operation that may have to wait is written once, as a generator: it tries, and where it cannot go on it yields a
// Park, which names the word that has to change first. Two drivers run it: `block()` blocks the thread between tries,
// `settle()` gives the thread back and answers a promise.
//
// A Park is a hint, not a promise: the driver may resume the operation at any time, and does so at least once a SLICE, so
// that every operation looks again at whether those it waits for are still alive. A wake-up can be lost (a dying worker
// swallows it, WebKit's waitAsync forgets it); a slice is then all that is lost.

import { BlockingNotAllowedError } from '../errors.ts';
import { BELL, ENDED, finish, stateAt } from './table.ts';
import { isDoomed, isWorker, manyCores, pid, table } from './thread.ts';

/** What an operation waits for: that `words[index]` is no longer `seen`, or that it is `until` (`performance.now()`). */
export interface Park {
  readonly words: Int32Array;
  readonly index: number;
  readonly seen: number;
  readonly until: number;
  /** The operation is half done and cannot be given up here: an abort has to wait. */
  readonly firm?: boolean;
}

/** An operation that may have to wait. */
export type Waiting<T> = Generator<Park, T, undefined>;

/** Milliseconds between two looks at the world while nothing wakes us. */
const SLICE = 50;
/** How often to look at a word before parking: some 10 to 50 microseconds, less in a window, which has frames to draw. */
const SPINS = manyCores ? (isWorker ? 1000 : 200) : 0;

const pause: () => void = (Atomics as { pause?: () => void }).pause ?? (() => {});

/** Wakes up to `count` of those who wait for a word to change. Only a hint: who wakes must look for itself. */
export function wake(words: Int32Array, index: number, count = Number.POSITIVE_INFINITY): void {
  Atomics.notify(words, index, count);
}

// ------------------------------------------------------------------------------------------------ time

export const now = (): number => performance.now();

/** The moment at which a wait of `timeout` milliseconds ends. None, `null` or Infinity: never. Negative: at once. */
export function deadlineOf(timeout: number | null | undefined): number {
  if (timeout === undefined || timeout === null) return Number.POSITIVE_INFINITY;
  if (typeof timeout !== 'number' || Number.isNaN(timeout)) {
    throw new TypeError(`timeout must be a number of milliseconds or null, not ${String(timeout)}`);
  }
  return timeout <= 0 ? NEVER_WAIT : now() + timeout;
}

/** The deadline of what must not wait at all. */
export const NEVER_WAIT = Number.NEGATIVE_INFINITY;

/** The deadline that `{ block, timeout }` stands for: without `block` there is no waiting, whatever the timeout. */
export const blockDeadline = (block: boolean | undefined, timeout: number | null | undefined): number =>
  block === false ? NEVER_WAIT : deadlineOf(timeout);

/** Is it too late to wait? */
export const isPast = (deadline: number): boolean =>
  deadline !== Number.POSITIVE_INFINITY && (deadline === NEVER_WAIT || now() >= deadline);

// ------------------------------------------------------------------------------------------------ blocking

/**
 * Looks at a word for a moment, or several; answers whether it is no longer `seen`. Operations do this before they say that they wait
 * and yield: whoever changes the word then need not wake anybody, which is the dearest part of a message.
 */
export function spin(words: Int32Array, index: number, seen: number, moments = 1): boolean {
  for (let i = SPINS * moments; i > 0; i--) {
    // Looking takes the word's cache line from whoever is about to write it: not at every turn.
    if ((i & 7) === 0 && Atomics.load(words, index) !== seen) return true;
    pause();
  }
  return Atomics.load(words, index) !== seen;
}

/**
 * A terminated process that wakes here is not to do anything more: it declares its own end, which frees what it holds
 * at once instead of when the engine gets round to killing it, and stays.
 */
function perish(operation: Waiting<unknown>): never {
  operation.return(undefined);
  announceEnd(pid, 1);
  for (;;) Atomics.wait(table(), stateAt(pid), ENDED);
}

/** A process can run no more: notes its end in the table and wakes those who wait for it. False where that was known. */
export function announceEnd(ended: number, exitcode: number): boolean {
  const words = table();
  if (!finish(words, ended, exitcode)) return false;
  wake(words, stateAt(ended));
  wake(words, BELL);
  return true;
}

/** Something is ready that `wait()` may be waiting for. */
export function ringBell(): void {
  Atomics.add(table(), BELL, 1);
  wake(table(), BELL);
}
/** What a call of that name throws instead of blocking a window. */
export const refuseBlocking = (name: string): BlockingNotAllowedError =>
  new BlockingNotAllowedError(
    `${name}Sync() would have to wait, and a window must not block: use "await ${name}()", or call it in a worker`,
  );

/** Runs an operation to its end, blocking this thread. `name` is the call's, for the error in a window. */
export function block<T>(operation: Waiting<T>, name: string): T {
  let step = operation.next();
  while (!step.done) {
    const park = step.value;
    if (!isWorker) {
      const refusal = refuseBlocking(name);
      operation.throw(refusal);
      throw refusal;
    }
    Atomics.wait(park.words, park.index, park.seen, Math.max(0, Math.min(SLICE, park.until - now())));
    if (isDoomed()) perish(operation);
    step = operation.next();
  }
  return step.value;
}

// ------------------------------------------------------------------------------------------------ async

type WaitAsync = (
  words: Int32Array,
  index: number,
  value: number,
  timeout?: number,
) => { async: false; value: 'not-equal' | 'timed-out' } | { async: true; value: Promise<'ok' | 'timed-out'> };
const waitAsync = (Atomics as unknown as { waitAsync?: WaitAsync }).waitAsync;

/** The first look of the timer beside an async wait, in milliseconds; each later one waits twice as long. */
const FIRST_LOOK = 2;

/** Calls `resume` once, when the word has changed, the time is up or a slice is over. Answers how to call it off. */
function park({ words, index, seen, until }: Park, resume: () => void): () => void {
  const end = Math.min(now() + SLICE, until);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waiting = true;
  const stop = (): void => {
    waiting = false;
    clearTimeout(timer);
  };
  const wakeUp = (): void => {
    if (!waiting) return;
    stop();
    resume();
  };
  // The timer finds what waitAsync lost (WebKit) or does not exist for (older engines).
  const look = (delay: number): void => {
    const left = end - now();
    if (left <= 0 || Atomics.load(words, index) !== seen) wakeUp();
    else timer = setTimeout(look, Math.min(delay, left), delay * 2);
  };
  const result = waitAsync?.call(Atomics, words, index, seen, Math.max(0, end - now()));
  if (result?.async === false) queueMicrotask(wakeUp);
  else {
    result?.value.then(wakeUp);
    timer = setTimeout(look, Math.min(FIRST_LOOK, Math.max(0, end - now())), FIRST_LOOK * 2);
  }
  return stop;
}

/**
 * Runs an operation to its end without blocking. Its first try happens before this returns. An abort ends the wait with
 * the signal's reason, after the operation has put back what it held.
 */
export function settle<T>(operation: Waiting<T>, signal?: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    let callOff: (() => void) | undefined;
    let firm = false;
    let aborting = false;
    const done = (): void => signal?.removeEventListener('abort', abort);
    const run = (advance: () => IteratorResult<Park, T>): void => {
      try {
        const step = advance();
        if (step.done) {
          done();
          resolve(step.value);
        } else {
          firm = step.value.firm === true;
          callOff = park(step.value, resume);
        }
      } catch (error) {
        done();
        reject(error);
      }
    };
    const resume = (): void => {
      // A terminated process does nothing more: its event loop stays free, so that the engine can end it at once.
      if (isDoomed()) return;
      if (signal?.aborted && !firm && !aborting) abort();
      else run(() => operation.next());
    };
    const abort = (): void => {
      if (firm) return;
      aborting = true;
      callOff?.();
      done();
      run(() => operation.throw(signal?.reason));
    };
    signal?.addEventListener('abort', abort);
    run(() => operation.next());
  });
}
