// What one Connection holds, and does. It does not know the Connection, so that this can be collected as garbage, and its
// end be closed then.

import { isPast, NEVER_WAIT } from '../base/deadline.ts';
import { deadlineIn, type SyncWaitOptions, type WaitOptions } from '../base/options.ts';
import { lasting } from '../base/realm.ts';
import { pid } from '../base/thread.ts';
import { EOFError, OSError, TimeoutError } from '../errors.ts';
import { type End, enter, isHeld, leave, takeOver } from '../memory/holders.ts';
import { type Accept, get, isGetting, tryGetNow } from '../memory/ring/get.ts';
import {
  hasItem,
  makeRing,
  openRing,
  PUTS,
  READERS,
  type Ring,
  sleep,
  UNLIMITED,
  wakeAll,
} from '../memory/ring/layout.ts';
import { announceChange, block, ringBell, type Waiting } from '../memory/wait.ts';
import { halfWay, Line } from './line.ts';
import { PutLine } from './put_line.ts';

/**
 * Bytes that a pipe holds in each direction at most; larger messages pass in parts. WebKit has some 60 GB of address space
 * for all buffers, and what is no longer used is freed late: room for 15,000 pipes. A message of 1 MiB fits: in one piece it
 * is faster than in parts (Chromium, a ceiling of 4 MiB beside one of 1 MiB: 1.05 to 1.41 k echoes a second, 0.77 to 0.99).
 */
const MOST_BYTES = 1 << 21;

/** Bytes up to which a message that has to wait is copied, so that its sender may go on with the memory. */
const WORTH_COPYING = 1 << 16;

export const makePipeRing = (): SharedArrayBuffer => makeRing(UNLIMITED, MOST_BYTES);

/** How an end travels to another process. */
export interface PipeState {
  readonly holders: SharedArrayBuffer;
  readonly end: End;
  /** The slot that stands for it in `holders`; a new one where there is none yet. */
  readonly slot?: number;
  /** Who entered that. */
  readonly giver?: number;
  /** Where it receives from; none: it cannot. */
  readonly input: SharedArrayBuffer | undefined;
  /** Where it sends to; none: it cannot. */
  readonly output: SharedArrayBuffer | undefined;
}

/** Closes what the app has let go of. */
const forgotten = new FinalizationRegistry<PipeEnd>((it) => it.close());

export class PipeEnd {
  readonly holders: Int32Array;
  readonly end: End;
  /** Not set any more where a message was too long. */
  input: Ring | undefined;
  readonly output: Ring | undefined;
  /** Where `wait()` counts itself in. */
  readonly watched: Ring;
  /** The app can use it no more. */
  closed = false;
  readonly #slot: number;
  readonly #sends: PutLine | undefined;
  readonly #receipts = new Line();

  constructor({ holders, end, slot, giver = pid, input, output }: PipeState, owner: object) {
    this.holders = new Int32Array(holders);
    this.end = end;
    this.input = input && openRing(input);
    this.output = output && openRing(output);
    this.#sends = this.output && new PutLine(this.output);
    this.watched = (this.input ?? this.output) as Ring;
    this.#slot = slot === undefined ? enter(this.holders, end) : takeOver(this.holders, end, slot, giver);
    forgotten.register(owner, this, this);
  }

  /** Has every process that held the other end closed it, or ended? */
  isAlone(): boolean {
    return !isHeld(this.holders, this.end === 0 ? 1 : 0);
  }

  /** Gives the end up, once what still waits to be sent is through. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    forgotten.unregister(this);
    const release = (): void => {
      leave(this.holders, this.#slot);
      this.#alert();
    };
    if (!this.#sends?.isWaiting) release();
    else {
      void this.#sends.flush().then(release);
      this.#alert();
    }
  }

  /** Whoever waits for the other side, here or there, is to look again. */
  #alert(): void {
    if (this.input !== undefined) wakeAll(this.input);
    if (this.output !== undefined) wakeAll(this.output);
    ringBell();
    announceChange();
  }

  /** @throws OSError where it is closed. */
  check(call: string): void {
    if (this.closed) throw new OSError(`Connection.${call}(): this connection is closed in this process`);
  }

  /** @throws OSError where nothing can be received. */
  #input(call: string): Ring {
    this.check(call);
    return this.input ?? refuse(call, 'receive');
  }

  /** @throws OSError where nothing can be sent. */
  #output(call: string): PutLine {
    this.check(call);
    return this.#sends ?? refuse(call, 'send');
  }

  // ---------------------------------------------------------------------------------------------- sending

  /** Why there is no use in sending. */
  readonly #noOutput = (): Error | undefined =>
    this.isAlone() ? new OSError('nobody can receive this: the other end of this pipe is closed') : undefined;

  /** Whether a message went out at once. */
  #sendNow(line: PutLine, bytes: Uint8Array, raw: number): boolean {
    const reason = this.#noOutput();
    if (reason !== undefined) throw reason;
    return line.tryNow(bytes, raw);
  }

  /** Sends what `encode` answers; no promise where nothing had to wait. */
  send(
    call: string,
    encode: () => Uint8Array,
    raw: number,
    options: WaitOptions | undefined,
  ): undefined | Promise<void> {
    const line = this.#output(call);
    const deadline = deadlineIn(options);
    const signal = options?.signal;
    signal?.throwIfAborted();
    const bytes = encode();
    if (this.#sendNow(line, bytes, raw)) return undefined;
    if (deadline === NEVER_WAIT) throw tooLate(call);
    // The memory of a value is the codec's.
    const kept = raw === 0 || bytes.length <= WORTH_COPYING ? bytes.slice() : bytes;
    const sent = line.enter(kept, deadline, signal, raw, this.#noOutput).then((done) => {
      if (!done) throw tooLate(call);
    });
    return lasting(sent);
  }

  /** The sends of this thread that wait go first: they are brought to their ends by blocking. */
  sendSync(call: string, encode: () => Uint8Array, raw: number, options: SyncWaitOptions | undefined): void {
    const line = this.#output(call);
    const bytes = encode();
    if (this.#sendNow(line, bytes, raw)) return;
    const deadline = deadlineIn(options);
    const name = `Connection.${call}`;
    const sending = line.operation(bytes, deadline, raw, this.#noOutput);
    if (!block(line.finish(deadline), name) || !block(sending, name)) throw tooLate(call);
  }

  // ---------------------------------------------------------------------------------------------- receiving

  /** Why there will never be anything to receive, once the ring is empty. */
  readonly #noInput = (): Error | undefined => {
    if (this.closed) return new OSError('this connection was closed while it waited to receive');
    if (this.isAlone()) return new EOFError('the other end of this pipe is closed, and nothing is left to receive');
    return undefined;
  };

  /** What `read` makes of a message; no promise where nothing had to wait. `owner` is kept from being collected until then. */
  receive<R>(
    call: string,
    accept: Accept,
    options: WaitOptions | undefined,
    owner: object,
    read: (bytes: Uint8Array) => R,
  ): R | Promise<R> {
    const ring = this.#input(call);
    const deadline = deadlineIn(options);
    const signal = options?.signal;
    signal?.throwIfAborted();
    const bytes = this.#receipts.last === undefined ? tryGetNow(ring, accept) : undefined;
    if (bytes !== undefined) return read(bytes);
    const receiving = (): Waiting<Uint8Array | undefined> => get(ring, deadline, accept, this.#noInput);
    const result = this.#receipts.enter(receiving, deadline, signal).then((received) => {
      if (received === undefined) throw tooLate(call);
      return read.call(owner, received);
    });
    return lasting(result);
  }

  receiveSync(call: string, accept: Accept, options: SyncWaitOptions | undefined): Uint8Array {
    const ring = this.#input(call);
    const bytes = tryGetNow(ring, accept);
    if (bytes !== undefined) return bytes;
    if (isGetting(ring)) throw halfWay(`Connection.${call}Sync`, call);
    const received = block(get(ring, deadlineIn(options), accept, this.#noInput), `Connection.${call}`);
    if (received === undefined) throw tooLate(call);
    return received;
  }

  /** Is there something to receive, or an end of it? An end that only sends: would that fail? */
  isReady(): boolean {
    return (this.input !== undefined && hasItem(this.input)) || this.isAlone();
  }

  *polling(deadline: number): Waiting<boolean> {
    for (let slept = false; ; slept = true) {
      const ring = this.#input('poll');
      const { words } = ring;
      const puts = Atomics.load(words, PUTS);
      if (this.isReady()) {
        // It may have been woken in place of one who wants to receive.
        if (slept) wakeAll(ring);
        return true;
      }
      if (isPast(deadline)) return false;
      yield* sleep(words, READERS, PUTS, puts, deadline);
    }
  }
}

function refuse(call: string, what: string): never {
  throw new OSError(`Connection.${call}(): this end of the pipe cannot ${what}`);
}

const tooLate = (call: string): TimeoutError => new TimeoutError(`Connection.${call}(): not done within the timeout`);
