// Where a worker's tasks come from, and its answers go: by_memory/ has the loop over shared memory, by_message/ the one where there is
// none.

import type { MessageSetup } from '../batch_record.ts';

export interface TaskLoop {
  /** The worker's words (board.ts). */
  readonly slot: Int32Array;
  /** Does tasks until there will be no more, or nobody who wants them. */
  work(): Promise<void>;
}

/** The loop over messages, where that is loaded. */
export let loopByMessage: (setup: MessageSetup) => TaskLoop;

export function setLoopByMessage(make: typeof loopByMessage): void {
  loopByMessage = make;
}
