// As advice.test.ts, of managers.
//
// Runs in Chromium alone: what is refused is the same everywhere.

import { afterEach, describe } from 'vitest';
import * as mp from '../../src/index.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import '../fixtures/executable.ts';
import * as advice from '../fixtures/advice.ts';
import * as manager from '../fixtures/manager.ts';
import { type Lessons, learn, resultOf } from './lesson.ts';

afterEach(expectNoneLeft);

class Counters extends mp.SyncManager {}
Counters.register('Counter', manager.Foo as never);
Counters.register('Hidden', manager.Foo as never, { exposed: [] as never });
Counters.register('Bare', manager.Foo as never, { exposed: ['missing', 'increment'] as never });
Counters.register('Even', advice.Even as never);
Counters.register('Odd', advice.Odd as never);
Counters.register('Given');
Counters.register('Taker', advice.Taker as never);

type Proxy = Record<string, (...args: unknown[]) => Promise<unknown>>;

const make = (all: mp.SyncManager, type: string, ...args: unknown[]) =>
  (all as never as Proxy)[type]?.(...args) as Promise<Proxy & mp.BaseProxy>;

/** A manager, which is gone then. */
async function counting(type: string, use: (proxy: Proxy) => unknown, ...args: unknown[]): Promise<unknown> {
  await using all = new Counters();
  await all.start();
  return await use(await make(all, type, ...args));
}

const called = (method: string) => (proxy: mp.BaseProxy) => proxy.callMethod(method, []);

const managers: Lessons = {
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
  'what is exposed and is not there': {
    told: /^'Bare' has no method missing$/,
    wrong: () => counting('Bare', called('missing') as never),
    mended: () => counting('Bare', called('increment') as never),
  },
  'a loop over what cannot be iterated': {
    told: /^'Odd' is not iterable$/,
    wrong: () => counting('Odd', items as never),
    mended: () => counting('Even', items as never),
  },
  'a type that is a generator for its client alone: for both': {
    told: /^the manager answered no iterator$/,
    wrong: () => squares(new Counters({ address: 'advised' })),
    mended: () => squares(new Squares({ address: 'advised' })),
  },
  'an initializer that ends the process: one that returns': {
    told: /^SyncManager.*: its process ended with exit code 3$/,
    wrong: () => new mp.SyncManager().start({ initializer: manager.killYourself }),
    mended: async () => {
      await using all = new mp.SyncManager();
      await all.start({ initializer: manager.initialize, initargs: ['label'] });
      return await (await all.dict()).size();
    },
  },
  'a process that shuts down what it has not started: who did': {
    told: /^SyncManager\.shutdown\(\): only the process that started it can end it$/,
    wrong: () => withManager((all) => resultOf(advice.shutDown, all)),
    mended: () => withManager((all) => all.shutdown()),
  },
  'a method that blocks the server: awaited': {
    told: /^\w+\.getSync\(\): this would have to wait, and the manager's server must not block/,
    wrong: () => taking('takeBlocking'),
    mended: () => taking('take'),
  },
  'a pid in place of a name: none': {
    told: /: its address is a pid, which is for connect\(\)$/,
    wrong: () => new mp.SyncManager({ address: 4711 }).start(),
    mended: () => withDict((dict) => dict.size()),
  },
  'a pid that serves no manager: its address': {
    told: /: process 1 serves no manager$/,
    wrong: () => new mp.SyncManager({ address: 1 }).connect().then((there) => there.dict()),
    mended: async () => {
      await using manager = await mp.Manager();
      const there = await new mp.SyncManager({ address: manager.address as number }).connect();
      return await (await there.dict()).size();
    },
  },
  'one that was shut down: another': {
    told: /^SyncManager\.dict\(\): it was shut down$/,
    wrong: async () => {
      const manager = await mp.Manager();
      await manager.shutdown();
      return manager.dict();
    },
    mended: () => withDict((dict) => dict.size()),
  },
  'or while it started: after that': {
    told: /^SyncManager\.start\(\): it was shut down meanwhile$/,
    wrong: async () => {
      const manager = new mp.SyncManager();
      return (await Promise.all([manager.start(), manager.shutdown()]))[0];
    },
    mended: async () => {
      const manager = new mp.SyncManager();
      await manager.start();
      await manager.shutdown();
    },
  },
  'one whose process has ended: another': {
    told: /the process of this manager \(pid \d+\) has ended, with exit code -15, and what it held is gone$/,
    wrong: () =>
      withDict(async (dict) => {
        for (const child of mp.activeChildren()) {
          child.terminate();
          await child.join();
        }
        return dict.size();
      }),
    mended: () => withDict((dict) => dict.size()),
  },
  'one by message that has ended: another': {
    told: /^the manager at "advised" has ended, or is out of reach$/,
    wrong: () =>
      byMessage(async (_, there) => {
        const request = (await there.Queue()).get();
        for (const child of mp.activeChildren()) child.terminate();
        return request;
      }),
    mended: () => byMessage((dict) => dict.size()),
  },
  'or that is to block: awaited': {
    told: /^DictProxy\.sizeSync\(\): this manager is reached by message.*use "await DictProxy\.size\(\)"$/,
    wrong: () => byMessage((dict) => dict.sizeSync()),
    mended: () => byMessage((dict) => dict.size()),
  },
  'a second server in a process: another process': {
    told: /^this process serves a manager already$/,
    wrong: () => resultOf(advice.serveTwice),
    mended: () => withDict(() => withDict((dict) => dict.size())),
  },
  'a proxy by its constructor: by a factory': {
    told: /^a proxy is made by a manager: call one of its factories$/,
    wrong: () => new mp.BaseProxy(undefined as never),
    mended: () => withDict((dict) => dict.size()),
  },
  'a type that the server has not: on its class': {
    told: /^this manager has no type 'Counter'$/,
    wrong: () => connectedTo(new mp.SyncManager({ address: 'advised' })),
    mended: () => connectedTo(new Counters({ address: 'advised' })),
  },
  'a type without a factory: the object itself': {
    told: /: 'Given' was registered without a class or function: give the object itself, and nothing else\n/,
    wrong: () => counting('Given', () => 1),
    mended: () => counting('Given', (proxy) => proxy.has?.(1), new Map()),
  },
  'a condition with a lock of its own: of the same manager': {
    told: /Condition\(lock\): lock must be a Lock, an RLock or a Semaphore of the same manager/,
    wrong: () => withManager(async (all) => all.Condition((await all.Event()) as never)),
    mended: () => withManager(async (all) => all.Condition(await all.Lock())),
  },
  'a typeid that every manager has: another': {
    told: /^register\(typeid, factory\): "?start"? is a name that every manager has already$/,
    wrong: () => mp.BaseManager.register('start', manager.Foo as never),
    mended: () => Counters.register('Starter', manager.Foo as never),
  },
  'another serializer: none': {
    told: /^a manager's serializer must be 'pickle', which is the codec, not /,
    wrong: () => new mp.SyncManager({ serializer: 'json' } as never),
    mended: async () => {
      await using all = new mp.SyncManager({ serializer: 'pickle' });
      await all.start();
      return await (await all.dict()).size();
    },
  },
  'popitem() of nothing: size() says so': {
    told: /^dict\.popitem\(\): it is empty$/,
    wrong: () => withDict((dict) => dict.popitem()),
    mended: () => withDict(async (dict) => (await dict.size()) > 0 && dict.popitem()),
  },
  'remove() of what is not there: includes() says so': {
    told: /^list\.remove\(item\): it is not in the list$/,
    wrong: () => withManager(async (all) => (await all.list([1])).remove(2)),
    mended: () => withManager(async (all) => (await all.list([1])).includes(2)),
  },
  'index() of what is not there: indexOf()': {
    told: /^list\.index\(item\): it is not in the list$/,
    wrong: () => withManager(async (all) => (await all.list([1])).index(2)),
    mended: () => withManager(async (all) => (await all.list([1])).indexOf(2)),
  },
  'remove() from a set: delete()': {
    told: /^set\.remove\(item\): it is not in the set$/,
    wrong: () => withManager(async (all) => (await all.set([1])).remove(2)),
    mended: () => withManager(async (all) => (await all.set([1])).delete(2)),
  },
  'pop() of an empty set: size() says so': {
    told: /^set\.pop\(\): it is empty$/,
    wrong: () => withManager(async (all) => (await all.set<number>()).pop()),
    mended: () => withManager(async (all) => (await (await all.set<number>()).size()) === 0),
  },
  'what a Namespace has not: set before': {
    told: /^Namespace: there is no "?x"?$/,
    wrong: () => withManager(async (all) => (await all.Namespace()).get('x')),
    mended: () =>
      withManager(async (all) => {
        const space = await all.Namespace();
        await space.set('x', 1);
        return space.get('x');
      }),
  },
};

async function withManager(use: (manager: mp.SyncManager) => unknown): Promise<unknown> {
  await using all = await mp.Manager();
  return await use(all);
}

type Dict = mp.DictProxy<string, number>;
const withDict = (use: (dict: Dict) => unknown) => withManager(async (all) => use(await all.dict<string, number>()));

/** What lives in a manager waits for a queue that does, too. */
async function taking(method: 'take' | 'takeBlocking'): Promise<unknown> {
  await using all = new Counters();
  await all.start();
  const queue = await all.Queue<number>();
  const taker = await make(all, 'Taker');
  return (await Promise.all([taker[method]?.(queue), queue.put(1)]))[0];
}

/** A dict of a manager that has an address. */
async function byMessage(use: (dict: Dict, there: mp.SyncManager) => unknown): Promise<unknown> {
  await using server = new mp.SyncManager({ address: 'advised' });
  await server.start();
  const there = await new mp.SyncManager({ address: 'advised' }).connect();
  return await use(await there.dict<string, number>(), there);
}

/** What a client of Counters, which connects to that server, makes there. */
async function connectedTo(server: mp.SyncManager): Promise<unknown> {
  await using it = server;
  await it.start();
  const there = new Counters({ address: 'advised' });
  await there.connect();
  return await (await make(there, 'Counter')).increment?.();
}

class Squares extends mp.SyncManager {}
Squares.register('Counter', manager.baz as never);

/** What a client of Squares, which connects to that server, takes for an iterator. */
async function squares(server: mp.SyncManager): Promise<unknown> {
  await using it = server;
  await it.start();
  const there = new Squares({ address: 'advised' });
  await there.connect();
  return await items(make(there, 'Counter') as never);
}

async function items(iterable: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const item of iterable) all.push(item);
  return all;
}

describe('managers', () => learn(managers));
