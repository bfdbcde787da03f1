import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import { answerChallenge, deliverChallenge } from '../../../src/remote/auth.ts';
import { meet } from '../../../src/remote/client.ts';
import { CLIENT, LISTENER } from '../../../src/remote/link.ts';
import { randomName } from '../../../src/remote/locks.ts';
import { connectionOver } from '../../../src/remote/message_connection.ts';
import { Wire } from '../../../src/remote/wire.ts';
import * as fixture from '../../fixtures/listener.ts';
import { type Cases, errorOf, start } from '../harness.ts';

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const textOf = (some: Uint8Array): string => new TextDecoder().decode(some);

const key = bytes('a key that both know');
const wrong = bytes('a key that only one knows');

const CHALLENGE = '#CHALLENGE#'.length;

async function refused(call: () => unknown, type: new (...args: any[]) => Error, text = ''): Promise<void> {
  const error = (await errorOf(call)) as Error;
  assert.instanceOf(error, type);
  assert.include(error.message, text);
}

const overWire = (wire: Wire): mp.MessageConnection => connectionOver<unknown, unknown>(wire);

/** Both ends of a connection on which nobody has proven anything. */
async function bare(): Promise<[listener: mp.MessageConnection, client: mp.MessageConnection]> {
  const name = randomName();
  const client = new Wire(name, CLIENT, true);
  await client.link.held;
  const listener = new Wire(name, LISTENER, true);
  await Promise.all([listener.link.greet(), client.link.met]);
  return [overWire(listener), overWire(client)];
}

/** A client that says it has the key, and proves nothing by itself. */
async function impostor(address: string): Promise<mp.MessageConnection> {
  const wire = new Wire(randomName(), CLIENT, true);
  const connection = overWire(wire);
  await meet(wire.link, address);
  return connection;
}

/** Where `part` begins in `whole`; -1 where it does not. */
const indexOf = (whole: Uint8Array, part: Uint8Array): number =>
  whole.findIndex((_, at) => part.every((byte, i) => whole[at + i] === byte));

export const listenerAuthCases: Cases = {
  'LIS-05 LIS-16 a child that knows the key connects and says hello': async () => {
    using listener = new mp.Listener(null, { authkey: key });
    const child = start(fixture.hello, listener.address, key);
    using connection = await listener.accept();
    assert.equal(await connection.recv(), 'hello');
    await child.join();
    assert.equal(child.exitcode, 0);
  },

  'LIS-08 a wrong answer to the challenge is an AuthenticationError, and the client hears of it': async () => {
    for (const answer of ['{sha256}', `{sha256}${'x'.repeat(32)}`, 'something else', '']) {
      const [asking, answering] = await bare();
      const asked = deliverChallenge(asking, key);
      asked.catch(() => {});
      await answering.recvBytes();
      await answering.sendBytes(bytes(answer));
      assert.equal(textOf(await answering.recvBytes()), '#FAILURE#');
      await refused(() => asked, mp.AuthenticationError);
      for (const each of [asking, answering]) each.close();
    }
  },

  'LIS-08 what is no answer at all is as wrong as a wrong one': async () => {
    using listener = new mp.Listener(null, { authkey: key });
    for (const send of ['a value', new Uint8Array(300)]) {
      const client = await impostor(listener.address);
      await client.recvBytes();
      await (typeof send === 'string' ? client.send(send) : client.sendBytes(send));
      await refused(() => listener.accept(), mp.AuthenticationError);
      client.close();
    }
  },

  'LIS-10 a challenge and its answer carry {sha256}, and the answer verifies; a challenge without it is refused':
    async () => {
      const [asking, answering] = await bare();
      await Promise.all([deliverChallenge(asking, key), answerChallenge(answering, key)]);
      await Promise.all([deliverChallenge(answering, key), answerChallenge(asking, key)]);
      const asked = deliverChallenge(asking, key);
      const challenge = await answering.recvBytes();
      assert.match(textOf(challenge), /^#CHALLENGE#\{sha256\}/);
      assert.equal(challenge.length, CHALLENGE + '{sha256}'.length + 40);
      await answering.sendBytes(bytes('{sha256}no'));
      await refused(() => asked, mp.AuthenticationError);
      assert.equal(textOf(await answering.recvBytes()), '#FAILURE#');
      const answered = answerChallenge(answering, key);
      await asking.sendBytes(challenge);
      const answer = await asking.recvBytes();
      assert.match(textOf(answer), /^\{sha256\}/);
      assert.equal(answer.length, '{sha256}'.length + 32);
      await asking.sendBytes(bytes('#FAILURE#'));
      await refused(() => answered, mp.AuthenticationError);
      for (const bad of [
        '#CHALLENGE#12345678901234567890',
        '#CHALLENGE#{md5}12345678901234567890',
        '#CHALLENGE#{sha256}1',
      ]) {
        const refusing = answerChallenge(answering, key);
        await asking.sendBytes(bytes(bad));
        await refused(() => refusing, mp.AuthenticationError, 'did not ask');
      }
      for (const each of [asking, answering]) each.close();
    },

  'LIS-14 a wrong key is an AuthenticationError on both sides, and the next client is accepted': async () => {
    using listener = new mp.Listener(null, { authkey: key });
    const client = mp.Client(listener.address, { authkey: wrong });
    client.catch(() => {});
    await refused(() => listener.accept(), mp.AuthenticationError);
    await refused(() => client, mp.AuthenticationError);
    const child = start(fixture.failure, listener.address, wrong);
    await refused(() => listener.accept(), mp.AuthenticationError);
    assert.equal(await child.result(), 'AuthenticationError');
    using right = await mp.Client(listener.address, { authkey: key });
    using accepted = await listener.accept();
    await right.send('next');
    assert.equal(await accepted.recv(), 'next');
  },

  'LIS-14 where only one side has a key, neither waits for the other': async () => {
    using open = new mp.Listener();
    using keyed = new mp.Listener(null, { authkey: key });
    for (const [listener, authkey] of [
      [open, key],
      [keyed, null],
    ] as const) {
      await refused(() => mp.Client(listener.address, { authkey }), mp.AuthenticationError, 'authkey');
      await refused(() => listener.accept(), mp.AuthenticationError, 'authkey');
      using client = await mp.Client(listener.address, { authkey: listener === open ? null : key });
      using accepted = await listener.accept();
      await client.send(1);
      assert.equal(await accepted.recv(), 1);
    }
  },

  'LIS-14 a client that never answers is in nobody’s way': async () => {
    using listener = new mp.Listener(null, { authkey: key });
    using silent = await impostor(listener.address);
    using client = await mp.Client(listener.address, { authkey: key });
    using accepted = await listener.accept();
    await client.send(1);
    assert.equal(await accepted.recv(), 1);
    listener.close();
    await silent.recvBytes();
    await refused(() => silent.recv(), mp.EOFError);
  },

  'LIS-16 the listener asks first and the client then, and the key is never on the wire': async () => {
    const posts: { to: number; bytes: Uint8Array }[] = [];
    const names: string[] = [];
    const { prototype } = globalThis.BroadcastChannel;
    const { postMessage } = prototype;
    prototype.postMessage = function (message: { to: number; kind: string; bytes?: Uint8Array }) {
      if (message.bytes !== undefined) posts.push({ to: message.to, bytes: message.bytes });
      names.push(this.name + JSON.stringify(message));
      postMessage.call(this, message);
    };
    try {
      using listener = new mp.Listener(null, { authkey: key });
      using client = await mp.Client(listener.address, { authkey: key });
      using accepted = await listener.accept();
      await client.send('after it');
      await accepted.recv();
    } finally {
      prototype.postMessage = postMessage;
    }
    const said = posts.map(({ to, bytes }) => `${to === CLIENT ? 'listener' : 'client'} ${textOf(bytes.slice(0, 8))}`);
    assert.deepEqual(said.slice(0, 6), [
      'listener #CHALLEN',
      'client {sha256}',
      'listener #WELCOME',
      'client #CHALLEN',
      'listener {sha256}',
      'client #WELCOME',
    ]);
    assert.equal(posts.length, 7);
    assert.isAtLeast(indexOf(posts[6]?.bytes as Uint8Array, bytes('after it')), 0);
    for (const { bytes: sent } of posts) assert.equal(indexOf(sent, key), -1);
    assert.isFalse(names.join().includes(textOf(key)));
  },

  'LIS-16 who gives the challenge back as its answer is refused': async () => {
    using listener = new mp.Listener(null, { authkey: key });
    using attacker = await impostor(listener.address);
    const challenge = (await attacker.recvBytes()).subarray(CHALLENGE);
    await attacker.sendBytes(challenge);
    await refused(() => listener.accept(), mp.AuthenticationError);
    assert.equal(textOf(await attacker.recvBytes()), '#FAILURE#');
    await refused(() => attacker.recv(), mp.EOFError);
  },

  'LIS-16 a client’s challenge that is given back to it, on another connection, gets no answer of use': async () => {
    const client = async (connection: mp.MessageConnection): Promise<void> => {
      await answerChallenge(connection, key);
      await deliverChallenge(connection, key);
    };
    const [[one, first], [two, second]] = await Promise.all([bare(), bare()]);
    const proofs = [client(first), client(second)];
    for (const proof of proofs) proof.catch(() => {});
    // It pretends to be a listener and believes the first answer, whatever that is.
    await one.sendBytes(bytes(`#CHALLENGE#{sha256}${'-'.repeat(40)}`));
    await one.recvBytes();
    await one.sendBytes(bytes('#WELCOME#'));
    const asked = await one.recvBytes();
    await two.sendBytes(asked);
    const answer = await two.recvBytes();
    await one.sendBytes(answer);
    assert.equal(textOf(await one.recvBytes()), '#FAILURE#');
    await refused(() => proofs[0], mp.AuthenticationError);
    two.close();
    await refused(() => proofs[1], mp.EOFError);
    for (const each of [one, first, second]) each.close();
  },

  'LIS-17 a text is no key': async () => {
    assert.throws(() => new mp.Listener(null, { authkey: 'secret' as never }), TypeError, 'authkey');
    await refused(() => mp.Client('any', { authkey: 'secret' as never }), TypeError, 'authkey');
    assert.throws(() => new mp.Listener(null, { authkey: new Uint8Array() }), RangeError, 'authkey');
  },

  'the key is copied: what happens to it later is not seen': async () => {
    const mine = key.slice();
    using listener = new mp.Listener(null, { authkey: mine });
    mine.fill(0);
    const connecting = mp.Client(listener.address, { authkey: key });
    using accepted = await listener.accept();
    (await connecting).close();
    await refused(() => accepted.recv(), mp.EOFError);
  },
};
