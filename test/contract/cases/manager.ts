// Managers and the containers they hold. The types for synchronization are in manager_sync.ts, those of the app in
// manager_types.ts.

import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import * as fixtures from '../../fixtures/manager.ts';
import { type Cases, type Driver, errorOf, range, start } from '../harness.ts';

/** Runs with a manager, and shuts it down. */
export async function withManager(d: Driver, body: (manager: mp.SyncManager) => Promise<void>): Promise<void> {
  const manager = new mp.SyncManager();
  await d.call(manager, 'start');
  try {
    await body(manager);
  } finally {
    await d.call(manager, 'shutdown');
  }
}

/** What iterating over a proxy gives. */
export async function iterated<T>(d: Driver, proxy: AsyncIterable<T> & Iterable<T>): Promise<T[]> {
  if (d.name === 'sync') return [...proxy];
  const all: T[] = [];
  for await (const item of proxy) all.push(item);
  return all;
}

export const managerCases: Cases = {
  'the tour: a child changes a dict and a list': (d) =>
    withManager(d, async (manager) => {
      for (const target of [fixtures.useDict, fixtures.useDictAsync]) {
        const dict = (await d.call(manager, 'dict')) as mp.DictProxy<unknown, unknown>;
        const list = (await d.call(manager, 'list', range(10))) as mp.ListProxy<number>;
        await d.result(start(target, dict, list));
        const expected = new Map<unknown, unknown>([
          [1, ''],
          ['', 2],
          [0.25, null],
        ]);
        assert.deepEqual(await d.call(dict, 'getValue'), expected);
        assert.deepEqual(await d.call(list, 'getValue'), range(10).reverse());
        assert.equal(await d.call(dict, 'text'), "Map(3) { 1 => '', '' => 2, 0.25 => null }");
        assert.equal(await d.call(list, 'text'), '[9, 8, 7, 6, 5, 4, 3, 2, 1, 0]');
      }
    }),

  'MGR-01 a list: slices are copies and are clipped, methods of both languages': (d) =>
    withManager(d, async (manager) => {
      const list = (await d.call(manager, 'list', range(10))) as mp.ListProxy<number>;
      const empty = (await d.call(manager, 'list')) as mp.ListProxy<number>;
      assert.deepEqual(await d.call(list, 'slice'), range(10));
      assert.deepEqual(await d.call(empty, 'getValue'), []);
      await d.call(empty, 'extend', range(5));
      assert.equal(await d.call(empty, 'get', 2), 2);
      assert.deepEqual(await d.call(empty, 'slice', 2, 10), [2, 3, 4]);
      assert.deepEqual(await d.call(empty, 'concat', [8], 9), [...range(5), 8, 9]);
      assert.equal(await d.call(empty, 'size'), 5);
      assert.equal(await d.call(empty, 'push', 5, 6), 7);
      assert.isUndefined(await d.call(empty, 'reverse'));
      assert.deepEqual(await d.call(empty, 'splice', 1, 2, 9), [5, 4]);
      assert.deepEqual(await d.call(empty, 'getValue'), [6, 9, 3, 2, 1, 0]);
      assert.equal(await d.call(empty, 'at', -1), 0);
      assert.isUndefined(await d.call(empty, 'at', 10));
      assert.equal(await d.call(empty, 'shift'), 6);
      assert.equal(await d.call(empty, 'unshift', 7), 6);
      await d.call(empty, 'insert', 1, 8);
      await d.call(empty, 'remove', 9);
      assert.equal(await d.call(empty, 'pop'), 0);
      assert.equal(await d.call(empty, 'pop', 0), 7);
      assert.deepEqual(await d.call(empty, 'copy'), [8, 3, 2, 1]);
      assert.equal(await d.call(empty, 'indexOf', 2), 2);
      assert.equal(await d.call(empty, 'count', 2), 1);
      assert.isTrue(await d.call(empty, 'includes', 3));
      await d.call(empty, 'clear');
      assert.equal(await d.call(empty, 'size'), 0);
      assert.equal(await d.call(list, 'size'), 10);
    }),

  'a list sorts, with a registered comparator or none, and takes registered callbacks': (d) =>
    withManager(d, async (manager) => {
      const list = (await d.call(manager, 'list', [10, 9, 1, 2, 4])) as mp.ListProxy<number>;
      assert.isUndefined(await d.call(list, 'sort'));
      assert.deepEqual(await d.call(list, 'getValue'), [1, 10, 2, 4, 9]);
      await d.call(list, 'sort', fixtures.byRemainder);
      assert.deepEqual(await d.call(list, 'getValue'), [9, 1, 4, 10, 2]);
      assert.deepEqual(await d.call(list, 'map', fixtures.double), [18, 2, 8, 20, 4]);
      assert.deepEqual(await d.call(list, 'filter', fixtures.isOdd), [9, 1]);
      assert.equal(await d.call(list, 'find', fixtures.isOdd), 9);
      const refused = (await errorOf(() => d.call(list, 'map', (x: number) => x))) as Error;
      assert.instanceOf(refused, mp.DataCloneError);
      assert.include(refused.message, 'args[0]');
      assert.include(refused.message, 'not registered');
    }),

  'values of every kind are held; objects are the same where their content is': (d) =>
    withManager(d, async (manager) => {
      const dict = (await d.call(manager, 'dict', [[[1, 2], 'pair']])) as mp.DictProxy<unknown, unknown>;
      const values = [
        undefined,
        null,
        Number.NaN,
        -0,
        'ü\ud800',
        12n,
        new Date(5),
        [1, [2]],
        new Set([1]),
        { a: { b: 1 } },
      ];
      for (const [i, value] of values.entries()) await d.call(dict, 'set', i, value);
      for (const [i, value] of values.entries()) assert.deepEqual(await d.call(dict, 'get', i), value);
      assert.equal(await d.call(dict, 'get', [1, 2]), 'pair');
      await d.call(dict, 'set', [1, 2], 'other');
      assert.equal(await d.call(dict, 'size'), values.length + 1);
      assert.isTrue((await d.call(dict, 'has', Number.NaN)) === false && (await d.call(dict, 'has', [1, 2])));
      assert.isTrue(await d.call(dict, 'delete', [1, 2]));
      assert.isFalse(await d.call(dict, 'has', [1, 2]));
      const list = (await d.call(manager, 'list', [{ a: 1 }, [2], Number.NaN])) as mp.ListProxy<unknown>;
      assert.equal(await d.call(list, 'indexOf', { a: 1 }), 0);
      assert.isTrue(await d.call(list, 'includes', [2]));
      assert.isTrue(await d.call(list, 'includes', Number.NaN));
      assert.isFalse(await d.call(list, 'includes', { a: 2 }));
    }),

  'MGR-02 MGR-08 MGR-11 proxies in containers are live, plain lists are copies': (d) =>
    withManager(d, async (manager) => {
      const a = (await d.call(manager, 'list', [1])) as mp.ListProxy<unknown>;
      const f = (await d.call(manager, 'list', [a, a])) as mp.ListProxy<mp.ListProxy<unknown>>;
      await d.call(a, 'append', 'hello');
      const inner = await d.call(f, 'get', 0);
      assert.deepEqual(await d.call(inner, 'getValue'), [1, 'hello']);
      assert.deepEqual(await d.call((await d.call(f, 'getValue'))[1] as typeof a, 'getValue'), [1, 'hello']);

      const pets = (await d.call(manager, 'dict')) as mp.DictProxy<string, unknown>;
      const outer = (await d.call(manager, 'dict', [['pets', pets]])) as mp.DictProxy<string, typeof pets>;
      await d.call((await d.call(outer, 'get', 'pets')) as typeof pets, 'set', 'hamsters', 2);
      assert.equal(await d.call(pets, 'get', 'hamsters'), 2);
      await d.call(pets, 'set', 'water', 10);
      assert.equal(await d.call((await d.call(outer, 'get', 'pets')) as typeof pets, 'get', 'water'), 10);

      const l = (await d.call(manager, 'list', [new Map([['feed', 3]])])) as mp.ListProxy<unknown>;
      const deep = (await d.call(manager, 'list', [[88, 99], l])) as mp.ListProxy<unknown>;
      assert.deepEqual(await d.call(deep, 'get', 0), [88, 99]);
      const last = (await d.call(deep, 'get', -1)) as typeof l;
      assert.equal(((await d.call(last, 'get', -1)) as Map<string, number>).get('feed'), 3);
    }),

  'MGR-04 MGR-05 proxies in a list are independent; a list may hold itself': (d) =>
    withManager(d, async (manager) => {
      const inner = (await Promise.all(
        range(3).map(() => d.call(manager, 'list', range(3))),
      )) as mp.ListProxy<number>[];
      const a = (await d.call(manager, 'list', inner)) as mp.ListProxy<mp.ListProxy<number>>;
      const at = (i: number): Promise<mp.ListProxy<number>> => d.call(a, 'get', i);
      await d.call(await at(0), 'set', -1, 55);
      assert.equal(await d.call(await at(1), 'pop'), 2);
      assert.deepEqual(await d.call(await at(0), 'getValue'), [0, 1, 55]);
      assert.deepEqual(await d.call(await at(1), 'getValue'), [0, 1]);
      assert.deepEqual(await d.call(await at(2), 'getValue'), [0, 1, 2]);
      const circle = (await d.call(manager, 'list')) as mp.ListProxy<unknown>;
      await d.call(circle, 'append', circle);
      const same = (await d.call(circle, 'get', 0)) as typeof circle;
      await d.call(same, 'append', 1);
      assert.equal(await d.call(circle, 'size'), 2);
      assert.isTrue(await d.call(circle, 'includes', same));
    }),

  'MGR-07 iteration: in order, to its end, over a snapshot': (d) =>
    withManager(d, async (manager) => {
      const entries: [string, number][] = [
        ['b', 1],
        ['a', 2],
        ['c', 3],
      ];
      const dict = (await d.call(manager, 'dict', entries)) as mp.DictProxy<string, number>;
      assert.deepEqual(await iterated(d, dict), entries);
      assert.deepEqual(await d.call(dict, 'keys'), ['b', 'a', 'c']);
      assert.deepEqual(await d.call(dict, 'values'), [1, 2, 3]);
      assert.deepEqual(await d.call(dict, 'entries'), entries);
      const iterator = d.name === 'sync' ? dict[Symbol.iterator]() : dict[Symbol.asyncIterator]();
      assert.deepEqual((await iterator.next()).value, ['b', 1]);
      await d.call(dict, 'clear');
      assert.deepEqual((await iterator.next()).value, ['a', 2]);
      assert.deepEqual(await iterated(d, dict), []);
      const set = (await d.call(manager, 'set', [3, 1, 3])) as mp.SetProxy<number>;
      assert.deepEqual(await iterated(d, set), [3, 1]);
      const value = (await d.call(manager, 'Value', 'i', 1)) as unknown as mp.SetProxy<number>;
      assert.instanceOf(await errorOf(() => iterated(d, value)), TypeError);
    }),

  'MGR-09 a dict lives as long as another holds it, whoever made it': (d) =>
    withManager(d, async (manager) => {
      const outer = (await d.call(manager, 'dict')) as mp.DictProxy<string, mp.DictProxy<string, number>>;
      const child = start(fixtures.nest, manager, outer);
      await d.result(child);
      await new Promise((resolve) => setTimeout(resolve, 200));
      const inner = (await d.call(outer, 'pop', 'inner')) as mp.DictProxy<string, number>;
      assert.equal(await d.call(inner, 'get', 'a'), 1);
      await d.call(inner, 'set', 'b', 2);
      assert.equal(await d.call(inner, 'size'), 2);
    }),

  'MGR-10 clearing the outer dict leaves the inner ones to who has their proxies': (d) =>
    withManager(d, async (manager) => {
      const inner = (await d.call(manager, 'dict', [['a', 1]])) as mp.DictProxy<string, number>;
      const outer = (await d.call(manager, 'dict', [['inner', inner]])) as mp.DictProxy<string, typeof inner>;
      await d.call(outer, 'clear');
      assert.equal(await d.call(inner, 'get', 'a'), 1);
    }),

  'a dead process has no references any more': (d) =>
    withManager(d, async (manager) => {
      const list = (await d.call(manager, 'list', [1])) as mp.ListProxy<number>;
      const references = async (): Promise<number[]> =>
        (await d.call(manager, 'debugInfo')).filter(({ typeid }) => typeid === 'list').map((each) => each.references);
      assert.deepEqual(await references(), [1]);
      const child = start(fixtures.readList, list);
      assert.deepEqual(await d.result(child), [1]);
      for (let i = 0; i < 50 && (await references())[0] !== 1; i++) await new Promise((r) => setTimeout(r, 20));
      assert.deepEqual(await references(), [1]);
    }),

  'MGR-13 MGR-14 a Namespace: names, text, what is missing, and what begins with an underscore': (d) =>
    withManager(d, async (manager) => {
      const space = (await d.call(manager, 'Namespace')) as mp.NamespaceProxy<Record<string, unknown>>;
      await d.call(space, 'set', 'name', 'Bob');
      await d.call(space, 'set', 'job', 'Builder');
      await d.call(space, 'set', '_hidden', 'hidden');
      assert.equal(await d.call(space, 'get', 'name'), 'Bob');
      assert.equal(await d.call(space, 'get', '_hidden'), 'hidden');
      await d.call(space, 'delete', 'job');
      assert.equal(await d.call(space, 'text'), "Namespace(name='Bob')");
      assert.deepEqual(await d.call(space, 'getValue'), { name: 'Bob' });
      assert.isTrue(await d.call(space, 'has', 'name'));
      assert.isFalse(await d.call(space, 'has', 'job'));
      assert.instanceOf(await errorOf(() => d.call(space, 'get', 'job')), RangeError);
      assert.instanceOf(await errorOf(() => d.call(space, 'delete', 'job')), RangeError);
      assert.instanceOf(await errorOf(() => d.call(space, 'get', '_other')), RangeError);
      const filled = (await d.call(manager, 'Namespace', { x: 1 })) as mp.NamespaceProxy<{ x: number }>;
      assert.equal(await d.call(filled, 'get', 'x'), 1);
    }),

  'MGR-16 MGR-17 a proxy says what it is; its value is a plain copy': (d) =>
    withManager(d, async (manager) => {
      const list = (await d.call(manager, 'list', [1, 2, 3])) as mp.ListProxy<number>;
      assert.match(String(list), /^<ListProxy object, typeid 'list', id \d+ at manager \d+>$/);
      assert.notDeepEqual(list as unknown, [1, 2, 3]);
      const copy = await d.call(list, 'getValue');
      assert.isTrue(globalThis.Array.isArray(copy));
      assert.strictEqual(Object.getPrototypeOf(copy), globalThis.Array.prototype);
      copy.push(4);
      assert.equal(await d.call(list, 'size'), 3);
      const dict = (await d.call(manager, 'dict', new Map([['a', 1]]))) as mp.DictProxy<string, number>;
      assert.strictEqual(Object.getPrototypeOf(await d.call(dict, 'getValue')), Map.prototype);
    }),

  'MGR-19 errors of a method come with their own class, and where they come from': (d) =>
    withManager(d, async (manager) => {
      const list = (await d.call(manager, 'list', [1])) as mp.ListProxy<number>;
      const dict = (await d.call(manager, 'dict')) as mp.DictProxy<string, number>;
      for (const call of [
        () => d.call(list, 'get', 9),
        () => d.call(list, 'set', 9, 1),
        () => d.call(list, 'remove', 9),
        () => d.call(list, 'index', 9),
        () => d.call(list, 'pop', 9),
        () => d.call(dict, 'pop', 'zz'),
        () => d.call(dict, 'popitem'),
      ]) {
        const error = (await errorOf(call)) as Error;
        assert.instanceOf(error, RangeError);
        assert.include(error.stack, 'in process SyncManager-');
      }
      assert.isUndefined(await d.call(dict, 'get', 'zz'));
      assert.equal(await d.call(dict, 'pop', 'zz', 5), 5);
      assert.equal(await d.call(list, 'indexOf', 9), -1);
    }),

  'a dict has the methods of both languages': (d) =>
    withManager(d, async (manager) => {
      const dict = (await d.call(manager, 'dict', [['a', 1]])) as mp.DictProxy<string, number>;
      assert.isUndefined(await d.call(dict, 'set', 'b', 2));
      assert.equal(await d.call(dict, 'setdefault', 'a', 9), 1);
      assert.equal(await d.call(dict, 'setdefault', 'c', 3), 3);
      await d.call(dict, 'update', new Map([['d', 4]]));
      assert.deepEqual(await d.call(dict, 'popitem'), ['d', 4]);
      assert.equal(await d.call(dict, 'pop', 'c'), 3);
      assert.isTrue(await d.call(dict, 'delete', 'b'));
      assert.isFalse(await d.call(dict, 'delete', 'b'));
      assert.isTrue(await d.call(dict, 'has', 'a'));
      assert.deepEqual(await d.call(dict, 'copy'), new Map([['a', 1]]));
      assert.equal(await d.call(dict, 'size'), 1);
      await d.call(dict, 'clear');
      assert.equal(await d.call(dict, 'size'), 0);
    }),

  'a set has the methods of both languages': (d) =>
    withManager(d, async (manager) => {
      const set = (await d.call(manager, 'set')) as mp.SetProxy<unknown>;
      assert.isUndefined(await d.call(set, 'add', [1]));
      await d.call(set, 'add', [1]);
      await d.call(set, 'update', [2, 3]);
      assert.equal(await d.call(set, 'size'), 3);
      assert.isTrue(await d.call(set, 'has', [1]));
      await d.call(set, 'remove', [1]);
      assert.instanceOf(await errorOf(() => d.call(set, 'remove', [1])), RangeError);
      assert.deepEqual(await d.call(set, 'getValue'), new Set([2, 3]));
      assert.equal(await d.call(set, 'pop'), 2);
      assert.isTrue(await d.call(set, 'delete', 3));
      assert.instanceOf(await errorOf(() => d.call(set, 'pop')), RangeError);
    }),

  'MGR-20 each call is atomic': (d) =>
    withManager(d, async (manager) => {
      const list = (await d.call(manager, 'list')) as mp.ListProxy<number>;
      const children = range(3).map((i) => start(fixtures.appendMany, list, i * 100, 100));
      for (const child of children) await d.result(child);
      const all = await d.call(list, 'getValue');
      assert.deepEqual(
        [...all].sort((a, b) => a - b),
        range(300),
      );
      for (const i of range(3)) {
        const own = all.filter((item) => Math.floor(item / 100) === i);
        assert.deepEqual(
          own,
          range(100).map((n) => i * 100 + n),
        );
      }
    }),

  'MGR-29 a list in a child': (d) =>
    withManager(d, async (manager) => {
      const list = (await d.call(manager, 'list', [5])) as mp.ListProxy<number>;
      assert.deepEqual(await d.result(start(fixtures.useListOnce, list)), [0, 1, 5, 1, 5]);
      assert.equal(await d.call(list, 'size'), 0);
    }),

  'MGR-31 MGR-41 a Value holds anything': (d) =>
    withManager(d, async (manager) => {
      const value = (await d.call(manager, 'Value', 'i', 1)) as mp.ValueProxy<number>;
      assert.deepEqual(await d.result(start(fixtures.useValue, value)), [1, 1]);
      assert.equal(await d.call(value, 'get'), 2);
      assert.equal(await value.value, 2);
      const any = value as unknown as mp.ValueProxy<unknown>;
      await d.call(any, 'set', 'text');
      assert.equal(await d.call(any, 'getValue'), 'text');
      assert.notProperty(value, 'getLock');
    }),

  'MGR-32 MGR-41 an Array holds numbers of one kind': (d) =>
    withManager(d, async (manager) => {
      const array = (await d.call(manager, 'Array', 'i', [0, 1])) as mp.ArrayProxy<number>;
      assert.deepEqual(await d.result(start(fixtures.useArray, array)), [0, 1, 2, [0, 1]]);
      await d.call(array, 'set', 0, 2 ** 31);
      assert.equal(await d.call(array, 'get', 0), -(2 ** 31));
      assert.deepEqual(await d.call(array, 'slice', 1), [1]);
      assert.instanceOf(await errorOf(() => d.call(array, 'set', 0, 'text' as never)), TypeError);
      assert.instanceOf(await errorOf(() => d.call(array, 'get', 2)), RangeError);
      const big = (await d.call(manager, 'Array', 'q', [1n])) as mp.ArrayProxy<bigint>;
      assert.deepEqual(await d.call(big, 'getValue'), [1n]);
    }),

  'MGR-43 EXC-04 what cannot be made is a RemoteError with the report of the server': (d) =>
    withManager(d, async (manager) => {
      const calls: [() => Promise<unknown>, typeof RangeError][] = [
        [() => d.call(manager, 'Semaphore', -1), RangeError],
        [() => d.call(manager, 'Barrier', 0), RangeError],
        [() => d.call(manager, 'Array', 'i', 5 as never), TypeError],
        [() => d.call(manager, 'Pool', 0), RangeError],
        [() => d.call(manager, 'dict', 5 as never), TypeError],
      ];
      for (const [call, cause] of calls) {
        const error = (await errorOf(call)) as Error;
        assert.instanceOf(error, mp.RemoteError);
        assert.instanceOf(error, mp.ProcessError);
        assert.instanceOf(error.cause, cause);
        assert.include(error.message, (error.cause as Error).message);
      }
    }),

  'MGR-70 MGR-71 a proxy travels by queue, pipe, argument and result, and is held on its way': (d) =>
    withManager(d, async (manager) => {
      const queue = new mp.Queue<mp.ListProxy<number>>();
      await d.join(start(fixtures.sendProxy, manager, queue));
      // Its sender has ended: only the way holds it, as soon as the server knows.
      const references = async () => (await d.call(manager, 'debugInfo')).map((info) => info.references);
      for (let i = 0; i < 50 && (await references())[0] !== 1; i++) await new Promise((r) => setTimeout(r, 20));
      assert.deepEqual(await references(), [1]);
      const list = await d.get(queue);
      assert.deepEqual(await d.call(list, 'getValue'), [1, 2, 3]);
      assert.deepEqual(await references(), [1]);
      const receiver = start(fixtures.receiveProxy, queue);
      await d.put(queue, list);
      assert.equal(await d.result(receiver), 4);
      assert.equal(await d.call(list, 'size'), 4);
      const [one, other] = mp.Pipe<mp.ListProxy<number>>();
      await d.call(one, 'send', list);
      assert.equal(await d.call(await d.call(other, 'recv'), 'size'), 4);
      one.close();
      other.close();
      const made = (await d.result(start(fixtures.makeList, manager))) as mp.ListProxy<number>;
      assert.deepEqual(await d.call(made, 'getValue'), [7]);
    }),

  'MGR-64 the states of a manager': async (d) => {
    const manager = new mp.SyncManager();
    assert.instanceOf(await errorOf(() => d.call(manager, 'dict')), mp.InvalidStateError);
    await d.call(manager, 'start');
    assert.instanceOf(await errorOf(() => d.call(manager, 'start')), mp.ProcessError);
    assert.instanceOf(await errorOf(() => manager.getServer()), mp.ProcessError);
    await d.call(manager, 'shutdown');
    await d.call(manager, 'shutdown');
    assert.instanceOf(await errorOf(() => d.call(manager, 'dict')), mp.InvalidStateError);
    assert.instanceOf(await errorOf(() => d.call(manager, 'start')), mp.ProcessError);
    for (const options of [{ shutdownTimeout: -1 }, { shutdownTimeout: 'x' as never }]) {
      assert.instanceOf(await errorOf(() => new mp.SyncManager(options)), RangeError);
    }
  },

  'shutdown while start is pending ends the server': async (d) => {
    const manager = new mp.SyncManager();
    const starting = errorOf(() => manager.start());
    const [server] = mp.activeChildren();
    await d.call(manager, 'shutdown');
    assert.isFalse(server?.isAlive());
    assert.instanceOf(await starting, mp.ProcessError);
    assert.instanceOf(await errorOf(() => d.call(manager, 'dict')), mp.InvalidStateError);
    assert.instanceOf(await errorOf(() => d.call(manager, 'start')), mp.ProcessError);
  },

  'a process may end while it starts a manager': async (d) => {
    const child = start(fixtures.startManagerAndEnd);
    await d.join(child, { timeout: 10_000 });
    assert.equal(child.exitcode, 0);
  },

  'MGR-65 a call after the end fails at once': async (d) => {
    const manager = new mp.SyncManager();
    await d.call(manager, 'start');
    const dict = (await d.call(manager, 'dict')) as mp.DictProxy<string, number>;
    await d.call(manager, 'shutdown');
    const error = (await errorOf(() => d.call(dict, 'get', 'a'))) as mp.WorkerDiedError;
    assert.instanceOf(error, mp.WorkerDiedError);
    assert.equal(error.exitcode, 0);
    assert.include(error.message, 'manager');
    const queue = new mp.Queue();
    await d.put(queue, dict);
    const dead = (await d.get(queue)) as typeof dict;
    assert.instanceOf(await errorOf(() => d.call(dead, 'get', 'a')), mp.WorkerDiedError);
  },

  'MGR-68 join waits for the end of the server, as long as it may': async (d) => {
    const manager = new mp.SyncManager();
    assert.instanceOf(await errorOf(() => d.call(manager, 'join')), mp.InvalidStateError);
    await d.call(manager, 'start');
    await d.call(manager, 'join', { timeout: 30 });
    const [server] = mp.activeChildren();
    assert.isTrue(server?.isAlive());
    await d.call(manager, 'shutdown');
    await d.call(manager, 'join');
    assert.equal(server?.exitcode, 0);
  },

  'MGR-74 DMN-08 MISC-07 the server is a process of its own, named after its manager, and no daemon': async (d) => {
    const manager = new mp.SyncManager();
    await d.call(manager, 'start');
    const server = mp.activeChildren().find(({ pid }) => pid === manager.address) as mp.Process;
    assert.match(server.name, /^SyncManager-\d+(:\d+)*$/);
    assert.isFalse(server.daemon);
    await d.call(manager, 'shutdown');
    const queue = new mp.Queue<unknown[]>();
    const child = start(fixtures.makeManagerAndEnd, queue as mp.Queue);
    await d.join(child);
    assert.equal(child.exitcode, 0);
    const [name, , daemon] = await d.get(queue);
    assert.match(name as string, /^SyncManager-\d+(:\d+)+$/);
    assert.isFalse(daemon);
  },

  'MGR-74 the server ends when its creator is terminated': async (d) => {
    const queue = new mp.Queue<number>();
    const child = start(fixtures.stayWithManager, queue);
    await d.get(queue);
    child.terminate();
    await d.join(child);
    // The end of every test sees that nothing is left.
  },

  'a manager whose server is terminated rejects what waits, and what comes': async (d) => {
    const manager = new mp.SyncManager();
    await d.call(manager, 'start');
    const list = (await d.call(manager, 'list', [1])) as mp.ListProxy<number>;
    const server = mp.activeChildren().find(({ pid }) => pid === manager.address) as mp.Process;
    const waiting = start(fixtures.readList, list);
    await d.result(waiting);
    server.terminate();
    await d.join(server);
    const error = (await errorOf(() => d.call(list, 'getValue'))) as mp.WorkerDiedError;
    assert.instanceOf(error, mp.WorkerDiedError);
    assert.equal(error.pid, server.pid);
    assert.equal(error.exitcode, -15);
    await d.call(manager, 'shutdown');
  },

  'what a server throws at its start is what start() throws': async (d) => {
    const manager = new mp.SyncManager();
    const failing = { initializer: fixtures.failToInitialize };
    const error = await errorOf(() => d.call(manager, 'start', failing));
    assert.instanceOf(error, TypeError);
    await d.call(manager, 'start', { initializer: fixtures.initialize, initargs: ['x'] });
    await d.call(manager, 'shutdown');
  },

  'long values pass in both directions': (d) =>
    withManager(d, async (manager) => {
      const dict = (await d.call(manager, 'dict')) as mp.DictProxy<string, unknown>;
      const text = 'x'.repeat(3_000_000);
      await d.call(dict, 'set', 'text', text);
      assert.equal(((await d.call(dict, 'get', 'text')) as string).length, text.length);
      const bytes = new Uint8Array(1_000_000).map((_, i) => i);
      await d.call(dict, 'set', 'bytes', bytes);
      assert.deepEqual(await d.call(dict, 'get', 'bytes'), bytes);
    }),

  'a large typed array is an argument as any, not options': (d) =>
    withManager(d, async (manager) => {
      const value = (await d.call(manager, 'Value', 'i', 0)) as unknown as mp.ValueProxy<Uint8Array>;
      const bytes = new Uint8Array(32 << 20);
      bytes[bytes.length - 1] = 7;
      await d.call(value, 'set', bytes);
      const back = await d.call(value, 'get');
      assert.equal(back.length, bytes.length);
      assert.equal(back[bytes.length - 1], 7);
    }),

  'what is refused on its way back counts no proxy': (d) =>
    withManager(d, async (manager) => {
      const inner = (await d.call(manager, 'list', [1])) as mp.ListProxy<number>;
      const outer = (await d.call(manager, 'list', [inner])) as mp.ListProxy<unknown>;
      const error = await errorOf(() => d.call(outer, 'map', fixtures.withClosure));
      assert.instanceOf(error, mp.RemoteError);
      const info = await d.call(manager, 'debugInfo');
      assert.deepEqual(
        info.map(({ references }) => references),
        [1, 1],
      );
    }),

  'many calls at once are answered each': (d) =>
    withManager(d, async (manager) => {
      const dict = (await d.call(manager, 'dict')) as mp.DictProxy<number, number>;
      await Promise.all(range(2000).map((i) => d.call(dict, 'set', i, i * i)));
      const answers = await Promise.all(range(2000).map((i) => d.call(dict, 'get', i)));
      assert.deepEqual(
        answers,
        range(2000).map((i) => i * i),
      );
    }),

  'a signal in a value is no signal of the call, and cannot travel': (d) =>
    withManager(d, async (manager) => {
      const { signal } = new AbortController();
      const dict = (await d.call(manager, 'dict')) as mp.DictProxy<string, unknown>;
      const list = (await d.call(manager, 'list')) as mp.ListProxy<unknown>;
      const value = (await d.call(manager, 'Value', 'i', 0)) as unknown as mp.ValueProxy<unknown>;
      const queue = (await d.call(manager, 'Queue')) as mp.QueueProxy<unknown>;
      for (const [call, path] of [
        [() => d.call(dict, 'set', 'a', { signal }), 'args[1].signal'],
        [() => d.call(list, 'append', { signal }), 'args[0].signal'],
        [() => d.call(value, 'set', { signal }), 'args[0].signal'],
        [() => d.call(queue, 'put', { signal }), 'args[0].signal'],
        [() => d.call(queue, 'putNowait', { signal }), 'args[0].signal'],
      ] as const) {
        const error = (await errorOf(call)) as Error;
        assert.instanceOf(error, mp.DataCloneError);
        assert.include(error.message, path);
      }
      assert.deepEqual(
        [await d.call(dict, 'size'), await d.call(list, 'size'), await d.call(queue, 'qsize')],
        [0, 0, 0],
      );
      if (d.name === 'sync') return;
      const controller = new AbortController();
      const full = await manager.Queue<number>(1);
      await full.put(1, { signal: controller.signal });
      const waiting = full.put(2, { signal: controller.signal });
      setTimeout(() => controller.abort('enough'), 30);
      assert.equal(await errorOf(() => waiting), 'enough');
    }),

  'what cannot travel is refused, naming its path, and nothing else is disturbed': (d) =>
    withManager(d, async (manager) => {
      const dict = (await d.call(manager, 'dict')) as mp.DictProxy<string, unknown>;
      for (const value of [{ f: () => 1 }, new mp.Lock(), new Blob([])]) {
        const error = (await errorOf(() => d.call(dict, 'set', 'a', value))) as Error;
        assert.include(error.message, 'args[1]');
      }
      assert.equal(await d.call(dict, 'size'), 0);
    }),
};
