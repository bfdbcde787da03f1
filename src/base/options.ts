// The options that waiting calls share, and their checks.

import { blockDeadline } from './deadline.ts';
import { shown } from './shown.ts';

/** How long to wait, where the thread is blocked. */
export interface SyncWaitOptions {
  /** Milliseconds. Missing, `null` or `Infinity`: no limit. Negative: 0. */
  timeout?: number | null | undefined;
}

/** How long to wait. */
export interface WaitOptions extends SyncWaitOptions {
  /** Gives the wait up: it rejects with the signal's reason, nothing was taken and nothing is held. */
  signal?: AbortSignal | undefined;
}

/** Whether to wait, and how long, where the thread is blocked. Python: `block`, `timeout`. */
export interface SyncBlockOptions extends SyncWaitOptions {
  /** `false`: do not wait at all, whatever the timeout. */
  block?: boolean | undefined;
}

/** Whether to wait, and how long. Python: `block`, `timeout`. */
export interface BlockOptions extends WaitOptions {
  /** `false`: do not wait at all, whatever the timeout. */
  block?: boolean | undefined;
}

/** `'Object'`, `'Array'`, `'AbortSignal'`, of whatever frame it is. */
const kindOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

export const isSignal = (value: unknown): value is AbortSignal => kindOf(value) === 'AbortSignal';

/**
 * The options of a call; `null` counts as none, as it does for each of them.
 *
 * @param call how the message begins.
 * @param example what options look like.
 * @throws TypeError for what has none, which is mostly what should stand inside of them: a number, a function, an array, a lock.
 */
export function optionsIn<T extends object>(options: T | null | undefined, call: string, example: string): T {
  const given = options ?? {};
  // An AbortController is such an object, too: it has a signal.
  if (kindOf(given) === 'Object' || (typeof given === 'object' && 'signal' in given)) return given as T;
  throw new TypeError(`${call}options must be an object such as { ${example} }, not ${shown(given)}`);
}

/** @throws TypeError for what is no function, naming it. */
export function checkFunction(f: unknown, what: string): void {
  if (typeof f !== 'function') throw new TypeError(`${what} must be a function, not ${shown(f)}`);
}

/** The signal among the options of a waiting call. @throws TypeError for options and signals that are none, naming them. */
export function signalIn(options: Pick<WaitOptions, 'signal'> | null | undefined): AbortSignal | undefined {
  const signal: unknown = optionsIn(options, '', 'timeout: 500').signal ?? undefined;
  if (signal === undefined || isSignal(signal)) return signal;
  throw new TypeError(`signal must be an AbortSignal, not ${shown(signal)}`);
}

/**
 * The deadline that the options of a waiting call stand for.
 *
 * @throws TypeError for options, timeouts and signals that are none, naming them.
 */
export function deadlineIn(options: BlockOptions | undefined): number {
  signalIn(options);
  return blockDeadline(options?.block, options?.timeout);
}
