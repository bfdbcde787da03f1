import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import * as pipe from '../../fixtures/pipe.ts';
import * as targets from '../../fixtures/targets.ts';
import { type AnyProcess, type Cases, type Driver, duration, errorOf, range, start } from '../harness.ts';

async function collectAll(d: Driver, pauses: boolean): Promise<void> {
  const readers: pipe.Wire[] = [];
  const children = range(4).map(() => {
    const [reader, writer] = mp.Pipe({ duplex: false });
    const child = start(pipe.sendNumbered, writer as pipe.Wire, 10, pauses);
    writer.close();
    readers.push(reader);
    return child;
  });
  const pairs: string[] = [];
  while (readers.length > 0) {
    for (const reader of (await d.wait(readers)) as pipe.Wire[]) {
      try {
        pairs.push(String(await d.call(reader, 'recv')));
      } catch (error) {
        assert.instanceOf(error, mp.EOFError);
        readers.splice(readers.indexOf(reader), 1);
      }
    }
  }
  const expected = children.flatMap(({ pid }) => range(10).map((i) => `${i},${pid}`));
  assert.deepEqual(pairs.sort(), expected.sort());
  for (const child of children) await d.join(child);
}

export const waitCases: Cases = {
  'WAIT-01 messages of four children, each once, until each is at its end': (d) => collectAll(d, false),

  'WAIT-01 the same with pauses': (d) => collectAll(d, true),

  'WAIT-04 exactly those that are ready are answered, after the timeout none': async (d) => {
    const [a, b] = mp.Pipe();
    const late = await duration(async () => assert.deepEqual(await d.wait([a, b], { timeout: 100 }), []));
    assert.isAtLeast(late, 95);
    await d.call(b, 'send', null);
    assert.deepEqual(await d.wait([a, b], { timeout: 20_000 }), [a]);
    assert.deepEqual(await d.wait([a, b]), [a]);
  },

  'WAIT-05 a negative timeout does not wait': async (d) => {
    const [a, b] = mp.Pipe();
    assert.deepEqual(await d.wait([a, b], { timeout: -1 }), []);
    assert.deepEqual(await d.wait([], { timeout: 0 }), []);
  },

  'WAIT-06 SENT-05 connections, queues and sentinels mix': async (d) => {
    const [a, b] = mp.Pipe();
    const queue = new mp.Queue();
    const simple = new mp.SimpleQueue();
    const child = start(targets.sleep, 100);
    const all: mp.Waitable[] = [a, child.sentinel, b, queue, simple];
    assert.deepEqual(await d.wait(all, { timeout: 0 }), []);
    assert.deepEqual(await d.wait(all), [child.sentinel]);
    await d.call(a, 'send', 1);
    assert.deepEqual(await d.wait(all), [child.sentinel, b]);
    await d.put(queue, 1);
    await d.putSimple(simple, 1);
    assert.deepEqual(await d.wait(all), [child.sentinel, b, queue, simple]);
    await d.get(queue);
    await d.join(child);
    assert.deepEqual(await d.wait(all), [child.sentinel, b, simple]);
  },

  'SENT-05 each of them wakes one who waits for all': async (d) => {
    const [a, b] = mp.Pipe();
    const queue = new mp.Queue();
    const sleeper = start(targets.sleep, 60_000);
    const all: mp.Waitable[] = [sleeper.sentinel, a, queue];
    const sender = start(pipe.sendAllAsync, b as pipe.Wire, ['hello']);
    assert.deepEqual(await d.wait(all), [a]);
    assert.equal(await d.call(a, 'recv'), 'hello');
    const putter = start(targets.putAll, queue, [1]);
    assert.deepEqual(await d.wait(all), [queue]);
    assert.equal(await d.get(queue), 1);
    const closer = start(pipe.closeAndSleep, b as pipe.Wire);
    b.close();
    assert.deepEqual(await d.wait(all), [a]);
    assert.instanceOf(await errorOf(() => d.call(a, 'recv')), mp.EOFError);
    sleeper.terminate();
    assert.deepEqual(await d.wait([sleeper.sentinel, queue]), [sleeper.sentinel]);
    closer.terminate();
    for (const child of [sender, putter, closer, sleeper] as AnyProcess[]) await d.join(child);
  },

  'WAIT-07 the same objects, in the order given, and nothing is taken': async (d) => {
    const pipes = range(5).map(() => mp.Pipe());
    for (const [, writer] of pipes) await d.call(writer, 'send', 'here');
    const readers = pipes.map(([reader]) => reader as pipe.Wire).reverse();
    for (let i = 0; i < 2; i++) {
      const ready = await d.wait(readers);
      assert.equal(ready.length, 5);
      for (const [i, reader] of readers.entries()) assert.strictEqual(ready[i], reader);
    }
    for (const reader of readers) assert.equal(await d.call(reader, 'recv'), 'here');
    assert.deepEqual(await d.wait(new Set<mp.Waitable>(readers) as never, { timeout: 0 }), []);
  },

  'WAIT-09 the same object twice is refused': async (d) => {
    const [a] = mp.Pipe();
    const queue = new mp.SimpleQueue();
    const error = (await errorOf(() => d.wait([a, queue as never, a]))) as Error;
    assert.instanceOf(error, RangeError);
    assert.include(error.message, 'objects[2] is objects[0] again');
  },

  'WAIT-08 a connection whose other end is gone is ready, every time': async (d) => {
    const [a, b] = mp.Pipe();
    b.close();
    assert.deepEqual(await d.wait([a]), [a]);
    assert.instanceOf(await errorOf(() => d.call(a, 'recv')), mp.EOFError);
    assert.deepEqual(await d.wait([a], { timeout: 0 }), [a]);
  },

  'WAIT-10 an end that only sends is not ready while somebody can receive': async (d) => {
    const [reader, writer] = mp.Pipe({ duplex: false });
    assert.deepEqual(await d.wait([writer], { timeout: 0 }), []);
    assert.deepEqual(await d.wait([writer], { timeout: 50 }), []);
    await d.call(writer, 'send', 1);
    assert.deepEqual(await d.wait([writer, reader]), [reader]);
    reader.close();
    assert.deepEqual(await d.wait([writer]), [writer]);
  },

  'WAIT-11 a hundred objects at once': async (d) => {
    const pipes = range(100).map(() => mp.Pipe({ duplex: false }));
    const readers = pipes.map(([reader]) => reader as pipe.Wire);
    for (const i of [99, 0, 63, 64]) {
      const writer = pipes[i]?.[1] as pipe.Wire;
      const child = start(pipe.sendAll, writer, [i]);
      const [ready] = (await d.wait(readers)) as [pipe.Wire];
      assert.strictEqual(ready, readers[i]);
      assert.equal(await d.call(ready, 'recv'), i);
      await d.join(child);
    }
  },

  'wait throws for what is closed, and goes on after a watcher was killed': async (d) => {
    const [a, b] = mp.Pipe();
    const queue = new mp.Queue();
    const watcher = start(pipe.watchForever, a as pipe.Wire, queue);
    await targets.sleep(100);
    watcher.terminate();
    await d.join(watcher);
    assert.deepEqual(await d.wait([a, queue], { timeout: 20 }), []);
    await d.call(b, 'send', 1);
    assert.deepEqual(await d.wait([a, queue]), [a]);
    a.close();
    assert.instanceOf(await errorOf(() => d.wait([a])), mp.OSError);
    queue.close();
    assert.instanceOf(await errorOf(() => d.wait([queue])), mp.InvalidStateError);
    assert.instanceOf(await errorOf(() => d.wait([{} as never])), TypeError);
  },

  'an aborted wait ends with the reason of its signal': async () => {
    const [a] = mp.Pipe();
    const control = new AbortController();
    const waiting = mp.wait([a], { signal: control.signal });
    control.abort(new Error('given up'));
    assert.equal(((await errorOf(() => waiting)) as Error).message, 'given up');
  },
};
