// Waits and wakes: this file and sleep.ts, which it uses for those that must not block, are the only ones that call Atomics.wait,
// Atomics.waitAsync and Atomics.notify.
//
// An operation that may have to wait is written once, as a generator: it tries, and where it cannot go on it yields a
// Park, which names the word that has to change first. Two drivers run it: `block()` blocks the thread between tries,
// `settle()` gives the thread back and answers a promise.
//
// A Park is a hint, not a promise: the driver may resume the operation at any time, and does so whenever a process is
// condemned or ends, so that every operation looks again at whether those it waits for are still alive, and with the few
// other changes that no word tells. A thread that awaits hears of them at the word CHANGES of the process table (sleep.ts);
// one that blocks is woken by the root, which it tells where it waits once that takes longer.
//
// Where threads share no memory, words are this thread's own: only what runs here changes them, and wakes those that wait here; a
// message from another thread does so when it arrives. To block would be to wait for ever.
//
// A wake-up of one goes to one of those who wait. So whoever ceases to wait for another reason wakes all the others: the
// wake-up may have been meant for one of them. (With a process that ends, its death does that.)

import { turnIfDue } from '../base/breathe.ts';
import { isPast, now } from '../base/deadline.ts';
import { isIsolated } from '../base/isolation.ts';
import { type BlockOptions, deadlineIn } from '../base/options.ts';
import { checkRealm, onGone, promised } from '../base/realm.ts';
import { actAs, actor, isWorker, pid } from '../base/thread.ts';
import { BlockingNotAllowedError } from '../errors.ts';
import { isDoomed, table } from './processes.ts';
import { isSame, NEVER, type Park, Sleep, tellChangesSoon, wakeHere, wakeOwn } from './sleep.ts';
import { BELL, CHANGES, ENDED, finish, stateAt, stateOf } from './table.ts';

export type { Park } from './sleep.ts';

/** An operation that may have to wait. */
export type Waiting<T> = Generator<Park, T, undefined>;

/**
 * Milliseconds between two looks of a thread that blocks while nothing wakes it: at first, and after so many of them, when it
 * has told where it waits. Then whoever hears of changes wakes it; it looks by itself for the case that this one is held up.
 */
const SLICE = 50;
const SLICES = 4;
const LONG_SLICE = 2000;
/** Milliseconds between two looks of a thread that blocks, and on which others count. */
const PROMPT_SLICE = 10;
/** Wakes up to `count` of those who wait for a word to change. Only a hint: who wakes must look for itself. */
export function wake(words: Int32Array, index: number, count = Number.POSITIVE_INFINITY): void {
  if (!isIsolated) return wakeHere(words, index, count);
  Atomics.notify(words, index, count);
}

// ------------------------------------------------------------------------------------------------ blocking

/**
 * A terminated process that wakes here is not to do anything more: it declares its own end, which frees what it holds
 * at once instead of when the engine gets round to killing it, and stays.
 */
function endHere(operation: Waiting<unknown>): never {
  operation.return(undefined);
  announceEnd(pid, 1);
  for (;;) Atomics.wait(table(), stateAt(pid), ENDED);
}

/** A process can run no more: notes its end in the table and wakes those who wait for it. False where that was known. */
export function announceEnd(ended: number, exitcode: number): boolean {
  if (!finish(table(), ended, exitcode)) return false;
  wakeAfter(ended);
  return true;
}

/** Wakes those who wait for a process that has ended. */
export function wakeAfter(ended: number): void {
  wake(table(), stateAt(ended));
  wake(table(), BELL);
  announceChange();
}

/** Something has changed that is told by no word: all who wait look again. */
export function announceChange(): void {
  const words = table();
  if (words.length === 0) return;
  Atomics.add(words, CHANGES, 1);
  if (isIsolated) wake(words, CHANGES);
  else tellChangesSoon();
}

/** Waits for the end of that process. */
export function* endOf(pid: number): Waiting<void> {
  for (;;) {
    const seen = stateOf(table(), pid);
    if (seen === ENDED) return;
    yield { words: table(), index: stateAt(pid), seen, until: Number.POSITIVE_INFINITY };
  }
}

/** Something is ready that `wait()` may be waiting for. */
export function ringBell(): void {
  Atomics.add(table(), BELL, 1);
  wake(table(), BELL);
}

/** False in a process that shares no memory with others: each call that blocks is refused there, also where it need not wait. */
export let mayBlock = true;

export function forbidBlocking(): void {
  mayBlock = false;
}

/** May this thread block until another changes a word? */
export const canBlock = (): boolean => isWorker && isIsolated;

/** What a call of that name throws instead of blocking a thread that may not. */
export const refuseBlocking = (name: string): BlockingNotAllowedError =>
  new BlockingNotAllowedError(
    isWorker
      ? `${name}Sync(): this page is not cross-origin isolated, so all goes by message, and none comes to a thread that blocks: ` +
          `use "await ${name}()"`
      : `${name}Sync() would have to wait, and a window must not block: use "await ${name}()", or call it in a worker`,
  );

/** The call that blocks this thread now. */
let blocking: string | undefined;

/** @throws BlockingNotAllowedError where this thread is about to block until another answers it by message: it would not hear that. */
export function checkHears(): void {
  if (blocking !== undefined) throw refuseBlocking(blocking);
}

/** Where a thread is blocked, and what CHANGES was before it last looked. */
export interface Blocked {
  readonly words: Int32Array;
  readonly index: number;
  readonly changes: number;
}

let tellBlocked: (blocked: Blocked) => void = () => {};
/** What was told last: whoever heard of it need not hear it again while nothing has changed. */
let told: Blocked | undefined;

/** Calls `tell` when this thread has been blocked for a while and will be: whoever hears of it wakes it with each change. */
export function onBlocked(tell: (blocked: Blocked) => void): void {
  tellBlocked = tell;
}

const duties = new Set<() => boolean>();

/**
 * Has a duty done at each look of this thread while it blocks: the workers of a pool need it. It returns whether somebody waits for it
 * to be done again. Returns how to end that.
 */
export function onLook(duty: () => boolean): () => void {
  duties.add(duty);
  return () => duties.delete(duty);
}

/** Does the duties; returns whether somebody waits for them to be done again. */
function attend(): boolean {
  let isAwaited = false;
  for (const duty of duties) if (duty()) isAwaited = true;
  return isAwaited;
}

/** Runs an operation to its end, blocking this thread. `name` is the call's, for the error in a window. */
export function block<T>(operation: Waiting<T>, name: string): T {
  if (!mayBlock) throw refuseBlocking(name);
  const processes = table();
  const outer = blocking;
  let last: Park | undefined;
  blocking = name;
  try {
    for (let slices = 0; ; ) {
      const isAwaited = duties.size > 0 && (last === undefined || attend());
      // Read before the operation looks at who is alive.
      const changes = processes.length === 0 ? 0 : Atomics.load(processes, CHANGES);
      const step = operation.next();
      if (step.done) return step.value;
      const park = step.value;
      // Asked for itself: what is built for pages without isolation has nothing of what follows.
      if (!isIsolated || !canBlock()) {
        const refusal = refuseBlocking(name);
        operation.throw(refusal);
        throw refusal;
      }
      slices = last !== undefined && isSame(park, last) ? slices + 1 : 0;
      last = park;
      const isLong = slices >= SLICES;
      const { words, index } = park;
      if (isLong && (told?.words !== words || told.index !== index || told.changes !== changes)) {
        told = { words, index, changes };
        tellBlocked(told);
      }
      const longest = isAwaited ? PROMPT_SLICE : isLong ? LONG_SLICE : SLICE;
      const slice = Math.max(0, Math.min(longest, park.until - now()));
      wakeOwn(park);
      Atomics.wait(park.words, park.index, park.seen, slice);
      if (isDoomed()) endHere(operation);
    }
  } finally {
    blocking = outer;
    // It may have been woken in place of another and have come too late, or failed.
    if (last !== undefined && isPast(last.until)) wake(last.words, last.index);
  }
}

// ------------------------------------------------------------------------------------------------ async

let isShared = false;

/** From now on processes are tasks of this thread, so what need not wait lets the others have a turn now and then. */
export function shareThread(): void {
  isShared = true;
}

/** What `settle` needs of an AbortSignal. */
export interface Signal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * Runs an operation to its end without blocking. Its first try happens before this returns. An abort ends the wait with
 * the signal's reason, after the operation has put back what it held; the end of this document, with an error, where another
 * try does not end it.
 */
export function settle<T>(operation: Waiting<T>, signal?: Signal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    let sleep: Sleep | undefined;
    let firm = false;
    let aborting = false;
    let stayHere: (() => void) | undefined;
    const inNameOf = actor;
    const run = (advance: () => IteratorResult<Park, T>, passOn = false): void => {
      const last = sleep;
      try {
        const step = actor === inNameOf ? advance() : actAs(inNameOf, advance);
        if (!step.done && step.value.words === NEVER.words) {
          // The operation of a process that has ended, in a thread that goes on (dummy/acting.ts): its promise stays pending.
          sleep = undefined;
          passOn = true;
          done();
        } else if (!step.done) {
          stayHere ??= onGone(resume);
          checkRealm();
          firm = step.value.firm === true;
          if (!passOn && last?.goesOn(step.value)) return;
          sleep = new Sleep(step.value, resume);
        } else {
          sleep = undefined;
          done();
          const turn = isShared ? turnIfDue() : undefined;
          if (turn === undefined) resolve(step.value);
          else resolve(turn.then(() => step.value));
        }
      } catch (error) {
        sleep = undefined;
        done();
        reject(error);
        passOn = true;
      }
      last?.end(passOn);
    };
    const done = (): void => {
      signal?.removeEventListener('abort', abort);
      stayHere?.();
    };
    const resume = (): void => {
      // A terminated process does nothing more: its event loop stays free, so that the engine can end it at once.
      if (isDoomed(inNameOf)) return sleep?.end(true);
      if (signal?.aborted && !firm && !aborting) abort();
      else run(() => operation.next());
    };
    const abort = (): void => {
      if (firm) return;
      aborting = true;
      run(() => operation.throw(signal?.reason), true);
    };
    signal?.addEventListener('abort', abort);
    run(() => operation.next());
  });
}

/** Runs an operation as the options say. What it throws, and that they are wrong, is a rejection. */
export function awaiting<T>(
  options: BlockOptions | undefined,
  operation: (deadline: number) => Waiting<T>,
): Promise<T> {
  return promised(() => settle(operation(deadlineIn(options)), options?.signal));
}
