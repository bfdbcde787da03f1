// Comes after an example's `src/main.ts` in its page: tells when it is done, and who is left.

import { activeChildren } from 'web-multiprocessing';

Object.assign(globalThis, {
  /** Processes that are alive, but for the workers of pools that the example left open. */
  leftovers: () =>
    activeChildren()
      .filter(({ name, daemon }) => !(daemon && name.includes('PoolWorker-')))
      .map(({ name }) => name),
});
