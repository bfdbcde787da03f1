// A client's side of a connection to a manager that listens at an address: the records of request_record.ts, by message.

import { EOFError, InvalidStateError } from '../errors.ts';
import { asNow } from '../process/origin.ts';
import type { MessageConnection } from '../remote/message_connection.ts';
import { RecordLink } from './record_link.ts';

export class RemoteLink extends RecordLink<string> {
  readonly #key: () => Uint8Array;
  readonly #asClient = asNow();
  /** Made when it is first needed, and anew after its end. */
  #connecting: Promise<MessageConnection> | undefined;
  #connection: MessageConnection | undefined;

  /** @param key what proves that this client may use the manager. */
  constructor(server: string, key: () => Uint8Array) {
    super(server);
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
      const connection = await this.#asClient(() => Client(this.server, { authkey: this.#key() }));
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
        this.#asClient(() => this.hear(record));
      }
    } catch {
      // The other end is closed, or gone.
      this.#connecting = undefined;
      this.#connection = undefined;
      connection.close();
      this.calls.fail(
        () => new EOFError(`the manager at ${JSON.stringify(this.server)} has ended, or is out of reach`),
      );
    }
  }

  protected override send(record: Uint8Array): Promise<void> {
    return this.#send(record.slice());
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
    this.send(this.request(0, 0, method, args, 0)).catch(() => {});
  }
}
