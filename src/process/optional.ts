// What a thread has of the library only where the app names it: such a module says so here when it is loaded, and what every thread
// has asks for it here. So a worker that starts no process has no code to do it.

import type { Logging } from './protocol.ts';

interface Optional {
  /** logger.ts */
  logger: {
    info(...values: readonly unknown[]): void;
    inherit(logging: Logging): void;
    /** What a process that is started from here inherits. */
    settings(): Logging | undefined;
  };
  /** spawn.ts: daemonic children of this process are terminated, the others waited for. */
  endChildren(): Promise<void>;
  /** rehearsal.ts */
  rehearse(): void;
}

export const optional: Partial<Optional> = {};
