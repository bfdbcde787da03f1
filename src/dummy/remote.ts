// Connections by message within this realm: what they carry need not be registered.

import type { WaitOptions } from '../base/options.ts';
import { Client, type ClientOptions } from '../remote/client.ts';
import { Listener, type ListenerOptions } from '../remote/listener.ts';
import type { MessageConnection } from '../remote/message_connection.ts';
import { here } from './journey.ts';
import { ensureMedium } from './medium.ts';

/** That end sends what stays in this realm. */
function local<In, Out>(connection: MessageConnection<In, Out>): MessageConnection<In, Out> {
  const send = connection.send.bind(connection);
  Object.defineProperty(connection, 'send', {
    value: (value: Out, options?: WaitOptions) => here(() => send(value, options)),
    configurable: true,
    writable: true,
  });
  return connection;
}

/** As that of the root, within this realm. Python: `multiprocessing.dummy.connection.Listener`. */
export class DummyListener extends Listener {
  /** @throws as every listener; but it needs no page that is secure. */
  constructor(address?: string | null, options?: ListenerOptions) {
    ensureMedium();
    super(address, options);
  }

  override accept<In = unknown, Out = In>(options?: WaitOptions): Promise<MessageConnection<In, Out>> {
    return super.accept<In, Out>(options).then((connection) => local(connection));
  }

  static {
    Object.defineProperty(this, 'name', { value: 'Listener' });
  }
}

/** As that of the root, within this realm. Python: `multiprocessing.dummy.connection.Client`. */
export function dummyClient<In = unknown, Out = In>(
  address: string,
  options?: ClientOptions,
): Promise<MessageConnection<In, Out>> {
  ensureMedium();
  return Client<In, Out>(address, options).then((connection) => local(connection));
}
