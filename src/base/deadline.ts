// Deadlines: moments by the clock of this thread, in milliseconds. This is the only place where one becomes a timer.

import { outside } from './outside.ts';
import { shown } from './shown.ts';

export const now = (): number => performance.now();

/** The moment at which a wait of `timeout` milliseconds ends. None, `null` or Infinity: never. Negative: at once. */
export function deadlineOf(timeout: number | null | undefined): number {
  if (timeout === undefined || timeout === null) return Number.POSITIVE_INFINITY;
  if (typeof timeout !== 'number' || Number.isNaN(timeout)) {
    throw new TypeError(`timeout must be a number of milliseconds or null, not ${shown(timeout)}`);
  }
  return timeout <= 0 ? NEVER_WAIT : now() + timeout;
}

/** The deadline of what must not wait at all. */
export const NEVER_WAIT = Number.NEGATIVE_INFINITY;

/** The deadline that `{ block, timeout }` stands for: without `block` there is no waiting, whatever the timeout. */
export const blockDeadline = (block: boolean | null | undefined, timeout: number | null | undefined): number =>
  (block ?? true) ? deadlineOf(timeout) : NEVER_WAIT;

/** Is it too late to wait? */
export const isPast = (deadline: number): boolean =>
  deadline !== Number.POSITIVE_INFINITY && (deadline === NEVER_WAIT || now() >= deadline);

/** The longest that `setTimeout` can count, in milliseconds: some 24 days. A longer time would be over at once. */
const LONGEST = 2 ** 31 - 1;

/**
 * Calls `late` once the deadline has passed, or `aborted` once the signal is aborted: one of them, once, and never before this
 * returns. Each timer looks at the clock again, for timers are inexact and may be too short.
 *
 * @returns what calls it off.
 */
export function watchDeadline(
  deadline: number,
  late: () => void,
  signal?: AbortSignal,
  aborted: () => void = late,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const callOff = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  };
  const abort = (): void => {
    callOff();
    aborted();
  };
  const look = (): void => {
    if (now() < deadline) return start();
    callOff();
    late();
  };
  const start = (): void => {
    timer = outside(() => setTimeout(look, Math.min(LONGEST, Math.max(0, Math.ceil(deadline - now())))));
  };
  if (deadline !== Number.POSITIVE_INFINITY) start();
  signal?.addEventListener('abort', abort);
  return callOff;
}
