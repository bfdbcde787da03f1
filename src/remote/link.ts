// How two ends of a connection hear of each other: what travels, and that the other end is gone.
//
//   listener's end                                     client's end
//     lock 0, held <--- wanted: granted when it is gone --- |
//     | --- wanted: granted when it is gone ---> lock 1, held
//     <-------- one BroadcastChannel, named at random -------->
//
//   meet     each says whether it has a key; with that the connection is made
//   data     a message
//   took     so many bytes were received here: as many more may come
//   bye      the last one
//
// A lock that is granted says that the other end is gone, but not that all it sent has arrived: the two come by different
// ways. After a bye nothing is missing; without one, the end is there when nothing has come for a while.

import { FLUSH_PRIORITY, onExit } from '../base/finalizers.ts';
import { EOFError } from '../errors.ts';
import { type Hold, hold, onFree, PREFIX } from './locks.ts';
import { type Channel, channelNamed } from './medium.ts';

/** The end that a listener accepts. */
export const LISTENER = 0;
/** The end that `Client()` answers. */
export const CLIENT = 1;
export type Side = typeof LISTENER | typeof CLIENT;

/** Milliseconds without a message after which nothing more comes from one who is gone. */
export const DRAIN_MS = 100;

/** At exit: after all else that may still send. */
const EXIT_PRIORITY = FLUSH_PRIORITY - 1;

export interface Message {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Was it sent by `sendBytes`, not as a value? */
  readonly raw: boolean;
}

type Post =
  | { readonly kind: 'meet'; readonly keyed: boolean }
  | ({ readonly kind: 'data' } & Message)
  | { readonly kind: 'took'; readonly size: number }
  | { readonly kind: 'bye' };

/** Who hears what comes by a link. */
export interface LinkEvents {
  onData(message: Message): void;
  onTook(size: number): void;
  /** Nobody receives any more what is sent. */
  onAlone(): void;
  /** Nothing more comes. */
  onEnd(): void;
  /** The last moment to send. */
  onLeave(): void;
}

export class Link {
  readonly name: string;
  readonly side: Side;
  /** Whether the other end has a key. Rejects where it is gone, or this one closed, before it said so. */
  readonly met: Promise<boolean>;
  /** Says bye, and gives up all that others can see of this end; at exit it happens by itself. Twice is no harm. */
  readonly close: () => unknown;
  /** Nobody receives what is sent here. */
  isAlone = false;
  /** Nothing more comes. */
  hasEnded = false;
  /** It came to its end by a bye, not by a death. */
  saidBye = false;
  readonly #events: LinkEvents;
  readonly #keyed: boolean;
  readonly #channel: Channel;
  readonly #lock: Hold;
  #drain: ReturnType<typeof setTimeout> | undefined;
  #stopWatching = (): void => {};
  #settleMet!: { resolve(keyed: boolean): void; reject(reason: unknown): void };

  /** @param keyed whether this side has a key. */
  constructor(name: string, side: Side, keyed: boolean, events: LinkEvents) {
    this.name = name;
    this.side = side;
    this.#keyed = keyed;
    this.#events = events;
    this.#lock = hold(lockOf(name, side));
    this.#channel = channelNamed(`${PREFIX}connection:${name}`);
    this.#channel.onmessage = ({ data }) => this.#hear(data);
    // What could not be read is missing: better no connection than one with a gap.
    this.#channel.onmessageerror = () => this.#end();
    this.met = new Promise((resolve, reject) => {
      this.#settleMet = { resolve, reject };
    });
    // Whoever does not wait for it need not hear that it failed.
    this.met.catch(() => {});
    this.close = onExit(() => this.#leave(), { priority: EXIT_PRIORITY });
  }

  /** Fulfilled once the other side can see the death of this one. */
  get held(): Promise<unknown> {
    return this.#lock.held;
  }

  /** The listener's first word to a client, which holds its lock already. Answers as `met`. */
  async greet(): Promise<boolean> {
    await this.held;
    this.#meet();
    return this.met;
  }

  #meet(): void {
    if (this.isAlone) return;
    this.#stopWatching = onFree(lockOf(this.name, otherOf(this.side)), () => this.#lose());
    this.post({ kind: 'meet', keyed: this.#keyed });
  }

  /** Sends, unless nobody is there to hear. */
  post(post: Post): void {
    if (!this.isAlone) this.#channel.postMessage({ to: otherOf(this.side), ...post });
  }

  #hear(post: { readonly to: Side } & Post): void {
    if (this.hasEnded || post?.to !== this.side) return;
    if (this.#drain !== undefined) this.#waitForTheRest();
    switch (post.kind) {
      case 'meet':
        if (this.side === CLIENT) this.#meet();
        this.#settleMet.resolve(post.keyed);
        break;
      case 'data':
        this.#events.onData(post);
        break;
      case 'took':
        this.#events.onTook(post.size);
        break;
      case 'bye':
        this.saidBye = true;
        this.#end();
        break;
    }
  }

  /** The other side is gone, but what it sent last may still be underway. */
  #lose(): void {
    this.isAlone = true;
    this.#events.onAlone();
    this.#waitForTheRest();
  }

  #waitForTheRest(): void {
    clearTimeout(this.#drain);
    this.#drain = setTimeout(() => this.#end(), DRAIN_MS);
  }

  #end(): void {
    if (this.hasEnded) return;
    this.isAlone = true;
    this.#events.onAlone();
    this.close();
    this.#events.onEnd();
  }

  #leave(): void {
    this.#events.onLeave();
    this.post({ kind: 'bye' });
    this.isAlone = true;
    this.hasEnded = true;
    clearTimeout(this.#drain);
    this.#stopWatching();
    this.#settleMet.reject(new EOFError('the connection was closed before it was made'));
    this.#channel.close();
    this.#lock.release();
  }
}

const lockOf = (name: string, side: Side): string => `${PREFIX}connection:${name}:${side}`;
const otherOf = (side: Side): Side => (side === CLIENT ? LISTENER : CLIENT);
