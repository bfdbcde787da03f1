// What a process still has to hand over when it ends by itself.

import { FLUSH_PRIORITY, onExit } from '../base/finalizers.ts';

export interface Flushable {
  /** Settles when nothing of this thread waits any more. */
  flush(): Promise<unknown>;
}

const unflushed = new Set<Flushable>();
let registered = false;

/** This process does not end before that is flushed. */
export function flushAtExit(waiting: Flushable): void {
  unflushed.add(waiting);
  if (registered) return;
  registered = true;
  onExit(
    async () => {
      for (const each of unflushed) await each.flush();
    },
    { priority: FLUSH_PRIORITY },
  );
}

/** This process may end without it. */
export const noFlush = (waiting: Flushable): boolean => unflushed.delete(waiting);
