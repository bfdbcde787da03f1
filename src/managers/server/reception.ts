// The server's side of the address that a manager listens at.

import { asyncDispose } from '../../base/dispose.ts';
import { frame, wordOf } from '../../data/record.ts';
import { AuthenticationError } from '../../errors.ts';
import type { Listener } from '../../remote/listener.ts';
import type { MessageConnection } from '../../remote/message_connection.ts';
import { SIGNALS } from '../request_record.ts';
import { arrivalOf } from './requests.ts';
import type { Server } from './server.ts';
import { Session } from './session.ts';

/** A client that is connected by messages. */
class Guest extends Session {
  readonly title = 'a client by message';
  readonly server: string;
  readonly #connection: MessageConnection;

  constructor(server: string, connection: MessageConnection) {
    super();
    this.server = server;
    this.#connection = connection;
  }

  override reply(id: number, kind: number, value: Uint8Array): void {
    this.#connection.sendBytes(frame(id, kind, value)).catch(() => {});
  }

  override end(): void {
    super.end();
    this.#connection.close();
  }
}

/** Lets clients in that know the key. */
export class Reception {
  readonly #server: Server;
  readonly #listener: Listener;
  readonly #guests = new Set<Guest>();

  constructor(server: Server, listener: Listener) {
    this.#server = server;
    this.#listener = listener;
  }

  /** Takes the address. @throws OSError where it is in use; as a rejection. */
  async open(): Promise<void> {
    await this.#listener.ready;
    void this.#receive();
  }

  async #receive(): Promise<void> {
    for (;;) {
      try {
        void this.#serve(await this.#listener.accept());
      } catch (error) {
        // Whoever did not know the key does not concern the next.
        if (!(error instanceof AuthenticationError)) return;
      }
    }
  }

  async #serve(connection: MessageConnection): Promise<void> {
    const guest = new Guest(this.#listener.address, connection);
    this.#guests.add(guest);
    try {
      for (;;) {
        const record = await connection.recvBytes();
        this.#server.handle(guest, wordOf(record, 0), () => arrivalOf(record), wordOf(record, 1) & SIGNALS);
      }
    } catch {
      // It has closed the connection, or is gone.
      this.#guests.delete(guest);
      guest.end();
    }
  }

  /** Gives the address up, and the clients. */
  async close(): Promise<void> {
    for (const guest of this.#guests) guest.end();
    await this.#listener[asyncDispose]();
  }
}
