import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import * as shared from '../../fixtures/shared.ts';
import { type Cases, errorOf, range, start } from '../harness.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const sample = (): mp.ShareableItem[] => ['howdy', bytes('HoWdY'), -273.154, 100, null, true, 42];

/** Unlinks what a case made. */
const drop = (...lists: mp.ShareableList[]): void => {
  for (const { shm } of lists) {
    shm.close();
    shm.unlink();
  }
};

export const shareableListCases: Cases = {
  'SHL-01 SHL-02 items, by index and in turn': async () => {
    const list = new mp.ShareableList(sample());
    assert.equal(list.length, 7);
    assert.deepEqual([...list], sample());
    assert.include(String(list), list.shm.name);
    assert.include(String(list), '"howdy"');
    assert.equal(list.get(-2), true);
    assert.equal(list.at(-2), true);
    assert.isUndefined(list.at(7));
    for (const index of [7, -8]) {
      assert.instanceOf(await errorOf(() => list.get(index)), RangeError);
      assert.instanceOf(await errorOf(() => list.set(index, 1)), RangeError);
    }
    for (const index of [1.5, Number.NaN, '1']) {
      assert.instanceOf(await errorOf(() => list.get(index as number)), TypeError);
    }
    drop(list);
  },

  'SHL-03 what is set is read, by every handle': async () => {
    const list = new mp.ShareableList<mp.ShareableItem>([1, 2, 3, 4, 5, 6]);
    const same = new mp.ShareableList(null, { name: list.shm.name });
    const items = [2 ** 60, -0, 2n ** 62n, -(2n ** 63n), 0.1, Number.NaN];
    items.forEach((item, i) => list.set(i, item));
    assert.deepEqual([...same], items);
    assert.isTrue(Object.is(same.get(1), -0));
    same.set(-1, false);
    assert.equal(list.get(5), false);
    for (const bad of [undefined, {}, [], Symbol.iterator, new Date(), () => 1]) {
      assert.instanceOf(await errorOf(() => list.set(0, bad as never)), TypeError);
      const error = (await errorOf(() => new mp.ShareableList([1, bad as never]))) as Error;
      assert.instanceOf(error, TypeError);
      assert.include(error.message, 'sequence[1]');
    }
    assert.instanceOf(await errorOf(() => list.set(0, 2n ** 63n)), RangeError);
    assert.instanceOf(await errorOf(() => list.set(0, '\ud800')), RangeError);
    assert.equal(list.get(0), 2 ** 60);
    same.shm.close();
    assert.instanceOf(await errorOf(() => same.get(0)), mp.InvalidStateError);
    drop(list);
  },

  'SHL-04 SHL-17 index and count': async () => {
    const list = new mp.ShareableList(sample());
    assert.equal(list.index(100), 3);
    const error = await errorOf(() => list.index('100'));
    assert.instanceOf(error, RangeError);
    assert.equal(list.indexOf('100'), -1);
    list.set(3, 42);
    assert.equal(list.count(42), 2);
    assert.equal(list.count(bytes('HoWdY')), 1);
    assert.equal(list.count(bytes('howdy')), 0);
    assert.equal(list.count(1), 0);
    assert.isTrue(list.includes(null));
    assert.isFalse(list.includes(false));
    drop(list);
  },

  'SHL-05 SHL-13 types change in place, slots do not': async () => {
    const list = new mp.ShareableList(sample());
    assert.equal(list.format, '8s8sdqxxxxxx?xxxxxxxx?q');
    list.set(4, 'some');
    assert.equal(list.format, '8s8sdq8sxxxxxxx?q');
    assert.equal(list.get(4), 'some');
    const slots = new mp.ShareableList<mp.ShareableItem>(['1234567', '12345678', bytes('x'.repeat(16)), 2n]);
    assert.equal(slots.format, '8s16s24sq');
    slots.set(1, 5);
    assert.equal(slots.format, '8sq24sq');
    slots.set(1, '1234567890123456');
    assert.equal(slots.format, '8s16s24sq');
    assert.equal(slots.get(1), '1234567890123456');
    drop(list, slots);
  },

  'SHL-06 SHL-07 what does not fit, in bytes, changes nothing': async () => {
    const list = new mp.ShareableList<mp.ShareableItem>(['a', 'b', 3]);
    list.set(0, 'encodés');
    assert.equal(list.get(0), 'encodés');
    for (const [index, bad] of [
      [0, 'encodées'],
      [0, 'x'.repeat(100)],
      [2, new Uint8Array(9)],
    ] as const) {
      assert.instanceOf(await errorOf(() => list.set(index, bad)), RangeError);
    }
    assert.deepEqual([...list], ['encodés', 'b', 3]);
    list.set(2, '12345678');
    assert.deepEqual([...list], ['encodés', 'b', '12345678']);
    drop(list);
  },

  'SHL-08 a list made of a list': async () => {
    const list = new mp.ShareableList(sample());
    list.set(0, 'a');
    const wide = new mp.ShareableList<mp.ShareableItem>(['0123456789']);
    wide.set(0, 'x');
    const copy = new mp.ShareableList(list, { name: `copy of ${list.shm.name}` });
    assert.equal(copy.shm.name, `copy of ${list.shm.name}`);
    assert.deepEqual([...copy], [...list]);
    assert.equal(copy.format, list.format);
    assert.equal(new mp.ShareableList(wide, { name: `wide ${list.shm.name}` }).format, '16s');
    copy.set(-1, 7);
    assert.equal(list.get(-1), 42);
    drop(list, copy, wide, new mp.ShareableList(null, { name: `wide ${list.shm.name}` }));
  },

  'SHL-09 SHL-20 by name': async (d) => {
    const list = new mp.ShareableList([1, 'two'], { name: `by name, ${d.name} ${Math.random()}` });
    const { name } = list.shm;
    assert.deepEqual(await d.result(start(shared.readListByName, name)), [1, 'two']);
    assert.instanceOf(await errorOf(() => new mp.ShareableList([1], { name })), mp.FileExistsError);
    assert.instanceOf(await errorOf(() => new mp.ShareableList(null, { name: `${name}?` })), mp.FileNotFoundError);
    assert.instanceOf(await errorOf(() => new mp.ShareableList()), RangeError);
    drop(list);
    const memory = new mp.SharedMemory(name, { create: true, size: 8 });
    memory.buf.fill(255);
    assert.instanceOf(await errorOf(() => new mp.ShareableList(null, { name })), mp.InvalidStateError);
    memory.close();
    memory.unlink();
  },

  'SHL-10 an empty list': async () => {
    const list = new mp.ShareableList<number>([]);
    assert.equal(list.length, 0);
    assert.equal(list.format, '');
    assert.equal(list.count(1), 0);
    assert.deepEqual([...list], []);
    assert.instanceOf(await errorOf(() => list.index(1)), RangeError);
    assert.instanceOf(await errorOf(() => list.get(0)), RangeError);
    drop(list);
  },

  'SHL-11 it travels as its name, in anything': async (d) => {
    const list = new mp.ShareableList<mp.ShareableItem>(range(7));
    const seen = await d.result(start(shared.changeList, list, -1, 'changed'));
    assert.deepEqual(seen, [0, 1, 2, 3, 4, 5, 'changed']);
    assert.equal(list.get(6), 'changed');
    const queue = new mp.Queue<mp.ShareableList>();
    const child = start(shared.changeListFromQueue, queue, ['newvalue', null]);
    await d.put(queue, list);
    await d.join(child);
    assert.equal(child.exitcode, 0);
    assert.deepEqual([list.get(0), list.get(1)], ['newvalue', null]);
    await d.put(queue, list);
    const same = await d.get(queue);
    assert.notStrictEqual(same, list);
    same.set(0, 5);
    assert.equal(list.get(0), 5);
    await d.put(queue, list);
    drop(list);
    assert.instanceOf(await errorOf(() => d.get(queue)), mp.FileNotFoundError);
  },

  'SHL-14 NULs at the end are lost': async () => {
    const list = new mp.ShareableList([bytes('x\0\0'), 'a\0b\0', '\ufeffb', '']);
    assert.deepEqual([...list], [bytes('x'), 'a\0b', '\ufeffb', '']);
    drop(list);
  },

  'SHL-16 its length is fixed': async () => {
    const list = new mp.ShareableList([1]);
    for (const name of ['append', 'push', 'insert', 'remove', 'slice', 'pop']) assert.notProperty(list, name);
    drop(list);
  },

  'SMM-01 SMM-02 a manager makes blocks and lists that anybody finds': async (d) => {
    const manager = new mp.SharedMemoryManager();
    assert.instanceOf(await errorOf(() => manager.SharedMemory(9)), RangeError);
    assert.instanceOf(await errorOf(() => manager.ShareableList([1])), RangeError);
    manager.start();
    assert.instanceOf(await errorOf(() => manager.start()), mp.ProcessError);
    const lists = range(5).map((i) => manager.ShareableList(range(i + 5)));
    const blocks = range(6).map((i) => manager.SharedMemory(32 + 16 * i));
    for (const [i, list] of lists.entries()) {
      assert.deepEqual(await d.result(start(shared.readListByName, list.shm.name)), range(i + 5));
    }
    for (const block of blocks) assert.equal(await d.result(start(shared.writeByName, block.name, [3])), block.size);
    assert.instanceOf(await errorOf(() => manager.SharedMemory(0)), RangeError);
    blocks[0]?.unlink();
    manager.shutdown();
    manager.shutdown();
    // SMM-05: what is open stays usable.
    assert.equal(blocks[5]?.buf[0], 3);
    assert.deepEqual([...(lists[4] as mp.ShareableList)], range(9));
    for (const { name } of [...blocks, ...lists.map((list) => list.shm)]) {
      assert.instanceOf(await errorOf(() => new mp.SharedMemory(name)), mp.FileNotFoundError);
    }
    assert.instanceOf(await errorOf(() => manager.SharedMemory(9)), mp.InvalidStateError);
    assert.instanceOf(await errorOf(() => manager.start()), mp.ProcessError);
    for (const name of ['list', 'dict', 'Lock']) assert.notProperty(manager, name);
  },

  'SMM-05 its blocks go at the end of the scope, and of the process': async (d) => {
    let name = '';
    {
      using manager = new mp.SharedMemoryManager().start();
      name = manager.SharedMemory(9).name;
    }
    assert.instanceOf(await errorOf(() => new mp.SharedMemory(name)), mp.FileNotFoundError);
    {
      await using manager = new mp.SharedMemoryManager().start();
      name = manager.ShareableList([1]).shm.name;
    }
    assert.instanceOf(await errorOf(() => new mp.SharedMemory(name)), mp.FileNotFoundError);
    const left = await d.result(start(shared.manageAndEnd, 'return'));
    assert.instanceOf(await errorOf(() => new mp.SharedMemory(left)), mp.FileNotFoundError);
    const error = (await errorOf(() => d.result(start(shared.manageAndEnd, 'throw')))) as Error;
    assert.match(error.message, /^psm_/);
    assert.instanceOf(await errorOf(() => new mp.SharedMemory(error.message)), mp.FileNotFoundError);
  },
};
