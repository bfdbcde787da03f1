// How reading a record fails.

import { DataCloneError } from '../errors.ts';

export const corrupt = (what: string): never => {
  throw new DataCloneError(`corrupted record: ${what}`);
};

/** What a hook threw, or what is no fault of the record: it reaches the caller as it is. */
export class Rethrown {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}
