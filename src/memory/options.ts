// The options that waiting calls share, and their checks.

import { blockDeadline } from './wait.ts';

export interface SyncWaitOptions {
  /** Milliseconds. Missing, `null` or `Infinity`: no limit. Negative: 0. */
  timeout?: number | null | undefined;
}

export interface WaitOptions extends SyncWaitOptions {
  /** Gives the wait up: it rejects with the signal's reason, nothing was taken and nothing is held. */
  signal?: AbortSignal | undefined;
}

export interface SyncBlockOptions extends SyncWaitOptions {
  /** `false`: do not wait at all, whatever the timeout. */
  block?: boolean | undefined;
}

export interface BlockOptions extends WaitOptions {
  /** `false`: do not wait at all, whatever the timeout. */
  block?: boolean | undefined;
}

/** The deadline that the options of a waiting call stand for. */
export function deadlineIn(options: SyncBlockOptions | undefined): number {
  if (options === undefined) return Number.POSITIVE_INFINITY;
  if (options === null || typeof options !== 'object') {
    throw new TypeError(`options must be an object such as { timeout: 500 }, not ${String(options)}`);
  }
  return blockDeadline(options.block, options.timeout);
}
