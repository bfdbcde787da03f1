// Each side proves to the other that it knows the key, without sending it.
//
//   who asks     #CHALLENGE#{sha256}<40 random bytes>
//   who answers  {sha256}<HMAC-SHA-256 of its side, the connection's name and {sha256}<the 40 bytes>>
//   who asks     #WELCOME#, or #FAILURE#
//
// The side is part of what is signed, or one without the key could give our own challenges back to us, on this connection or
// another one of ours, and show us our own answers. The connection's name is part of it, so that nobody in the middle can hand
// the answers on from one connection to another.

import { AuthenticationError, EOFError, InvalidStateError } from '../errors.ts';
import { CLIENT, LISTENER, type Side } from './link.ts';
import { type MessageConnection, wireOf } from './message_connection.ts';

type Wire = MessageConnection<unknown, never>;

const CHALLENGE = '#CHALLENGE#';
const WELCOME = '#WELCOME#';
const FAILURE = '#FAILURE#';
const DIGEST = '{sha256}';
const RANDOM_BYTES = 40;
/** Of a message of the proof. */
const MOST_BYTES = 256;

const HMAC = { name: 'HMAC', hash: 'SHA-256' };

/** @throws InvalidStateError where the browser hides it from the page. */
function subtle(): SubtleCrypto {
  const it = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (it !== undefined) return it;
  throw new InvalidStateError(
    'an authkey needs crypto.subtle, which this page has not, for it is not secure: serve it over https or from localhost',
  );
}

/** A private copy of a key. @throws TypeError, RangeError for what is none; InvalidStateError where it is of no use. */
export function keyIn(call: string, authkey: Uint8Array | null | undefined): Uint8Array<ArrayBuffer> | undefined {
  if (authkey === undefined || authkey === null) return undefined;
  if (!(authkey instanceof Uint8Array))
    throw new TypeError(`${call}: authkey must be a Uint8Array, not ${typeof authkey}`);
  if (authkey.length === 0) throw new RangeError(`${call}: authkey must not be empty`);
  subtle();
  return authkey.slice();
}

/**
 * Asks the other side to prove that it knows the key.
 *
 * @throws AuthenticationError where it does not; EOFError where it is gone.
 *
 * Python: `multiprocessing.connection.deliver_challenge`.
 */
export async function deliverChallenge(connection: Wire, key: Uint8Array<ArrayBuffer>): Promise<void> {
  const random = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES));
  const message = join(bytesOf(DIGEST), random);
  await connection.sendBytes(join(bytesOf(CHALLENGE), message));
  const answer = await hear(connection);
  const { name, side } = wireOf(connection).link;
  const other = side === CLIENT ? LISTENER : CLIENT;
  const right =
    startsWith(answer, DIGEST) &&
    (await subtle().verify('HMAC', await imported(key), answer.subarray(DIGEST.length), signed(other, name, message)));
  await connection.sendBytes(bytesOf(right ? WELCOME : FAILURE));
  if (!right) throw new AuthenticationError('the other side does not know the authkey: its answer was wrong');
}

/**
 * Proves to the other side that this one knows the key.
 *
 * @throws AuthenticationError where that is not accepted, or not asked for properly; EOFError where it is gone.
 *
 * Python: `multiprocessing.connection.answer_challenge`.
 */
export async function answerChallenge(connection: Wire, key: Uint8Array<ArrayBuffer>): Promise<void> {
  const challenge = await hear(connection);
  const message = challenge.subarray(CHALLENGE.length);
  if (
    !startsWith(challenge, CHALLENGE) ||
    !startsWith(message, DIGEST) ||
    message.length < DIGEST.length + RANDOM_BYTES / 2
  ) {
    throw new AuthenticationError(`the other side did not ask for the authkey by a ${CHALLENGE}${DIGEST} message`);
  }
  const { name, side } = wireOf(connection).link;
  const digest = await subtle().sign('HMAC', await imported(key), signed(side, name, message));
  await connection.sendBytes(join(bytesOf(DIGEST), new Uint8Array(digest)));
  const verdict = await hear(connection);
  if (!startsWith(verdict, WELCOME) || verdict.length > WELCOME.length) {
    throw new AuthenticationError('the authkey is not that of the other side: it refused the answer');
  }
}

/** The next message. What is none of the proof is as bad as a wrong one. */
async function hear(connection: Wire): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await connection.recvBytes(MOST_BYTES);
  } catch (error) {
    if (error instanceof EOFError) throw error;
    throw new AuthenticationError('the other side did not keep to the order of the proof', { cause: error });
  }
}

const imported = (key: Uint8Array<ArrayBuffer>): Promise<CryptoKey> =>
  subtle().importKey('raw', key, HMAC, false, ['sign', 'verify']);

const signed = (side: Side, name: string, message: Uint8Array): Uint8Array<ArrayBuffer> =>
  join(bytesOf(`${side}:${name}:`), message);

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

const startsWith = (bytes: Uint8Array, text: string): boolean => bytesOf(text).every((byte, i) => bytes[i] === byte);

function join(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
