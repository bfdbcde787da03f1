// The queues that a manager's server holds for others.

import { beforeEach, describe, expect, it } from 'vitest';
import { Empty, Full, InvalidStateError, ShutDown } from '../../src/errors.ts';
import { JoinableQueue } from '../../src/managers/server/held/joinable_queue.ts';
import { Queue } from '../../src/managers/server/held/queue.ts';
import { copyOut } from '../../src/managers/server/held/value.ts';
import { Log, Peer, sleep, tick } from './peer.ts';

let a: Peer;
let b: Peer;
let c: Peer;
let log: Log;
beforeEach(() => {
  [a, b, c] = ['a', 'b', 'c'].map((title) => new Peer(title)) as [Peer, Peer, Peer];
  log = new Log();
});

const put = (queue: Queue, peer: Peer, item: unknown, options = {}, controller?: AbortController): void =>
  log.add(
    `put ${item}`,
    peer.call(() => queue.put(item, options), controller),
  );
const get = (queue: Queue, peer: Peer, options = {}, controller?: AbortController): void =>
  log.add(
    peer.title,
    peer.call(() => queue.get(options), controller),
  );

describe.each([Queue, JoinableQueue])('%s', (Class) => {
  it('Q-01 Q-02 Q-07 MGR-28 keeps the order, and says when it is empty or full', () => {
    const queue = new Class(2);
    expect([queue.qsize(), queue.empty(), queue.full(), queue[copyOut]()]).toEqual([0, true, false, []]);
    queue.put(5);
    queue.putNowait(6);
    expect([queue.qsize(), queue.empty(), queue.full(), queue[copyOut]()]).toEqual([2, false, true, [5, 6]]);
    for (const options of [{ block: false }, { block: false, timeout: 1000 }, { timeout: 0 }, { timeout: -1 }]) {
      expect(() => queue.put(7, options)).toThrow(Full);
    }
    expect(() => queue.putNowait(7)).toThrow(Full);
    expect(String(queue)).toBe(Class === Queue ? '<Queue size=2/2>' : '<JoinableQueue size=2/2>');
    expect([queue.get(), queue.getNowait()]).toEqual([5, 6]);
    for (const options of [{ block: false }, { timeout: 0 }]) expect(() => queue.get(options)).toThrow(Empty);
    expect(() => queue.getNowait()).toThrow(Empty);
    expect(() => new Class(1.5)).toThrow(TypeError);
  });

  it('Q-20 has no limit without a maxsize, and is quick however many it holds', () => {
    for (const queue of [new Class<number>(), new Class<number>(0), new Class<number>(-3)]) {
      for (let i = 0; i < 200_000; i++) queue.put(i);
      expect(queue.full()).toBe(false);
      for (let i = 0; i < 200_000; i++) if (queue.get() !== i) throw new Error(`${i} is not in its place`);
      expect([queue.qsize(), queue[copyOut]()]).toEqual([0, []]);
      queue.put(1);
      expect(queue[copyOut]()).toEqual([1]);
    }
  });

  it('Q-07 a time that runs out: Empty, Full, and nothing was taken or put', async () => {
    const queue = new Class(1);
    get(queue, a, { timeout: 20 });
    await sleep(40);
    expect(log.errorOf('a')).toBeInstanceOf(Empty);
    queue.put(1);
    put(queue, a, 2, { timeout: 20 });
    await sleep(40);
    expect(log.errorOf('put 2')).toBeInstanceOf(Full);
    expect([queue.get(), queue.qsize()]).toEqual([1, 0]);
  });

  it('Q-33 gets that wait are served in turn; those that gave up or died take nothing', async () => {
    const queue = new Class();
    const controller = new AbortController();
    const d = new Peer('d');
    get(queue, a, {}, controller);
    for (const peer of [b, c, d]) get(queue, peer);
    controller.abort('enough');
    b.die();
    queue.put(1);
    c.die();
    queue.put(2);
    queue.put(3);
    await tick();
    expect(log.order).toEqual(['a', 'b', 'c', 'd']);
    expect(log.of('a')).toEqual({ error: 'enough' });
    // c had it before it died.
    expect([log.of('c'), log.of('d'), queue[copyOut]()]).toEqual([{ value: 1 }, { value: 2 }, [3]]);
  });

  it('Q-22 puts that wait get room in turn; those that gave up or died put nothing', async () => {
    const queue = new Class(2);
    const controller = new AbortController();
    const d = new Peer('d');
    put(queue, a, 1);
    put(queue, a, 2);
    put(queue, a, 3, {}, controller);
    put(queue, b, 4);
    put(queue, c, 5);
    put(queue, d, 6);
    controller.abort('enough');
    b.isGone = true;
    expect([queue.get(), queue[copyOut]()]).toEqual([1, [2, 5]]);
    b.die();
    expect([queue.get(), queue.get(), queue.get()]).toEqual([2, 5, 6]);
    await tick();
    expect([log.errorOf('put 3'), log.of('put 5'), log.of('put 6')]).toEqual([
      'enough',
      { value: undefined },
      { value: undefined },
    ]);
    expect(log.of('put 4')).toHaveProperty('error');
  });

  it('Q-16 Q-17 close concerns the client that calls it', async () => {
    const queue = new Class(1);
    get(queue, a);
    get(queue, b);
    a.call(() => queue.close());
    await tick();
    expect(log.errorOf('a')).toBeInstanceOf(InvalidStateError);
    expect(log.of('b')).toBe('waits');
    for (const call of [() => queue.get(), () => queue.getNowait(), () => queue.put(1), () => queue.putNowait(1)]) {
      expect(() => a.call(call)).toThrow(/closed/);
    }
    put(queue, c, 1);
    put(queue, c, 2);
    put(queue, c, 3);
    c.call(() => queue.close());
    await tick();
    expect([log.of('b'), log.of('put 3'), a.call(() => queue.empty())]).toEqual([{ value: 1 }, 'waits', false]);
    expect([b.call(() => queue.get()), b.call(() => queue.get())]).toEqual([2, 3]);
  });

  it('shutdown refuses puts, lets gets take what is there, and releases all who wait', async () => {
    const queue = new Class(1);
    put(queue, a, 1);
    put(queue, a, 2);
    queue.shutdown();
    expect(() => queue.put(3)).toThrow(ShutDown);
    expect(queue.get()).toBe(1);
    expect(() => queue.get()).toThrow(ShutDown);
    await tick();
    expect(log.errorOf('put 2')).toBeInstanceOf(ShutDown);
    const other = new Class();
    get(other, a);
    other.shutdown();
    await tick();
    expect(log.errorOf('a')).toBeInstanceOf(ShutDown);
    const third = new Class();
    third.put(1);
    third.shutdown({ immediate: true });
    expect(() => third.get()).toThrow(ShutDown);
    expect(third.qsize()).toBe(0);
    expect(() => third.shutdown(5 as never)).toThrow(TypeError);
  });
});

describe('JoinableQueue', () => {
  it('JQ-02 JQ-04 JQ-05 join waits until all that was put is done', async () => {
    const queue = new JoinableQueue(1);
    expect(queue.join()).toBe(undefined);
    // An item that is handed to a get, one in the queue, and one that waits for room.
    get(queue, a);
    for (const item of [1, 2, 3]) put(queue, b, item);
    log.add(
      'join',
      b.call(() => queue.join()),
    );
    log.add(
      'join too',
      c.call(() => queue.join()),
    );
    expect(queue.join({ timeout: 0 })).toBe(undefined);
    log.add(
      'short',
      c.call(() => queue.join({ timeout: 5 })),
    );
    const dead = new Peer('dead');
    log.add(
      'dead',
      dead.call(() => queue.join()),
    );
    dead.die();
    expect([queue.get(), queue.get()]).toEqual([2, 3]);
    queue.taskDone();
    queue.taskDone();
    await sleep(20);
    expect([log.of('join'), log.of('join too'), log.of('short')]).toEqual(['waits', 'waits', { value: undefined }]);
    queue.taskDone();
    // Released, though there is more to do again.
    queue.put(4);
    await tick();
    expect(log.order.slice(-2)).toEqual(['join', 'join too']);
    expect(queue.get()).toBe(4);
    queue.taskDone();
    expect(() => queue.taskDone()).toThrow(RangeError);
  });

  it('an immediate shutdown counts what it drops as done, and only that', async () => {
    const queue = new JoinableQueue();
    for (const item of [1, 2, 3]) queue.put(item);
    queue.get();
    log.add(
      'join',
      a.call(() => queue.join()),
    );
    queue.shutdown({ immediate: true });
    await tick();
    expect(log.of('join')).toBe('waits');
    queue.taskDone();
    await tick();
    expect(log.of('join')).toEqual({ value: undefined });
    const other = new JoinableQueue();
    other.put(1);
    log.add(
      'other',
      a.call(() => other.join()),
    );
    other.shutdown({ immediate: true });
    await tick();
    expect(log.of('other')).toEqual({ value: undefined });
  });
});
