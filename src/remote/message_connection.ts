// MessageConnection: what `Connection` is, between threads that share no memory.

import { NEVER_WAIT } from '../base/deadline.ts';
import { dispose } from '../base/dispose.ts';
import { deadlineIn, type WaitOptions } from '../base/options.ts';
import { promised } from '../base/realm.ts';
import { decode } from '../codec/decode.ts';
import { encode } from '../codec/encode.ts';
import { refuseKind as refuseToTravel } from '../codec/refuse.ts';
import { registerShared } from '../codec/shared.ts';
import { type Bytes, checkedSize, part } from '../data/bytes.ts';
import { byMessage, isReady, type Waitable, watched } from '../data/waitable.ts';
import { BufferTooShort, InvalidStateError, OSError } from '../errors.ts';
import type { Accept, Wire } from './wire.ts';

/** Makes the app's object for a wire. */
export let connectionOver: <In, Out>(wire: Wire) => MessageConnection<In, Out>;
/** The wire of a connection. */
export let wireOf: (connection: MessageConnection<unknown, never>) => Wire;

/**
 * One end of a connection between two threads of one origin, which may be tabs that share no memory: `Client()` and
 * `Listener.accept()` make them. It is used as a `Connection` of a pipe is, but belongs to the thread that made it, and
 * cannot block: its messages come through the event loop. When the other end is closed, or its tab or worker is gone, `recv`
 * throws EOFError after the last message, and `send` throws OSError.
 *
 * Python: `multiprocessing.connection.Connection`.
 */
export class MessageConnection<In = unknown, Out = In> implements Waitable {
  readonly #wire: Wire;
  /** @internal */
  readonly [byMessage] = true;

  private constructor(wire: Wire) {
    this.#wire = wire;
    wire.belongTo(this);
  }

  /**
   * Sends a value, waiting only while 2 MiB of messages wait to be received. It is copied: what happens to it later is not
   * seen. Only what bytes can hold travels: nothing that is transferred or shared.
   *
   * @param options `timeout` in milliseconds; `signal` gives the wait up, and nothing is sent.
   * @throws DataCloneError for what cannot travel, naming its path; OSError where the other end is closed or gone, and after
   *   `close()`; TimeoutError; the signal's reason. All as rejections.
   *
   * Python: `send(obj)`.
   */
  send(value: Out, options?: WaitOptions): Promise<void> {
    return promised(() => this.#wire.send('send', () => encode(value, 'value'), false, options));
  }

  /**
   * Receives the next value, waiting for it.
   *
   * @param options `timeout` in milliseconds; `signal` gives the wait up, and nothing is taken.
   * @throws EOFError where nothing is left and the other end is closed or gone; OSError after `close()`; InvalidStateError
   *   where the next message is of `sendBytes`: it stays; TimeoutError; the signal's reason. All as rejections. A value that
   *   cannot be rebuilt throws what its class throws, and is gone.
   *
   * Python: `recv()`.
   */
  recv(options?: WaitOptions): Promise<In> {
    return this.#wire.receive('recv', acceptValue, options, this, (bytes) => decode(bytes) as In);
  }

  /**
   * Is there something to receive, or the other end gone? Without a `timeout` this does not wait, as in Python; `null` waits
   * without limit. Takes nothing.
   *
   * @param options `timeout` in milliseconds; `signal` gives the wait up.
   * @throws OSError after `close()`; the signal's reason. Both as rejections.
   *
   * Python: `poll(timeout=0.0)`.
   */
  poll(options?: WaitOptions): Promise<boolean> {
    return promised(() => {
      const deadline = deadlineIn(options);
      return this.#wire.poll(options?.timeout === undefined ? NEVER_WAIT : deadline, options?.signal, this);
    });
  }

  /**
   * Sends bytes, as one message, which may be empty. They are copied at once.
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
    return promised(() => this.#wire.send('sendBytes', () => part('sendBytes', buffer, offset, size), true, options));
  }

  /**
   * Receives the next message of `sendBytes`, waiting for it.
   *
   * @param maxlength how many bytes it may have. A longer one throws OSError, and this end cannot receive any more.
   * @throws RangeError for a negative `maxlength`; InvalidStateError where the next message is a value: it stays; otherwise
   *   as `recv`. All as rejections.
   *
   * Python: `recv_bytes(maxlength=None)`.
   */
  recvBytes(maxlength?: number | null, options?: WaitOptions): Promise<Uint8Array<ArrayBuffer>> {
    return promised(() => this.#wire.receive('recvBytes', this.#upTo(maxlength), options, this, (bytes) => bytes));
  }

  /**
   * Receives the next message of `sendBytes` into memory of the caller's.
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
      return this.#wire.receive('recvBytesInto', acceptBytes, options, this, (bytes) => {
        if (bytes.length > room.length) throw new BufferTooShort(bytes);
        room.set(bytes);
        return bytes.length;
      });
    });
  }

  /** @throws InvalidStateError, always: use `await send()`. */
  sendSync(..._: readonly unknown[]): never {
    return refuseToBlock('send');
  }

  /** @throws InvalidStateError, always: use `await recv()`. */
  recvSync(..._: readonly unknown[]): never {
    return refuseToBlock('recv');
  }

  /** @throws InvalidStateError, always: use `await poll()`. */
  pollSync(..._: readonly unknown[]): never {
    return refuseToBlock('poll');
  }

  /** @throws InvalidStateError, always: use `await sendBytes()`. */
  sendBytesSync(..._: readonly unknown[]): never {
    return refuseToBlock('sendBytes');
  }

  /** @throws InvalidStateError, always: use `await recvBytes()`. */
  recvBytesSync(..._: readonly unknown[]): never {
    return refuseToBlock('recvBytes');
  }

  /** @throws InvalidStateError, always: use `await recvBytesInto()`. */
  recvBytesIntoSync(..._: readonly unknown[]): never {
    return refuseToBlock('recvBytesInto');
  }

  /**
   * Gives the end up. What waits to be received here throws OSError, what waits to be sent still is. A second time does
   * nothing. A connection that is collected as garbage is closed, too, and so are those of a process that ends.
   *
   * Python: `close()`.
   */
  close(): void {
    this.#wire.close();
  }

  /** As `close()`, for `using`. */
  [dispose](): void {
    this.close();
  }

  /** Was it closed here? */
  get closed(): boolean {
    return this.#wire.closed;
  }

  /** Can this end receive? */
  get readable(): boolean {
    return this.#wire.readable;
  }

  /** Can this end send? Always: a connection by message goes both ways. */
  get writable(): boolean {
    return true;
  }

  toString(): string {
    return `<MessageConnection ${this.closed ? 'closed' : this.readable ? 'readable writable' : 'writable'}>`;
  }

  /** @internal For `wait()`. */
  [isReady](): boolean {
    this.#wire.check('wait');
    return this.#wire.isReady();
  }

  /** @internal */
  [watched](change: 1 | -1): void {
    this.#wire.watchers += change;
  }

  /** Accepts messages of that many bytes at most; after a longer one this end is of no use for receiving. */
  #upTo(maxlength: number | null | undefined): Accept {
    const most = checkedSize('recvBytes', 'maxlength', maxlength, Number.POSITIVE_INFINITY);
    return (message) => {
      acceptBytes(message);
      const { length } = message.bytes;
      if (length <= most) return;
      this.#wire.deafen();
      throw new OSError(
        `MessageConnection.recvBytes(maxlength): the message has ${length} bytes, more than ${most}; nothing more can be received here`,
      );
    };
  }

  static {
    connectionOver = (wire) => new MessageConnection(wire);
    wireOf = (connection) => connection.#wire;
    registerShared(MessageConnection.prototype, {
      kind: 'MessageConnection',
      everywhere: true,
      detach: () => refuseToTravel('MessageConnection', 'belongs to the thread that made it'),
      attach: () => undefined as never,
    });
  }
}

const acceptValue: Accept = ({ raw }) => raw && refuseKind('sendBytes', 'recvBytes');
const acceptBytes: Accept = ({ raw }) => raw || refuseKind('send', 'recv');

function refuseKind(sent: string, take: string): never {
  throw new InvalidStateError(`the next message was sent by ${sent}(): receive it with ${take}()`);
}

function refuseToBlock(call: string): never {
  throw new InvalidStateError(
    `MessageConnection.${call}Sync(): a connection by message cannot block, for its messages come through the event loop: use "await ${call}()"`,
  );
}
