// Queues, pipes and wait(), on any page: where threads share no memory processes make requests for them.
//
// Runs without isolation, too.

import { afterEach, describe, expect, it } from 'vitest';
import * as mp from '../../src/index.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import { start } from '../contract/harness.ts';
import * as message from '../fixtures/message.ts';
import * as data from '../fixtures/message_data.ts';
import '../fixtures/executable.ts';

afterEach(expectNoneLeft);

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const sorted = (all: number[]): number[] => all.sort((a, b) => a - b);

describe('queues', () => {
  it.each([0, 1, 3])('of %i items: each is got once, and in the order of who put it', async (maxsize) => {
    const queue = new mp.Queue<number>(maxsize);
    const takers = [1, 2].map(() => start(data.takeUntilShut, queue));
    const putters = [0, 100].map((from) => start(data.putAll, queue, from, 20));
    await data.putAll(queue, 200, 20);
    for (const putter of putters) await putter.join();
    queue.shutdown();
    const got = [];
    for (const taker of takers) got.push(...(await taker.result()));
    expect(sorted(got)).toEqual([...upTo(20), ...upTo(20).map((i) => 100 + i), ...upTo(20).map((i) => 200 + i)]);
  });

  it('a process that ends by itself leaves behind what it put, in order', async () => {
    const queue = new mp.Queue<number>();
    await start(data.putAndEnd, queue, 40).join();
    expect(queue.qsize()).toBe(40);
    for (const i of upTo(40)) expect(queue.getNowait()).toBe(i);
    const bounded = new mp.SimpleQueue<number>();
    await bounded.put(1);
    expect(await bounded.get()).toBe(1);
  });

  it('a process that closes itself leaves behind what it put', async () => {
    const queue = new mp.Queue<number>();
    const child = start(data.putAndClose, queue, 40);
    await child.join();
    // By memory it may have returned before the engine closes it.
    if (!crossOriginIsolated) expect(child.exitcode).toBe(1);
    for (const i of upTo(40)) expect(queue.getNowait()).toBe(i);
    expect(queue.empty()).toBe(true);
  });

  it('what waits for room is lost with a process that is killed, and nothing else', async () => {
    const queue = new mp.Queue<unknown>(1);
    await queue.put('first');
    const asks = new mp.Semaphore(0);
    const child = start(data.putFor, queue, asks, 'lost');
    await asks.acquire();
    child.kill();
    await child.join();
    expect(await queue.get()).toBe('first');
    await queue.put('second');
    expect(await queue.get()).toBe('second');
    expect(queue.empty()).toBe(true);
  });

  it('an item is given to nobody who is killed before it comes, and never twice', async () => {
    const queue = new mp.Queue<number>();
    const asks = new mp.Semaphore(0);
    const first = start(data.takeAndStay, queue, asks);
    await asks.acquire();
    first.kill();
    await first.join();
    await queue.put(1);
    expect(await queue.get()).toBe(1);
    const second = start(data.takeAndStay, queue, asks);
    await asks.acquire();
    await queue.put(2);
    await asks.acquire();
    second.kill();
    await second.join();
    expect(queue.empty()).toBe(true);
  });

  it('ways to end', async () => {
    const queue = new mp.Queue<number>(1);
    expect(await start(data.endings, queue).result()).toEqual([
      'Empty',
      'Empty',
      'RangeError',
      'Full',
      'Full',
      'DataCloneError',
      '1',
      'InvalidStateError',
      'InvalidStateError',
    ]);
    await expect(queue.put(1)).rejects.toBeInstanceOf(mp.ShutDown);
    await expect(queue.get()).rejects.toBeInstanceOf(mp.ShutDown);
  });

  it('a process makes one, and gives it to its own', async () => {
    expect(await start(data.makeAndTake).result()).toEqual(upTo(5));
  });

  it('large items', async () => {
    const queue = new mp.Queue<unknown>();
    const asks = new mp.Semaphore(0);
    const child = start(data.putFor, queue, asks, new Uint8Array(5_000_000).fill(7));
    const got = (await queue.get()) as Uint8Array;
    expect(got.length).toBe(5_000_000);
    expect(got[4_999_999]).toBe(7);
    child.kill();
    await child.join();
  });

  it('a JoinableQueue knows what is unfinished', async () => {
    const tasks = new mp.JoinableQueue<number>();
    const done = new mp.SimpleQueue<number>();
    const workers = [1, 2].map(() => start(data.work, tasks, done));
    for (const i of upTo(20)) await tasks.put(i);
    await tasks.join();
    const got = [];
    for (const _ of upTo(20)) got.push(await done.get());
    expect(sorted(got)).toEqual(upTo(20));
    const child = start(data.overdo, tasks);
    await expect(child.result()).rejects.toThrow('called too often');
    tasks.shutdown();
    for (const worker of workers) await worker.join();
  });

  it('a put that finds the queue shut down, and cannot say so at once, ends its process', async () => {
    const queue = new mp.Queue<number>();
    queue.shutdown();
    for (const returns of [false, true]) {
      const child = start(data.putAfterEnd, queue, returns);
      await expect(child.result()).rejects.toThrow('the queue was shut down');
      expect(child.exitcode).toBe(1);
    }
  });
});

describe('pipes', () => {
  it('values there and back, until the other end is gone', async () => {
    const [here, there] = mp.Pipe<unknown>();
    const child = start(data.echo, there);
    there.close();
    for (const value of ['a', { b: [1n] }, new Map([[1, 'c']]), 'x'.repeat(3_000_000)]) {
      const sent = here.send(value);
      expect(await here.recv()).toEqual(value);
      await sent;
    }
    here.close();
    expect(await child.result()).toEqual([4, 'EOFError', true]);
  });

  it('bytes, polls, and ends', async () => {
    const [here, there] = mp.Pipe<unknown>();
    const child = start(data.receiveAll, there);
    there.close();
    await here.send('value');
    for (const bytes of [
      [1, 2, 3],
      [4, 5],
      [1, 2, 3, 4, 5],
    ])
      await here.sendBytes(new Uint8Array(bytes));
    expect(await here.recv()).toBe('go on');
    await here.send('more');
    await here.sendBytes(new Uint8Array(3));
    const all = await child.result();
    expect(all).toEqual([
      'InvalidStateError',
      'value',
      [1, 2, 3],
      2,
      [0, 4, 5, 0],
      'BufferTooShort',
      false,
      'TimeoutError',
      true,
      'more',
      'OSError',
      false,
      'OSError',
      false,
    ]);
    await expect(here.recv()).rejects.toBeInstanceOf(mp.EOFError);
    await expect(here.send(1)).rejects.toBeInstanceOf(mp.OSError);
  });

  it('a process makes one, and hears when its child is gone', async () => {
    expect(await start(data.makeAndTalk).result()).toEqual(['hello', true, 'EOFError']);
  });

  it('who sends waits for who does not read; killed, whole messages are left', async () => {
    const [here, there] = mp.Pipe<unknown>();
    const asks = new mp.Semaphore(0);
    const child = start(data.flood, there, asks);
    there.close();
    await asks.acquire();
    expect(child.exitcode).toBe(null);
    expect((await here.recvBytes()).length).toBe(1 << 20);
    child.kill();
    await child.join();
    for (let count = 1; ; count++) {
      const bytes = await here.recvBytes().catch((error) => {
        expect(error).toBeInstanceOf(mp.EOFError);
      });
      if (bytes === undefined) break;
      expect(count).toBeLessThan(6);
      expect(bytes.length).toBe(1 << 20);
    }
  });

  it('who is killed while it receives takes nothing', async () => {
    const [here, there] = mp.Pipe<unknown>();
    const asks = new mp.Semaphore(0);
    const first = start(data.receiveFor, there, asks);
    await asks.acquire();
    first.kill();
    await first.join();
    const second = start(data.receiveFor, there, asks);
    await asks.acquire();
    await here.send('mine');
    expect(await second.result()).toBe('mine');
    there.close();
    await expect(here.recv()).rejects.toBeInstanceOf(mp.EOFError);
  });
});

it('wait() for what is in the page, and for a child', async () => {
  const queue = new mp.Queue<number>();
  const [here, there] = mp.Pipe<unknown>();
  const child = start(data.waitForAll, queue, there, new mp.Semaphore(0));
  expect(await here.recv()).toBe('send something');
  await here.send('something');
  expect(await child.result()).toEqual(['', 'child', 'queue', 'wire', 'RangeError']);
});

/** What cannot be answered at once. */
const refusals = [
  ['Queue', () => new mp.Queue(2), ['putNowait', 'getNowait', 'qsize', 'empty', 'full']],
  ['JoinableQueue', () => new mp.JoinableQueue(), ['getNowait', 'qsize', 'empty', 'full']],
  ['SimpleQueue', () => new mp.SimpleQueue(), ['empty']],
] as const;

describe.skipIf(crossOriginIsolated)('by message alone', () => {
  it.each(refusals)('%s: names that ask at once name the way', async (_kind, make, ask) => {
    const object = make();
    const refused = await start(message.refusals, object, ask).result();
    ask.forEach((name, i) => {
      expect(refused[i]).toMatch(new RegExp(`^InvalidStateError: .*${name}`));
      if (name === 'empty') expect(refused[i]).toMatch(/: "await wait\(\[queue\], \{ timeout: 0 \}\)" /);
    });
    expect(object.empty()).toBe(true);
  });

  it('what is memory says what to use instead, in the page and in processes', async () => {
    for (const texts of [data.makeMemory(), await start(data.makeMemory).result()]) {
      for (const text of texts)
        expect(text).toMatch(/^InvalidStateError: .*not cross-origin isolated.*use "await manager/);
      expect(texts.map((text) => text.split(' ')[1])).toEqual([
        'Value',
        'RawValue',
        'Array',
        'RawArray',
        'SharedMemory',
        'ShareableList',
        'SharedMemoryManager',
      ]);
    }
  });
});
