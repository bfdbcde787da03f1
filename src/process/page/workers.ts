// The workers of a page: those that are processes, and spares, which have no process to be.

import type { Blocked } from '../../memory/wait.ts';
import type { SpawnRequest } from '../protocol.ts';

export interface PageWorker {
  /** Its thread. */
  readonly thread: Worker;
  overdue: ReturnType<typeof setTimeout> | undefined;
  ready: boolean;
  /** The root queues for its lock, and will hear of its death. */
  watched: boolean;
  /** Its executable. */
  readonly executable: number;
  /** The process that it is, or will be once it is ready; none: a spare. */
  request: SpawnRequest | undefined;
  /** Where it last said that it is blocked. */
  blocked: Blocked | undefined;
  /** Until its last messages have come, after its lock is free. */
  silence: ReturnType<typeof setTimeout> | undefined;
}

export const workers = new Set<PageWorker>();
/** Those that are processes, or will be once they are ready, by pid. */
export const processes = new Map<number, PageWorker>();

/** Those in reserve, of that executable or of all. */
export const spares = (executable?: number): PageWorker[] =>
  [...workers].filter(
    (worker) => worker.request === undefined && worker.executable === (executable ?? worker.executable),
  );
