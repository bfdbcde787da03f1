// What a queue is to its faces, which know values: bytes on their way between processes.

import type { Waiting } from '../memory/wait.ts';

/** What a put came to: it is in; there was no room in time; nothing will be put any more. */
export type Put = 'done' | 'full' | 'shut';

/** Why there is no item: none came in time, or this process has closed the queue; nothing will come out any more. */
export type Nothing = 'empty' | 'over';

export interface QueueBody {
  /** What another process needs to have the same queue. */
  readonly buffer: SharedArrayBuffer;
  /** Whole items that are in it now. */
  readonly size: number;
  /** Whether a get would not have to wait. */
  readonly ready: boolean;
  /** Has this process closed it? */
  readonly closed: boolean;
  /** Is it closed, and all that this process put through? */
  readonly isDone: boolean;
  /** What `check` makes of the outcome; no promise where nothing had to wait. `item` may change afterwards. */
  put(
    item: Uint8Array,
    deadline: number,
    signal: AbortSignal | undefined,
    check: (put: Put) => void,
  ): void | Promise<void>;
  /** The puts of this thread that wait go first: they are brought to their ends by blocking. */
  putSync(item: Uint8Array, deadline: number, name: string): Put;
  /** No room is also where an earlier put of this thread still waits: it must not be overtaken. */
  putNow(item: Uint8Array): Put;
  /** What `read` makes of an item; no promise where nothing had to wait. */
  get<R>(deadline: number, signal: AbortSignal | undefined, read: (got: Uint8Array | Nothing) => R): R | Promise<R>;
  getSync(deadline: number, name: string): Uint8Array | Nothing;
  getNow(): Uint8Array | Nothing;
  /** Somebody begins (1) or ceases (-1) to watch with `wait()`. */
  watch(change: 1 | -1): void;
  /** Resolves when no put of this thread waits any more. */
  flush(): Promise<void>;
  flushSync(name: string): void;
  /** This process may end before puts that still wait. */
  abandonFlush(): void;
  /** This thread's gets that wait give up, where nothing is there to take. */
  close(): void;
  /** For all processes: no more puts; and no more gets, where `immediate`. */
  shut(immediate: boolean): void;
}

/** With a count of what is unfinished. */
export interface JoinableBody extends QueueBody {
  /** Reports an item as done; false where none is unfinished. */
  finish(): boolean;
  /** Waits until none is unfinished; false where `deadline` came first. */
  finished(deadline: number): Waiting<boolean>;
}
