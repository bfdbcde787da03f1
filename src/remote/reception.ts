// What a Listener holds, and does. It does not know the Listener, so that this can be collected as garbage, and its address
// be free then.
//
//   hello --> met --> proven --> arrived --> accepted
//
// Clients get as far as `arrived` without any accept(): one that says nothing, or dies on its way, is in nobody's way.

import { deadlineIn, type WaitOptions } from '../base/options.ts';
import { lasting } from '../base/realm.ts';
import { AuthenticationError, OSError, TimeoutError } from '../errors.ts';
import { asNow } from '../process/origin.ts';
import { type Call, call, nameOf, note, receptionOf, settled } from './address.ts';
import { answerChallenge, deliverChallenge } from './auth.ts';
import { LISTENER } from './link.ts';
import { type Hold, hold, randomName } from './locks.ts';
import { type Channel, channelNamed } from './medium.ts';
import { connectionOver, type MessageConnection, wireOf } from './message_connection.ts';
import { Waiters } from './waiters.ts';
import { Wire } from './wire.ts';

type Guest = MessageConnection<unknown, never>;

export class Reception {
  readonly address: string;
  /** Fulfilled once the address is taken. */
  readonly ready: Promise<void>;
  lastAccepted: string | null = null;
  readonly #key: Uint8Array<ArrayBuffer> | undefined;
  readonly #id = randomName();
  readonly #holds: Hold[] = [];
  #channel: Channel | undefined;
  /** Those on their way. */
  readonly #guests = new Set<Guest>();
  /** Those that came, in order, and why some did not. */
  readonly #arrivals: (Guest | AuthenticationError)[] = [];
  readonly #acceptors = new Waiters<Guest, object>();
  /** Why nobody can be accepted. */
  #refusal: OSError | undefined;
  #closed = false;

  constructor(address: string, key: Uint8Array<ArrayBuffer> | undefined) {
    this.address = address;
    this.#key = key;
    this.ready = lasting(this.#open());
    note(address, this.ready);
    this.ready.catch((error) => this.#refuse(error));
  }

  async #open(): Promise<void> {
    const asThis = asNow();
    // Where nothing has to be waited for, the claim is made before the constructor returns.
    const before = settled(this.address);
    if (before !== undefined) await before;
    if (this.#closed) throw closed();
    const claim = this.#hold(nameOf(this.address), true);
    if (!(await claim.held)) throw new OSError(`Listener: the address "${this.address}" is in use`);
    if (this.#closed) throw closed();
    await asThis(() => this.#hold(receptionOf(this.#id))).held;
    if (this.#closed) throw closed();
    this.#channel = asThis(() => channelNamed(nameOf(this.address)));
    this.#channel.onmessage = ({ data }) => this.#hear(data);
  }

  #hold(name: string, ifAvailable = false): Hold {
    const it = hold(name, { ifAvailable });
    this.#holds.push(it);
    return it;
  }

  #hear(message: Call): void {
    if (this.#closed) return;
    if (message?.kind === 'who') call(this.#channel as Channel, { kind: 'me', id: this.#id });
    else if (message?.kind === 'hello' && message.to === this.#id) void this.#receive(message.name);
  }

  async #receive(name: string): Promise<void> {
    const key = this.#key;
    const wire = new Wire(name, LISTENER, key !== undefined);
    const guest: Guest = connectionOver(wire);
    this.#guests.add(guest);
    try {
      const keyed = await wire.link.greet();
      if (keyed !== (key !== undefined)) {
        throw new AuthenticationError(
          keyed
            ? 'a client came with an authkey, and this Listener has none: give it the same { authkey }'
            : 'a client came without the authkey',
        );
      }
      if (key !== undefined) {
        await deliverChallenge(guest, key);
        await answerChallenge(guest, key);
      }
      this.#arrive(guest);
    } catch (error) {
      guest.close();
      // One that is gone has not come.
      if (error instanceof AuthenticationError) this.#arrive(error);
    } finally {
      this.#guests.delete(guest);
    }
  }

  #arrive(arrival: Guest | AuthenticationError): void {
    if (this.#closed) {
      if (!(arrival instanceof AuthenticationError)) arrival.close();
      return;
    }
    for (const { resolve, reject } of this.#acceptors) {
      if (arrival instanceof AuthenticationError) reject(arrival);
      else resolve(this.#accepted(arrival));
      return;
    }
    this.#arrivals.push(arrival);
  }

  #accepted(guest: Guest): Guest {
    this.lastAccepted = wireOf(guest).link.name;
    return guest;
  }

  /** `owner` is kept from being collected meanwhile. */
  async accept(options: WaitOptions | undefined, owner: object): Promise<Guest> {
    const deadline = deadlineIn(options);
    options?.signal?.throwIfAborted();
    if (this.#refusal !== undefined) throw this.#refusal;
    for (;;) {
      const arrival = this.#arrivals.shift();
      if (arrival === undefined) break;
      if (arrival instanceof AuthenticationError) throw arrival;
      if (!wireOf(arrival).isDead) return this.#accepted(arrival);
      arrival.close();
    }
    return this.#acceptors.enter(owner, deadline, options?.signal, () => {
      throw new TimeoutError('Listener.accept(): no client came within the timeout');
    });
  }

  #refuse(reason: OSError): void {
    this.#refusal ??= reason;
    this.#acceptors.rejectAll(this.#refusal);
  }

  /** Fulfilled once it has nothing of the address any more. */
  async left(): Promise<void> {
    await Promise.allSettled([this.ready, ...this.#holds.map(({ over }) => over)]);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#refuse(closed());
    this.#channel?.close();
    for (const guest of this.#guests) guest.close();
    for (const arrival of this.#arrivals.splice(0)) if (!(arrival instanceof AuthenticationError)) arrival.close();
    for (const { release } of this.#holds) release();
    note(this.address, this.left());
  }
}

const closed = (): OSError => new OSError('this Listener is closed');
