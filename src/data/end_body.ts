// What an end of a pipe is to its Connection, which knows values: messages as bytes, and who holds the ends.

import type { Heir } from '../codec/shared.ts';
import type { Waiting } from '../memory/wait.ts';

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

export interface EndBody {
  /** Can this end receive? */
  readonly readable: boolean;
  /** Can it send? */
  readonly writable: boolean;
  /** Messages that wait for this end. */
  readonly size: number;
  /** A small number, the same for all who hold this end. */
  readonly fileno: number;
  /** Is there something to receive, or an end of it? An end that only sends: would that fail? */
  isReady(): boolean;
  /** Somebody begins (1) or ceases (-1) to watch with `wait()`. */
  watch(change: 1 | -1): void;
  /**
   * What `check` makes of true, or of false where `deadline` passed first; no promise where nothing had to wait. The memory of
   * bytes must not change before; that of a value may. @throws OSError where nobody holds the other end.
   */
  send(
    message: Uint8Array,
    raw: boolean,
    deadline: number,
    signal: AbortSignal | undefined,
    check: (done: boolean) => void,
  ): void | Promise<void>;
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
  /** Waits until it is ready; false where `deadline` came first. */
  polling(deadline: number): Waiting<boolean>;
  /** It receives no more. */
  deafen(): void;
  /** Gives the end up, once what still waits to be sent is through. */
  close(): void;
  /** What another process needs to hold this end, too; the heirs hear who that is. */
  detach(heirs: Heir[]): unknown;
}
