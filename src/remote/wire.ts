// What one MessageConnection holds, and does. It does not know the MessageConnection, so that this can be collected as
// garbage, and its end be closed then.

import { deadlineIn, type WaitOptions } from '../base/options.ts';
import { checkRealm, lasting, promised } from '../base/realm.ts';
import { EOFError, OSError, TimeoutError } from '../errors.ts';
import { ringBell } from '../memory/wait.ts';
import { Link, type Message, type Side } from './link.ts';
import { Waiters } from './waiters.ts';

/** Bytes that may wait to be received before who sends more has to wait. */
const WINDOW = 1 << 21;
/** What a message counts for beside its bytes, so that empty ones have a limit, too. */
const OVERHEAD = 64;

/** Throws where the next message is not to be taken. */
export type Accept = (message: Message) => void;

/** Closes what the app has let go of. */
const forgotten = new FinalizationRegistry<Wire>((it) => it.close());

export class Wire {
  readonly link: Link;
  /** The app can use it no more. */
  closed = false;
  /** Not any more where a message was too long. */
  readable = true;
  /** How many `wait()` for it. */
  watchers = 0;
  readonly #inbox: Message[] = [];
  readonly #receivers = new Waiters<Message, { accept: Accept; owner: object }>();
  readonly #polls = new Waiters<boolean, { owner: object }>();
  readonly #senders = new Waiters<void, Message>();
  /** Bytes sent that the other end has not reported as received. */
  #underway = 0;
  /** Bytes received that were not reported. */
  #unreported = 0;

  /** @param keyed whether this side has a key. */
  constructor(name: string, side: Side, keyed: boolean) {
    this.link = new Link(name, side, keyed, {
      onData: (message) => this.#arrive(message),
      onTook: (size) => {
        this.#underway -= size;
        this.#sendWhile(() => this.#underway < WINDOW);
      },
      onAlone: () => this.#senders.rejectAll(nobody()),
      onEnd: () => this.#serve(),
      // The other side must bear with more than it asked for.
      onLeave: () => this.#sendWhile(() => !this.link.isAlone),
    });
  }

  /** The app's object for it: when that is collected, it is closed. */
  belongTo(owner: object): void {
    forgotten.register(owner, this, this);
  }

  /** Gives the end up, once what waits to be sent has gone. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    forgotten.unregister(this);
    this.link.close();
    this.#inbox.length = 0;
    const reason = new OSError('this connection was closed while it waited to receive');
    this.#receivers.rejectAll(reason);
    this.#polls.rejectAll(reason);
    this.#ring();
  }

  /** @throws OSError where it is closed. */
  check(call: string): void {
    checkRealm();
    if (this.closed) throw new OSError(`MessageConnection.${call}(): this connection is closed`);
  }

  // ---------------------------------------------------------------------------------------------- sending

  /** Sends what `encode` answers, copied at once; no promise where nothing had to wait. */
  send(
    call: string,
    encode: () => Uint8Array,
    raw: boolean,
    options: WaitOptions | undefined,
  ): undefined | Promise<void> {
    this.check(call);
    const deadline = deadlineIn(options);
    options?.signal?.throwIfAborted();
    const message = { bytes: encode().slice(), raw };
    if (this.link.isAlone) throw nobody();
    if (this.#senders.size === 0 && this.#underway < WINDOW) return this.#send(message);
    return this.#senders.enter(message, deadline, options?.signal, () => {
      throw tooLate(call);
    });
  }

  #send(message: Message): undefined {
    this.#underway += sizeOf(message);
    this.link.post({ kind: 'data', ...message });
  }

  #sendWhile(may: () => boolean): void {
    for (const { data, resolve } of this.#senders) {
      if (!may()) return;
      this.#send(data);
      resolve();
    }
  }

  // ---------------------------------------------------------------------------------------------- receiving

  #arrive(message: Message): void {
    this.#inbox.push(message);
    if (this.readable) this.#serve();
    else this.#take();
  }

  /**
   * What `read` makes of the next message, in the order of the calls. `owner` is kept from being collected until then.
   */
  receive<R>(
    call: string,
    accept: Accept,
    options: WaitOptions | undefined,
    owner: object,
    read: (bytes: Message['bytes']) => R,
  ): Promise<R> {
    return promised(() => {
      this.#checkReadable(call);
      const deadline = deadlineIn(options);
      options?.signal?.throwIfAborted();
      if (this.#receivers.size === 0 && this.isReady()) return read(this.#receiveNow(accept).bytes);
      const coming = this.#receivers.enter({ accept, owner }, deadline, options?.signal, () => {
        throw tooLate(call);
      });
      return lasting(coming.then(({ bytes }) => read(bytes)));
    });
  }

  #receiveNow(accept: Accept): Message {
    const next = this.#inbox[0];
    if (next === undefined) throw nothing();
    accept(next);
    return this.#take();
  }

  /** Takes the next message. The other side hears of it now and then, long before it would have to wait. */
  #take(): Message {
    const message = this.#inbox.shift() as Message;
    this.#unreported += sizeOf(message);
    if (this.#unreported > WINDOW / 4) {
      this.link.post({ kind: 'took', size: this.#unreported });
      this.#unreported = 0;
    }
    return message;
  }

  /** Gives those who wait what there is, or the end of it. */
  #serve(): void {
    for (const { data, resolve, reject } of this.#receivers) {
      if (this.readable && !this.isReady()) break;
      try {
        this.#checkReadable('recv');
        resolve(this.#receiveNow(data.accept));
      } catch (error) {
        reject(error);
      }
    }
    if (this.isReady()) for (const { resolve } of this.#polls) resolve(true);
    this.#ring();
  }

  /** Nothing more can be received here: what comes is dropped. */
  deafen(): void {
    this.readable = false;
    while (this.#inbox.length > 0) this.#take();
    this.#polls.rejectAll(deaf('poll'));
  }

  /** Is there something to receive, or an end of it? */
  isReady(): boolean {
    return this.#inbox.length > 0 || this.link.hasEnded;
  }

  /** Did the other side die, with nothing of it left to receive? */
  get isDead(): boolean {
    return this.link.hasEnded && !this.link.saidBye && this.#inbox.length === 0;
  }

  poll(deadline: number, signal: AbortSignal | undefined, owner: object): boolean | Promise<boolean> {
    this.#checkReadable('poll');
    signal?.throwIfAborted();
    return this.isReady() || this.#polls.enter({ owner }, deadline, signal, () => false);
  }

  #checkReadable(call: string): void {
    this.check(call);
    if (!this.readable) throw deaf(call);
  }

  /** For `wait()`. Without shared memory nobody can be there. */
  #ring(): void {
    if (this.watchers > 0) ringBell();
  }
}

const sizeOf = ({ bytes }: Message): number => bytes.length + OVERHEAD;

const nobody = (): OSError => new OSError('nobody can receive this: the other end of this connection is closed');
const nothing = (): EOFError =>
  new EOFError('the other end of this connection is closed, and nothing is left to receive');
const deaf = (call: string): OSError =>
  new OSError(`MessageConnection.${call}(): this end cannot receive any more, for a message was too long`);
const tooLate = (call: string): TimeoutError =>
  new TimeoutError(`MessageConnection.${call}(): not done within the timeout`);
