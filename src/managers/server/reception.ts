// The server's side of the address that a manager listens at.

import { asyncDispose } from '../../base/dispose.ts';
import { decode } from '../../codec/decode.ts';
import { frame, HEADER, wordOf } from '../../data/record.ts';
import { AuthenticationError } from '../../errors.ts';
import { Listener } from '../../remote/listener.ts';
import type { MessageConnection } from '../../remote/message_connection.ts';
import { type Request, SIGNALS } from '../request_record.ts';
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

  constructor(server: Server, address: string, authkey: Uint8Array) {
    this.#server = server;
    this.#listener = new Listener(address, { authkey });
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
        const read = (): Request => decode(record, undefined, HEADER) as Request;
        this.#server.handle(guest, wordOf(record, 0), read, wordOf(record, 1) & SIGNALS);
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
