// What the classes of this folder are made of, their bodies: words of memory (words/), or, in a process that shares no memory with
// the others, requests to the page (src/message/process/), which has the words. A class knows values, its body bytes.

import type { Heir } from '../codec/shared.ts';
import type { Waiting } from '../memory/wait.ts';

/** What a put came to: it is in; there was no room in time; nothing will be put any more. */
export type Put = 'done' | 'full' | 'shut';

/** Why there is no item: none came in time, or this process has closed the queue; nothing will come out any more. */
export type Nothing = 'empty' | 'over';

/** Whether there is no use in waiting any more: this process has closed it. */
export type Closed = () => true | undefined;

export interface QueueBody {
  /** What the page calls it, where this process shares no memory with others. */
  readonly key?: string;
  /** Whole items that are in it now. `name` is the call that asks. @throws InvalidStateError where that is not known at once. */
  size(name: string): number;
  /** Whether a get would not have to wait. */
  get ready(): boolean;
  /** Does a put of this thread still wait? */
  get isWaiting(): boolean;
  /** What `check` makes of the outcome; no promise where nothing had to wait. `item` may change afterwards. */
  put<R>(item: Uint8Array, deadline: number, signal: AbortSignal | undefined, check: (put: Put) => R): R | Promise<R>;
  /** The puts of this thread that wait go first: they are brought to their ends by blocking. */
  putSync(item: Uint8Array, deadline: number, name: string): Put;
  /**
   * No room is also where an earlier put of this thread still waits: it must not be overtaken. @throws InvalidStateError where what it
   * comes to is not known at once, and there may be no room.
   */
  putNow(item: Uint8Array, hasLimit: boolean, name: string): Put;
  /** What `read` makes of an item; no promise where nothing had to wait. */
  get<R>(
    deadline: number,
    signal: AbortSignal | undefined,
    closed: Closed,
    read: (got: Uint8Array | Nothing) => R,
  ): R | Promise<R>;
  getSync(deadline: number, closed: Closed, name: string): Uint8Array | Nothing;
  /** @throws InvalidStateError where that is not known at once. */
  getNow(name: string): Uint8Array | Nothing;
  /** Gets that wait look whether they are closed. */
  nudge(): void;
  /** Somebody begins (1) or ceases (-1) to watch with `wait()`. */
  watch(change: 1 | -1): void;
  /** Resolves when no put of this thread waits any more. */
  flush(): Promise<void>;
  flushSync(name: string): void;
  /** This process may end before puts that still wait. */
  abandonFlush(): void;
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

/** What a call of an end receives. */
export interface Wanted {
  /** A message of bytes, and not a value. */
  readonly raw: boolean;
  /** Bytes that it may have; a longer one is refused. */
  readonly most: number;
  /** Where bytes go if they fit; none: into memory of their own. */
  readonly room?: Uint8Array;
  /** For the next message, which is none of those, and stays. */
  refuse(length: number, raw: boolean): never;
}

/** What a process knows of an end that it is given. */
export interface EndFacts {
  get readable(): boolean;
  get writable(): boolean;
  get fileno(): number;
}

/** An end that one process holds. */
export interface EndBody extends EndFacts {
  /** What the page calls it, where this process shares no memory with others. */
  readonly key?: string;
  /** Messages that wait for this end. */
  get size(): number;
  /** Is there something to receive, or an end of it? An end that only sends: would that fail? */
  isReady(): boolean;
  /** Somebody begins (1) or ceases (-1) to watch with `wait()`. */
  watch(change: 1 | -1): void;
  /**
   * What `check` makes of true, or of false where `deadline` passed first; no promise where nothing had to wait. The memory of
   * bytes must not change before; that of a value may. @throws OSError where nobody holds the other end.
   */
  send<R>(
    message: Uint8Array,
    raw: boolean,
    deadline: number,
    signal: AbortSignal | undefined,
    check: (done: boolean) => R,
  ): R | Promise<R>;
  /** The sends of this thread that wait go first: they are brought to their ends by blocking. */
  sendSync(message: Uint8Array, raw: boolean, deadline: number, name: string): boolean;
  /**
   * What `read` makes of a message, or of nothing where `deadline` passed first; no promise where nothing had to wait.
   * @throws EOFError where nothing is left and nobody holds the other end; OSError where this one was closed meanwhile.
   */
  receive<R>(
    wanted: Wanted,
    deadline: number,
    signal: AbortSignal | undefined,
    read: (message: Uint8Array | undefined) => R,
  ): R | Promise<R>;
  receiveSync(wanted: Wanted, deadline: number, call: string): Uint8Array | undefined;
  /** Waits until it is ready; false where `deadline` came first. @throws OSError where it was closed meanwhile. */
  polling(deadline: number): Waiting<boolean>;
  /** It receives no more. */
  deafen(): void;
  /** Gives the end up, once what still waits to be sent is through. */
  close(): void;
  /** Where threads share no memory: the same end for another process; the heirs are to hear which one that is. */
  fork(heirs: Heir[]): EndBody;
  /** The other end of a new pipe. */
  other(): EndBody;
  /** That end is this process's now. */
  adopt(facts: EndFacts): void;
}
