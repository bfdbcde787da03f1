// As advice.test.ts, of what processes share, of managers, and of connections between tabs.

import { afterEach, describe } from 'vitest';
import * as mp from '../../src/index.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import '../fixtures/executable.ts';
import * as manager from '../fixtures/manager.ts';
import { type Lesson, learn } from './lesson.ts';

afterEach(expectNoneLeft);

const wires: Readonly<Record<string, Lesson>> = {
  'a message that is longer than was allowed: allow more': {
    told: /^Connection\.recvBytes\(maxlength\): the message has 8 bytes, more than 4; nothing more can be received here$/,
    wrong: async () => {
      const [here, there] = mp.Pipe();
      await there.sendBytes(new Uint8Array(8));
      return await here.recvBytes(4);
    },
    mended: async () => {
      const [here, there] = mp.Pipe();
      await there.sendBytes(new Uint8Array(8));
      return await here.recvBytes(8);
    },
  },
  'or longer than the buffer: it is in the error': {
    told: /^the message has 8 bytes, more than the buffer holds$/,
    wrong: () => tooShort(),
    mended: async () => {
      const { data } = (await tooShort().catch((error: unknown) => error)) as mp.BufferTooShort;
      return data.length === 8 || new Error('it is not all there');
    },
  },
  'closed while it waits: receive before': {
    told: /^this connection was closed while it waited to receive$/,
    wrong: () => {
      const [here] = mp.Pipe();
      const waiting = here.recv();
      here.close();
      return waiting;
    },
    mended: async () => {
      const [here, there] = mp.Pipe();
      await there.send(1);
      const came = await here.recv();
      here.close();
      return came;
    },
  },
  'a full queue: wait longer': {
    told: /^the queue already has its 1 items$/,
    wrong: async () => {
      const queue = new mp.Queue(1);
      await queue.put(1);
      await queue.put(2, { timeout: 1 });
    },
    mended: async () => {
      const queue = new mp.Queue(1);
      await queue.put(1);
      const put = queue.put(2, { timeout: 60_000 });
      await queue.get();
      await put;
    },
  },
  'an object to wait for, twice: once': {
    told: /^wait\(objects\): objects\[1\] is objects\[0\] again$/,
    wrong: () => {
      const queue = new mp.Queue();
      return mp.wait([queue, queue]);
    },
    mended: () => mp.wait([new mp.Queue(), new mp.Queue()], { timeout: 0 }),
  },
};

async function tooShort(): Promise<unknown> {
  const [here, there] = mp.Pipe();
  await there.sendBytes(new Uint8Array(8));
  return here.recvBytesInto(new Uint8Array(4));
}

const memory: Readonly<Record<string, Lesson>> = {
  'bits of a float: of an integer': {
    told: /the code 'd' has no bits$/,
    wrong: () => new mp.Value('d', 1).or(1 as never),
    mended: () => new mp.Value('i', 1).or(2),
  },
  'a lock for what has one: getLock()': {
    told: /^synchronized\(object, lock\): this object has a lock already, see getLock\(\)$/,
    wrong: () => mp.synchronized(new mp.Value('i', 1) as never),
    mended: () => new mp.Value('i', 1).getLock(),
  },
  'or for what is not shared: RawArray': {
    told: /this typed array is not in shared memory: new RawArray\('i', array\) is$/,
    wrong: () => mp.synchronized(new Int32Array(2) as never),
    mended: () => mp.synchronized(new mp.RawArray('i', new Int32Array(2))),
  },
  'an item that is longer than its slot: begin with the longest': {
    told: /^ShareableList\.set\(\): the item has 20 bytes, more than its slot of 8$/,
    wrong: () => withList(['a']),
    mended: () => withList(['a'.padEnd(20)]),
  },
  'a guard that comes too late: somebody holds it': {
    told: /^Lock\.guard\(\): not acquired within the timeout$/,
    wrong: async () => {
      const lock = new mp.Lock();
      await lock.acquire();
      return lock.guard({ timeout: 1 });
    },
    mended: async () => {
      const lock = new mp.Lock();
      const owner = (await lock.acquire()) && lock.owner;
      lock.release();
      using _ = await lock.guard({ timeout: 1 });
      return owner;
    },
  },
  'a handle whose scope is over: within it': {
    told: /^RLock: the scope of this handle is over, or waits: use the lock itself$/,
    wrong: async () => {
      const lock = new mp.RLock();
      let kept: mp.RLockHold | undefined;
      await lock.with(async (held) => {
        kept = held;
      });
      return kept?.with(async () => {});
    },
    mended: () => new mp.RLock().with((held) => held.with(async () => 1)),
  },
};

function withList(items: string[]): void {
  const list = new mp.ShareableList(items);
  try {
    list.set(0, 'b'.repeat(20));
  } finally {
    list.shm.close();
    list.shm.unlink();
  }
}

class Counters extends mp.SyncManager {}
Counters.register('Counter', manager.Foo as never);
Counters.register('Hidden', manager.Foo as never, { exposed: [] as never });

type Proxy = Record<string, (...args: unknown[]) => Promise<unknown>>;

/** A manager, which is gone then. */
async function counting(type: string, use: (proxy: Proxy, all: Counters) => unknown): Promise<unknown> {
  await using all = new Counters();
  await all.start();
  return await use((await (all as never as Proxy)[type]?.()) as Proxy, all);
}

const called = (method: string) => (proxy: mp.BaseProxy) => proxy.callMethod(method, []);

const managers: Readonly<Record<string, Lesson>> = {
  'no address to connect to: one': {
    told: /connect\(\): give the constructor an address$/,
    wrong: () => new mp.SyncManager().connect(),
    mended: async () => {
      await using server = new mp.SyncManager({ address: 'advised' });
      await server.start();
      const there = new mp.SyncManager({ address: 'advised' });
      await there.connect();
      return await (await there.dict()).size();
    },
  },
  'a method that is not there': {
    told: /^'Counter' exposes no "nothing"$/,
    wrong: () => counting('Counter', called('nothing') as never),
    mended: () => counting('Counter', called('increment') as never),
  },
  'or is not exposed': {
    told: /^'Hidden' exposes no "increment"$/,
    wrong: () => counting('Hidden', called('increment') as never),
    mended: () => counting('Counter', called('increment') as never),
  },
};

const tabs: Readonly<Record<string, Lesson>> = {
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
};

type Options = { authkey?: Uint8Array };

/** A client and its Listener, which sends it something. */
async function connected(
  address: string,
  listening: Options,
  calling: Options,
  use: (client: mp.MessageConnection) => unknown = () => true,
): Promise<unknown> {
  const listener = new mp.Listener(address, listening);
  const accepted = listener.accept().catch((error: unknown) => error);
  try {
    const client = await mp.Client(address, calling);
    const guest = (await accepted) as mp.MessageConnection;
    try {
      await guest.send(1);
      return await use(client as mp.MessageConnection);
    } finally {
      client.close();
      guest.close();
    }
  } finally {
    listener.close();
  }
}

for (const [area, lessons] of Object.entries({ wires, memory, managers, tabs })) describe(area, () => learn(lessons));
