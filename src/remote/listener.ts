// Listener: accepts connections at an address.

import { asyncDispose, dispose } from '../base/dispose.ts';
import { optionsIn, type WaitOptions } from '../base/options.ts';
import { lasting } from '../base/realm.ts';
import { shown } from '../base/shown.ts';
import { refuseKind } from '../codec/refuse.ts';
import { registerShared } from '../codec/shared.ts';
import { checkAddress, checkFamily } from './address.ts';
import { keyIn } from './auth.ts';
import { randomName } from './locks.ts';
import type { MessageConnection } from './message_connection.ts';
import { Reception } from './reception.ts';

/** Whom a listener lets in. */
export interface ListenerOptions {
  /** The key that clients must know; both sides prove to each other that they do. Missing or `null`: no proof. */
  authkey?: Uint8Array | null | undefined;
  /** How many clients may wait to be accepted. Only a hint: all may. */
  backlog?: number | undefined;
  /** The only family is `'AF_BROADCAST'`: all threads of this origin. */
  family?: string | null | undefined;
}

/** Closes what the app has let go of. */
const forgotten = new FinalizationRegistry<Reception>((it) => it.close());

/**
 * Listens at an address for `Client()`s of any thread of this origin: windows and workers of this page, and other tabs. Never
 * blocks. It belongs to the thread that made it. A listener that is collected as garbage is closed, too.
 *
 * The address is asked for, not taken, when the constructor returns: where another listener has it, `ready` and `accept()`
 * reject with OSError.
 *
 * Python: `multiprocessing.connection.Listener(address=None, family=None, backlog=1, authkey=None)`.
 */
export class Listener {
  readonly #reception: Reception;

  /**
   * @param address any text; missing or `null`: a free one is picked.
   * @throws TypeError for an `authkey` that is not a Uint8Array, or an address that is not a text; RangeError for an unknown
   *   family (Python: ValueError), an empty address or authkey; InvalidStateError on a page that is not secure.
   */
  constructor(address?: string | null, options?: ListenerOptions) {
    const { authkey, backlog, family } = optionsIn(options, 'Listener(address, options): ', 'authkey');
    checkFamily('Listener(address, { family })', family);
    if (!Number.isInteger(backlog ?? 1)) {
      throw new TypeError(`Listener(address, { backlog }): backlog must be an integer, not ${shown(backlog)}`);
    }
    const key = keyIn('Listener(address, { authkey })', authkey);
    const chosen = address ?? `listener-${randomName()}`;
    checkAddress('Listener(address)', chosen);
    this.#reception = new Reception(chosen, key);
    forgotten.register(this, this.#reception, this);
  }

  /** Where it listens. Python: `address`. */
  get address(): string {
    return this.#reception.address;
  }

  /** The name of the connection that was accepted last; `null` before the first. Python: `last_accepted`. */
  get lastAccepted(): string | null {
    return this.#reception.lastAccepted;
  }

  /** Fulfilled once the address is taken. @throws OSError where it is in use, or this was closed before; as rejections. */
  get ready(): Promise<void> {
    return this.#reception.ready;
  }

  /**
   * Waits for a client, and answers the connection to it; in the order in which they came. Clients that have died meanwhile
   * are passed over.
   *
   * @param options `timeout` in milliseconds; `signal` gives the wait up, and no client is taken.
   * @throws AuthenticationError where a client does not know the key: the next call accepts the next client; OSError where the
   *   address is in use, and after `close()`; TimeoutError; the signal's reason. All as rejections.
   *
   * Python: `accept()`.
   */
  accept<In = unknown, Out = In>(options?: WaitOptions): Promise<MessageConnection<In, Out>> {
    return lasting(this.#reception.accept(options, this)) as unknown as Promise<MessageConnection<In, Out>>;
  }

  /**
   * Gives the address up, and the clients that were not accepted; those that were keep their connections. What waits in
   * `accept()` throws OSError. A second time does nothing.
   *
   * Python: `close()`.
   */
  close(): void {
    forgotten.unregister(this);
    this.#reception.close();
  }

  /** As `close()`, for `using`. */
  [dispose](): void {
    this.close();
  }

  /** As `close()`, for `await using`; fulfilled once all threads can see that the address is free. */
  async [asyncDispose](): Promise<void> {
    this.close();
    await this.#reception.left();
  }

  static {
    registerShared(Listener.prototype, {
      kind: 'Listener',
      everywhere: true,
      detach: () => refuseKind('Listener', 'belongs to the thread that made it: pass its address'),
      attach: () => undefined as never,
    });
  }
}
