import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import * as shared from '../../fixtures/shared.ts';
import { sleep } from '../../fixtures/targets.ts';
import { type Cases, errorOf, range, start } from '../harness.ts';
import { until } from './value.ts';

const make = (size: number, name?: string): mp.SharedMemory => new mp.SharedMemory(name, { create: true, size });
/** A name that no other case has. */
const fresh = (what: string): string => `${what} ${crypto.randomUUID()}`;
const drop = (...blocks: mp.SharedMemory[]): void => {
  for (const block of blocks) {
    block.close();
    block.unlink();
  }
};
const flag = (): mp.Value<'i'> => new mp.Value('i', 0);

async function isGone(name: string): Promise<boolean> {
  return (await errorOf(() => new mp.SharedMemory(name)).catch(() => undefined)) instanceof mp.FileNotFoundError;
}

/** Waits until there is no block of that name: somebody has to notice that a process has ended. */
async function gone(name: string): Promise<void> {
  for (let i = 0; i < 200; i++) {
    try {
      new mp.SharedMemory(name).close();
    } catch (error) {
      assert.instanceOf(error, mp.FileNotFoundError);
      return;
    }
    await sleep(50);
  }
  assert.fail(`${name} is still there`);
}

export const sharedMemoryCases: Cases = {
  'SHM-01 SHM-23 names that cannot be': async () => {
    for (const create of [true, false]) {
      assert.instanceOf(await errorOf(() => new mp.SharedMemory('a\0b', { create, size: 8 })), RangeError);
      for (const name of ['', 'a/b', '/', 'x'.repeat(256)]) {
        const error = await errorOf(() => new mp.SharedMemory(name, { create, size: 8 }));
        assert.instanceOf(error, mp.OSError, name);
        assert.notInstanceOf(error, mp.FileNotFoundError);
      }
      assert.instanceOf(await errorOf(() => new mp.SharedMemory(5 as never, { create, size: 8 })), TypeError);
    }
    drop(make(8, fresh('é\ud800 ').padEnd(255, '.')));
  },

  'SHM-02 SHM-17 a block has its name and size, and is all 0': async () => {
    const name = fresh('basics');
    const memory = make(512, name);
    assert.equal(memory.name, name);
    assert.equal(memory.size, 512);
    assert.equal(memory.buf.length, 512);
    assert.isTrue(memory.buf.every((byte) => byte === 0));
    assert.include(String(memory), name);
    assert.include(String(memory), '512');
    memory.buf.fill(5);
    const unnamed = make(3);
    assert.match(unnamed.name, /^psm_[0-9a-f]{8}$/);
    assert.match(make(1).name, /^psm_[0-9a-f]{8}$/);
    drop(memory, unnamed);
    // Memory that was used before.
    for (let i = 0; i < 20; i++) {
      const again = make(400 + 30 * i);
      assert.isTrue(again.buf.every((byte) => byte === 0));
      again.buf.fill(i + 1);
      drop(again);
    }
  },

  'SHM-03 SHM-04 another handle sees the same bytes; its size is what it is': async (d) => {
    const memory = make(512);
    const same = new mp.SharedMemory(memory.name, { size: 20 * 512 });
    assert.equal(same.size, 512);
    memory.buf[0] = 42;
    assert.equal(same.buf[0], 42);
    same.buf[511] = 7;
    assert.equal(memory.buf[511], 7);
    assert.equal(await d.result(start(shared.writeByName, memory.name, [9, 8])), 512);
    assert.deepEqual([...memory.buf.subarray(0, 2)], [9, 8]);
    same.close();
    drop(memory);
  },

  'SHM-05 sizes that cannot be': async () => {
    for (const create of [true, false]) {
      assert.instanceOf(await errorOf(() => new mp.SharedMemory('x', { create, size: -1 })), RangeError);
      for (const size of [1.5, Number.NaN, '8', null]) {
        assert.instanceOf(await errorOf(() => new mp.SharedMemory('x', { create, size: size as number })), TypeError);
      }
    }
    assert.instanceOf(await errorOf(() => new mp.SharedMemory('x', { create: true, size: 0 })), RangeError);
    assert.instanceOf(await errorOf(() => new mp.SharedMemory('x', { create: true })), RangeError);
    assert.instanceOf(await errorOf(() => new mp.SharedMemory()), RangeError);
    assert.instanceOf(await errorOf(() => new mp.SharedMemory(null)), RangeError);
    const error = await errorOf(() => make(2 ** 40));
    assert.instanceOf(error, mp.OSError);
    assert.instanceOf(await errorOf(() => new mp.SharedMemory('x')), mp.FileNotFoundError);
  },

  'SHM-06 SHM-18 SHM-21 after close() a handle is of no use; again is harmless': async () => {
    const memory = make(8);
    const same = new mp.SharedMemory(memory.name);
    same.close();
    same.close();
    assert.instanceOf(await errorOf(() => same.buf), mp.InvalidStateError);
    memory.buf[0] = 1;
    drop(memory);
  },

  'SHM-07 SHM-08 names in use, and names that are not': async () => {
    const name = fresh('in use');
    const memory = make(8, name);
    assert.instanceOf(await errorOf(() => make(8, name)), mp.FileExistsError);
    assert.instanceOf(await errorOf(() => make(8, name)), mp.OSError);
    assert.instanceOf(await errorOf(() => new mp.SharedMemory(`${name}?`)), mp.FileNotFoundError);
    memory.unlink();
    assert.instanceOf(await errorOf(() => memory.unlink()), mp.FileNotFoundError);
    memory.close();
  },

  'SHM-10 a handle travels as its name, in anything': async (d) => {
    const memory = make(16);
    memory.buf.set([1, 2, 3]);
    assert.deepEqual(await d.result(start(shared.readHandle, memory, 3)), [1, 2, 3]);
    const queue = new mp.Queue<mp.SharedMemory>();
    const child = start(shared.writeThrough, queue, 77);
    await d.put(queue, memory);
    assert.equal(await d.result(child), memory.name);
    assert.equal(memory.buf[0], 77);
    await d.put(queue, memory);
    const same = await d.get(queue);
    assert.notStrictEqual(same, memory);
    same.buf[1] = 88;
    assert.equal(memory.buf[1], 88);
    same.close();
    drop(memory);
  },

  'SHM-11 a handle on what is unlinked does not arrive, and disturbs nothing': async (d) => {
    const memory = make(16);
    const queue = new mp.Queue<unknown>();
    await d.put(queue, [memory]);
    await d.put(queue, 'next');
    drop(memory);
    assert.instanceOf(await errorOf(() => d.get(queue)), mp.FileNotFoundError);
    assert.equal(await d.get(queue), 'next');
  },

  'SHM-13 a block whose maker was killed goes': async (d) => {
    for (const how of ['terminate', 'kill'] as const) {
      const name = fresh('killed');
      const ready = flag();
      const maker = start(shared.createAndStay, name, 64, ready);
      await until(ready);
      maker[how]();
      await d.join(maker);
      await gone(name);
      drop(make(64, name));
    }
  },

  'SHM-14 a block goes with the last process that had it open': async (d) => {
    const name = fresh('last');
    const ready = flag();
    const phase = flag();
    const maker = start(shared.createAndStay, name, 64, ready);
    await until(ready);
    const other = start(shared.openAndStay, name, phase);
    await until(phase);
    maker.terminate();
    await d.join(maker);
    // The other one keeps it.
    assert.equal(await d.result(start(shared.writeByName, name, [7])), 64);
    phase.value = 2;
    assert.equal(await d.result(other), 7);
    await gone(name);
  },

  'SHM-14 what this process has opened stays, whoever ends': async (d) => {
    const memory = make(32);
    const ready = flag();
    const child = start(shared.openAndStay, memory.name, ready);
    await until(ready);
    child.terminate();
    await d.join(child);
    await d.join(start(shared.openAndEnd, memory.name));
    memory.buf[0] = 3;
    memory.close();
    const same = new mp.SharedMemory(memory.name);
    assert.equal(same.buf[0], 3);
    drop(same);
  },

  'a block outlives its maker on the way to somebody': async (d) => {
    const memory = await d.result(start(shared.createAndSend, 10));
    assert.deepEqual([...memory.buf], range(10).fill(9));
    drop(memory);
    const name = await d.result(start(shared.create, fresh('named'), 10));
    await sleep(100);
    const same = new mp.SharedMemory(name);
    assert.equal(same.buf[9], 7);
    drop(same);
  },

  'SHM-19 SHM-20 after unlink() it works for those who have it; the name is free': async (d) => {
    const name = fresh('unlinked');
    const memory = make(100, name);
    memory.buf.fill(1);
    const phase = flag();
    const child = start(shared.openAndStay, name, phase);
    await until(phase);
    memory.close();
    // From any process, also after close().
    await d.join(start(shared.unlinkByName, name));
    assert.isTrue(await isGone(name));
    const other = make(100, name);
    assert.isTrue(other.buf.every((byte) => byte === 0));
    other.buf.fill(2);
    // Memory that is free by now, but not the child's.
    const more = range(20).map(() => make(100));
    for (const each of more) each.buf.fill(3);
    phase.value = 2;
    assert.equal(await d.result(child), 1);
    assert.isTrue(other.buf.every((byte) => byte === 2));
    assert.isTrue(more.every((each) => each.buf.every((byte) => byte === 3)));
    other.close();
    other.unlink();
    drop(...more);
  },

  'SHM-19 the memory of the unlinked is used again': async () => {
    const offsets = new Set<number>();
    for (let i = 0; i < 200; i++) {
      const memory = make(1 << 20);
      offsets.add(memory.buf.byteOffset);
      memory.buf[0] = 1;
      drop(memory);
    }
    assert.isBelow(offsets.size, 50);
  },

  'SHM-22 bytes wrap around, and there are none beyond the end': async () => {
    const memory = make(8);
    memory.buf[0] = 257;
    assert.equal(memory.buf[0], 1);
    memory.buf[8] = 5;
    assert.isUndefined(memory.buf[8]);
    assert.instanceOf(await errorOf(() => memory.buf.set(range(9))), RangeError);
    assert.equal(memory.buf.byteOffset % 64, 0);
    drop(memory);
  },

  'a process that receives no messages finds a block that is younger than itself': async (d) => {
    const told = flag();
    const name = fresh('younger');
    const child = start(shared.openWhenTold, told, name);
    await sleep(50);
    const memory = make(100_000, name);
    memory.buf[0] = 5;
    told.value = 1;
    assert.equal(await d.result(child), 5);
    assert.equal(memory.buf[0], 6);
    drop(memory);
  },

  'a name is given to one of those who ask for it at once': async (d) => {
    const prefix = fresh('race');
    const ready = flag();
    const children = range(3).map(() => start(shared.race, prefix, 50, ready, 3));
    let made = 0;
    for (const child of children) made += await d.result(child);
    assert.equal(made, 50);
    for (const i of range(50)) {
      const memory = new mp.SharedMemory(`${prefix}${i}`);
      drop(memory);
    }
  },

  'blocks of several processes never overlap': async (d) => {
    const torn = flag();
    const children = range(3).map((i) => start(shared.churn, i + 1, 150, torn));
    const mine = make(3000);
    mine.buf.fill(99);
    for (const child of children) {
      await d.join(child);
      assert.equal(child.exitcode, 0);
    }
    assert.equal(torn.value, 0);
    assert.isTrue(mine.buf.every((byte) => byte === 99));
    drop(mine);
  },
};
