import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import * as shared from '../../fixtures/shared.ts';
import { type Cases, errorOf, range, start } from '../harness.ts';

const source = [680, 626, 934, 821, 150, 233, 548, 982, 714, 831];
const sums = source.map((_, i) => source.slice(0, i + 1).reduce((a, b) => a + b));

export const arrayCases: Cases = {
  'SHC-04 SHC-05 an array is a typed array, and what a child does in it is seen': async (d) => {
    for (const Array of [mp.Array, mp.RawArray] as const) {
      const array = new Array('i', source);
      assert.equal(array.length, source.length);
      assert.equal(array[3], source[3]);
      assert.deepEqual([...array.slice(2, 7)], source.slice(2, 7));
      array.set([1, 2, 3, 4], 4);
      assert.deepEqual([...array], [...source.slice(0, 4), 1, 2, 3, 4, ...source.slice(8)]);
      array.set(source);
      await d.join(start(shared.runningSum, array));
      assert.deepEqual([...array], sums);
      assert.instanceOf(array, Int32Array);
      assert.equal(Atomics.add(array, 0, 1), source[0]);
    }
  },

  'SHC-07 the lock: made, given or none; nothing else': async (d) => {
    const made = new mp.Array('i', range(10));
    assert.instanceOf(made.getLock(), mp.RLock);
    assert.deepEqual([...made.getObj()], range(10));
    made.getObj()[0] = 5;
    assert.equal(made[0], 5);
    assert.notProperty(made.getObj(), 'getLock');
    assert.instanceOf(made, mp.Array);
    assert.notInstanceOf(made.getObj(), mp.Array);
    assert.instanceOf(made.getObj(), mp.RawArray);
    for (const lock of [new mp.Lock(), new mp.RLock()]) {
      assert.strictEqual(new mp.Array('i', 3, { lock }).getLock() as unknown, lock);
    }
    const raw = new mp.Array('i', range(10), { lock: false });
    assert.notProperty(raw, 'getLock');
    assert.notProperty(raw, 'getObj');
    assert.deepInclude(await d.result(start(shared.describeShared, raw as object)), {
      lock: null,
      tag: 'Int32Array',
      isRawArray: true,
      isArray: false,
    });
    assert.deepInclude(await d.result(start(shared.describeShared, made as object)), {
      lock: '<RLock',
      tag: 'Int32Array',
      isArray: true,
      plain: 'Int32Array',
    });
    for (const lock of ['notalock', 5, {}]) {
      assert.instanceOf(await errorOf(() => new mp.Array('i', 5, { lock: lock as never })), TypeError);
    }
  },

  'SHC-10 SHC-11 codes and their sizes': async (d) => {
    const sizes = { b: 1, B: 1, h: 2, H: 2, i: 4, I: 4, l: 4, L: 4, q: 8, Q: 8, f: 4, d: 8, e: 2 };
    for (const [code, size] of Object.entries(sizes) as [mp.TypeCode, number][]) {
      const big = 'qQ'.includes(code);
      const array = new mp.Array(code, (big ? [1n, 2n, 3n] : [1, 2, 3]) as never);
      assert.equal(array.BYTES_PER_ELEMENT, size, code);
      assert.equal(array.buffer.byteLength, 3 * size);
      await d.join(start(shared.runningSum, array as mp.Views[mp.TypeCode]));
      assert.deepEqual([...(array as Iterable<number | bigint>)].map(Number), [1, 3, 6], code);
      assert.equal(Number(array[2]), 6);
    }
    assert.instanceOf(await errorOf(() => new mp.Array('x' as never, 3)), TypeError);
    assert.instanceOf(await errorOf(() => new mp.RawArray('x' as never, 3)), TypeError);
  },

  'SHC-14 SHC-17 elements are converted, and indices are as in every typed array': async () => {
    const array = new mp.Array('i', [1.9, -1, 2 ** 31]);
    assert.deepEqual([...array], [1, -1, -(2 ** 31)]);
    array[0] = 2.7;
    assert.equal(array[0], 2);
    assert.equal(array.at(-1), -(2 ** 31));
    assert.isUndefined(array[3]);
    assert.isUndefined(array.at(-4));
    array[3] = 5;
    assert.equal(array.length, 3);
    assert.deepEqual([...array.slice(10, 20)], []);
    assert.deepEqual([...array.toReversed()], [-(2 ** 31), -1, 2]);
  },

  'SHC-17 copies are plain and private; subarray shares': async () => {
    const array = new mp.Array('i', range(6));
    for (const copy of [
      array.slice(1, 3),
      array.map((x) => x * 2),
      array.filter((x) => x > 2),
      array.toSorted(),
      array.with(0, 9),
    ]) {
      assert.strictEqual(Object.getPrototypeOf(copy), Int32Array.prototype);
      assert.instanceOf(copy.buffer, ArrayBuffer);
    }
    const part = array.subarray(2, 4);
    assert.strictEqual(Object.getPrototypeOf(part), Int32Array.prototype);
    assert.strictEqual(part.buffer, array.buffer);
    part[0] = 77;
    assert.equal(array[2], 77);
    assert.deepEqual([part.byteOffset, part.length], [8, 2]);
  },

  'SHC-19 sizes and contents': async () => {
    for (const Array of [mp.Array, mp.RawArray]) {
      assert.equal(new Array('i', 0).length, 0);
      assert.deepEqual([...new Array('i', 4)], [0, 0, 0, 0]);
      assert.equal(new Array('q', [])[0], undefined);
      assert.deepEqual([...new Array('i', range(5))], range(5));
      assert.deepEqual([...new Array('d', new Set([1, 2.5]))], [1, 2.5]);
      assert.deepEqual([...new Array('i', new Uint8Array([1, 2]))], [1, 2]);
      assert.deepEqual([...new Array('i', { length: 2, 0: 7, 1: 8 })], [7, 8]);
      assert.deepEqual([...new Array('i', new Array('h', [3, 4]))], [3, 4]);
      assert.deepEqual([...new Array('Q', new BigInt64Array([3n, -1n]))], [3n, 2n ** 64n - 1n]);
      assert.instanceOf(await errorOf(() => new Array('i', -1)), RangeError);
      const generator = (function* (): Generator<number> {
        yield 1;
      })();
      for (const bad of [1.5, Number.NaN, '12', null, undefined, true, {}, generator, [1, 2][Symbol.iterator](), 5n]) {
        assert.instanceOf(await errorOf(() => new Array('i', bad as never)), TypeError, String(bad));
      }
      for (const [code, init] of [
        ['i', [1, '2']],
        ['i', [1, null]],
        ['d', [1, undefined]],
        ['i', [1, 2n]],
        ['q', [1n, 2]],
      ] as const) {
        const error = (await errorOf(() => new Array(code, init as never))) as Error;
        assert.instanceOf(error, TypeError);
        assert.include(error.message, 'init[1]');
      }
      assert.instanceOf(await errorOf(() => new Array('q', new Int32Array(2) as never)), TypeError);
      assert.instanceOf(await errorOf(() => new Array('i', new BigInt64Array(2) as never)), TypeError);
    }
  },

  'SHC-22 SHC-23 nothing is lost under the lock': async (d) => {
    const array = new mp.Array('i', 2);
    const workers = range(4).map(() => start(shared.incrementArrayLocked, array, 2000));
    for (const worker of workers) await d.join(worker);
    assert.deepEqual([...array], [8000, 0]);
    await d.call(array.getLock(), 'acquire');
    await d.call(array.getLock(), 'acquire');
    array[1] = 3;
    assert.equal(array[1], 3);
    array.getLock().release();
    array.getLock().release();
  },

  'SHC-26 synchronized puts a lock beside a raw array; copy makes another': async (d) => {
    const raw = new mp.RawArray('i', range(4));
    const it = mp.synchronized(raw);
    assert.instanceOf(it, mp.Array);
    assert.instanceOf(it.getLock(), mp.RLock);
    assert.strictEqual(it.buffer, raw.buffer);
    await d.join(start(shared.runningSum, it));
    assert.deepEqual([...raw], [0, 1, 3, 6]);
    assert.instanceOf(await errorOf(() => mp.synchronized(it)), mp.InvalidStateError);
    const lock = new mp.Lock();
    assert.strictEqual(mp.synchronized(raw, lock).getLock() as unknown, lock);

    const part = mp.synchronized(raw.subarray(1, 3));
    assert.deepEqual([...part], [1, 3]);
    await d.join(start(shared.double, [], [part]));
    assert.deepEqual([...raw], [0, 2, 6, 6]);
    for (const bad of [new Int32Array(2), new Uint8ClampedArray(2), new DataView(raw.buffer)]) {
      assert.instanceOf(await errorOf(() => mp.synchronized(bad as never)), TypeError);
    }

    const other = mp.copy(raw);
    assert.notStrictEqual(other.buffer, raw.buffer);
    assert.deepEqual([...other], [0, 2, 6, 6]);
    assert.instanceOf(other.buffer, SharedArrayBuffer);
    const locked = mp.copy(it);
    assert.instanceOf(locked, mp.Array);
    assert.notStrictEqual(locked.getLock(), it.getLock());
    assert.instanceOf(mp.copy(new Float32Array([1.5]) as never), mp.RawArray);
  },

  'SHC-28 the lock is an option, not a third argument': async () => {
    for (const third of [new mp.Lock(), true, false, 5]) {
      assert.instanceOf(await errorOf(() => new mp.Array('i', 5, third as never)), TypeError, String(third));
    }
  },

  'SHC-29 arrays reach a process when it starts, and not later': async (d) => {
    const queue = new mp.Queue<unknown>();
    for (const it of [new mp.Array('i', 1), new mp.RawArray('i', 1), new mp.Array('i', 1).getObj()]) {
      const error = (await errorOf(() => d.put(queue, [it]))) as Error;
      assert.instanceOf(error, mp.InvalidStateError);
      assert.match(error.message, /^item\[0\] is a[n]? (Raw)?Array, which travels only with a process that starts/);
    }
    const copy = new mp.Array('i', [1, 2]).slice();
    await d.put(queue, copy);
    assert.deepEqual(await d.get(queue), copy);
  },

  'SHC-32 two objects never overlap, and are aligned': async () => {
    const arrays = range(20).map((i) => new mp.Array('b', i));
    arrays.forEach((array, i) => array.fill(i));
    arrays.forEach((array, i) => assert.isTrue(array.every((x) => x === i)));
    assert.equal(new Set(arrays.map((array) => array.buffer)).size, 20);
    const doubles = range(5).map((i) => new mp.Value('d', i));
    const bytes = range(5).map((i) => new mp.Value('b', i));
    assert.deepEqual(
      [...doubles, ...bytes].map((it) => it.value),
      [...range(5), ...range(5)],
    );
  },

  'many arrays in one message, and the same one twice': async (d) => {
    const array = new mp.Array('i', [1, 1, 1]);
    const others = range(30).map(() => new mp.RawArray('d', [1, 2]));
    await d.join(start(shared.double, [], [array, array, array.getObj(), ...others]));
    assert.deepEqual([...array], [8, 8, 8]);
    for (const other of others) assert.deepEqual([...other], [2, 4]);
  },
};
