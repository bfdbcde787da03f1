// Every error class of the library. Names are literals on the prototypes, so that they survive a minifier.

function named(error: { prototype: Error }, name: string): void {
  Object.defineProperty(error.prototype, 'name', { value: name, configurable: true, writable: true });
}

/** `instanceof`, of anything that may have been thrown: a revoked Proxy throws at that question. */
export function isA<T>(value: unknown, Class: abstract new (...args: never[]) => T): value is T {
  try {
    return value instanceof Class;
  } catch {
    return false;
  }
}

/** Is it an error, of any realm, whatever its prototype is now? Never throws. */
export function isError(value: unknown): value is Error {
  if (isA(value, Error)) return true;
  try {
    return Object.prototype.toString.call(value) === '[object Error]' && !(Symbol.toStringTag in (value as object));
  } catch {
    return false;
  }
}

/** What was thrown, anything at all, in a line. Never throws, though what is asked for its text may. */
export function describe(thrown: unknown): string {
  try {
    return isError(thrown) ? `${thrown.message}` : `${typeof thrown}: ${String(thrown)}`;
  } catch {
    return 'a value without a text';
  }
}

/**
 * Where an error that arrived from another process has it, an array of texts: which of its fields could not travel, and why.
 * The error is whole but for those.
 */
export const leftBehind: unique symbol = Symbol.for('web-multiprocessing.leftBehind') as never;

/** The base of the errors that concern a process. Python: `multiprocessing.ProcessError`. */
export class ProcessError extends Error {}

/** A wait on a result ran out of time. Python: `multiprocessing.TimeoutError` (not the language's own). */
export class TimeoutError extends ProcessError {}

/** A message was longer than the buffer given for it. Python: `multiprocessing.BufferTooShort`. */
export class BufferTooShort extends ProcessError {
  /** The whole message that did not fit. */
  readonly data: Uint8Array;

  /** An error that keeps the message. */
  constructor(data: Uint8Array, message = `the message has ${data?.byteLength} bytes, more than the buffer holds`) {
    super(message);
    this.data = data;
  }
}

/** The other side does not know the key. Python: `multiprocessing.AuthenticationError`. */
export class AuthenticationError extends ProcessError {}

/**
 * A manager could not do what it was asked for: make an object, call what is not exposed, send a result that cannot travel.
 * `cause` is what was thrown there, and the message says so. Python: `multiprocessing.managers.RemoteError`.
 */
export class RemoteError extends ProcessError {}

/**
 * A process ended before it could give what it owed. `cause` is what ended it, where that was an error. Python hangs, or has
 * `BrokenProcessPool`.
 */
export class WorkerDiedError extends ProcessError {
  /** The pid of the process that died. */
  readonly pid: number;
  /** Its exit code; `null` where it never got as far as having one. */
  readonly exitcode: number | null;

  /** An error that tells of a process that died. */
  constructor(message: string, pid: number, exitcode: number | null, options?: ErrorOptions) {
    super(message, options);
    this.pid = pid;
    this.exitcode = exitcode;
  }
}

/** A `...Sync` call would have had to wait in a window, which must never block. */
export class BlockingNotAllowedError extends Error {}

/** The other end is closed and nothing is left to read. Python: `EOFError`. */
export class EOFError extends Error {}

/** A queue had nothing to give in the time allowed. Python: `queue.Empty`. */
export class Empty extends Error {}

/** A queue had no room in the time allowed. Python: `queue.Full`. */
export class Full extends Error {}

/** A queue was shut down. Python: `queue.ShutDown`. */
export class ShutDown extends Error {}

/** A call that the object's present state forbids. Python: `AssertionError`, `RuntimeError`. */
export class InvalidStateError extends Error {}

/** A barrier was reset, aborted, ran out of time or lost a party. Python: `threading.BrokenBarrierError`, a `RuntimeError`. */
export class BrokenBarrierError extends InvalidStateError {}

/** The use of a closed end of a pipe or simple queue; memory or names that cannot be had. Python: `OSError`. */
export class OSError extends InvalidStateError {}

/** The name of a new block of shared memory is in use. Python: `FileExistsError`. */
export class FileExistsError extends OSError {}

/** There is no block of shared memory of that name. Python: `FileNotFoundError`. */
export class FileNotFoundError extends OSError {}

/** A value that no process could rebuild. Python: `pickle.PicklingError`, a `TypeError` or an `AttributeError`. */
export class DataCloneError extends TypeError {}

/** Errors by name: how one that crosses a process finds its class again. */
export const ERRORS = {
  ProcessError,
  TimeoutError,
  BufferTooShort,
  AuthenticationError,
  RemoteError,
  WorkerDiedError,
  BrokenBarrierError,
  BlockingNotAllowedError,
  EOFError,
  OSError,
  FileExistsError,
  FileNotFoundError,
  Empty,
  Full,
  ShutDown,
  InvalidStateError,
  DataCloneError,
} as const;

for (const [name, error] of Object.entries(ERRORS)) named(error, name);
