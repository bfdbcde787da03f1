// A deadline and a signal, for what settles by itself: the only place where a deadline becomes a timer.

const now = (): number => performance.now();

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
    timer = setTimeout(look, Math.min(LONGEST, Math.max(0, Math.ceil(deadline - now()))));
  };
  if (deadline !== Number.POSITIVE_INFINITY) start();
  signal?.addEventListener('abort', abort);
  return callOff;
}
