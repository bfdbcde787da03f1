import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import * as shared from '../../fixtures/shared.ts';
import { sleep } from '../../fixtures/targets.ts';
import { type Cases, errorOf, range, start } from '../harness.ts';

type Any = mp.RawValue<mp.TypeCode>;
const integers = [...'bBhHiIlL'] as mp.TypeCode[];
const bigs = ['q', 'Q'] as const;
const floats = ['f', 'd', 'e'] as const;
const value = (code: mp.TypeCode, init?: number | bigint): mp.Value => new mp.Value(code, init as never);

/** Waits until another process has set it. */
export async function until(flag: mp.Value<'i'>, wanted = 1): Promise<void> {
  while (flag.value !== wanted) await sleep(2);
}

const contents = [
  ['i', 4343, 24234],
  ['d', 3.625, -4.25],
  ['h', -232, 234],
  ['q', 2n ** 33n, 2n ** 34n],
  ['B', 120, 121],
  ['f', 0.5, -0.25],
  ['e', 1.5, -2.5],
] as const;

export const valueCases: Cases = {
  'SHC-01 SHC-02 values read back, and what a child writes is seen': async (d) => {
    for (const Value of [mp.Value as typeof mp.RawValue, mp.RawValue]) {
      const values = contents.map(([code, first]) => new Value(code as mp.TypeCode, first));
      assert.deepEqual(
        values.map((it) => it.value),
        contents.map(([, first]) => first),
      );
      const child = start(
        shared.setValues,
        values as readonly Any[],
        contents.map(([, , second]) => second),
      );
      await d.join(child);
      assert.equal(child.exitcode, 0);
      assert.deepEqual(
        values.map((it) => it.value),
        contents.map(([, , second]) => second),
      );
    }
  },

  'SHC-03 the lock: made, given or none; nothing else': async (d) => {
    for (const options of [undefined, {}, { lock: true }, { lock: undefined }] as const) {
      const it = new mp.Value('i', 5, options);
      assert.instanceOf(it.getLock(), mp.RLock);
      assert.strictEqual(it.getLock(), it.getLock());
      assert.equal(it.getObj().value, 5);
      it.getObj().value = 6;
      assert.equal(it.value, 6);
      assert.instanceOf(it.getObj(), mp.RawValue);
      assert.notInstanceOf(it.getObj(), mp.Value);
    }
    for (const lock of [new mp.Lock(), new mp.RLock()]) {
      assert.strictEqual(new mp.Value('i', 5, { lock }).getLock() as unknown, lock);
    }
    const raw = new mp.Value('i', 5, { lock: false });
    assert.notProperty(raw, 'getLock');
    assert.notProperty(raw, 'getObj');
    assert.equal(raw.value, 5);
    assert.equal(raw.add(1), 5);
    assert.isFalse((await d.result(start(shared.describeShared, raw as object))).isValue);
    for (const lock of ['notalock', 5, {}]) {
      const error = (await errorOf(() => new mp.Value('i', 5, { lock: lock as never }))) as Error;
      assert.instanceOf(error, TypeError);
      assert.include(error.message, 'lock');
    }
  },

  'SHC-08 a child changes all that it is given, with and without locks': async (d) => {
    for (const lock of [true, false]) {
      const values = [
        new mp.Value('i', 7, { lock }),
        new mp.Value('d', 1 / 3, { lock }),
        new mp.Value('q', 2n ** 33n, { lock }),
      ] as const;
      const array = new mp.Array('d', range(10), { lock });
      await d.join(start(shared.double, values as readonly Any[], [array]));
      assert.deepEqual(
        values.map((it) => it.value as number | bigint),
        [14, 2 / 3, 2n ** 34n],
      );
      assert.deepEqual(
        [...array],
        range(10).map((i) => 2 * i),
      );
    }
  },

  'SHC-10 SHC-11 codes, and integers that wrap around': async () => {
    const limits: [mp.TypeCode, number | bigint, number | bigint][] = [
      ['b', 128, -128],
      ['B', 256, 0],
      ['B', -1, 255],
      ['h', 2 ** 15, -(2 ** 15)],
      ['H', 2 ** 16 + 5, 5],
      ['i', 2 ** 31, -(2 ** 31)],
      ['l', 2 ** 31, -(2 ** 31)],
      ['I', -1, 2 ** 32 - 1],
      ['L', 2 ** 32, 0],
      ['q', 2n ** 63n, -(2n ** 63n)],
      ['q', 2n ** 34n, 2n ** 34n],
      ['Q', -1n, 2n ** 64n - 1n],
      ['Q', 2n ** 63n, 2n ** 63n],
    ];
    for (const [code, written, read] of limits) {
      const it = value(code, written);
      assert.equal(it.value, read, code);
      it.value = 0n === read || typeof read === 'bigint' ? 0n : 0;
      assert.equal(it.exchange(written as never), typeof read === 'bigint' ? 0n : 0);
      assert.equal(it.value, read, code);
    }
    for (const code of ['x', 'c', 'u', '', 'ii', null, 5, 'toString']) {
      const error = (await errorOf(() => new mp.Value(code as never))) as Error;
      assert.instanceOf(error, TypeError);
      assert.include(error.message, 'b B h H i I l L q Q f d e');
    }
  },

  'SHC-13 floats of 16, 32 and 64 bits': async () => {
    assert.equal(new mp.Value('f', 0.1).value, 0.10000000149011612);
    assert.equal(new mp.Value('d', 0.1).value, 0.1);
    assert.equal(new mp.Value('e', 0.1).value, 0.0999755859375);
    for (const code of floats) {
      for (const special of [0, -0, Number.NaN, Number.POSITIVE_INFINITY, -1.5]) {
        assert.isTrue(Object.is(new mp.Value(code, special).value, special), `${code} ${special}`);
      }
    }
  },

  'SHC-14 what a code cannot hold is refused, and nothing changes': async () => {
    for (const Value of [mp.Value, mp.RawValue]) {
      const bad: [mp.TypeCode[], unknown[]][] = [
        [integers, [1.5, Number.NaN, Number.POSITIVE_INFINITY, '1', null, 1n, {}, [], true, Symbol.iterator]],
        [[...bigs], [1, 1.5, '1', null, {}]],
        [[...floats], ['1', null, 1n, {}]],
      ];
      for (const [codes, values] of bad) {
        for (const code of codes) {
          for (const each of values) {
            assert.instanceOf(
              await errorOf(() => new Value(code, each as never)),
              TypeError,
              `${code} ${String(each)}`,
            );
            const it = new Value(code, (bigs.includes(code as 'q') ? 3n : 3) as never);
            const error = (await errorOf(() => {
              it.value = each as never;
            })) as Error;
            assert.instanceOf(error, TypeError);
            assert.match(error.message, /Value\.value must be an? /);
            for (const name of ['add', 'exchange'] as const) {
              assert.instanceOf(await errorOf(() => it[name](each as never)), TypeError);
            }
            assert.instanceOf(await errorOf(() => it.compareExchange(each as never, each as never)), TypeError);
            assert.equal(Number(it.value), 3);
          }
        }
      }
    }
    assert.equal(new mp.Value('i').value, 0);
    assert.equal(new mp.Value('q').value, 0n);
    assert.equal(new mp.Value('d', undefined).value, 0);
  },

  'SHC-22 reading never waits for the lock; the default lock is re-entrant for its holder': async (d) => {
    const it = new mp.Value('i', 5);
    const ready = new mp.Value('i', 0, { lock: false });
    const holder = start(shared.holdLock, it, ready);
    await until(ready);
    assert.isFalse(await d.call(it.getLock(), 'acquire', { block: false }));
    it.value = 6;
    assert.equal(it.value, 6);
    assert.equal(it.add(1), 6);
    holder.terminate();
    await d.join(holder);
    assert.isTrue(await d.call(it.getLock(), 'acquire'));
    assert.isTrue(await d.call(it.getLock(), 'acquire'));
    assert.equal(it.value, 7);
    it.getLock().release();
    it.getLock().release();
    assert.equal((await d.result(start(shared.describeShared, it as object))).lock, '<RLock');
    const plain = new mp.Value('i', 5, { lock: new mp.Lock() });
    assert.equal((await d.result(start(shared.describeShared, plain as object))).lock, '<Lock');
  },

  'SHC-23 nothing is lost under the lock, or by atomic operations': async (d) => {
    const it = new mp.Value('i', 0);
    const workers = range(4).map(() => start(shared.incrementLocked, it, 5000));
    for (const worker of workers) await d.join(worker);
    assert.equal(it.value, 20_000);
    const all = [...integers, ...bigs, ...floats].map((code) => value(code)) as Any[];
    const adders = range(4).map(() => start(shared.incrementAtomic, all, 500));
    for (const adder of adders) await d.join(adder);
    for (const each of all) {
      const code = /'(.)'/.exec(String(each))?.[1] as string;
      // 16-bit floats count to 2048 exactly.
      const wanted = code === 'b' ? (2000 << 24) >> 24 : code === 'B' ? 2000 & 255 : 2000;
      assert.equal(Number(each.value), wanted, code);
    }
  },

  'atomic operations answer the old value': async () => {
    for (const code of integers) {
      const it = value(code, 12);
      assert.deepEqual(
        [it.add(3), it.sub(1), it.and(6), it.or(9), it.xor(5), it.exchange(7), it.value].map(Number),
        [12, 15, 14, 6, 15, 10, 7],
      );
      assert.equal(it.compareExchange(8, 9), 7);
      assert.equal(it.compareExchange(7, 9), 7);
      assert.equal(it.value, 9);
    }
    for (const code of bigs) {
      const it = new mp.Value(code, 12n);
      assert.deepEqual(
        [it.add(3n), it.sub(1n), it.and(6n), it.or(9n), it.xor(5n), it.exchange(7n), it.value],
        [12n, 15n, 14n, 6n, 15n, 10n, 7n],
      );
      assert.equal(it.compareExchange(7n, 9n), 7n);
      assert.equal(it.value, 9n);
    }
    for (const code of floats) {
      const it = new mp.Value(code, 1.5);
      assert.deepEqual([it.add(2), it.sub(0.5), it.exchange(-4), it.value], [1.5, 3.5, 3, -4]);
      assert.equal(it.compareExchange(4, 1), -4);
      assert.equal(it.compareExchange(-4, 0.1), -4);
      // Compared as numbers of that width: what was stored for 0.1 is found by 0.1.
      assert.equal(it.compareExchange(0.1, -0), it.exchange(-0) === 0 ? new mp.Value(code, 0.1).value : Number.NaN);
      assert.isTrue(Object.is(it.compareExchange(0, Number.NaN), -0));
      assert.isNaN(it.compareExchange(Number.NaN, 5));
      assert.equal(it.value, 5);
      for (const name of ['and', 'or', 'xor'] as const) {
        const error = (await errorOf(() => it[name](1))) as Error;
        assert.instanceOf(error, TypeError);
        assert.include(error.message, name);
      }
    }
  },

  'SHC-23 no value is ever seen half written': async (d) => {
    const pairs: [mp.TypeCode, number | bigint, number | bigint][] = [
      ['d', 1.1, -3.3e200],
      ['q', 0n, -1n],
      ['f', 1.5, -3e20],
    ];
    for (const [code, a, b] of pairs) {
      const it = value(code, a);
      const ready = new mp.Value('i', 0, { lock: false });
      const writer = start(shared.flicker, it as Any, ready, a, b);
      await until(ready);
      const seen = new Set<unknown>();
      for (let i = 0; i < 200_000; i++) seen.add(it.value);
      writer.terminate();
      await d.join(writer);
      const wanted = [a, b].map((each) => new mp.Value(code, each as never).value);
      for (const each of seen) assert.include(wanted, each);
    }
  },

  'SHC-24 a Value and an Array have acquire and release, which are those of their lock': async (d) => {
    for (const it of [new mp.Value('i', 5), new mp.Array('d', 3)]) {
      const lock = it.getLock();
      assert.isTrue(await d.call(it, 'acquire'));
      assert.isTrue(await d.call(it, 'acquire', { block: false }));
      assert.include(String(lock), ', 2)>');
      it.release();
      it.release();
      assert.include(String(lock), ', 0)>');
      assert.instanceOf(await errorOf(() => it.release()), mp.InvalidStateError);
    }
  },

  'SHC-26 synchronized puts a lock beside a raw value; copy makes another': async (d) => {
    const raw = new mp.RawValue('i', 5);
    const it = mp.synchronized(raw);
    assert.instanceOf(it.getLock(), mp.RLock);
    it.value = 6;
    assert.equal(raw.value, 6);
    const lock = new mp.Lock();
    assert.strictEqual(mp.synchronized(raw, lock).getLock() as unknown, lock);
    assert.instanceOf(await errorOf(() => mp.synchronized(it)), mp.InvalidStateError);
    for (const bad of [5, null, {}, new mp.Lock()]) {
      assert.instanceOf(await errorOf(() => mp.synchronized(bad as never)), TypeError);
      assert.instanceOf(await errorOf(() => mp.copy(bad as never)), TypeError);
    }
    assert.instanceOf(await errorOf(() => mp.synchronized(raw, 'lock' as never)), TypeError);
    const other = mp.copy(raw);
    assert.equal(other.value, 6);
    other.value = 7;
    assert.equal(raw.value, 6);
    assert.notInstanceOf(other, mp.Value);
    const locked = mp.copy(it);
    assert.instanceOf(locked, mp.Value);
    assert.notStrictEqual(locked.getLock(), it.getLock());
    await d.join(start(shared.setValues, [it, other] as readonly Any[], [1, 2]));
    assert.deepEqual([raw.value, other.value, locked.value], [1, 2, 6]);
  },

  'SHC-28 the lock is an option, not a third argument': async () => {
    for (const third of [new mp.Lock(), true, false, 5]) {
      assert.instanceOf(await errorOf(() => new mp.Value('i', 5, third as never)), TypeError, String(third));
    }
  },

  'SHC-29 values reach a process when it starts, and not later': async (d) => {
    const queue = new mp.Queue<unknown>();
    for (const it of [new mp.Value('i', 1), new mp.RawValue('i', 1)]) {
      const error = (await errorOf(() => d.put(queue, { deep: [it] }))) as Error;
      assert.instanceOf(error, mp.InvalidStateError);
      assert.match(error.message, /^item\.deep\[0\] is a (Raw)?Value, which travels only with a process that starts/);
    }
    assert.isTrue(queue.empty());
  },

  'contexts have them too; their text says what they are': async () => {
    const context = mp.getContext('spawn');
    assert.strictEqual(context.Value, mp.Value);
    assert.strictEqual(context.RawValue, mp.RawValue);
    assert.strictEqual(context.Array, mp.Array);
    assert.strictEqual(context.RawArray, mp.RawArray);
    assert.equal(String(new mp.Value('i', 5)), "Value('i', 5)");
    assert.equal(String(new mp.RawValue('q', 5n)), "RawValue('q', 5n)");
  },
};
