// The options that waiting calls share, and their checks.

import { blockDeadline } from './deadline.ts';

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

/** Is it a signal, be it of another frame? */
export const isSignal = (value: unknown): value is AbortSignal =>
  Object.prototype.toString.call(value) === '[object AbortSignal]';

/** The signal among the options of a waiting call. @throws TypeError for options and signals that are none, naming them. */
export function signalIn(options: Pick<WaitOptions, 'signal'> | undefined): AbortSignal | undefined {
  if (options === undefined) return undefined;
  if (options === null || typeof options !== 'object') {
    throw new TypeError(`options must be an object such as { timeout: 500 }, not ${String(options)}`);
  }
  const signal: unknown = options.signal ?? undefined;
  if (signal !== undefined && !isSignal(signal)) {
    throw new TypeError(`signal must be an AbortSignal, not ${String(signal)}`);
  }
  return signal;
}

/**
 * The deadline that the options of a waiting call stand for.
 *
 * @throws TypeError for options, timeouts and signals that are none, naming them.
 */
export function deadlineIn(options: BlockOptions | undefined): number {
  signalIn(options);
  return options === undefined ? Number.POSITIVE_INFINITY : blockDeadline(options.block, options.timeout);
}
