import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import * as pipe from '../../fixtures/pipe.ts';
import * as targets from '../../fixtures/targets.ts';
import { type AnyProcess, type Cases, type Driver, duration, errorOf, needs, range, start } from '../harness.ts';

type Wire = pipe.Wire;

/** More than a pipe holds. */
const LARGE = 3_000_000;

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (some: Uint8Array): string => new TextDecoder().decode(some);
const newPipe = (options?: { duplex?: boolean }): [Wire, Wire] => mp.Pipe<unknown, unknown>(options);

/** A pipe whose second end a child has, and no one else. */
function pipeTo<P extends readonly unknown[], R>(
  target: (wire: Wire, ...args: P) => R,
  ...args: P
): [wire: Wire, child: mp.Process<never, R>] {
  const [here, there] = newPipe();
  const child = start(target as (...args: unknown[]) => R, there, ...args);
  there.close();
  return [here, child as mp.Process<never, R>];
}

async function refused(call: () => unknown, type: new (...args: any[]) => Error, text = ''): Promise<void> {
  const error = (await errorOf(call)) as Error;
  assert.instanceOf(error, type);
  assert.include(error.message, text);
}

/** Everything that is left, until the end. */
async function drain(d: Driver, wire: Wire): Promise<unknown[]> {
  const all: unknown[] = [];
  for (;;) {
    try {
      all.push(await d.call(wire, 'recv'));
    } catch (error) {
      assert.instanceOf(error, mp.EOFError);
      return all;
    }
  }
}

export const connectionCases: Cases = {
  'CONN-01 values and bytes go to a child and back': async (d) => {
    const [wire, child] = pipeTo(pipe.echo);
    assert.isTrue(wire.readable);
    assert.isTrue(wire.writable);
    assert.isUndefined(await d.call(wire, 'send', [1, 2.25, null]));
    assert.deepEqual(await d.call(wire, 'recv'), [1, 2.25, null]);
    wire.close();
    assert.equal(await d.result(child), 1);
    const [other, echo] = pipeTo(pipe.echoBytes);
    await d.call(other, 'sendBytes', bytes('hello world'));
    assert.equal(textOf(await d.call(other, 'recvBytes')), 'hello world');
    await d.call(other, 'sendBytes', new Uint8Array());
    await d.join(echo);
    assert.equal(echo.exitcode, 0);
  },

  'CONN-02 a message is received into the front of a typed array, the rest stays': async (d) => {
    const [a, b] = newPipe();
    const buffer = new Int32Array(10);
    await d.call(b, 'sendBytes', new Int32Array([1, 2, 3, 4]));
    assert.equal(await d.call(a, 'recvBytesInto', buffer), 16);
    assert.deepEqual([...buffer], [1, 2, 3, 4, 0, 0, 0, 0, 0, 0]);
    await d.call(b, 'sendBytes', new Int32Array([5, 6]));
    assert.equal(await d.call(a, 'recvBytesInto', buffer, 12), 8);
    assert.deepEqual([...buffer], [1, 2, 3, 5, 6, 0, 0, 0, 0, 0]);
    const Shared = globalThis.crossOriginIsolated !== false ? SharedArrayBuffer : ArrayBuffer;
    const kinds = [new ArrayBuffer(8), new Shared(8), new DataView(new ArrayBuffer(16), 4, 8)];
    for (const kind of kinds) {
      await d.call(b, 'sendBytes', new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]));
      assert.equal(await d.call(a, 'recvBytesInto', kind), 8);
      await d.call(b, 'sendBytes', kind, 2, 3);
      assert.deepEqual([...(await d.call(a, 'recvBytes'))], [3, 4, 5]);
    }
  },

  'CONN-04 a message too long for the buffer throws BufferTooShort with all of it, and is taken': async (d) => {
    const [a, b] = newPipe();
    for (const size of [110, LARGE]) {
      const message = new Uint8Array(size).fill(9);
      const sent = start(pipe.sendBig, b, size);
      const buffer = new Uint8Array(40);
      const error = (await errorOf(() => d.call(a, 'recvBytesInto', buffer))) as mp.BufferTooShort;
      assert.instanceOf(error, mp.BufferTooShort);
      assert.equal(error.data.length, message.length);
      assert.isTrue(error.data.every((byte) => byte === 7));
      assert.isTrue(buffer.every((byte) => byte === 0));
      assert.isFalse(await d.call(a, 'poll'));
      await d.join(sent);
    }
    await d.call(b, 'sendBytes', new Uint8Array(11));
    await refused(() => d.call(a, 'recvBytesInto', new Uint8Array(20), 10), mp.BufferTooShort);
    for (const offset of [21, -1]) {
      await refused(() => d.call(a, 'recvBytesInto', new Uint8Array(20), offset), RangeError, 'offset');
    }
    await refused(() => d.call(a, 'recvBytesInto', [] as never), TypeError, 'buffer');
  },

  'CONN-05 poll without a timeout, and with one less than 0, does not wait': needs('answers', async (d) => {
    // Both ends are held: one that is garbage is closed, and then there is something to poll.
    const [a, b] = newPipe();
    assert.isFalse(await d.call(a, 'poll'));
    assert.isFalse(await d.call(a, 'poll', {}));
    assert.isFalse(await d.call(a, 'poll', { timeout: -1 }));
    const late = await duration(async () => assert.isFalse(await d.call(a, 'poll', { timeout: 100 })));
    assert.isAtLeast(late, 95);
    assert.isFalse(a.pollSync());
    b.close();
  }),

  'CONN-07 16 MiB go to a child and back': async (d) => {
    const [wire, child] = pipeTo(pipe.echoBytes);
    const message = new Uint8Array(1 << 24);
    for (let i = 0; i < message.length; i++) message[i] = i * 7 + (i >> 8);
    await d.call(wire, 'sendBytes', message);
    const answer = await d.call(wire, 'recvBytes');
    assert.equal(answer.length, message.length);
    assert.isTrue(answer.every((byte, i) => byte === message[i]));
    await d.call(wire, 'sendBytes', message, 5, 0);
    await d.join(child);
  },

  'CONN-08 an empty message is one; when the other end is gone EOFError, and it is still readable': async (d) => {
    const [wire, child] = pipeTo(pipe.echoBytes);
    await d.call(wire, 'sendBytes', new Uint8Array());
    await d.join(child);
    assert.isTrue(wire.readable);
    assert.isTrue(wire.writable);
    await refused(() => d.call(wire, 'recv'), mp.EOFError);
    await refused(() => d.call(wire, 'recvBytes'), mp.EOFError);
    await refused(() => d.call(wire, 'recvBytesInto', new Uint8Array(1)), mp.EOFError);
    await refused(() => d.call(wire, 'send', 1), mp.OSError);
    await refused(() => d.call(wire, 'sendBytes', new Uint8Array(1)), mp.OSError);
  },

  'CONN-10 without duplex the first end only receives, the second only sends': async (d) => {
    const [reader, writer] = newPipe({ duplex: false });
    assert.deepEqual([reader.readable, reader.writable, writer.readable, writer.writable], [true, false, false, true]);
    await d.call(writer, 'send', 1);
    assert.equal(await d.call(reader, 'recv'), 1);
    await refused(() => d.call(reader, 'send', 2), mp.OSError);
    await refused(() => d.call(reader, 'sendBytes', new Uint8Array()), mp.OSError);
    await refused(() => d.call(writer, 'recv'), mp.OSError);
    await refused(() => d.call(writer, 'recvBytes'), mp.OSError);
    await refused(() => d.call(writer, 'poll'), mp.OSError);
    assert.isFalse(await d.call(reader, 'poll'));
  },

  'CONN-11 the parent closes its copy right after start, before the child has booted': async (d) => {
    for (const target of [pipe.echo, pipe.echoAsync] as ((wire: Wire) => unknown)[]) {
      const [wire, child] = pipeTo(target);
      await d.call(wire, 'send', 'hello');
      assert.equal(await d.call(wire, 'recv'), 'hello');
      wire.close();
      assert.equal(await d.result(child), 1);
    }
  },

  'CONN-13 an offset or size outside of the buffer is refused, and nothing is sent': async (d) => {
    const [a, b] = newPipe();
    const message = bytes('abcdefghijklmnopqrstuvwxyz');
    for (const [offset, size] of [[27], [22, 5], [26, 1], [-1], [4, -1]] as [number, number?][]) {
      await refused(() => d.call(b, 'sendBytes', message, offset, size), RangeError);
    }
    await refused(() => d.call(b, 'sendBytes', message, 1.5), TypeError, 'offset');
    await refused(() => d.call(b, 'sendBytes', 'text' as never), TypeError, 'buffer');
    assert.isFalse(await d.call(a, 'poll'));
    const parts: [number?, number?][] = [[], [3], [26], [7, 0], [22, 4]];
    for (const [offset, size] of parts) {
      await d.call(b, 'sendBytes', message, offset, size);
      const from = offset ?? 0;
      assert.deepEqual(await d.call(a, 'recvBytes'), message.slice(from, from + (size ?? 26)));
    }
    await d.call(b, 'sendBytes', new Uint16Array([1, 2, 3]), 2);
    assert.deepEqual([...(await d.call(a, 'recvBytes'))], [2, 0, 3, 0]);
  },

  'CONN-17 leaving a scope closes both ends': async (d) => {
    const [a, b] = newPipe();
    {
      const scope = [a, b];
      for (const wire of scope) assert.isFalse(wire.closed);
      for (const wire of scope) wire[Symbol.dispose]();
    }
    for (const wire of [a, b]) {
      assert.isTrue(wire.closed);
      await refused(() => d.call(wire, 'recv'), mp.OSError, 'closed');
    }
  },

  'CONN-19 messages keep their boundaries, empty ones too': async (d) => {
    const texts = ['hello', '', 'a', 'b', '', 'bye', '', 'lop'];
    const [wire, child] = pipeTo(pipe.sendStrings, texts);
    for (const text of texts) {
      assert.isTrue(await d.call(wire, 'poll', { timeout: null }));
      assert.equal(textOf(await d.call(wire, 'recvBytes')), text);
    }
    await d.join(child);
    await refused(() => d.call(wire, 'recvBytes'), mp.EOFError);
  },

  'CONN-20 a child that only polled has taken nothing': async (d) => {
    const [a, b] = newPipe();
    const child = start(pipe.pollOnly, b);
    await d.call(a, 'sendBytes', new Uint8Array(3000).fill(1));
    await d.call(a, 'sendBytes', new Uint8Array(2).fill(2));
    assert.isTrue(await d.result(child));
    assert.equal((await d.call(b, 'recvBytes')).length, 3000);
    assert.deepEqual([...(await d.call(b, 'recvBytes'))], [2, 2]);
  },

  'CONN-22 a connection travels when a process starts, and only then': async (d) => {
    const [a] = newPipe();
    const [inner] = newPipe();
    await refused(() => d.call(a, 'send', { inner }), mp.InvalidStateError, 'value.inner is a Connection');
    await refused(() => d.put(new mp.Queue(), inner), mp.InvalidStateError, 'args');
    inner.close();
    await refused(() => start(pipe.echo, inner), mp.OSError, 'closed');
  },

  'CONN-25 PROC-22 a tree of processes sends over one end that all of them hold': async (d) => {
    const [reader, writer] = newPipe({ duplex: false });
    const root = start(pipe.tree, [], 2, writer);
    await d.join(root);
    for (const path of [[], [0], [0, 0], [0, 1], [1], [1, 0], [1, 1]]) {
      assert.deepEqual(await d.call(reader, 'recv'), path);
    }
    assert.isFalse(await d.call(reader, 'poll'));
    await d.call(writer, 'send', 'still open');
    writer.close();
    assert.deepEqual(await drain(d, reader), ['still open']);
  },

  'CONN-26 the end comes when every copy is closed, not before': async (d) => {
    const [reader, writer] = newPipe({ duplex: false });
    const child = start(pipe.sendAll, writer, ['a']);
    await d.join(child);
    assert.equal(await d.call(reader, 'recv'), 'a');
    assert.isFalse(await d.call(reader, 'poll', { timeout: 100 }));
    writer.close();
    assert.isTrue(await d.call(reader, 'poll'));
    await refused(() => d.call(reader, 'recv'), mp.EOFError);
  },

  'CONN-27 a process that ends or is killed lets go of its end, whatever it was doing': async (d) => {
    const doing = [pipe.holdForever, pipe.holdForeverAsync, pipe.receiveAll, pipe.receiveAllAsync] as const;
    for (const target of doing) {
      const [wire, child] = pipeTo(target as (wire: Wire) => unknown);
      await targets.sleep(30);
      const error = errorOf(() => d.call(wire, 'recv', { timeout: d.name === 'sync' ? 0 : null }));
      if (d.name === 'sync') assert.instanceOf(await error, mp.TimeoutError);
      child.terminate();
      const last = d.name === 'sync' ? await errorOf(() => d.call(wire, 'recv')) : await error;
      assert.instanceOf(last, mp.EOFError);
      await refused(() => d.call(wire, 'send', 1), mp.OSError);
      await d.join(child);
    }
    const [wire, child] = pipeTo(targets.nothing as (wire: Wire) => void);
    await refused(() => d.call(wire, 'recv'), mp.EOFError);
    await d.join(child);
  },

  'CONN-27 CONN-41 a sender killed in the middle of a large message leaves a whole message or the end': async (d) => {
    for (const target of [pipe.sendBigAndTell, pipe.sendBigAndTellAsync]) {
      const notes = new mp.Queue();
      const [wire, child] = pipeTo(target, LARGE, notes);
      assert.isTrue(await d.call(wire, 'poll', { timeout: null }));
      child.kill();
      await d.join(child);
      await refused(() => d.call(wire, 'recvBytes'), mp.EOFError);
      assert.isTrue(await d.call(wire, 'poll'));
      await refused(() => d.call(wire, 'recvBytes'), mp.EOFError);
    }
    for (let i = 0; i < 12; i++) {
      const notes = new mp.Queue();
      const [here, there] = newPipe();
      const victim = start(pipe.sendBigAndTell, there, LARGE, notes);
      if (i % 2 === 0) assert.isTrue(await d.call(here, 'poll', { timeout: null }));
      else await targets.sleep(i);
      victim.terminate();
      const heir = start(pipe.sendBigAndTell, there, LARGE + 1, notes);
      there.close();
      const sizes: number[] = [];
      for (;;) {
        const message = await d.call(here, 'recvBytes').catch((error) => assert.instanceOf(error, mp.EOFError));
        if (message === undefined) break;
        assert.isTrue(message.every((byte) => byte === 7));
        sizes.push(message.length);
      }
      assert.include([String([LARGE + 1]), String([LARGE, LARGE + 1])], String(sizes));
      await d.join(victim);
      await d.join(heir);
    }
  },

  'messages arrive in the order of the calls, also where one that blocks comes after some that wait': async (d) => {
    const [here, there] = newPipe();
    for (let i = 0; i < 4; i++) void here.send(new Uint8Array(1_000_000));
    const child = start(pipe.receiveAll, there);
    there.close();
    await d.call(here, 'send', 'last');
    here.close();
    const all = (await d.result(child)) as (Uint8Array | string)[];
    assert.deepEqual(
      all.map(({ length }) => length),
      [1_000_000, 1_000_000, 1_000_000, 1_000_000, 4],
    );
  },

  'CONN-27 a receiver that is gone frees one who sends a large message': needs('answers', async (d) => {
    for (const target of [pipe.sendBigAndTell, pipe.sendBigAndTellAsync]) {
      const notes = new mp.Queue();
      const [here, there] = newPipe();
      const holder = start(pipe.holdForever, here);
      here.close();
      const sender = start(target, there, LARGE, notes);
      await targets.sleep(100);
      assert.isTrue(notes.empty());
      holder.terminate();
      assert.equal(await d.get(notes), 'OSError');
      await d.join(sender);
      await d.join(holder);
    }
  }),

  'CONN-27 a parent that ends after its child has taken over; one that is killed while it starts children': async (
    d,
  ) => {
    const [wire, child] = pipeTo(pipe.handOver);
    assert.deepEqual(await drain(d, wire), ['from the grandchild']);
    await d.join(child);
    for (let i = 0; i < 5; i++) {
      const notes = new mp.SimpleQueue();
      const [other, parent] = pipeTo(pipe.handToThree, notes);
      await d.getSimple(notes);
      if (i > 0) await targets.sleep(i - 1);
      parent.terminate();
      assert.deepEqual(await drain(d, other), []);
      await d.join(parent);
    }
  },

  'CONN-28 what was sent before the close still arrives, in order': async (d) => {
    const [wire, child] = pipeTo(pipe.sendAll, range(100));
    await d.join(child);
    assert.deepEqual(await drain(d, wire), range(100));
    const [a, b] = newPipe();
    for (let i = 0; i < 3; i++) await d.call(b, 'send', i);
    b.close();
    assert.deepEqual(await drain(d, a), range(3));
  },

  'CONN-28 sends that nobody awaited are through before their process ends, or their end closes': async (d) => {
    const values = range(4).map((i) => 'x'.repeat(LARGE) + i);
    const [wire, child] = pipeTo(pipe.sendAndReturn, values);
    const arrived = (await drain(d, wire)) as string[];
    assert.isTrue(arrived.every((text, i) => text === values[i]));
    assert.equal(arrived.length, 4);
    await d.join(child);
    assert.equal(child.exitcode, 0);
    const [a, b] = newPipe();
    const taker = start(pipe.receiveAll, b);
    const sent = values.map((value) => a.send(value));
    a.close();
    b.close();
    await Promise.all(sent);
    assert.equal((await d.result(taker)).length, 4);
  },

  'CONN-29 at the end poll is true and recv throws, every time': async (d) => {
    const [a, b] = newPipe();
    b.close();
    for (let i = 0; i < 3; i++) {
      assert.isTrue(await d.call(a, 'poll'));
      assert.isTrue(await d.call(a, 'poll', { timeout: null }));
      await refused(() => d.call(a, 'recv'), mp.EOFError);
      await refused(() => d.call(a, 'recv', { timeout: 0 }), mp.EOFError);
    }
  },

  'CONN-31 a closed connection throws OSError, may be closed again, and still answers': async (d) => {
    const [a, b] = newPipe();
    a.close();
    a.close();
    assert.deepEqual([a.closed, a.readable, a.writable], [true, true, true]);
    assert.include(String(a), 'closed');
    const calls = [
      () => d.call(a, 'recv'),
      () => d.call(a, 'send', 1),
      () => d.call(a, 'poll'),
      () => d.call(a, 'recvBytes'),
      () => d.call(a, 'sendBytes', new Uint8Array(1)),
      () => d.call(a, 'recvBytesInto', new Uint8Array(1)),
      () => a.fileno(),
    ];
    for (const call of calls) await refused(call, mp.OSError, 'closed');
    assert.isFalse(b.closed);
  },

  'CONN-32 recvBytes(maxlength) takes up to so many; more makes the end useless for receiving': async (d) => {
    const [a, b] = newPipe();
    await d.call(b, 'sendBytes', new Uint8Array(5));
    await refused(() => d.call(a, 'recvBytes', -1), RangeError, 'maxlength');
    assert.equal((await d.call(a, 'recvBytes', 5)).length, 5);
    await d.call(b, 'sendBytes', new Uint8Array(6));
    await refused(() => d.call(a, 'recvBytes', 5), mp.OSError);
    assert.deepEqual([a.readable, a.writable, a.closed], [false, true, false]);
    await refused(() => d.call(a, 'recv'), mp.OSError);
    await d.call(a, 'send', 'still sending');
    assert.equal(await d.call(b, 'recv'), 'still sending');
    const [reader, writer] = newPipe({ duplex: false });
    await d.call(writer, 'sendBytes', new Uint8Array(6));
    await refused(() => d.call(reader, 'recvBytes', 5), mp.OSError);
    assert.isTrue(reader.closed);
    await refused(() => d.call(writer, 'send', 1), mp.OSError);
  },

  'CONN-34 what cannot travel throws from send, and nothing arrives': async (d) => {
    const [a, b] = newPipe();
    await refused(() => d.call(b, 'send', { a: [() => {}] }), mp.DataCloneError, 'value.a[0]');
    assert.isFalse(await d.call(a, 'poll'));
    await d.call(b, 'send', 'next');
    assert.equal(await d.call(a, 'recv'), 'next');
  },

  'CONN-35 a message that cannot be rebuilt throws from recv, is gone, and later ones are fine': async (d) => {
    const [a, b] = newPipe();
    await d.call(b, 'send', new targets.Fragile());
    await d.call(b, 'send', 'next');
    await refused(() => d.call(a, 'recv'), Error, 'broken on arrival');
    assert.equal(await d.call(a, 'recv'), 'next');
  },

  'CONN-37 sharing and cycles inside a message are kept': async (d) => {
    const [a, b] = newPipe();
    const cycle: unknown[] = [];
    cycle.push(cycle);
    const one = { a: 1 };
    await d.call(b, 'send', [one, one, cycle]);
    const [x, y, z] = (await d.call(a, 'recv')) as [unknown, unknown, unknown[]];
    assert.strictEqual(x, y);
    assert.strictEqual(z[0], z);
  },

  'CONN-38 poll without limit ends when something comes, or the other end goes': async (d) => {
    const [wire, child] = pipeTo(pipe.sendStrings, ['a']);
    assert.isTrue(await d.call(wire, 'poll', { timeout: null }));
    await d.call(wire, 'recvBytes');
    await d.join(child);
    const [other, closer] = pipeTo(pipe.closeSoon, 50);
    assert.isTrue(await d.call(other, 'poll', { timeout: null }));
    await refused(() => d.call(other, 'recv'), mp.EOFError);
    await d.join(closer);
  },

  'CONN-40 many senders on one end never mix their bytes': async (d) => {
    const [reader, writer] = newPipe({ duplex: false });
    const lock = new mp.Lock();
    const senders = range(4).map((i) => start(pipe.sendFilled, writer, i < 2 ? lock : new mp.Lock(), i, 25, 1000 + i));
    writer.close();
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 100; i++) {
      const message = await d.call(reader, 'recvBytes');
      const value = message[0] as number;
      assert.equal(message.length, 1000 + value);
      assert.isTrue(message.every((byte) => byte === value));
      counts[value] = (counts[value] as number) + 1;
    }
    assert.deepEqual(counts, [25, 25, 25, 25]);
    await refused(() => d.call(reader, 'recv'), mp.EOFError);
    for (const sender of senders) await d.join(sender as AnyProcess);
  },

  'PROC-25 a subclass with a pipe of its own': async (d) => {
    const upper = new pipe.Upper();
    upper.start();
    upper.inside.close();
    for (const text of ['hello', 'world']) {
      await upper.submit(text);
      assert.equal(await d.call(upper.outside, 'recv'), text.toUpperCase());
    }
    await upper.submit(null);
    await d.join(upper as AnyProcess);
    assert.equal(upper.exitcode, 0);
    await refused(() => d.call(upper.outside, 'recv'), mp.EOFError);
  },

  'a start that fails leaves nothing behind': async (d) => {
    const [a, b] = newPipe();
    await refused(() => start(pipe.sendAll, b, [() => {}]), mp.DataCloneError, 'args[1][0]');
    b.close();
    await refused(() => d.call(a, 'recv'), mp.EOFError);
  },

  'a pipe made while the modules of a worker are still evaluated': needs('memory', async (d) => {
    assert.deepEqual(await d.result(start(pipe.earlyPipe)), ['early', 'EOFError']);
  }),

  'values and bytes are not mixed up: what is asked for wrongly stays': async (d) => {
    const [a, b] = newPipe();
    for (const size of [10, LARGE]) {
      const sender = start(pipe.sendBig, b, size);
      await refused(() => d.call(a, 'recv'), mp.InvalidStateError, 'recvBytes()');
      assert.equal((await d.call(a, 'recvBytes')).length, size);
      await d.join(sender);
    }
    await d.call(b, 'send', 1);
    await refused(() => d.call(a, 'recvBytes'), mp.InvalidStateError, 'recv()');
    await refused(() => d.call(a, 'recvBytesInto', new Uint8Array(100)), mp.InvalidStateError, 'recv()');
    assert.equal(await d.call(a, 'recv'), 1);
  },

  'every kind of value is a message, null and undefined too': async (d) => {
    const [a, b] = newPipe();
    for (const value of [null, undefined, 0, -0, '', false, Number.NaN, [], {}, 'x'.repeat(LARGE)]) {
      const sent = b.send(value);
      assert.deepEqual(await a.recv(), value);
      await sent;
    }
    assert.isFalse(await d.call(a, 'poll'));
  },

  'fileno is a small number of its own for each end': async (d) => {
    const ends = range(3).flatMap(() => newPipe());
    const numbers = ends.map((end) => end.fileno());
    assert.equal(new Set(numbers).size, 6);
    assert.deepEqual(
      ends.map((end) => end.fileno()),
      numbers,
    );
    assert.isTrue(numbers.every((number) => Number.isInteger(number) && number > 2));
    assert.equal(await d.result(start(pipe.filenoThere, ends[3] as Wire)), numbers[3]);
  },

  'receives that wait keep their order, and one that gives up takes nothing': async () => {
    const [a, b] = newPipe();
    const control = new AbortController();
    const waiting = [
      a.recv(),
      a.recv({ signal: control.signal }),
      a.recv({ timeout: 30 }),
      a.recvBytes(),
      a.recv(),
    ] as const;
    const outcomes = Promise.allSettled(waiting);
    control.abort(new Error('given up'));
    await targets.sleep(60);
    await b.send(1);
    await b.sendBytes(new Uint8Array([2]));
    await b.send(3);
    const states = (await outcomes).map((it) => (it.status === 'fulfilled' ? it.value : (it.reason as Error).name));
    assert.deepEqual(states, [1, 'Error', 'TimeoutError', new Uint8Array([2]), 3]);
    const last = a.recv();
    a.close();
    await refused(() => last, mp.OSError);
    await refused(() => b.send(1), mp.OSError);
  },

  'sends that wait keep their order, and one that gives up is not sent': async () => {
    const [a, b] = newPipe();
    const control = new AbortController();
    const large = (i: number): string => 'x'.repeat(LARGE) + i;
    const sent = [
      b.send(large(0)),
      b.send(large(1), { signal: control.signal }),
      b.send(2),
      b.sendBytes(new Uint8Array(LARGE)),
      b.send(large(4), { timeout: 30 }),
    ];
    const outcomes = Promise.allSettled(sent);
    control.abort(new Error('given up'));
    await targets.sleep(60);
    assert.equal(await a.recv(), large(0));
    assert.equal(await a.recv(), 2);
    assert.equal((await a.recvBytes()).length, LARGE);
    const states = (await outcomes).map(({ status }) => status);
    assert.deepEqual(states, ['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'rejected']);
    assert.isFalse(await a.poll());
    await refused(() => b.send(1, { signal: control.signal }), Error, 'given up');
    await refused(() => a.recv(5 as never), TypeError, 'options');
  },

  'memory that is taken away while its message waits is an error, not a torn message': needs('answers', async (d) => {
    const [a, b] = newPipe();
    const message = new Uint8Array(LARGE);
    const sent = errorOf(() => b.sendBytes(message));
    structuredClone(message.buffer, { transfer: [message.buffer] });
    const next = b.sendBytes(new Uint8Array([5]));
    assert.deepEqual([...(await a.recvBytes())], [5]);
    assert.instanceOf(await sent, TypeError);
    await next;
    assert.isFalse(await d.call(a, 'poll'));
  }),
};
