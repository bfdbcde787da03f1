// The types of the app in a manager.

import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import * as fixtures from '../../fixtures/manager.ts';
import { type Cases, type Driver, errorOf, range, start } from '../harness.ts';

const { CountUp, Foo, FooProxy, Keeper, Price, baz, five, failing, theList } = fixtures;

class Base extends mp.BaseManager {}
const WithFoo = Base.register('Foo', Foo);
const WithMany = class extends WithFoo {}
  .register('Bar', Foo, { exposed: ['f', '_h'] })
  .register('Nested', Foo, { methodToTypeid: { child: 'Foo' } })
  .register('Proxied', Foo, { proxytype: FooProxy })
  .register('Price', Price)
  .register('Text', Price, { exposed: ['toString'] })
  .register('CountUp', CountUp)
  .register('baz', baz)
  .register('five', five)
  .register('failing', failing)
  .register('theList', theList)
  .register('hidden', Foo, { createMethod: false });

type Many = InstanceType<typeof WithMany>;

async function withMany(d: Driver, body: (manager: Many) => Promise<void>, options?: mp.StartOptions): Promise<void> {
  const manager = new WithMany();
  await d.call(manager, 'start', ...(options === undefined ? [] : [options]));
  try {
    await body(manager);
  } finally {
    await d.call(manager, 'shutdown');
  }
}

/** All that an iterator gives. */
async function all<T>(iterator: AsyncIterable<T> | Iterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of iterator) items.push(item);
  return items;
}

export const managerTypesCases: Cases = {
  'MGR-46 methods of a class, public and exposed': (d) =>
    withMany(d, async (manager) => {
      const foo = await d.call(manager, 'Foo');
      assert.equal(await d.call(foo, 'f'), 'f()');
      const error = (await errorOf(() => d.call(foo, 'g'))) as Error;
      assert.instanceOf(error, RangeError);
      assert.equal(error.message, 'g failed');
      assert.equal(await d.call(foo, 'callMethod', 'f'), 'f()');
      assert.instanceOf(await errorOf(() => d.call(foo, 'callMethod', '_h')), mp.RemoteError);
      assert.notProperty(foo, '_h');
      assert.notProperty(foo, '_secret');
      const bar = await d.call(manager, 'Bar');
      assert.equal(await d.call(bar, 'f'), 'f()');
      assert.equal(await d.call(bar, '_h'), '_h()');
      assert.equal(await d.call(bar, 'callMethod', '_h'), '_h()');
      assert.notProperty(bar, 'g');
      assert.instanceOf(await errorOf(() => d.call(bar, 'callMethod', 'g')), mp.RemoteError);
    }),

  'MGR-47 a generator function gives an iterator, and so does a generator method': (d) =>
    withMany(d, async (manager) => {
      const squares = range(10).map((i) => i * i);
      const foo = await d.call(manager, 'Foo');
      if (d.name === 'sync') {
        assert.deepEqual([...manager.bazSync()], squares);
        assert.deepEqual([...foo.squaresSync(4)], [0, 1, 4, 9]);
        return;
      }
      assert.deepEqual(await all(manager.baz()), squares);
      assert.deepEqual(await all(foo.squares(4)), [0, 1, 4, 9]);
      const begun = manager.baz();
      for await (const item of begun) if (item === 4) break;
      assert.isTrue((await begun.next()).done);
    }),

  'an iterator may be without return and throw': (d) =>
    withMany(d, async (manager) => {
      const counter = (await d.call(manager, 'CountUp')) as unknown as mp.BaseProxy & AsyncIterableIterator<number>;
      const blocking = counter as unknown as IterableIterator<number>;
      const seen: number[] = [];
      for await (const count of d.name === 'sync' ? blocking : counter) {
        seen.push(count);
        if (count === 2) break;
      }
      assert.deepEqual(seen, [1, 2]);
      const iterator = d.name === 'sync' ? blocking[Symbol.iterator]() : counter;
      assert.deepEqual(await iterator.return?.('the end'), { done: true, value: 'the end' });
      assert.equal(((await errorOf(() => iterator.throw?.(new RangeError('mine')))) as Error).message, 'mine');
      assert.equal((await iterator.next()).value, 3);
    }),

  'a proxy is converted as a proxy, whatever its object has for that; text() asks the object': (d) =>
    withMany(d, async (manager) => {
      const price = await d.call(manager, 'Price', 5);
      assert.match(String(price), /^<AutoProxy object, typeid 'Price', id \d+ at manager \d+>$/);
      assert.equal(`${price}`, price.toString());
      assert.strictEqual(price.valueOf() as unknown, price);
      assert.equal(await d.call(price, 'text'), '5 EUR');
      assert.equal(await price.amount, 5);
      const text = await d.call(manager, 'Text', 6);
      assert.equal(await d.call(text as { toString(): string; toStringSync(): string }, 'toString'), '6 EUR');
    }),

  'properties are read by a call': (d) =>
    withMany(d, async (manager) => {
      const foo = await d.call(manager, 'Foo', 'a label');
      await d.call(foo, 'increment', 4);
      assert.deepEqual([await foo.twice, await foo.count, await foo.label], [8, 4, 'a label']);
      if (d.name === 'sync') assert.deepEqual([foo.twiceSync, foo.countSync, foo.labelSync], [8, 4, 'a label']);
    }),

  'async methods do not keep others waiting': (d) =>
    withMany(d, async (manager) => {
      const foo = await d.call(manager, 'Foo');
      const later = start(fixtures.awaitLater, foo, 3000);
      await d.call(foo, 'increment');
      const counts: number[] = [];
      for (let i = 0; i < 10; i++) counts.push(await d.call(foo, 'increment'));
      assert.deepEqual(
        counts,
        range(10).map((i) => i + 2),
      );
      assert.isTrue(later.isAlive());
      assert.equal(await d.result(later), 'later');
    }),

  'MGR-49 MGR-50 a manager in a scope': async (d) => {
    const manager = await d.call(new WithFoo(), 'start');
    const server = mp.activeChildren().find(({ pid }) => pid === manager.address);
    {
      await using scoped = manager;
      const foo = await d.call(scoped, 'Foo');
      assert.equal(await d.call(foo, 'f'), 'f()');
    }
    assert.equal(server?.exitcode, 0);
  },

  'MGR-52 what is exposed: the argument, the list of the class of proxies, all public names': (d) =>
    withMany(d, async (manager) => {
      const foo = await d.call(manager, 'Foo');
      for (const name of ['f', 'g', 'increment', 'self', 'child', 'later']) assert.property(foo, name);
      const proxied = await d.call(manager, 'Proxied');
      assert.instanceOf(proxied, FooProxy);
      assert.equal(await d.call(proxied, 'both'), 'f() and _h()');
      assert.instanceOf(await errorOf(() => d.call(proxied, 'callMethod', 'g')), mp.RemoteError);
      const queue = new mp.Queue<typeof proxied>();
      await d.put(queue, proxied);
      assert.equal(await d.call(await d.get(queue), 'both'), 'f() and _h()');
    }),

  'MGR-53 methodToTypeid makes a proxy of a result; a method answers its own object as nothing': (d) =>
    withMany(d, async (manager) => {
      const foo = await d.call(manager, 'Foo');
      assert.isUndefined(await d.call(foo, 'self'));
      const copy = await d.call(foo, 'child');
      assert.instanceOf(copy, Foo);
      const nested = await d.call(manager, 'Nested');
      const child = await d.call(nested, 'child');
      assert.instanceOf(child, mp.BaseProxy);
      assert.equal(await d.call(child, 'increment'), 1);
      assert.equal(await d.call(child, 'increment'), 2);
      assert.notProperty(manager, 'hidden');
    }),

  'MGR-55 a subclass has the types of its parent, and keeps its own to itself': async () => {
    class Parent extends mp.BaseManager {}
    Parent.register('one', Foo);
    class Child extends Parent {}
    Child.register('two', Foo);
    assert.property(Child.prototype, 'one');
    assert.property(Child.prototype, 'two');
    assert.notProperty(Parent.prototype, 'two');
    assert.notProperty(mp.BaseManager.prototype, 'one');
  },

  'MGR-56 what cannot be sent back is a RemoteError, and the next call works': (d) =>
    withMany(d, async (manager) => {
      const foo = await d.call(manager, 'Foo');
      const result = (await errorOf(() => d.call(foo, 'unsendable'))) as Error;
      assert.instanceOf(result, mp.RemoteError);
      assert.include(result.message, 'result.a[0]');
      const error = (await errorOf(() => d.call(foo, 'throwUnsendable'))) as Error;
      // Of an error only what cannot travel stays behind.
      assert.equal(`${error}`, 'Error: with a function');
      assert.notProperty(error, 'f');
      assert.equal(await d.call(foo, 'f'), 'f()');
    }),

  'MGR-58 an object that is given out again is the same': (d) =>
    withMany(
      d,
      async (manager) => {
        const one = await d.call(manager, 'theList');
        const other = await d.call(manager, 'theList');
        await d.call(one, 'push', 2);
        assert.deepEqual(await d.call(other, 'getValue'), ['initialized', 2]);
        assert.equal(await other.length, 2);
      },
      { initializer: fixtures.initialize, initargs: ['initialized'] },
    ),

  'what a factory throws, or makes that is no object': (d) =>
    withMany(d, async (manager) => {
      const error = (await errorOf(() => d.call(manager, 'failing'))) as Error;
      assert.instanceOf(error, mp.RemoteError);
      assert.instanceOf(error.cause, RangeError);
      assert.instanceOf(await errorOf(() => d.call(manager, 'five')), mp.RemoteError);
    }),

  'a manager and its proxies in another process': (d) =>
    withMany(d, async (manager) => {
      assert.deepEqual(await d.result(start(fixtures.useFoo, manager)), ['f()', 3]);
      const foo = await d.call(manager, 'Foo');
      await d.call(foo, 'increment');
      assert.deepEqual(await d.result(start(fixtures.incrementTwice, foo)), [2, 3]);
      assert.equal(await d.call(foo, 'increment'), 4);
    }),

  'an object of the server uses the proxies it is given': (d) =>
    withMany(d, async (manager) => {
      const foo = await d.call(manager, 'Foo');
      const list = (await d.call(manager, 'theList')) as unknown as mp.ListProxy<number>;
      const other = new mp.SyncManager();
      await d.call(other, 'start');
      const theirs = (await d.call(other, 'list', [1])) as mp.ListProxy<number>;
      assert.equal(await d.call(foo, 'appendTo', theirs, 5), 2);
      assert.deepEqual(await d.call(theirs, 'getValue'), [1, 5]);
      assert.property(list, 'push');
      await d.call(other, 'shutdown');
    }),

  'a proxy of another manager is counted where it is copied within a server': async (d) => {
    class Keeping extends mp.SyncManager {}
    const manager = new (Keeping.register('Keeper', Keeper))();
    await d.call(manager, 'start');
    const other = new mp.SyncManager();
    await d.call(other, 'start');
    const list = (await d.call(manager, 'list')) as mp.ListProxy<unknown>;
    const theirs = (await d.call(other, 'list')) as mp.ListProxy<number>;
    await d.call(await d.call(manager, 'Keeper'), 'keep', list, theirs);
    // Ours, the one that was received, and the one in the list.
    const references = async () => (await d.call(other, 'debugInfo')).map((info) => info.references);
    for (let i = 0; i < 50 && (await references())[0] !== 3; i++) await new Promise((r) => setTimeout(r, 20));
    assert.deepEqual(await references(), [3]);
    await d.call(manager, 'shutdown');
    await d.call(other, 'shutdown');
  },

  'MGR-54 a type without a factory is given its object': async (d) => {
    class Own extends mp.BaseManager {}
    const OfGiven = Own.register('Given');
    const manager = await d.call(new OfGiven(), 'start');
    try {
      const given = new Foo('mine');
      const foo = (await d.call(manager, 'Given', given as never)) as unknown as mp.Proxied<InstanceType<typeof Foo>>;
      assert.equal(await d.call(foo, 'increment', 3), 3);
      assert.equal(await foo.label, 'mine');
      assert.equal(given.count, 0);
      const list = (await d.call(manager, 'Given', [1, 2] as never)) as unknown as mp.Proxied<number[]>;
      assert.equal(await d.call(list, 'push', 3), 3);
      assert.deepEqual(await d.call(list, 'getValue'), [1, 2, 3]);
      for (const args of [[], [given, given], [5]]) {
        const error = (await errorOf(() => d.call(manager, 'Given', ...(args as [never])))) as Error;
        assert.instanceOf(error, mp.RemoteError);
        assert.include(error.message, args.length === 1 ? 'only an object' : 'give the object itself');
      }
    } finally {
      await d.call(manager, 'shutdown');
    }
  },

  'MGR-75 another serializer is refused where the manager is made': async (d) => {
    for (const serializer of ['xmlrpclib', 'json', false, 5]) {
      const error = (await errorOf(() => new WithFoo({ serializer: serializer as never }))) as Error;
      assert.instanceOf(error, RangeError);
      assert.include(error.message, "serializer must be 'pickle'");
    }
    const manager = await d.call(new WithFoo({ serializer: 'pickle' }), 'start');
    await d.call(manager, 'shutdown');
  },

  'register refuses what is no type': async () => {
    class Own extends mp.BaseManager {}
    const register = Own.register.bind(Own) as (typeid: unknown, factory: unknown) => unknown;
    assert.instanceOf(await errorOf(() => register('', Foo)), TypeError);
    assert.instanceOf(await errorOf(() => register(5, Foo)), TypeError);
    assert.instanceOf(await errorOf(() => register('a', 5)), TypeError);
    for (const name of ['start', 'shutdown', 'then']) {
      assert.instanceOf(await errorOf(() => register(name, Foo)), RangeError);
    }
  },

  'a factory that is not registered with the executable is refused by start': async (d) => {
    class Own extends mp.BaseManager {}
    const Unknown = Own.register('Unknown', class {});
    const error = (await errorOf(() => d.call(new Unknown(), 'start'))) as Error;
    assert.instanceOf(error, mp.DataCloneError);
    assert.include(error.message, 'registry.Unknown.factory');
  },

  'MGR-62 a server in this process': async (d) => {
    if (d.name === 'sync') return;
    const manager = new WithMany();
    const server = manager.getServer();
    assert.equal(server.address, mp.currentProcess().pid);
    const serving = server.serveForever();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const client = start(fixtures.useServer, server.address as number);
    assert.deepEqual(await client.result(), ['f()', 1, 'RemoteError']);
    const connected = new mp.Event();
    const late = start(fixtures.outliveServer, server.address as number, connected);
    await connected.wait();
    server.close();
    await serving;
    assert.deepEqual(await late.result(), ['InvalidStateError', 'InvalidStateError']);
    manager.getServer().close();
  },

  'a server that is closed before it serves': async (d) => {
    if (d.name === 'sync') return;
    const server = new WithMany().getServer();
    const serving = server.serveForever();
    server.close();
    await serving;
  },

  'a server that cannot begin leaves nothing behind': async (d) => {
    if (d.name === 'sync') return;
    for (const options of [{ address: '' }, { address: 'any', authkey: new Uint8Array() }]) {
      assert.instanceOf(await errorOf(() => new WithMany(options).getServer().serveForever()), RangeError);
    }
    const server = new WithMany().getServer();
    const serving = server.serveForever();
    server.close();
    await serving;
  },

  'a proxy of a server that has ended is none of the next one in its process': async (d) => {
    if (d.name === 'sync') return;
    const address = mp.currentProcess().pid as number;
    const [connected, again] = [new mp.Event(), new mp.Event()];
    const first = new WithMany().getServer();
    const serving = first.serveForever();
    const client = start(fixtures.outliveTwo, address, connected, again);
    await connected.wait();
    first.close();
    await serving;
    const second = new WithMany().getServer();
    const servingAgain = second.serveForever();
    const foo = await (await new WithMany({ address }).connect()).Foo();
    assert.equal(await foo.f(), 'f()');
    again.set();
    assert.equal(await client.result(), 'RemoteError');
    second.close();
    await servingAgain;
  },

  'a signal travels: the method hears it': (d) =>
    withMany(d, async (manager) => {
      if (d.name === 'sync') return;
      const foo = await manager.Foo();
      assert.equal(await foo.waitFor({}), 'no signal');
      const controller = new AbortController();
      const waiting = foo.waitFor({ signal: controller.signal });
      setTimeout(() => controller.abort('enough'), 50);
      assert.equal(await errorOf(() => waiting), 'enough');
      const ignored = new AbortController();
      const stuck = foo.ignoreSignal({ signal: ignored.signal });
      setTimeout(() => ignored.abort('too much'), 20);
      assert.equal(await errorOf(() => stuck), 'too much');
      assert.equal(await errorOf(() => foo.waitFor({ signal: AbortSignal.abort('before') })), 'before');
      assert.equal(await foo.f(), 'f()');
    }),
};
