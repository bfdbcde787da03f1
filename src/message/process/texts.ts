// What bodies by request have in common.

import { now } from '../../base/deadline.ts';
import { InvalidStateError } from '../../errors.ts';

/** Milliseconds until then, as the page is told: `null` for no limit. */
export const timeoutOf = (deadline: number): number | null =>
  deadline === Number.POSITIVE_INFINITY ? null : Math.max(0, deadline - now());

/** @throws InvalidStateError: a process is asked at once what the page alone knows. */
export function unknown(name: string, remedy: string): never {
  throw new InvalidStateError(
    `${name}: this page is not cross-origin isolated, so a process can know that only by a message: ${remedy}`,
  );
}
