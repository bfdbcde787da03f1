// web-multiprocessing/dummy in a page, beside the root. The contract's cases over it run in Node: e2e/dummy.spec.ts.

import { afterEach, expect, test } from 'vitest';
import * as dummy from '../../src/dummy.ts';
import * as mp from '../../src/index.ts';

afterEach(() => expect(dummy.activeChildren()).toEqual([]));

/** Starts a process of this realm. */
function start<const P extends readonly unknown[], R>(target: (...args: P) => R, ...args: P): mp.Process<P, R> {
  const process = new dummy.Process<P, R>({ target, args } as mp.ProcessOptions<P, R>);
  process.start();
  return process;
}

class Point {
  readonly x: number;

  constructor(x: number) {
    this.x = x;
  }
}

test('it has all names of the root', () => {
  expect(Object.keys(dummy).sort()).toEqual(Object.keys(mp).sort());
});

test('values are copied, functions and classes need not be registered', async () => {
  const given = { point: new Point(1), double: (x: number) => 2 * x };
  const child = start((got: typeof given) => {
    (got as { extra?: number }).extra = 1;
    return { got, three: got.double(1.5), isPoint: got.point instanceof Point };
  }, given);
  const { got, three, isPoint } = await child.result();
  expect([three, isPoint, got.point]).toEqual([3, true, new Point(1)]);
  expect(got.point).not.toBe(given.point);
  expect(given).not.toHaveProperty('extra');
});

test('what is refused for other reasons is refused here, too', async () => {
  const queue = new dummy.Queue();
  await expect(queue.put([document.body])).rejects.toThrow('item[0] is an HTMLBodyElement, which cannot travel');
  await expect(queue.put(new dummy.Lock())).rejects.toThrow('is a Lock, which travels only');
  await expect(queue.put(queue)).rejects.toThrow('is a Queue, which travels only');
  expect(() => start((_: unknown) => {}, dummy.currentProcess() as unknown)).toThrow('cannot be sent');
});

test('a queue of the root still refuses what is not registered', async () => {
  await expect(new mp.Queue().put(() => 1)).rejects.toThrow('a function that is not registered');
});

test('a process knows who it is until its first await', async () => {
  const child = start(async () => {
    const { name, pid } = dummy.currentProcess();
    const parent = dummy.parentProcess()?.name;
    await null;
    return { name, pid, parent, later: dummy.currentProcess().name };
  });
  const { name, pid } = child;
  expect(await child.result()).toEqual({ name, pid, parent: 'MainProcess', later: 'MainProcess' });
});

test('what it does to shared objects it does in its name, also after an await, and until its end', async () => {
  const [lock, queue, wake] = [new dummy.Lock(), new dummy.Queue(), new dummy.Event()];
  const child = start(
    async (lock: mp.Lock, queue: mp.Queue, wake: mp.Event) => {
      await null;
      await lock.acquire();
      await queue.put('held');
      await wake.wait();
      await queue.put('never');
    },
    lock,
    queue,
    wake,
  );
  expect(await queue.get()).toBe('held');
  expect(lock.owner).toBe(child.pid);
  child.terminate();
  expect(child.exitcode).toBe(-15);
  expect(await lock.acquire()).toBe(true);
  expect(lock.abandoned).toBe(true);
  wake.set();
  await expect(queue.get({ timeout: 50 })).rejects.toBeInstanceOf(dummy.Empty);
});

test('the end of a process: an exit code, an error, children, and what its queues still hold', async () => {
  expect((await ended(start(() => dummy.exit(3)))).exitcode).toBe(3);
  const queue = new dummy.Queue<number>(1);
  const child = start((queue: mp.Queue<number>) => {
    start(async (queue: mp.Queue<number>) => queue.put(1), queue);
    void queue.put(2);
  }, queue);
  expect([await queue.get(), await queue.get()].sort()).toEqual([1, 2]);
  expect((await ended(child)).exitcode).toBe(0);
  await expect(start(async () => Promise.reject(new RangeError('no'))).result()).rejects.toThrow(RangeError);
});

async function ended<P extends mp.Process<never, unknown>>(process: P): Promise<P> {
  await process.join();
  return process;
}

test('a pool: functions in place, an initializer for each worker, an end that drops what waits', async () => {
  const names = new Set<string>();
  const pool = new dummy.Pool(2, { initializer: () => names.add(dummy.currentProcess().name), maxtasksperchild: 1 });
  expect(await pool.map((x: number) => x * x, [1, 2, 3, 4])).toEqual([1, 4, 9, 16]);
  expect(names.size).toBe(2);
  const control = new AbortController();
  const given = pool.apply(
    async () => {
      const signal = dummy.taskSignal();
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return signal.reason;
    },
    [],
    { signal: control.signal },
  );
  control.abort(new RangeError('enough'));
  await expect(given).rejects.toThrow('enough');
  let goOn = (): void => {};
  const running = pool.apply(() => new Promise<void>((resolve) => (goOn = resolve)));
  const waiting = pool.map((x: number) => x, [1, 2]);
  await Promise.resolve();
  pool.terminate();
  goOn();
  await expect(running).rejects.toBeInstanceOf(dummy.ProcessError);
  await waiting.catch(() => {});
  await pool.join();
});

test('what would block says how to wait', () => {
  expect(() => new dummy.Queue().getSync()).toThrow(dummy.BlockingNotAllowedError);
  expect(() => new dummy.Pool(1).mapSync((x: number) => x, [1])).toThrow(dummy.BlockingNotAllowedError);
});

test('contexts have its classes', async () => {
  const context = dummy.getContext('forkserver');
  const child = new context.Process({ target: () => dummy.currentProcess().name });
  child.start();
  expect(await child.result()).toMatch(/^ForkServerProcess-/);
  expect(child).toBeInstanceOf(dummy.Process);
});

test('what queues and pipes carry need not be registered', async () => {
  const [a, b] = dummy.Pipe<unknown>();
  const double = (x: number): number => 2 * x;
  for (const queue of [
    new dummy.Queue<unknown>(),
    new dummy.JoinableQueue<unknown>(),
    new dummy.SimpleQueue<unknown>(),
  ]) {
    await queue.put({ double });
    expect(((await queue.get()) as { double: typeof double }).double(4)).toBe(8);
  }
  const queue = new dummy.Queue<unknown>();
  queue.putNowait(double);
  expect(queue.getNowait()).toBe(double);
  await a.send([double]);
  expect(await b.recv()).toEqual([double]);
});

test('who always finds room lets the others have a turn', async () => {
  const queue = new dummy.Queue<number>();
  const child = start(async (numbers: mp.Queue<number>) => {
    for (let i = 0; ; i++) await numbers.put(i);
  }, queue);
  await new Promise((resolve) => setTimeout(resolve));
  child.terminate();
  expect(queue.qsize()).toBeGreaterThan(0);
});

test('a manager serves in this realm, and copies what it is given', async () => {
  await using manager = await dummy.Manager();
  expect(manager).toBeInstanceOf(dummy.SyncManager);
  const given = { count: 1 };
  const list = await manager.list([given]);
  given.count = 2;
  expect(await list.get(0)).toEqual({ count: 1 });
  expect(await list.map((x) => x.count * 10)).toEqual([10]);
  const dict = await manager.dict([['a', 1]]);
  const child = start(async (its: mp.DictProxy<string, number>) => {
    await its.set('b', 2);
    await its.delete('a');
  }, dict);
  await child.result();
  expect(await dict.getValue()).toEqual(new Map([['b', 2]]));
});

test('what a manager answers at once can be asked for without waiting; what waits is given up', async () => {
  await using manager = await dummy.Manager();
  const queue = manager.QueueSync<string>();
  expect(() => queue.getSync()).toThrow(dummy.BlockingNotAllowedError);
  queue.putSync('an item');
  expect(queue.qsizeSync()).toBe(1);
  expect(queue.getSync()).toBe('an item');
});

test('a lock of a manager that a process holds is free when that has ended; calls fail when the server has', async () => {
  const manager = await dummy.Manager();
  const lock = await manager.Lock();
  const holder = start(async (its: mp.LockProxy) => {
    await its.acquire();
    await new Promise(() => {});
  }, lock);
  while (!(await lock.locked())) await new Promise((resolve) => setTimeout(resolve));
  const waiting = lock.acquire();
  holder.terminate();
  expect(await waiting).toBe(true);
  expect(await lock.abandoned).toBe(true);
  const event = await manager.Event();
  const unset = event.wait();
  const [server] = dummy.activeChildren();
  server?.terminate();
  await expect(unset).rejects.toThrow(dummy.WorkerDiedError);
  await expect(event.isSet()).rejects.toThrow(dummy.WorkerDiedError);
  await manager.shutdown();
});

test('objects of classes that are not registered live in a manager, each its own', async () => {
  class Shop {
    #stock = 10;

    sell(count: number): number {
      this.#stock -= count;
      return this.#stock;
    }
  }
  const ShopManager = dummy.BaseManager.register('Shop', Shop);
  await using manager = await new ShopManager().start();
  const [one, other] = [await manager.Shop(), await manager.Shop()];
  expect([await one.sell(2), await one.sell(3), await other.sell(1)]).toEqual([8, 5, 9]);
});

test('a listener meets clients, and sees the end of a process that is one', async () => {
  const listener = new dummy.Listener();
  const child = start(async (address: string) => {
    const connection = await dummy.Client(address);
    await connection.send((x: number) => 2 * x);
    await new Promise(() => {});
  }, listener.address);
  const connection = await listener.accept<(x: number) => number>();
  expect((await connection.recv())(4)).toBe(8);
  child.terminate();
  await expect(connection.recv()).rejects.toThrow(dummy.EOFError);
  connection.close();
  listener.close();
});

test('what a terminated process had can be closed: that is nothing, as by its end', async () => {
  const [mine, its] = dummy.Pipe();
  let kept: mp.Connection | undefined;
  const child = start(async (end: mp.Connection) => {
    kept = end;
    await end.send('begun');
    await end.recv();
  }, its);
  its.close();
  expect(await mine.recv()).toBe('begun');
  child.terminate();
  await child.join();
  expect(() => kept?.close()).not.toThrow();
  await expect(mine.recv()).rejects.toBeInstanceOf(dummy.EOFError);
  mine.close();
});
