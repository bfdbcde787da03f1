// What compiles, and what must not. Checked by the compiler alone; nothing here runs.

import * as mp from '../../src/index.ts';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => {};

declare function add(a: number, b: number): number;
declare function half(x: number): Promise<number>;
declare function greet(name: string, options?: { loud: boolean }): string;
declare function scaled(x: number, options: { by: number }): number;
declare function nothing(): void;
declare function echo<T>(value: T): T;
declare function connect(url: string, retries?: number): void;
declare const lock: mp.Lock;
declare function setUp(lock: mp.Lock): void;

const pool = new mp.Pool(4);
new mp.Pool();
new mp.Pool(null, { maxtasksperchild: 3, grace: 100, idleTimeout: null });
new mp.Pool(2, { initializer: nothing });
new mp.Pool(2, { initializer: setUp, initargs: [lock] });
new mp.Pool(2, { initializer: connect, initargs: ['url'] });
// @ts-expect-error: the initializer needs its argument
new mp.Pool(2, { initializer: setUp });
// @ts-expect-error: of the right type
new mp.Pool(2, { initializer: setUp, initargs: [5] });
// @ts-expect-error: arguments for nobody
new mp.Pool(2, { initargs: [5] });
// @ts-expect-error: a number of workers
new mp.Pool('4');

// Shared objects, both ways.
declare const queue: mp.Queue<number>;
declare function exchange(queue: mp.Queue<number>, parts: { ends: mp.Connection<string>[] }): Promise<mp.Value<'i'>>;
const [end] = mp.Pipe<string>();
const value = pool.apply(exchange, [queue, { ends: [end] }]);
same<typeof value, Promise<mp.Value<'i'>>>(true);
pool.starmap(exchange, [[queue, { ends: [] }]]);
pool.map(setUp, [lock]);
// @ts-expect-error: a queue of something else
pool.apply(exchange, [new mp.Queue<string>(), { ends: [] }]);
// @ts-expect-error: another kind
pool.map(setUp, [queue]);

// One call.
same<ReturnType<typeof add>, number>(true);
const sum = pool.apply(add, [1, 2]);
same<typeof sum, Promise<number>>(true);
pool.apply(add, [1, 2], { priority: 5, timeout: 100 });
pool.applySync(add, [1, 2], { priority: -1 });
pool.map(half, [1], { priority: 0.5, chunksize: 1 });
pool.imap(half, [1], { priority: 2 });
// @ts-expect-error: a number
pool.apply(add, [1, 2], { priority: 'high' });
const later = pool.applyAsync(half, [3], {
  callback: (value) => value.toFixed(),
  errorCallback: (error) => String(error),
});
same<typeof later, mp.AsyncResult<number>>(true);
same<Awaited<typeof later>, number>(true);
same<ReturnType<typeof later.getSync>, number>(true);
const blocked = pool.applySync(half, [3]);
same<typeof blocked, number>(true);
pool.apply(nothing);
pool.apply(nothing, [], { timeout: 500, signal: AbortSignal.timeout(5) });
pool.apply(greet, ['bob']);
pool.apply(greet, ['bob', { loud: true }]);
pool.apply(greet, ['bob'], { kwds: { loud: true } });
pool.apply(scaled, [5], { kwds: { by: 3 } });
pool.apply(add, [1, 2] as const);
// @ts-expect-error: a missing argument
pool.apply(add, [1]);
// @ts-expect-error: arguments missing altogether
pool.apply(add);
// @ts-expect-error: a wrong type
pool.applyAsync(add, [1, '2']);
// @ts-expect-error: keywords of the wrong shape
pool.apply(scaled, [5], { kwds: { by: 'three' } });
// @ts-expect-error: the last argument is missing
pool.apply(scaled, [5]);
// @ts-expect-error: a callback of another type
pool.applyAsync(add, [1, 2], { callback: (value: string) => value });
// @ts-expect-error: a timeout is never positional
later.get(500);

// Many calls.
const halves = pool.map(half, [1, 2, 3]);
same<typeof halves, Promise<number[]>>(true);
pool.map(half, new Set([1]), { chunksize: 2, onProgress: (done, total) => done / (total ?? 1) });
pool.map(echo, 'abc');
pool.starmap(add, [
  [1, 2],
  [3, 4],
]);
pool.starmap(add, [[1, 2]] as const);
const stream = pool.imap(half, [1, 2]);
same<Awaited<ReturnType<typeof stream.next>>, IteratorResult<number, undefined>>(true);
stream.next({ timeout: 50 });
declare const endless: AsyncIterable<number>;
pool.imapUnordered(half, endless);
pool.map(half, endless);
// @ts-expect-error: items of another type
pool.map(half, ['1']);
// @ts-expect-error: items of another type
pool.imap(half, new Set(['1']));
// @ts-expect-error: one argument too few
pool.starmap(add, [[1]]);
// @ts-expect-error: not iterable
pool.map(half, 5);
// @ts-expect-error: an async input cannot be had at once
pool.mapAsync(half, endless);
// @ts-expect-error: no function
pool.map(5, [1]);

// One of several functions: with one type of result it is inferred, else it has to be said; arguments are those that each takes.
// (A second signature, for that case, would cost generic functions the type of their result.)
declare function third(x: number): number;
declare function spell(x: number): Promise<string>;
declare function padded(x: number, width?: number): number;
declare function loud(text: string): string;
declare function named(x: number, name: string): number;
declare const chosen: boolean;
const like = chosen ? half : third;
const either = chosen ? half : spell;
type Either = Promise<number> | Promise<string>;
const longer = chosen ? third : padded;
const alike = pool.apply(longer, [1]);
same<typeof alike, Promise<number>>(true);
pool.applySync(longer, [1]);
pool.map(longer, [1]);
pool.imap(longer, [1]);
pool.starmap(longer, [[1]]);
// @ts-expect-error: a promise of a number is another type than a number
pool.apply(like, [1]);
const mixed = pool.apply<[number], Either>(either, [1]);
same<typeof mixed, Promise<number | string>>(true);
const mixedLater = pool.applyAsync<[number], Either>(either, [1], { callback: (value) => value.toString() });
same<Awaited<typeof mixedLater>, number | string>(true);
const mixedMap = pool.map<number, Either>(either, [1]);
same<typeof mixedMap, Promise<(number | string)[]>>(true);
const mixedStar = pool.starmap<[number], Either>(either, [[1]]);
same<typeof mixedStar, Promise<(number | string)[]>>(true);
const mixedStream = pool.imap<number, Either>(either, endless);
same<Awaited<ReturnType<typeof mixedStream.next>>, IteratorResult<number | string, undefined>>(true);
const echoed = pool.applySync(echo, [2]);
same<typeof echoed, number>(true);
// @ts-expect-error: an argument of the wrong type
pool.apply(longer, ['1']);
// @ts-expect-error: a missing argument
pool.apply(longer);
// @ts-expect-error: one that not all of them take
pool.apply(longer, [1, 'x']);
// @ts-expect-error: items of another type
pool.map(longer, ['1']);
// @ts-expect-error: no item would do for both
pool.map(chosen ? third : loud, [1]);
// @ts-expect-error: a name is no width
pool.starmap(chosen ? named : padded, [[1, 'a']]);
// @ts-expect-error: a result that was not said
pool.apply<[number], Promise<number>>(either, [1]);

same<ReturnType<typeof mp.cancelled>, boolean>(true);
async function scope(): Promise<void> {
  await using own = new (mp.getContext('forkserver').Pool)(2);
  same<typeof own.processes, number>(true);
  for await (const x of own.imap(half, [1])) x.toFixed();
}
void scope;
