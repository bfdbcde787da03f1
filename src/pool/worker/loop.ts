// Where a worker's tasks come from, and its answers go: by_memory/ has the loop over shared memory.

export interface TaskLoop {
  /** The worker's words (board.ts). */
  readonly slot: Int32Array;
  /** Does tasks until there will be no more, or nobody who wants them. */
  work(): Promise<void>;
}
