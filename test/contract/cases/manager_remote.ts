// Managers that are reached by messages: from other tabs, and here from other threads, which is the same to them.

import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import * as fixtures from '../../fixtures/manager.ts';
import { type Cases, type Driver, errorOf, start } from '../harness.ts';

const key = new TextEncoder().encode('the key of these tests');

let names = 0;
/** An address that nobody else uses. */
const newAddress = (): string => `manager test ${mp.currentProcess().pid} ${++names} ${Math.random()}`;

async function withAddress(
  d: Driver,
  body: (address: string, manager: mp.SyncManager) => Promise<void>,
): Promise<void> {
  const address = newAddress();
  const manager = new mp.SyncManager({ address, authkey: key });
  await d.call(manager, 'start');
  try {
    await body(address, manager);
  } finally {
    await d.call(manager, 'shutdown');
  }
}

export const managerRemoteCases: Cases = {
  'MGR-59 processes meet at an address: one puts, another gets an equal value': (d) =>
    withAddress(d, async (address, manager) => {
      assert.equal(manager.address, address);
      const queue = (await d.call(manager, 'Queue')) as mp.QueueProxy<unknown>;
      const dict = (await d.call(manager, 'dict')) as mp.DictProxy<string, unknown>;
      const client = await new mp.SyncManager({ address, authkey: key }).connect();
      const values = [
        'hello',
        'd\u00e9j\u00e0',
        '\u043f\u0440\u0438\u0432\u0435\u0442',
        null,
        true,
        2.25,
        new Uint8Array([1, 2, 255]),
      ];
      const held = await client.dict<string, unknown>();
      await held.set('values', values);
      assert.deepEqual(await held.get('values'), values);
      await d.call(queue, 'put', values);
      const child = start(fixtures.connectAndUse, address, key);
      assert.deepEqual(await d.result(child), [[1, 2, 3], 'InvalidStateError', 'size', 2]);
      assert.deepEqual(await d.call(queue, 'get'), values);
      assert.equal(await d.call(dict, 'size'), 0);
    }),

  'proxies by message nest, and travel on': (d) =>
    withAddress(d, async (address) => {
      const client = await new mp.SyncManager({ address, authkey: key }).connect();
      const inner = await client.list([1]);
      const outer = await client.dict([['inner', inner]]);
      const same = (await outer.get('inner')) as typeof inner;
      await same.append(2);
      assert.deepEqual(await inner.getValue(), [1, 2]);
      assert.isTrue(await (await client.list([inner])).includes(same));
      const queue = new mp.Queue<typeof inner>();
      await queue.put(inner);
      const other = await queue.get();
      assert.equal(await other.push(3), 3);
      assert.deepEqual(await iterate(outer), [['inner', [1, 2, 3]]]);
    }),

  "a proxy is its receiver's, also where that was not connected": async (d) => {
    // With the key that the child has, too.
    const address = newAddress();
    const manager = new mp.SyncManager({ address });
    await d.call(manager, 'start');
    const client = await new mp.SyncManager({ address }).connect();
    const list = await client.list([1, 2]);
    const queue = new mp.Queue<typeof list>();
    const child = start(fixtures.receiveByMessage, queue);
    await d.put(queue, list);
    assert.deepEqual(await d.result(child), [1, 2]);
    const references = async (): Promise<number | undefined> =>
      (await d.call(manager, 'debugInfo')).find(({ typeid }) => typeid === 'list')?.references;
    for (let i = 0; i < 50 && (await references()) !== 1; i++) await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(await references(), 1);
    assert.deepEqual(await list.getValue(), [1, 2]);
    await d.call(manager, 'shutdown');
  },

  'MGR-67 a wrong key is refused, and the right one still works': (d) =>
    withAddress(d, async (address) => {
      const wrong = new mp.SyncManager({ address, authkey: new Uint8Array(8) });
      assert.instanceOf(await errorOf(() => wrong.connect()), mp.AuthenticationError);
      const right = await new mp.SyncManager({ address, authkey: key }).connect();
      assert.deepEqual(await (await right.list([1])).getValue(), [1]);
    }),

  'MGR-61 the address is free after the end, and in use before it': async (d) => {
    const address = newAddress();
    for (let i = 0; i < 3; i++) {
      const manager = new mp.SyncManager({ address, authkey: key });
      await d.call(manager, 'start');
      const second = new mp.SyncManager({ address, authkey: key });
      assert.instanceOf(await errorOf(() => d.call(second, 'start')), mp.OSError);
      await d.call(manager, 'shutdown');
    }
    const nobody = new mp.SyncManager({ address, authkey: key });
    assert.instanceOf(await errorOf(() => nobody.connect()), mp.OSError);
  },

  'a manager that is terminated rejects what waits by message, and what comes': async (d) => {
    const address = newAddress();
    const manager = new mp.SyncManager({ address, authkey: key });
    await d.call(manager, 'start');
    const client = await new mp.SyncManager({ address, authkey: key }).connect();
    const queue = await client.Queue<number>();
    const waiting = errorOf(() => queue.get());
    await new Promise((resolve) => setTimeout(resolve, 50));
    mp.activeChildren()[0]?.terminate();
    assert.instanceOf(await waiting, mp.EOFError);
    assert.instanceOf(await errorOf(() => queue.get()), mp.OSError);
    await d.call(manager, 'shutdown');
    // Another one at the same address is not taken for it.
    const heir = new mp.SyncManager({ address, authkey: key });
    await d.call(heir, 'start');
    await d.call(heir, 'Queue');
    assert.instanceOf(await errorOf(() => queue.qsize()), mp.RemoteError);
    await d.call(heir, 'shutdown');
  },

  'a client by message that dies holds nothing any more': (d) =>
    withAddress(d, async (address, manager) => {
      const ready = new mp.SimpleQueue();
      const child = start(fixtures.holdByMessage, address, key, ready);
      assert.equal(await d.getSimple(ready), 'held');
      const isHeld = async (): Promise<boolean> =>
        (await d.call(manager, 'debugInfo')).some(({ typeid, references }) => typeid === 'list' && references > 0);
      assert.isTrue(await isHeld());
      child.terminate();
      await d.join(child);
      for (let i = 0; i < 50 && (await isHeld()); i++) await new Promise((resolve) => setTimeout(resolve, 100));
      assert.isFalse(await isHeld());
    }),

  'a signal gives a call by message up': (d) =>
    withAddress(d, async (address) => {
      const client = await new mp.SyncManager({ address, authkey: key }).connect();
      const queue = await client.Queue<number>();
      const controller = new AbortController();
      const waiting = queue.get({ signal: controller.signal });
      setTimeout(() => controller.abort('enough'), 30);
      assert.equal(await errorOf(() => waiting), 'enough');
      await queue.put(1);
      assert.equal(await queue.get(), 1);
    }),

  'options of a manager are checked': async () => {
    for (const options of [{ address: {} }, { authkey: 'text' }]) {
      assert.instanceOf(await errorOf(() => new mp.SyncManager(options as never)), TypeError);
    }
    assert.instanceOf(await errorOf(() => new mp.SyncManager().connect()), mp.InvalidStateError);
  },
};

async function iterate(dict: mp.DictProxy<string, mp.ListProxy<number>>): Promise<[string, number[]][]> {
  const all: [string, number[]][] = [];
  for await (const [name, list] of dict) all.push([name, await list.getValue()]);
  return all;
}
