// As advice.test.ts, of connections between tabs.
//
// Runs in Chromium alone: what is refused is the same everywhere.

import { afterEach, describe } from 'vitest';
import * as mp from '../../src/index.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import '../fixtures/executable.ts';
import { type Lessons, learn } from './lesson.ts';

afterEach(expectNoneLeft);

const tabs: Lessons = {
  'an address that is in use: another, or be its client': {
    told: /^Listener: the address "advised" is in use$/,
    wrong: async () => {
      const listener = new mp.Listener('advised');
      const other = new mp.Listener('advised');
      try {
        return await Promise.race([other.accept(), listener.accept()]);
      } finally {
        listener.close();
        other.close();
      }
    },
    mended: () => connected('advised', {}, {}),
  },
  'a key of which the listener knows nothing: for both': {
    told: /^the Listener at "advised" has no authkey, and cannot prove that it knows this one$/,
    wrong: () => connected('advised', {}, { authkey: Uint8Array.of(1) }),
    mended: () => connected('advised', { authkey: Uint8Array.of(1) }, { authkey: Uint8Array.of(1) }),
  },
  'a connection by message that blocks: awaited': {
    told: /^MessageConnection\.recvSync\(\): a connection by message cannot block.*use "await recv\(\)"$/,
    wrong: () => connected('advised', {}, {}, (it) => it.recvSync()),
    mended: () => connected('advised', {}, {}, (it) => it.recv()),
  },
  'a closed connection: before': {
    told: /^MessageConnection\.recv\(\): this connection is closed$/,
    wrong: () =>
      connected('advised', {}, {}, (it) => {
        it.close();
        return it.recv();
      }),
    mended: () => connected('advised', {}, {}, (it) => it.recv()),
  },
  'a closed Listener: another': {
    told: /^this Listener is closed$/,
    wrong: () => {
      const listener = new mp.Listener('advised');
      listener.close();
      return listener.accept();
    },
    mended: () => connected('advised', {}, {}),
  },
  'a key for which the Listener asks: it is passed': {
    told: /^the Listener at "advised" asks for an authkey: pass \{ authkey \}$/,
    wrong: () => connected('advised', one, {}),
    mended: () => connected('advised', one, one),
  },
  'a client with a key, for a Listener without: for both': {
    told: /^a client came with an authkey, and this Listener has none: give it the same \{ authkey \}$/,
    wrong: () => accepted({}, one),
    mended: () => accepted(one, one),
  },
  'a client without the key': {
    told: /^a client came without the authkey$/,
    wrong: () => accepted(one, {}),
    mended: () => accepted(one, one),
  },
  'another key than that of the Listener: the same': {
    told: /^the authkey is not that of the other side: it refused the answer$/,
    wrong: () => connected('advised', one, two),
    mended: () => connected('advised', two, two),
  },
  'or of the client: the same': {
    told: /^the other side does not know the authkey: its answer was wrong$/,
    wrong: () => accepted(one, two),
    mended: () => accepted(two, two),
  },
  'a Listener that is closed too soon: another': {
    told: /^Client: the Listener at "advised" was closed, or ended, before the connection was made$/,
    wrong: () => {
      const listener = new mp.Listener('advised');
      const client = mp.Client('advised');
      listener.close();
      return client;
    },
    mended: () => connected('advised', {}, {}),
  },
  'a message that is too long: more is allowed': {
    told: /^MessageConnection\.recvBytes\(maxlength\): the message has 8 bytes, more than 4; nothing more can be received here$/,
    wrong: () => connected('advised', {}, {}, (it) => it.recvBytes(4), sendEight),
    mended: () => connected('advised', {}, {}, (it) => it.recvBytes(8), sendEight),
  },
  'and after that: another connection': {
    told: /^MessageConnection\.recv\(\): this end cannot receive any more, for a message was too long$/,
    wrong: () => connected('advised', {}, {}, (it) => it.recvBytes(4).catch(() => it.recv()), sendEight),
    mended: () => connected('advised', {}, {}, (it) => it.recv()),
  },
  'no client in time: wait again': {
    told: /^Listener\.accept\(\): no client came within the timeout$/,
    wrong: () => listening((it) => it.accept({ timeout: 1 })),
    mended: () =>
      listening(async (it) => {
        await it.accept({ timeout: 1 }).catch(() => {});
        const [guest, client] = await Promise.all([it.accept(), mp.Client('advised')]);
        for (const each of [guest, client]) each.close();
      }),
  },
  'a Listener that has no time to answer: more time': {
    told: /^Client\("advised"\): not connected within the timeout$/,
    wrong: () => listening(() => mp.Client('advised', { timeout: 0 })),
    mended: () => connected('advised', {}, {}),
  },
  'to wait for it and block: awaited': {
    told: /^waitSync\(objects\): objects\[0\] gets ready by a message, which a blocked thread does not see: use "await wait\(\)"$/,
    wrong: () => connected('advised', {}, {}, (it) => mp.waitSync([it])),
    mended: () => connected('advised', {}, {}, (it) => mp.wait([it])),
  },
};

const one: Options = { authkey: Uint8Array.of(1) };
const two: Options = { authkey: Uint8Array.of(2) };
const sendEight = (guest: mp.MessageConnection): Promise<void> => guest.sendBytes(new Uint8Array(8));

async function listening(use: (listener: mp.Listener) => unknown): Promise<unknown> {
  const listener = new mp.Listener('advised');
  try {
    return await use(listener);
  } finally {
    listener.close();
  }
}

/** What the Listener is told. */
async function accepted(listening: Options, calling: Options): Promise<unknown> {
  const listener = new mp.Listener('advised', listening);
  const client = mp.Client('advised', calling).catch(() => undefined);
  try {
    (await listener.accept()).close();
    return true;
  } finally {
    (await client)?.close();
    listener.close();
  }
}

type Options = { authkey?: Uint8Array };

/** A client and its Listener, which sends it something. */
async function connected(
  address: string,
  listening: Options,
  calling: Options,
  use: (client: mp.MessageConnection) => unknown = () => true,
  send: (guest: mp.MessageConnection) => Promise<void> = (guest) => guest.send(1),
): Promise<unknown> {
  const listener = new mp.Listener(address, listening);
  const accepted = listener.accept().catch((error: unknown) => error);
  try {
    const client = await mp.Client(address, calling);
    const guest = (await accepted) as mp.MessageConnection;
    try {
      await send(guest);
      return await use(client as mp.MessageConnection);
    } finally {
      client.close();
      guest.close();
    }
  } finally {
    listener.close();
  }
}

describe('tabs', () => learn(tabs));
