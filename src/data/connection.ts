// Connection and Pipe: messages between two ends, each of which any number of processes may hold.
//
//   end 0   input  <-- ring --- output   end 1        holders (memory/holders.ts): who has which end
//           output --- ring --> input                 a pipe that is not duplex has only the first ring

import { NEVER_WAIT } from '../base/deadline.ts';
import { dispose } from '../base/dispose.ts';
import { deadlineIn, optionsIn, type SyncWaitOptions, type WaitOptions } from '../base/options.ts';
import { promised } from '../base/realm.ts';
import { decode } from '../codec/decode.ts';
import { encode } from '../codec/encode.ts';
import { refuse } from '../codec/refuse.ts';
import { bodyFor, registerShared } from '../codec/shared.ts';
import { BufferTooShort, InvalidStateError, OSError } from '../errors.ts';
import { block, settle } from '../memory/wait.ts';
import type { EndBody, EndFacts, Wanted } from './bodies.ts';
import { EndWords, makePipe, type PipeState } from './by_memory/end.ts';
import { type Bytes, checkedSize, part } from './bytes.ts';
import { PipeEnd } from './pipe_end.ts';
import { isReady, keyed, type Waitable, watched } from './waitable.ts';

let connect: <In, Out>(body: EndBody) => Connection<In, Out>;
/** How many messages wait for this end; `null` where it only sends. */
export let messagesFor: (connection: Connection) => number | null;

/**
 * One end of a pipe; `Pipe()` makes two. Messages are values (`send`, `recv`) or bytes (`sendBytes`, `recvBytes`), and arrive
 * one by one, whole and in order. Each process that is given a connection, when it starts or with a pool's call, holds the end
 * until it closes it, ends or is terminated: when nobody holds the other end any more, `recv` throws EOFError after the last
 * message, and `send` throws OSError.
 *
 * Python: `multiprocessing.connection.Connection`.
 */
export class Connection<In = unknown, Out = In> implements Waitable {
  readonly #end: PipeEnd;

  private constructor(body: EndBody) {
    if (!(body as Partial<EndBody> | undefined)?.other) {
      throw new InvalidStateError('a Connection is made by Pipe(), not by its constructor');
    }
    this.#end = new PipeEnd(body, this);
  }

  /**
   * Sends a value, waiting only while 2 MiB of messages wait to be received. It is copied: what happens to it later is not
   * seen.
   *
   * @param options `timeout` in milliseconds; `signal` gives the wait up, and nothing is sent.
   * @throws DataCloneError for what cannot travel, naming its path; OSError where nobody holds the other end any more, after
   *   `close()` and for an end that only receives; TimeoutError; the signal's reason. All as rejections.
   *
   * Python: `send(obj)`.
   */
  send(value: Out, options?: WaitOptions): Promise<void> {
    return promised(() => this.#end.send('send', () => encode(value, 'value'), false, options));
  }

  /**
   * As `send`, blocking the thread.
   *
   * @throws as `send`; BlockingNotAllowedError in a window, as soon as it would have to wait.
   */
  sendSync(value: Out, options?: SyncWaitOptions): void {
    this.#end.sendSync('send', () => encode(value, 'value'), false, options);
  }

  /**
   * Receives the next value, waiting for it.
   *
   * @param options `timeout` in milliseconds; `signal` gives the wait up, and nothing is taken.
   * @throws EOFError where nothing is left and nobody holds the other end any more; OSError after `close()` and for an end
   *   that only sends; InvalidStateError where the next message is of `sendBytes`: it stays; TimeoutError; the signal's
   *   reason. All as rejections. A value that cannot be rebuilt throws what its class throws, and is gone.
   *
   * Python: `recv()`.
   */
  recv(options?: WaitOptions): Promise<In> {
    return promised(() => this.#end.receive('recv', aValue, options, this, (bytes) => decode(bytes) as In));
  }

  /**
   * As `recv`, blocking the thread.
   *
   * @throws as `recv`; BlockingNotAllowedError in a window, as soon as it would have to wait.
   */
  recvSync(options?: SyncWaitOptions): In {
    return decode(this.#end.receiveSync('recv', aValue, options)) as In;
  }

  /**
   * Is there something to receive, or the other end gone? Without a `timeout` this does not wait, as in Python; `null` waits
   * without limit. Takes nothing.
   *
   * @param options `timeout` in milliseconds; `signal` gives the wait up.
   * @throws OSError after `close()` and for an end that only sends; the signal's reason. Both as rejections.
   *
   * Python: `poll(timeout=0.0)`.
   */
  poll(options?: WaitOptions): Promise<boolean> {
    return promised(() => settle(this.#end.polling(pollDeadline(options)), options?.signal));
  }

  /**
   * As `poll`, blocking the thread.
   *
   * @throws as `poll`; BlockingNotAllowedError in a window, as soon as it would have to wait.
   */
  pollSync(options?: SyncWaitOptions): boolean {
    return block(this.#end.polling(pollDeadline(options)), 'Connection.poll');
  }

  /**
   * Sends bytes, as one message, which may be empty. The memory must not change before the promise is fulfilled.
   *
   * @param buffer a typed array, DataView, ArrayBuffer or SharedArrayBuffer.
   * @param offset where to begin, in bytes.
   * @param size how many bytes; the default is all from there on.
   * @throws RangeError for an offset or size that is negative or too large (Python: ValueError), and nothing is sent;
   *   TypeError for other than memory; otherwise as `send`. All as rejections.
   *
   * Python: `send_bytes(buf, offset=0, size=None)`.
   */
  sendBytes(buffer: Bytes, offset?: number, size?: number | null, options?: WaitOptions): Promise<void> {
    return promised(() => this.#end.send('sendBytes', () => part('sendBytes', buffer, offset, size), true, options));
  }

  /**
   * As `sendBytes`, blocking the thread.
   *
   * @throws as `sendBytes`; BlockingNotAllowedError in a window, as soon as it would have to wait.
   */
  sendBytesSync(buffer: Bytes, offset?: number, size?: number | null, options?: SyncWaitOptions): void {
    this.#end.sendSync('sendBytes', () => part('sendBytes', buffer, offset, size), true, options);
  }

  /**
   * Receives the next message of `sendBytes`, waiting for it.
   *
   * @param maxlength how many bytes it may have. A longer one throws OSError, and this end cannot receive any more: if it
   *   only receives it is closed.
   * @throws RangeError for a negative `maxlength`; InvalidStateError where the next message is a value: it stays; otherwise
   *   as `recv`. All as rejections.
   *
   * Python: `recv_bytes(maxlength=None)`.
   */
  recvBytes(maxlength?: number | null, options?: WaitOptions): Promise<Uint8Array<ArrayBuffer>> {
    return promised(() => this.#end.receive('recvBytes', this.#upTo(maxlength), options, this, asTheyAre));
  }

  /**
   * As `recvBytes`, blocking the thread.
   *
   * @throws as `recvBytes`; BlockingNotAllowedError in a window, as soon as it would have to wait.
   */
  recvBytesSync(maxlength?: number | null, options?: SyncWaitOptions): Uint8Array<ArrayBuffer> {
    return this.#end.receiveSync('recvBytes', this.#upTo(maxlength), options) as Uint8Array<ArrayBuffer>;
  }

  /**
   * Receives the next message of `sendBytes` into memory of the caller's, without another copy.
   *
   * @param buffer a typed array, DataView, ArrayBuffer or SharedArrayBuffer.
   * @param offset where to begin in it, in bytes.
   * @returns how many bytes came.
   * @throws BufferTooShort where there is too little room; the message is its `data`. RangeError for an offset that is
   *   negative or too large (Python: ValueError); otherwise as `recvBytes`. All as rejections.
   *
   * Python: `recv_bytes_into(buf, offset=0)`.
   */
  recvBytesInto(buffer: Bytes, offset?: number, options?: WaitOptions): Promise<number> {
    return promised(() => {
      const room = part('recvBytesInto', buffer, offset);
      return this.#end.receive('recvBytesInto', someBytes(room), options, this, (bytes) => fitting(room, bytes));
    });
  }

  /**
   * As `recvBytesInto`, blocking the thread.
   *
   * @throws as `recvBytesInto`; BlockingNotAllowedError in a window, as soon as it would have to wait.
   */
  recvBytesIntoSync(buffer: Bytes, offset?: number, options?: SyncWaitOptions): number {
    const room = part('recvBytesInto', buffer, offset);
    return fitting(room, this.#end.receiveSync('recvBytesInto', someBytes(room), options));
  }

  /** A small number that no other end on this page has. @throws OSError after `close()`. Python: `fileno()`. */
  fileno(): number {
    this.#end.check('fileno');
    return this.#end.body.fileno;
  }

  /**
   * Gives the end up, for this object; other processes may still hold it. What waits to be received here throws OSError,
   * what waits to be sent still is. A second time does nothing. A connection that is collected as garbage is closed, too.
   *
   * Python: `close()`.
   */
  close(): void {
    this.#end.close();
  }

  /** As `close()`, for `using`. */
  [dispose](): void {
    this.close();
  }

  /** Was it closed by this process? */
  get closed(): boolean {
    return this.#end.closed;
  }

  /** Can this end receive? */
  get readable(): boolean {
    return this.#end.body.readable;
  }

  /** Can this end send? */
  get writable(): boolean {
    return this.#end.body.writable;
  }

  /** What it is, and its state, as text. */
  toString(): string {
    const can = [this.readable && 'readable', this.writable && 'writable'].filter(Boolean).join(' ');
    return `<Connection ${this.closed ? 'closed' : can}>`;
  }

  /** @internal For `wait()`. An end that only sends is ready when that would fail. */
  [isReady](): boolean {
    this.#end.check('wait');
    return this.#end.body.isReady();
  }

  /** @internal */
  get [keyed](): string | undefined {
    this.#end.check('wait');
    return this.#end.body.key;
  }

  /** @internal */
  [watched](change: 1 | -1): void {
    this.#end.body.watch(change);
  }

  /** Messages of that many bytes at most; after a longer one this end is of no use for receiving. */
  #upTo(maxlength: number | null | undefined): Wanted {
    const most = checkedSize('recvBytes', 'maxlength', maxlength, Number.POSITIVE_INFINITY);
    const refuse = (length: number, raw: boolean): never => {
      if (!raw) refuseKind('send', 'recv');
      if (this.writable) this.#end.body.deafen();
      else this.close();
      throw new OSError(
        `Connection.recvBytes(maxlength): the message has ${length} bytes, more than ${most}; nothing more can be received here`,
      );
    };
    return { raw: true, most, refuse };
  }

  static {
    connect = (body) => new Connection(body);
    messagesFor = (it) => (it.readable ? it.#end.body.size : null);
    registerShared(Connection.prototype, {
      kind: 'Connection',
      detach: (it, heirs) => {
        checkOpen(it);
        return (it.#end.body as EndWords).detach(heirs);
      },
      attach: (state) => connect(new EndWords(state as PipeState)),
      body: (it, heirs) => {
        checkOpen(it);
        return it.#end.body.fork(heirs);
      },
      beside: (it): EndFacts => ({ readable: it.readable, writable: it.writable, fileno: it.#end.body.fileno }),
      make: (body, facts) => {
        (body as EndBody).adopt(facts as EndFacts);
        return connect(body as EndBody);
      },
    });
  }
}

function checkOpen({ closed }: Connection): void {
  if (closed) refuse('is a closed Connection', OSError);
}

/**
 * Makes a pipe: two connections, each of which receives what the other sends. With `duplex: false` the first only receives
 * and the second only sends.
 *
 * `Pipe<A, B>()` says what the first end receives, and what it sends.
 *
 * Python: `multiprocessing.Pipe(duplex=True)`.
 */
export function Pipe<A = unknown, B = A>(options?: { duplex?: boolean }): [Connection<A, B>, Connection<B, A>] {
  const duplex = optionsIn(options, 'Pipe(options): ', 'duplex: false').duplex ?? true;
  const first = bodyFor<EndBody>('Connection', duplex) ?? makePipe(duplex);
  return [connect(first), connect(first.other())];
}

const aValue: Wanted = {
  raw: false,
  most: Number.POSITIVE_INFINITY,
  refuse: () => refuseKind('sendBytes', 'recvBytes'),
};

/** Bytes, into that room if they fit. */
const someBytes = (room: Uint8Array): Wanted => ({
  raw: true,
  most: Number.POSITIVE_INFINITY,
  room,
  refuse: () => refuseKind('send', 'recv'),
});

const asTheyAre = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => bytes as Uint8Array<ArrayBuffer>;

/** How many bytes came, if they came into their room. */
function fitting(room: Uint8Array, bytes: Uint8Array): number {
  if (bytes.length > room.length) throw new BufferTooShort(bytes);
  return bytes.length;
}

function refuseKind(sent: string, take: string): never {
  throw new InvalidStateError(`the next message was sent by ${sent}(): receive it with ${take}()`);
}

/** Without a timeout poll() does not wait. */
function pollDeadline(options: SyncWaitOptions | undefined): number {
  const deadline = deadlineIn(options);
  return options?.timeout === undefined ? NEVER_WAIT : deadline;
}
