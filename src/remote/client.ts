// Client: a connection to who listens at an address.

import { deadlineIn, optionsIn, type WaitOptions } from '../base/options.ts';
import { lasting } from '../base/realm.ts';
import { AuthenticationError, EOFError, FileNotFoundError, OSError, TimeoutError } from '../errors.ts';
import { type Call, call, checkAddress, checkFamily, nameOf, receptionOf, settled } from './address.ts';
import { answerChallenge, deliverChallenge, keyIn } from './auth.ts';
import { CLIENT, DRAIN_MS, type Link } from './link.ts';
import { isHeld, onFree, randomName } from './locks.ts';
import { type Channel, channelNamed } from './medium.ts';
import { connectionOver, type MessageConnection } from './message_connection.ts';
import { within } from './waiters.ts';
import { Wire } from './wire.ts';

/** How a client proves itself, and how long it tries. */
export interface ClientOptions extends WaitOptions {
  /** The key of the listener; both sides prove to each other that they know it. */
  authkey?: Uint8Array | null | undefined;
  /** The only family is `'AF_BROADCAST'`: all threads of this origin. */
  family?: string | null | undefined;
}

/** Milliseconds after which to ask again who listens; each time twice as long, up to the second number. */
const ASK_AGAIN = [20, 500] as const;

/**
 * Connects to the `Listener` at an address, in any thread of this origin: a window or worker of this page, or another tab. It
 * need not be in `accept()`, but its thread must not be blocked: this waits for it.
 *
 * @param options `authkey`; `timeout` in milliseconds; `signal` gives the wait up.
 * @throws FileNotFoundError, at once, where nobody listens there; AuthenticationError where the key is wrong, or only one side
 *   has one; OSError or EOFError where the listener is closed or gone before the connection is made; TimeoutError; the
 *   signal's reason; TypeError and RangeError as `Listener`. All as rejections.
 *
 * Python: `multiprocessing.connection.Client(address, family=None, authkey=None)`.
 */
export function Client<In = unknown, Out = In>(
  address: string,
  options?: ClientOptions,
): Promise<MessageConnection<In, Out>> {
  return lasting(connected(address, options));
}

async function connected<In, Out>(
  address: string,
  options: ClientOptions | undefined,
): Promise<MessageConnection<In, Out>> {
  const { authkey, family, signal } = optionsIn(options, 'Client(address, options): ', 'authkey');
  checkFamily('Client(address, { family })', family);
  checkAddress('Client(address)', address);
  const key = keyIn('Client(address, { authkey })', authkey);
  const deadline = deadlineIn(options);
  signal?.throwIfAborted();
  const wire = new Wire(randomName(), CLIENT, key !== undefined);
  const connection = connectionOver<In, Out>(wire);
  try {
    await within(connect(connection, wire.link, address, key), deadline, signal, () => {
      throw new TimeoutError(`Client("${address}"): not connected within the timeout`);
    });
  } catch (error) {
    // With this, what may still be on its way there has its end, too.
    connection.close();
    throw error;
  }
  return connection;
}

async function connect(
  connection: MessageConnection<unknown, never>,
  link: Link,
  address: string,
  key: Uint8Array<ArrayBuffer> | undefined,
): Promise<void> {
  const keyed = await meet(link, address);
  if (keyed !== (key !== undefined)) {
    throw new AuthenticationError(
      keyed
        ? `the Listener at "${address}" asks for an authkey: pass { authkey }`
        : `the Listener at "${address}" has no authkey, and cannot prove that it knows this one`,
    );
  }
  if (key === undefined) return;
  await answerChallenge(connection, key);
  await deliverChallenge(connection, key);
}

/** Makes itself known to the listener. Answers whether that one has a key. */
export async function meet(link: Link, address: string): Promise<boolean> {
  await settled(address);
  if (!(await isHeld(nameOf(address)))) throw new FileNotFoundError(`Client: nobody listens at "${address}"`);
  await link.held;
  const channel = channelNamed(nameOf(address));
  let stopWatching = (): void => {};
  let drain: ReturnType<typeof setTimeout> | undefined;
  try {
    const id = await ask(channel, link, address);
    stopWatching = onFree(receptionOf(id), () => {
      // Its answer may have come before its end, and still be underway.
      drain = setTimeout(link.close, DRAIN_MS);
    });
    call(channel, { kind: 'hello', to: id, name: link.name });
    return await link.met;
  } catch (error) {
    throw error instanceof EOFError ? gone(address) : error;
  } finally {
    stopWatching();
    clearTimeout(drain);
    channel.close();
  }
}

/** The id of who listens. Its thread may be busy; if it ends, so does this. */
async function ask(channel: Channel, link: Link, address: string): Promise<string> {
  let answered = (_: string): void => {};
  const answer = new Promise<string>((resolve) => {
    answered = resolve;
  });
  channel.onmessage = ({ data }: MessageEvent<Call>) => {
    if (data?.kind === 'me') answered(data.id);
  };
  for (let pause: number = ASK_AGAIN[0]; !link.hasEnded; pause = Math.min(pause * 2, ASK_AGAIN[1])) {
    call(channel, { kind: 'who' });
    const id = await Promise.race([answer, new Promise<undefined>((resolve) => setTimeout(resolve, pause))]);
    if (id !== undefined) return id;
    if (!(await isHeld(nameOf(address)))) break;
  }
  throw gone(address);
}

const gone = (address: string): OSError =>
  new OSError(`Client: the Listener at "${address}" was closed, or ended, before the connection was made`);
