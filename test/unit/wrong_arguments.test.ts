// Whatever is called with whatever in the place of an argument or an option says what is wrong in the words of this library: no error
// of an engine, such as "Cannot read properties of null", comes out of it.

import { afterEach, describe, expect, it } from 'vitest';
import * as dummy from '../../src/dummy.ts';
import * as page from '../../src/entry/page.ts';
import * as processEntry from '../../src/entry/process.ts';
import * as mp from '../../src/index.ts';
import * as inspect from '../../src/inspect.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import '../fixtures/executable.ts';
import { goodFor, membersOf, tried } from './arguments.ts';

afterEach(expectNoneLeft);

/** What ends the process that calls it, takes nothing and starts one, or is for the plugin and the library itself. */
const NOT_CALLED = ['exit', 'Manager', '_setExecutable', '_choose', '_serve', 'PoolWorker', 'Rehearsal'];
const ERRORS: unknown[] = Object.values(mp).filter((it) => typeof it === 'function' && it.prototype instanceof Error);

const entries = { root: mp, dummy, inspect, page, process: processEntry };

describe.each(Object.entries(entries))('%s', (_, entry) => {
  it.each(
    Object.entries(entry as object).filter(([name, it]) => typeof it === 'function' && !NOT_CALLED.includes(name)),
  )('%s', async (name, it) => {
    const isFunction = /^[a-z]|^(Pipe|Client)$/.test(name);
    const made: object[] = [];
    const make = (args: unknown[]): unknown => {
      if (isFunction) return it(...args);
      const object = Reflect.construct(it, args) as object;
      made.push(object);
      // What it was made with is not found out later.
      return ERRORS.includes(it) ? object : String(object);
    };
    const good = ERRORS.includes(it) && name !== 'BufferTooShort' ? [] : goodFor(name);
    expect(await tried(name, good, make)).toEqual([]);
    for (const object of made) (object as { close?(): void }).close?.();
  });
});

/** An object to call, and how what waits for it comes to an end. */
interface Subject {
  readonly make: () => object;
  readonly end?: (it: never) => unknown;
  /** Each call needs one of its own, for one call can keep the next from being done. */
  readonly isForOne?: boolean;
}

function filled<Q extends mp.Queue | mp.SimpleQueue>(queue: Q): Q {
  for (let i = 0; i < 200; i++) queue.putSync(i);
  return queue;
}

function connected(): mp.Connection {
  const [here, there] = mp.Pipe();
  for (let i = 0; i < 200; i++) there.sendSync(i);
  there.close();
  return here;
}

const close = (it: { close(): void }): void => it.close();
const terminate = (it: mp.Pool): Promise<void> => {
  it.terminate();
  return it.join();
};

const subjects: Readonly<Record<string, Subject>> = {
  Queue: { make: () => filled(new mp.Queue()), end: close },
  JoinableQueue: { make: () => filled(new mp.JoinableQueue()), end: finish },
  SimpleQueue: { make: () => filled(new mp.SimpleQueue()), end: close },
  Connection: { make: connected, end: close },
  Lock: { make: () => new mp.Lock(), isForOne: true },
  RLock: { make: () => new mp.RLock(), isForOne: true },
  Semaphore: { make: () => new mp.Semaphore(), isForOne: true },
  BoundedSemaphore: { make: () => new mp.BoundedSemaphore(), isForOne: true },
  Event: { make: () => new mp.Event(), end: (it: mp.Event) => it.set() },
  Barrier: { make: () => new mp.Barrier(1), isForOne: true },
  Condition: {
    make: () => {
      // A unit for this, one for what is called, one for the end.
      const condition = new mp.Condition(new mp.Semaphore(3));
      condition.acquireSync();
      return condition;
    },
    end: async (it: mp.Condition) => {
      await it.acquire();
      it.notifyAll();
      it.release();
    },
    isForOne: true,
  },
  Logger: { make: () => mp.getLogger() },
  Process: { make: () => new mp.Process({ target: () => {} }) },
  'Process of the dummy': { make: () => new dummy.Process({ target: () => {} }) },
  Pool: { make: () => new mp.Pool(1), end: terminate },
  'Pool of the dummy': { make: () => new dummy.Pool(1), end: terminate },
  SyncManager: {
    make: () => new dummy.SyncManager(),
    end: (it: mp.SyncManager) => it.shutdown(),
    isForOne: true,
  },
  Listener: { make: () => new mp.Listener(), end: close },
  'callback of onExit': { make: () => mp.onExit(() => {}), end: (it: mp.ExitCallback) => it.cancel() },
  context: { make: () => mp.getContext('spawn') },
};

function finish(queue: mp.JoinableQueue): void {
  queue.shutdown({ immediate: true });
  queue.close();
}

const shared: Readonly<Record<string, Subject>> = {
  Value: { make: () => new mp.Value('i', 1) },
  RawValue: { make: () => new mp.RawValue('i', 1) },
  SharedMemory: {
    make: () => new mp.SharedMemory(null, { create: true, size: 8 }),
    end: (it: mp.SharedMemory) => it.unlink(),
  },
  ShareableList: {
    make: () => new mp.ShareableList([1, 'text', null]),
    end: (it: mp.ShareableList) => it.shm.unlink(),
  },
  SharedMemoryManager: {
    make: () => new mp.SharedMemoryManager().start(),
    end: (it: mp.SharedMemoryManager) => it.shutdown(),
  },
};

/** What only TypeScript hides, and what takes nothing and leaves nothing. */
const LEFT_OUT = ['giveBack', 'unlink'];

describe.each(Object.entries(globalThis.crossOriginIsolated ? { ...subjects, ...shared } : subjects))(
  'a method of %s',
  (title, { make, end, isForOne }) => {
    const owner = title.replace(/ .*/, '');
    it.each(membersOf(make()).filter(([name]) => !LEFT_OUT.includes(name)))('%s', async (name, isSetter) => {
      const ends: unknown[] = [];
      let it = make() as Record<string, unknown>;
      const call = (args: unknown[]): unknown => {
        if (isForOne) it = make() as typeof it;
        if (isSetter) {
          it[name] = args[0];
          return;
        }
        const answer = (it[name] as (...args: unknown[]) => unknown)(...args);
        if (isForOne) ends.push(end?.(it as never));
        return isIterator(answer) ? all(answer) : answer;
      };
      expect(
        await tried(`${title}.${name}`, isSetter ? [1] : goodFor(name, owner), call, () => {
          ends.push(end?.(it as never));
          return Promise.all(ends);
        }),
      ).toEqual([]);
    });
  },
);

const isIterator = (it: unknown): it is AsyncIterable<unknown> =>
  typeof it === 'object' && it !== null && Symbol.asyncIterator in it;

async function all(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}

/** What managers make, and with what. */
const kept: Readonly<Record<string, readonly unknown[]>> = {
  dict: [[[1, 2]]],
  list: [[1]],
  set: [[1]],
  Namespace: [{ a: 1 }],
  Value: ['i', 1],
  Array: ['i', [1]],
  Queue: [1],
  JoinableQueue: [1],
  Semaphore: [1],
  BoundedSemaphore: [1],
  Condition: [null],
  Barrier: [1, { action: null, timeout: 0 }],
  Pool: [1, { maxtasksperchild: 1, grace: 1, idleTimeout: 1 }],
};

it.each(Object.entries(kept))('what a manager makes: %s', async (name, good) => {
  const manager = await dummy.Manager();
  const make = (args: unknown[]): unknown =>
    (manager as unknown as Record<string, (...args: unknown[]) => unknown>)[name]?.(...args);
  expect(await tried(name, good, make)).toEqual([]);
  await manager.shutdown();
});

it('a call of a proxy, and what containers take whole', async () => {
  const manager = await dummy.Manager();
  const [dict, list, set] = [await manager.dict(), await manager.list(), await manager.set()];
  expect([
    ...(await tried('callMethod', ['get', [0]], (args) => dict.callMethod(...(args as [string])))),
    ...(await tried('dict.update', [[[1, 2]]], (args) => dict.update(...(args as [[]])))),
    ...(await tried('dict.update of an entry', [1], ([entry]) => dict.update([entry as [1, 2]]))),
    ...(await tried('list.extend', [[1]], (args) => list.extend(...(args as [[]])))),
    ...(await tried('set.update', [[1]], (args) => set.update(...(args as [[]])))),
  ]).toEqual([]);
  await manager.shutdown();
});

it('null counts as not given, in an option and in the place of all of them', async () => {
  const nothing = null as never;
  expect(new mp.Barrier(2, nothing).parties).toBe(2);
  expect(new mp.Process(nothing).daemon).toBe(false);
  expect(new mp.Process({ target: () => {}, args: nothing, kwargs: nothing, name: null, daemon: null }).daemon).toBe(
    false,
  );
  const [first] = mp.Pipe({ duplex: nothing });
  expect([first.readable, first.writable]).toEqual([true, true]);
  expect(await new mp.Queue().get(nothing === null ? { block: false } : {}).catch((error) => error.name)).toBe('Empty');
  const lock = new mp.Lock();
  expect(await lock.acquire(nothing)).toBe(true);
  expect(await lock.acquire({ block: 0 as never })).toBe(false);
  const order: number[] = [];
  const late = mp.onExit(() => order.push(1), { priority: nothing });
  late();
  expect(order).toEqual([1]);
});

it('what should stand inside of the options is refused, and how they look', async () => {
  const wrong = 'must be an object such as';
  expect(() => new mp.Process((() => {}) as never)).toThrow(
    `Process(options): options ${wrong} { target: f }, not a function`,
  );
  expect(() => mp.Pipe(false as never)).toThrow(`Pipe(options): options ${wrong} { duplex: false }, not false`);
  expect(() => new mp.Barrier(2, (() => {}) as never)).toThrow(`options ${wrong} { timeout: 500 }, not a function`);
  const controller = new AbortController();
  const given = new mp.Queue().get(controller as mp.WaitOptions);
  controller.abort();
  await expect(given).rejects.toThrow(controller.signal.reason);
  await expect(new mp.Queue().get(controller.signal as never)).rejects.toThrow(
    `options ${wrong} { timeout: 500 }, not an AbortSignal`,
  );
  expect(() => mp.onExit(() => {}, { priority: 'first' as never })).toThrow(
    'onExit(callback, { priority }): priority must be a finite number, not "first"',
  );
  await expect(mp.wait(new mp.Queue() as never)).rejects.toThrow('wait(objects): objects must be an array');
});

it('a lock, an event or a queue takes no body from who makes it', () => {
  for (const Class of [mp.Lock, mp.RLock, mp.Event, mp.SimpleQueue]) {
    expect(String(Reflect.construct(Class, [{}]))).toBe(String(new Class()));
  }
  for (const Class of [mp.Semaphore, mp.BoundedSemaphore, mp.Queue, mp.JoinableQueue]) {
    expect(() => new Class({} as never)).toThrow('must be an integer, not an Object');
  }
  expect(() => Reflect.construct(mp.Connection, [])).toThrow('a Connection is made by Pipe()');
});
