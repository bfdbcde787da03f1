import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import * as fixture from '../../fixtures/listener.ts';
import { sleep } from '../../fixtures/targets.ts';
import { type Cases, duration, errorOf, range, start } from '../harness.ts';

type Wire = mp.MessageConnection;

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (some: Uint8Array): string => new TextDecoder().decode(some);

async function refused(call: () => unknown, type: new (...args: any[]) => Error, text = ''): Promise<void> {
  const error = (await errorOf(call)) as Error;
  assert.instanceOf(error, type);
  assert.include(error.message, text);
}

/** Both ends of a connection, in this thread. */
async function connected(): Promise<[client: Wire, accepted: Wire]> {
  await using listener = new mp.Listener();
  return await Promise.all([mp.Client(listener.address), listener.accept()]);
}

/** Everything that is left, until the end. */
async function drain(wire: Wire): Promise<unknown[]> {
  const all: unknown[] = [];
  for (;;) {
    try {
      all.push(await wire.recv());
    } catch (error) {
      assert.instanceOf(error, mp.EOFError);
      return all;
    }
  }
}

/** The names of the locks of listeners and connections that this origin has, or waits for. */
async function locks(): Promise<Set<string>> {
  const { held = [], pending = [] } = await navigator.locks.query();
  const names = [...held, ...pending].map(({ name }) => name ?? '');
  return new Set(names.filter((name) => /^web-multiprocessing:/.test(name)));
}

/** Waits until there are no other locks than those. */
async function onlyLocks(before: Set<string>): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if ([...(await locks())].every((name) => before.has(name))) return;
    await sleep(50);
  }
  assert.deepEqual([...(await locks())], [...before]);
}

export const listenerCases: Cases = {
  'LIS-01 a second Listener at an address in use is an OSError, in this thread and another': async () => {
    const listener = new mp.Listener('LIS-01');
    const second = new mp.Listener('LIS-01');
    await listener.ready;
    await refused(() => second.accept(), mp.OSError, 'in use');
    await refused(() => second.ready, mp.OSError, 'in use');
    assert.equal(await start(fixture.failureToListen, 'LIS-01').result(), 'OSError');
    second.close();
    const accepting = listener.accept();
    await start(fixture.hello, 'LIS-01', null).result();
    assert.equal(await (await accepting).recv(), 'hello');
    listener.close();
    // The address is free at once.
    const third = new mp.Listener('LIS-01');
    await third.ready;
    await third[Symbol.asyncDispose]();
    const held = await locks();
    assert.isFalse([...held].some((name) => name.includes('LIS-01')));
  },

  'LIS-02 in scopes: 1729 passes, and after the scope accept throws': async () => {
    const escaped: { listener?: mp.Listener; client?: Wire } = {};
    {
      await using listener = new mp.Listener();
      using client = await mp.Client(listener.address);
      using accepted = await listener.accept();
      await client.send(1729);
      assert.equal(await accepted.recv(), 1729);
      Object.assign(escaped, { listener, client });
    }
    await refused(() => escaped.listener?.accept(), mp.OSError, 'closed');
    await refused(() => escaped.client?.recv(), mp.OSError, 'closed');
  },

  'LIS-05 a child connects by address and says hello': async () => {
    using listener = new mp.Listener();
    const child = start(fixture.hello, listener.address, null);
    using connection = await listener.accept({ timeout: 20_000 });
    assert.equal(await connection.recv(), 'hello');
    await refused(() => connection.recv(), mp.EOFError);
    await child.join();
    assert.equal(child.exitcode, 0);
  },

  'LIS-05 a child that came, sent and ended before accept() is accepted with all it sent': async () => {
    using listener = new mp.Listener();
    const values = range(50).map((i) => ({ i, data: new Uint8Array(20_000).fill(i) }));
    await start(fixture.sendAndReturn, listener.address, values).result();
    using connection = await listener.accept();
    assert.deepEqual(await drain(connection), values);
  },

  'LIS-05 a child is the listener': async () => {
    const address = `listener-${crypto.randomUUID()}`;
    const listening = new mp.Event();
    const child = start(fixture.listen, address, listening, false);
    await listening.wait();
    using connection = await mp.Client(address, { timeout: 20_000 });
    await connection.send('kept for accept()');
    child.terminate();
    await refused(() => connection.recv(), mp.EOFError);
    await child.join();
  },

  'LIS-07 a Client made before accept() in the same thread works, and what is sent to it makes poll() true':
    async () => {
      using listener = new mp.Listener();
      using client = await mp.Client(listener.address);
      using accepted = await listener.accept();
      assert.isFalse(await client.poll());
      await accepted.send('welcome');
      assert.isTrue(await client.poll({ timeout: 20_000 }));
      assert.equal(await client.recv(), 'welcome');
    },

  'LIS-11 a family that there is not is a RangeError': async () => {
    assert.throws(() => new mp.Listener(null, { family: 'AF_INET' }), RangeError, 'AF_BROADCAST');
    await refused(() => mp.Client('any', { family: 'AF_UNIX' }), RangeError, 'AF_BROADCAST');
    using listener = new mp.Listener(null, { family: 'AF_BROADCAST' });
    (await mp.Client(listener.address, { family: 'AF_BROADCAST' })).close();
    assert.throws(() => new mp.Listener(5 as never), TypeError, 'address');
    assert.throws(() => new mp.Listener(''), RangeError, 'address');
    assert.throws(() => new mp.Listener(null, { backlog: 1.5 }), TypeError, 'backlog');
    await refused(() => mp.Client(['localhost', 80] as never), TypeError, 'address');
  },

  'LIS-19 a Client to an address where nobody listens fails at once': async () => {
    for (const wait of [{}, { timeout: 20_000 }]) {
      await refused(() => mp.Client('nobody', wait), mp.FileNotFoundError, 'nobody');
    }
    const listener = new mp.Listener();
    const { address } = listener;
    await listener.ready;
    listener.close();
    await refused(() => mp.Client(address), mp.OSError);
    assert.equal(await start(fixture.failure, address, null).result(), 'FileNotFoundError');
  },

  'LIS-20 a free address is picked; close() twice; accept() after close() is an OSError': async () => {
    const [a, b] = [new mp.Listener(), new mp.Listener(null)];
    assert.notEqual(a.address, b.address);
    assert.isNull(a.lastAccepted);
    const client = await mp.Client(a.address);
    const accepted = await a.accept();
    assert.isString(a.lastAccepted);
    const waiting = a.accept();
    a.close();
    a.close();
    await refused(() => waiting, mp.OSError, 'closed');
    await refused(() => a.accept(), mp.OSError, 'closed');
    // Who was accepted stays.
    await client.send('still there');
    assert.equal(await accepted.recv(), 'still there');
    for (const each of [b, client, accepted]) each.close();
    // One that is closed before it had its address.
    const early = new mp.Listener();
    early.close();
    await refused(() => early.ready, mp.OSError, 'closed');
  },

  'LIS-22 clients queue before accept(), and are accepted in the order in which they came': async () => {
    using listener = new mp.Listener(null, { backlog: 1 });
    const clients: Wire[] = [];
    for (const i of range(5)) {
      const client = await mp.Client(listener.address);
      await client.send(i);
      clients.push(client);
    }
    const children = range(3).map((i) => start(fixture.hello, listener.address, null, `child ${i}`));
    for (const i of range(5)) {
      using accepted = await listener.accept();
      assert.equal(await accepted.recv(), i);
    }
    const said = new Set<unknown>();
    for (const child of children) {
      using accepted = await listener.accept();
      said.add(await accepted.recv());
      await child.join();
    }
    assert.equal(said.size, 3);
    for (const client of clients) client.close();
  },

  'LIS-22 a client that died in the queue is passed over': async () => {
    using listener = new mp.Listener();
    await listener.ready;
    const before = await locks();
    const there = new mp.Event();
    const child = start(fixture.connectAndStay, listener.address, there);
    await there.wait();
    child.terminate();
    await child.join();
    await onlyLocks(before);
    using client = await mp.Client(listener.address);
    using accepted = await listener.accept();
    await client.send('alive');
    assert.equal(await accepted.recv(), 'alive');
  },

  'LIS-19 a listener that ends or closes while a client connects: the client fails, and does not wait for ever':
    async () => {
      const address = `listener-${crypto.randomUUID()}`;
      const listening = new mp.Event();
      const child = start(fixture.listen, address, listening, true);
      await listening.wait();
      // Its thread is blocked: it answers nobody.
      await refused(() => mp.Client(address, { timeout: 50 }), mp.TimeoutError);
      const control = new AbortController();
      const aborted = mp.Client(address, { signal: control.signal });
      setTimeout(() => control.abort(new Error('given up')), 20);
      await refused(() => aborted, Error, 'given up');
      const connecting = mp.Client(address);
      setTimeout(() => child.terminate(), 50);
      await refused(() => connecting, mp.OSError, 'before the connection was made');
      await child.join();
      for (const turns of range(12)) {
        const listener = new mp.Listener();
        const client = mp.Client(listener.address);
        client.catch(() => {});
        for (let i = 0; i < turns; i++) await sleep(0);
        listener.close();
        // Connected or not, it comes to its end.
        const error = await errorOf(async () => {
          using connection = await client;
          await connection.recv();
        });
        assert.isTrue(error instanceof mp.OSError || error instanceof mp.EOFError, String(error));
      }
    },

  'accept() ends by its timeout or signal, and takes no client then': async () => {
    using listener = new mp.Listener();
    const late = await duration(() => refused(() => listener.accept({ timeout: 100 }), mp.TimeoutError));
    assert.isAtLeast(late, 95);
    await refused(() => listener.accept({ timeout: 0 }), mp.TimeoutError);
    const control = new AbortController();
    const waiting = listener.accept({ signal: control.signal });
    control.abort(new Error('given up'));
    await refused(() => waiting, Error, 'given up');
    await refused(() => listener.accept({ signal: control.signal }), Error, 'given up');
    using client = await mp.Client(listener.address);
    using accepted = await listener.accept();
    await client.send(1);
    assert.equal(await accepted.recv(), 1);
  },

  '200 messages go both ways at once, in order': async () => {
    using listener = new mp.Listener();
    const child = start(fixture.exchange, listener.address, 200);
    using connection = await listener.accept<number>();
    const sending = (async () => {
      for (const i of range(200)) await connection.send(i);
    })();
    for (const i of range(200)) assert.equal(await connection.recv(), i);
    await sending;
    assert.isTrue(await child.result());
  },

  'values of 3 MB and of every kind go there and back': async () => {
    using listener = new mp.Listener();
    const child = start(fixture.echo, listener.address);
    const connection = await listener.accept();
    const large = new Uint8Array(3_000_000).map((_, i) => i * 7 + (i >> 8));
    const values = [
      large,
      'x'.repeat(3_000_000),
      new Map([[1, new Date(5)]]),
      undefined,
      [1n, /a/g],
      new RangeError('r'),
    ];
    for (const value of values) {
      await connection.send(value);
      assert.deepEqual(await connection.recv(), value);
    }
    connection.close();
    assert.equal(await child.result(), values.length);
  },

  'a peer that is terminated: what it sent, then EOFError; sending is an OSError': async () => {
    for (const blocks of [false, true]) {
      using listener = new mp.Listener();
      const child = start(fixture.sendThenStay, listener.address, 'last words', blocks);
      using connection = await listener.accept();
      assert.isTrue(await connection.poll({ timeout: null }));
      const polled = connection.poll({ timeout: null });
      assert.isTrue(await polled);
      assert.equal(await connection.recv(), 'last words');
      const [receiving, waiting] = [connection.recv(), connection.poll({ timeout: null })];
      child.terminate();
      await refused(() => receiving, mp.EOFError);
      assert.isTrue(await waiting);
      await refused(() => connection.send(1), mp.OSError);
      await refused(() => connection.recv(), mp.EOFError);
      await child.join();
    }
  },

  'close() with messages underway: they are received, then EOFError': async () => {
    const [client, accepted] = await connected();
    const sends = range(6).map((i) => client.send(new Uint8Array(1_000_000).fill(i)));
    client.close();
    client.close();
    await Promise.all(sends);
    const got = (await drain(accepted)) as Uint8Array[];
    assert.deepEqual(
      got.map((part) => [part.length, part[0]]),
      range(6).map((i) => [1_000_000, i]),
    );
    await refused(() => accepted.send(1), mp.OSError);
    for (const call of ['send', 'recv', 'poll', 'sendBytes', 'recvBytes'] as const) {
      await refused(() => client[call](undefined as never), mp.OSError, 'closed');
    }
    assert.equal(String(client), '<MessageConnection closed>');
    accepted.close();
  },

  'what waits to receive when this end is closed throws OSError': async () => {
    const [client, accepted] = await connected();
    const waiting = [client.recv(), client.recvBytes(), client.poll({ timeout: null })];
    client.close();
    for (const each of waiting) await refused(() => each, mp.OSError, 'closed');
    accepted.close();
  },

  'a sender waits while 2 MiB are not received; it gives up by timeout, signal, and death': async () => {
    const [client, accepted] = await connected();
    const part = new Uint8Array(1 << 20);
    for (const i of range(2)) await client.sendBytes(part.fill(i));
    await refused(() => client.sendBytes(part, 0, null, { timeout: 50 }), mp.TimeoutError);
    const control = new AbortController();
    const aborted = client.sendBytes(part, 0, null, { signal: control.signal });
    const waiting = client.sendBytes(part.fill(2));
    control.abort(new Error('given up'));
    await refused(() => aborted, Error, 'given up');
    for (const i of range(3)) assert.equal((await accepted.recvBytes())[0], i);
    await waiting;
    // Small ones, and empty ones, come to a limit as well; all go through when they are received.
    const many = range(40_000).map((i) => client.send(i));
    const sent = Promise.all(many);
    for (const i of range(40_000)) assert.equal(await accepted.recv(), i);
    await sent;
    for (const i of range(2)) await client.sendBytes(part.fill(i));
    const last = client.sendBytes(part);
    accepted.close();
    await refused(() => last, mp.OSError);
    client.close();
  },

  'a loop of calls that do not wait sees the message that comes': async () => {
    const [client, accepted] = await connected();
    void client.send('here');
    while (!(await accepted.poll()));
    assert.equal(await accepted.recv({ timeout: 0 }), 'here');
    void client.send('again');
    for (let got: unknown; got !== 'again'; ) {
      got = await accepted.recv({ timeout: 0 }).catch((error) => assert.instanceOf(error, mp.TimeoutError));
    }
    for (const each of [client, accepted]) each.close();
  },

  'bytes and values: each has its own call; offsets, room and length are checked': async () => {
    const [client, accepted] = await connected();
    await client.sendBytes(bytes('abcdef'), 2, 3);
    await refused(() => accepted.recv(), mp.InvalidStateError, 'recvBytes');
    assert.equal(textOf(await accepted.recvBytes()), 'cde');
    await client.send('value');
    await refused(() => accepted.recvBytes(), mp.InvalidStateError, 'recv()');
    assert.equal(await accepted.recv(), 'value');
    await client.sendBytes(new Uint8Array());
    assert.equal((await accepted.recvBytes(0)).length, 0);
    await refused(() => client.sendBytes(bytes('abc'), 4), RangeError, 'offset');
    await refused(() => client.sendBytes('text' as never), TypeError, 'buffer');
    const room = new Int32Array(4);
    await client.sendBytes(new Int32Array([5, 6]));
    assert.equal(await accepted.recvBytesInto(room, 4), 8);
    assert.deepEqual([...room], [0, 5, 6, 0]);
    await client.sendBytes(bytes('too long for it'));
    const error = (await errorOf(() => accepted.recvBytesInto(new Uint8Array(3)))) as mp.BufferTooShort;
    assert.instanceOf(error, mp.BufferTooShort);
    assert.equal(textOf(error.data), 'too long for it');
    const pending = [accepted.recvBytes(4), accepted.recvBytes()];
    await client.sendBytes(bytes('12345'));
    await refused(() => pending[0], mp.OSError, 'more than 4');
    await refused(() => pending[1], mp.OSError, 'cannot receive');
    assert.equal(String(accepted), '<MessageConnection writable>');
    assert.isFalse(accepted.readable);
    // It still sends, and who sends to it need not wait.
    await accepted.send('back');
    assert.equal(await client.recv(), 'back');
    for (const _ of range(6)) await client.sendBytes(new Uint8Array(1 << 20));
    for (const each of [client, accepted]) each.close();
  },

  'what cannot travel is refused by its path, and nothing is sent': async () => {
    const [client, accepted] = await connected();
    await refused(() => client.send({ at: [() => {}] }), mp.DataCloneError, 'value.at[0]');
    await refused(() => client.send([client]), mp.DataCloneError, 'value[0] is a MessageConnection');
    await refused(() => client.send(new mp.Queue()), mp.InvalidStateError, 'value is a Queue');
    using listener = new mp.Listener();
    await refused(() => client.send(listener), mp.DataCloneError, 'pass its address');
    await client.send('only this');
    client.close();
    assert.deepEqual(await drain(accepted), ['only this']);
  },

  'the blocking forms are refused, naming the async one': async () => {
    const [client, accepted] = await connected();
    for (const call of ['send', 'recv', 'poll', 'sendBytes', 'recvBytes', 'recvBytesInto'] as const) {
      assert.throws(() => client[`${call}Sync`](), mp.InvalidStateError, `await ${call}()`);
    }
    assert.throws(() => mp.waitSync([accepted]), mp.InvalidStateError, 'await wait()');
    for (const each of [client, accepted]) each.close();
  },

  'wait() has it among others, for a message and for the end': async () => {
    const [client, accepted] = await connected();
    const [a, b] = mp.Pipe();
    const all: mp.Waitable[] = [a, accepted];
    assert.deepEqual(await mp.wait(all, { timeout: 20 }), []);
    const waiting = mp.wait(all);
    await client.send(1);
    assert.deepEqual(await waiting, [accepted]);
    assert.equal(await accepted.recv(), 1);
    const again = mp.wait(all);
    await b.send(2);
    assert.deepEqual(await again, [a]);
    assert.equal(await a.recv(), 2);
    const end = mp.wait(all);
    client.close();
    assert.deepEqual(await end, [accepted]);
    accepted.close();
    await refused(() => mp.wait(all), mp.OSError, 'closed');
  },

  'nothing is left behind: no lock, no channel': async () => {
    const before = await locks();
    const Real = globalThis.BroadcastChannel;
    let open = 0;
    globalThis.BroadcastChannel = class extends Real {
      #open = ++open > 0;
      override close(): void {
        super.close();
        if (this.#open) open--;
        this.#open = false;
      }
    };
    try {
      const authkey = bytes('secret');
      const listener = new mp.Listener(null, { authkey });
      const [client, accepted] = await Promise.all([mp.Client(listener.address, { authkey }), listener.accept()]);
      const queued = await mp.Client(listener.address, { authkey });
      assert.isAbove(open, 0);
      assert.isAbove((await locks()).size, before.size);
      await errorOf(() => mp.Client(listener.address, { authkey: bytes('wrong') }));
      await errorOf(() => mp.Client('nobody'));
      // Be it too late, or just in time.
      const hasty = await mp.Client(listener.address, { authkey, timeout: 0 }).catch(() => undefined);
      hasty?.close();
      client.close();
      // The other end need not be closed to let go of all.
      await refused(() => accepted.recv(), mp.EOFError);
      listener.close();
      await refused(() => queued.recv(), mp.EOFError);
      const unheard = new mp.Listener(listener.address);
      await unheard.ready;
      unheard.close();
      await onlyLocks(before);
      assert.equal(open, 0);
    } finally {
      globalThis.BroadcastChannel = Real;
    }
  },
};
