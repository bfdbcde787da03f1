// A client's side of a connection to a manager that listens at an address: the records of request_record.ts, by message.

import { decode } from '../codec/decode.ts';
import { frame, HEADER, wordOf } from '../data/record.ts';
import { EOFError, InvalidStateError } from '../errors.ts';
import type { MessageConnection } from '../remote/message_connection.ts';
import { Calls } from './calls.ts';
import { type Link, withoutSignal } from './link.ts';
import { type Route, routed, wayTo } from './passage.ts';
import { encodeRequest, SIGNALS } from './request_record.ts';

export class RemoteLink implements Link {
  readonly server: string;
  readonly #way: Route;
  readonly #key: () => Uint8Array;
  readonly #calls = new Calls();
  /** Made when it is first needed, and anew after its end. */
  #connecting: Promise<MessageConnection> | undefined;
  #connection: MessageConnection | undefined;

  /** @param key what proves that this client may use the manager. */
  constructor(server: string, key: () => Uint8Array) {
    this.server = server;
    this.#way = wayTo(server);
    this.#key = key;
  }

  /** Connects, if that was not done. @throws AuthenticationError, OSError; as rejections. */
  async open(): Promise<MessageConnection> {
    this.#connecting ??= this.#connect();
    return this.#connecting;
  }

  async #connect(): Promise<MessageConnection> {
    try {
      const { Client } = await import('../remote/client.ts');
      const connection = await Client(this.server, { authkey: this.#key() });
      this.#connection = connection;
      void this.#receive(connection);
      return connection;
    } catch (error) {
      this.#connecting = undefined;
      throw error;
    }
  }

  async #receive(connection: MessageConnection): Promise<void> {
    try {
      for (;;) {
        const record = await connection.recvBytes();
        this.#calls.hear(wordOf(record, 0), wordOf(record, 1), () => decode(record, undefined, HEADER));
      }
    } catch {
      // The other end is closed, or gone.
      this.#connecting = undefined;
      this.#connection = undefined;
      connection.close();
      this.#calls.fail(
        () => new EOFError(`the manager at ${JSON.stringify(this.server)} has ended, or is out of reach`),
      );
    }
  }

  call(object: number, method: string, given: readonly unknown[], _title: string, values?: number): Promise<unknown> {
    const { args, signal } = withoutSignal(given, values);
    if (signal?.aborted) return Promise.reject(signal.reason);
    const send = (id: number): void => {
      const request = this.#request(id, object, method, args, signal === undefined ? 0 : SIGNALS);
      this.#send(request).catch((error) => this.#calls.settle(id, { ok: false, error }));
    };
    return this.#calls.promise(send, signal, (id) => this.post('cancel', id));
  }

  #request(id: number, object: number, method: string, args: readonly unknown[], signals: number): Uint8Array {
    return routed(this.#way, () => frame(id, signals, encodeRequest(object, method, args))).slice();
  }

  async #send(request: Uint8Array): Promise<void> {
    // In the order of the calls: who comes later waits for the same promise.
    const connection = this.#connection ?? (await this.open());
    await connection.sendBytes(request);
  }

  /** @throws InvalidStateError, always. */
  callSync(_object: number, _method: string, _args: readonly unknown[], title: string): never {
    throw new InvalidStateError(
      `${title}Sync(): this manager is reached by message, which a thread that blocks cannot receive: use "await ${title}()"`,
    );
  }

  post(method: string, ...args: unknown[]): void {
    // Without a connection there is nobody who would hold anything for this client, but for what comes to it just now.
    if (this.#connecting === undefined && method !== 'land') return;
    this.#send(this.#request(0, 0, method, args, 0)).catch(() => {});
  }
}
