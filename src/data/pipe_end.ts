// What one Connection holds, and does. It does not know the Connection, so that this can be collected as garbage, and its
// end be closed then.

import { deadlineIn, type SyncWaitOptions, type WaitOptions } from '../base/options.ts';
import { OSError, TimeoutError } from '../errors.ts';
import type { Waiting } from '../memory/wait.ts';
import type { EndBody, Wanted } from './bodies.ts';

/** Closes what the app has let go of. */
const forgotten = new FinalizationRegistry<PipeEnd>((it) => it.close());

export class PipeEnd {
  readonly body: EndBody;
  /** The app can use it no more. */
  closed = false;

  constructor(body: EndBody, owner: object) {
    this.body = body;
    forgotten.register(owner, this, this);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    forgotten.unregister(this);
    this.body.close();
  }

  /** @throws OSError where it is closed. */
  check(call: string): void {
    if (this.closed) throw new OSError(`Connection.${call}(): this connection is closed in this process`);
  }

  /** @throws OSError where nothing can be received. */
  #checkInput(call: string): void {
    this.check(call);
    if (!this.body.readable) refuse(call, 'receive');
  }

  /** @throws OSError where nothing can be sent. */
  #checkOutput(call: string): void {
    this.check(call);
    if (!this.body.writable) refuse(call, 'send');
  }

  /** Sends what `encode` answers; no promise where nothing had to wait. */
  send(call: string, encode: () => Uint8Array, raw: boolean, options: WaitOptions | undefined): void | Promise<void> {
    this.#checkOutput(call);
    const deadline = deadlineIn(options);
    const signal = options?.signal;
    signal?.throwIfAborted();
    return this.body.send(encode(), raw, deadline, signal, (done) => {
      if (!done) throw tooLate(call);
    });
  }

  sendSync(call: string, encode: () => Uint8Array, raw: boolean, options: SyncWaitOptions | undefined): void {
    this.#checkOutput(call);
    const deadline = deadlineIn(options);
    if (!this.body.sendSync(encode(), raw, deadline, `Connection.${call}`)) throw tooLate(call);
  }

  /** What `read` makes of a message; no promise where nothing had to wait. `owner` is kept from being collected until then. */
  receive<R>(
    call: string,
    wanted: Wanted,
    options: WaitOptions | undefined,
    owner: object,
    read: (message: Uint8Array) => R,
  ): R | Promise<R> {
    this.#checkInput(call);
    const deadline = deadlineIn(options);
    const signal = options?.signal;
    signal?.throwIfAborted();
    return this.body.receive(wanted, deadline, signal, (message) => {
      if (message === undefined) throw tooLate(call);
      return read.call(owner, message);
    });
  }

  receiveSync(call: string, wanted: Wanted, options: SyncWaitOptions | undefined): Uint8Array {
    this.#checkInput(call);
    const message = this.body.receiveSync(wanted, deadlineIn(options), call);
    if (message === undefined) throw tooLate(call);
    return message;
  }

  *polling(deadline: number): Waiting<boolean> {
    this.#checkInput('poll');
    return yield* this.body.polling(deadline);
  }
}

function refuse(call: string, what: string): never {
  throw new OSError(`Connection.${call}(): this end of the pipe cannot ${what}`);
}

const tooLate = (call: string): TimeoutError => new TimeoutError(`Connection.${call}(): not done within the timeout`);
