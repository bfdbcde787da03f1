// What links have in common that send records (request_record.ts), by whatever way.

import { pid } from '../base/thread.ts';
import { decode } from '../codec/decode.ts';
import { frame, HEADER, wordOf } from '../data/record.ts';
import { Calls } from './calls.ts';
import { type Address, type Link, withoutSignal } from './link.ts';
import { type Route, routed, wayTo } from './passage.ts';
import { encodeRequest, FLAG_BITS, SIGNALS } from './request_record.ts';

export abstract class RecordLink<S extends Address = Address> implements Link {
  readonly server: S;
  protected readonly calls = new Calls();
  readonly #way: Route;

  constructor(server: S) {
    this.server = server;
    this.#way = wayTo(server);
  }

  /** Sends a record, which is valid until the next. @throws why it cannot be sent; where that is known later, as a rejection. */
  protected abstract send(record: Uint8Array, title: string): undefined | Promise<void>;

  call(object: number, method: string, given: readonly unknown[], title: string, values?: number): Promise<unknown> {
    const { args, signal } = withoutSignal(given, values);
    if (signal?.aborted) return Promise.reject(signal.reason);
    const send = (id: number): void => {
      const record = this.request(id, object, method, args, signal === undefined ? 0 : SIGNALS);
      this.send(record, title)?.catch((error) => this.calls.settle(id, { ok: false, error }));
    };
    return this.calls.promise(send, signal, (id) => this.post('cancel', id));
  }

  abstract callSync(object: number, method: string, args: readonly unknown[], title: string): unknown;

  abstract post(method: string, ...args: unknown[]): void;

  /** Valid until the next. @throws DataCloneError for arguments that cannot travel, naming their path. */
  protected request(id: number, object: number, method: string, args: readonly unknown[], flags: number): Uint8Array {
    return routed(this.#way, () => frame(id, (pid << FLAG_BITS) | flags, encodeRequest(object, method, args)));
  }

  /** A reply has come. */
  protected hear(record: Uint8Array): void {
    this.calls.hear(wordOf(record, 0), wordOf(record, 1), () => decode(record, undefined, HEADER));
  }
}
