// Why a thread cannot block while an operation of its own waits.

import { InvalidStateError } from '../errors.ts';

/** A blocked thread cannot go on with what it has begun. */
export const halfWay = (name: string, verb: string): InvalidStateError =>
  new InvalidStateError(
    `${name}() would wait for ever: this thread is in the middle of a large item with "${verb}"; await that first`,
  );
