// What the processes of the benchmarks do.

import {
  type Connection,
  type DictProxy,
  EOFError,
  type Lock,
  type Queue,
  type SimpleQueue,
  type Value,
} from 'web-multiprocessing';
import { type Futex, makeFutex } from './futex.ts';

/** The item of all message rows. */
export const ITEM = [42, null, 'hello'];

export function sayHello(queue: SimpleQueue): void {
  queue.putSync('hello');
}

/** Where none may block. */
export const sendHello = (queue: SimpleQueue): Promise<void> => queue.put('hello');

/** A queue of ours, or one that a manager holds. */
interface AnyQueue {
  putSync(item: unknown): void;
  getSync(): unknown;
}

export function produce(queue: AnyQueue, count: number): void {
  for (let i = 0; i < count; i++) queue.putSync(ITEM);
}

export function nothing(): void {}

/** Takes `warmUp` items, and then `count` more; answers items a second of the latter. */
export function consume(queue: AnyQueue, warmUp: number, count: number): number {
  for (let i = 0; i < warmUp; i++) queue.getSync();
  const begin = performance.now();
  for (let i = 0; i < count; i++) queue.getSync();
  return count / ((performance.now() - begin) / 1000);
}

/** Does it `count` times, so many of them under way at once. */
async function repeat(once: () => Promise<unknown>, count: number, atOnce: number): Promise<void> {
  let left = count;
  const inTurn = async (): Promise<void> => {
    while (left-- > 0) await once();
  };
  await Promise.all(Array.from({ length: atOnce }, inTurn));
}

/** As `produce`, where none may block. */
export const sendAll = (queue: Queue, count: number, atOnce: number): Promise<void> =>
  repeat(() => queue.put(ITEM), count, atOnce);

/** As `consume`, where none may block. */
export async function receiveAll(queue: Queue, warmUp: number, count: number, atOnce: number): Promise<number> {
  await repeat(() => queue.get(), warmUp, atOnce);
  const begin = performance.now();
  await repeat(() => queue.get(), count, atOnce);
  return count / ((performance.now() - begin) / 1000);
}

type Wire = Connection<unknown, unknown>;

/** Does it until the other end of its pipe is gone. */
function untilTheEnd(once: () => void): void {
  try {
    for (;;) once();
  } catch (error) {
    if (!(error instanceof EOFError)) throw error;
  }
}

export const answer = (wire: Wire): void => untilTheEnd(() => wire.sendSync(wire.recvSync()));

export const answerBytes = (wire: Wire): void => untilTheEnd(() => wire.sendBytesSync(wire.recvBytesSync()));

export function answerInto(wire: Wire, size: number): void {
  const bytes = new Uint8Array(size);
  untilTheEnd(() => wire.sendBytesSync(bytes, 0, wire.recvBytesIntoSync(bytes)));
}

/** How many round trips a second. */
function roundTrips(once: () => void, warmUp: number, count: number): number {
  for (let i = 0; i < warmUp; i++) once();
  const begin = performance.now();
  for (let i = 0; i < count; i++) once();
  return count / ((performance.now() - begin) / 1000);
}

export function ask(wire: Wire, warmUp: number, count: number): number {
  const once = (): void => {
    wire.sendSync(ITEM);
    wire.recvSync();
  };
  return roundTrips(once, warmUp, count);
}

export function askBytes(wire: Wire, warmUp: number, count: number, size: number): number {
  const bytes = new Uint8Array(size);
  const once = (): void => {
    wire.sendBytesSync(bytes);
    wire.recvBytesSync();
  };
  return roundTrips(once, warmUp, count);
}

export function askInto(wire: Wire, warmUp: number, count: number, size: number): number {
  const bytes = new Uint8Array(size);
  const once = (): void => {
    wire.sendBytesSync(bytes);
    wire.recvBytesIntoSync(bytes);
  };
  return roundTrips(once, warmUp, count);
}

export function pairs(lock: Pick<Lock, 'acquireSync' | 'release'>, count: number): number {
  const begin = performance.now();
  for (let i = 0; i < count; i++) {
    lock.acquireSync();
    lock.release();
  }
  return count / ((performance.now() - begin) / 1000);
}

export function lockPairs(lock: Lock, count: number): number {
  pairs(lock, count / 10);
  return pairs(lock, count);
}

/** As `lockPairs`, where none may block. */
export async function lockPairsLater(lock: Lock, count: number): Promise<number> {
  const pairs = (): Promise<void> => lock.acquire().then(() => lock.release());
  await repeat(pairs, count / 2, 1);
  const begin = performance.now();
  await repeat(pairs, count, 1);
  return count / ((performance.now() - begin) / 1000);
}

export function futexPairs(count: number): number {
  const futex: Futex = makeFutex();
  pairs(futex, count / 10);
  return pairs(futex, count);
}

/** Words of the memory that contenders share. */
const CELL = 0;
const ARRIVED = 1;
const FUTEX = 2;

/** Shared memory for `contend()`. */
export const contest = (): Int32Array => new Int32Array(new SharedArrayBuffer(12));

/** Goes on when as many have arrived in all. */
function meet(words: Int32Array, all: number): void {
  Atomics.add(words, ARRIVED, 1);
  Atomics.notify(words, ARRIVED);
  for (let seen = 0; (seen = Atomics.load(words, ARRIVED)) < all; ) Atomics.wait(words, ARRIVED, seen);
}

/**
 * One of the processes that want the same lock all the time, to add one to a number; without a lock, the bare futex.
 * Answers pairs a second, of all together.
 */
export function contend(words: Int32Array, lock: Lock | null, contenders: number, count: number): number {
  const shared = lock ?? makeFutex(words.subarray(FUTEX));
  let rate = 0;
  const counts = [count / 10, count];
  for (const [round, pairs] of counts.entries()) {
    meet(words, contenders * (2 * round + 1));
    const begin = performance.now();
    for (let i = 0; i < pairs; i++) {
      shared.acquireSync();
      words[CELL]!++;
      shared.release();
    }
    meet(words, contenders * (2 * round + 2));
    rate = (contenders * pairs) / ((performance.now() - begin) / 1000);
  }
  const total = contenders * counts.reduce((a, b) => a + b);
  if (words[CELL] !== total) throw new Error(`${words[CELL]} increments instead of ${total}: the lock let two in`);
  return rate;
}

/** Adds one to the elements of `array` in turn, `count` times in all. */
function increment(array: Int32Array, count: number): number {
  const begin = performance.now();
  for (let done = 0; done < count; done += array.length) {
    for (let i = 0; i < array.length; i++) array[i] = array[i]! + 1;
  }
  return count / ((performance.now() - begin) / 1000);
}

export function arrayIncrements(array: Int32Array, count: number): number {
  increment(array, count / 10);
  return increment(array, count);
}

function add(value: Value<'i'>, count: number): number {
  const begin = performance.now();
  for (let i = 0; i < count; i++) {
    value.getLock().withSync(() => {
      value.value += 1;
    });
  }
  return count / ((performance.now() - begin) / 1000);
}

export function valueIncrements(value: Value<'i'>, count: number): number {
  add(value, count / 10);
  const rate = add(value, count);
  if (value.value !== count + count / 10) throw new Error(`${value.value} increments are there`);
  return rate;
}

function setAndGet(dict: DictProxy<string, number>, count: number): void {
  for (let i = 0; i < count / 2; i++) {
    dict.setSync('key', i);
    dict.getSync('key');
  }
}

/** Calls a second, all of them `get`. */
export function readDict(dict: DictProxy<string, number>, warmUp: number, count: number): number {
  const read = (count: number): void => {
    for (let i = 0; i < count; i++) if (dict.getSync('key') !== 1) throw new Error('something else was read');
  };
  read(warmUp);
  const begin = performance.now();
  read(count);
  return count / ((performance.now() - begin) / 1000);
}

/** Calls a second, half of them `set`, half of them `get`. */
export function useDict(dict: DictProxy<string, number>, warmUp: number, count: number): number {
  setAndGet(dict, warmUp);
  const begin = performance.now();
  setAndGet(dict, count);
  return count / ((performance.now() - begin) / 1000);
}

// ------------------------------------------------------------------------------------------------ memory

const collectGarbage = (): void => (globalThis as { gc?: () => void }).gc?.();

/** Puts as many items as it is told, again and again; 0 ends it. */
export function produceOnDemand(queue: Queue, commands: SimpleQueue<number>, reports: SimpleQueue<number>): void {
  for (let count = -1; count !== 0; ) {
    count = commands.getSync();
    produce(queue, count);
    collectGarbage();
    reports.putSync(count);
  }
}

/** Takes as many items as it is told, again and again; 0 ends it. */
export function consumeOnDemand(queue: Queue, commands: SimpleQueue<number>, reports: SimpleQueue<number>): void {
  for (let count = -1; count !== 0; ) {
    count = commands.getSync();
    for (let i = 0; i < count; i++) queue.getSync();
    collectGarbage();
    reports.putSync(count);
  }
}

/** Has the lock, and waits for what never comes. */
export function hold(lock: Lock, queue: Queue, _wire: Wire): void {
  lock.acquireSync();
  queue.getSync();
}
