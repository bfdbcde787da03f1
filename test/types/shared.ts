// What compiles of shared memory, and what must not. Checked by the compiler alone; nothing here runs.

import * as mp from '../../src/index.ts';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => {};

// ------------------------------------------------------------------------------------------------ Value

const i = new mp.Value('i', 5);
same<typeof i, mp.Value<'i'>>(true);
same<typeof i.value, number>(true);
i.value = 6;
i.value += 1;
same<ReturnType<typeof i.add>, number>(true);
same<ReturnType<typeof i.getLock>, mp.RLock>(true);
same<ReturnType<typeof i.getObj>, mp.RawValue<'i'>>(true);
const q = new mp.Value('q', 5n, { lock: false });
same<typeof q.value, bigint>(true);
q.value += 1n;
const old: bigint = q.compareExchange(1n, 2n);
void old;
new mp.Value('d');
new mp.Value('d', undefined, { lock: new mp.Lock() });
new mp.Value('f', 1.5, { lock: new mp.RLock() });
new mp.RawValue('e', 1.5).value = 2;

// @ts-expect-error: no such code
new mp.Value('x');
// @ts-expect-error: q takes bigints
new mp.Value('q', 1);
// @ts-expect-error: i takes numbers
new mp.Value('i', 1n);
// @ts-expect-error: text
i.value = '5';
// @ts-expect-error: a number for a bigint
q.add(1);
// @ts-expect-error: the lock is an option
new mp.Value('i', 5, new mp.Lock());
// @ts-expect-error: no lock
new mp.Value('i', 5, { lock: 'lock' });
// @ts-expect-error: a raw value has no lock
new mp.RawValue('i').getLock();

declare function count(value: mp.Value<'i'>, times: number): void;
new mp.Process({ target: count, args: [i, 5] });
new mp.Process({ target: count, args: [new mp.Value('i', 0, { lock: false }), 5] });
// @ts-expect-error: another code
new mp.Process({ target: count, args: [q, 5] });

// ------------------------------------------------------------------------------------------------ Array

const a = new mp.Array('i', 10);
same<typeof a, mp.Array<'i'>>(true);
const view: Int32Array<SharedArrayBuffer> = a;
void view;
const element: number | undefined = a[0];
void element;
a[0] = 1;
same<ReturnType<typeof a.getLock>, mp.RLock>(true);
same<ReturnType<typeof a.getObj>, Int32Array<SharedArrayBuffer>>(true);
Atomics.add(a, 0, 1);
new mp.Array('d', [1, 2.5]);
new mp.Array('d', new Float32Array(3), { lock: false });
new mp.Array('i', new Set([1]));
const big = new mp.Array('q', [1n, 2n]);
big[0] = 5n;
const raw: Float64Array<SharedArrayBuffer> = new mp.RawArray('d', 3);
void raw;

// @ts-expect-error: no such code
new mp.Array('x', 3);
// @ts-expect-error: a size or the elements
new mp.Array('i');
// @ts-expect-error: numbers for bigints
new mp.Array('q', [1]);
// @ts-expect-error: text
new mp.Array('i', ['1']);
// @ts-expect-error: a number for a bigint
big[0] = 5;
// @ts-expect-error: a raw array has no lock
new mp.RawArray('i', 3).getLock();

declare function sum(array: mp.Array<'i'>): number;
declare function sumPlain(array: Int32Array): number;
new mp.Process({ target: sum, args: [a] });
new mp.Process({ target: sumPlain, args: [a] });
new mp.Process({ target: sum, args: [mp.synchronized(new mp.RawArray('i', 3))] });
// @ts-expect-error: without a lock
new mp.Process({ target: sum, args: [new mp.RawArray('i', 3)] });

// ------------------------------------------------------------------------------------------------ copy, synchronized

same<ReturnType<typeof mp.copy<typeof i>>, mp.Value<'i'>>(true);
const copied: Int32Array<SharedArrayBuffer> = mp.copy(new mp.RawArray('i', 3));
void copied;
const locked = mp.synchronized(new mp.RawValue('i', 3), new mp.Lock());
same<typeof locked, mp.Value<'i'>>(true);
// @ts-expect-error: nothing shared
mp.synchronized(5);

// ------------------------------------------------------------------------------------------------ SharedMemory and lists

const memory = new mp.SharedMemory(null, { create: true, size: 8 });
same<typeof memory.buf, Uint8Array<SharedArrayBuffer>>(true);
new mp.SharedMemory('name');
// @ts-expect-error: it has its name
memory.name = 'other';

const list = new mp.ShareableList([1, 'two', null]);
same<typeof list, mp.ShareableList<number | string | null>>(true);
list.set(0, 'one');
const item: number | string | null = list.get(0);
void item;
// @ts-expect-error: not among its types
list.set(0, true);
// @ts-expect-error: cannot be in a list
new mp.ShareableList([new Date()]);
new mp.ShareableList<number>(null, { name: 'x' });

const manager = new mp.SharedMemoryManager().start();
const numbers = manager.ShareableList([1, 2]);
same<typeof numbers, mp.ShareableList<number>>(true);
{
  using scoped = new mp.SharedMemoryManager();
  void scoped;
}
