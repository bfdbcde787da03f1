// What a pool's calls are given: functions, items, numbers; checked where the call is made.

import { isSignal, optionsIn } from '../../base/options.ts';

export function checkFunction(f: unknown, call: string): void {
  if (typeof f !== 'function') throw new TypeError(`Pool.${call}(f): f must be a function, not ${typeof f}`);
}

/** An integer of at least 1. @throws TypeError, RangeError, naming it. */
export function checkCount(value: unknown, name: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw new TypeError(`${name} must be an integer, not ${typeof value === 'number' ? value : typeof value}`);
  }
  if (value < 1) throw new RangeError(`${name} must be at least 1, not ${value}`);
  return value;
}

/** Milliseconds, or no limit at all; what is negative is 0. */
export function checkTime(value: number | null | undefined, name: string): number | undefined {
  if (value === undefined || value === null || value === Number.POSITIVE_INFINITY) return undefined;
  if (typeof value !== 'number' || Number.isNaN(value)) throw new TypeError(`${name} must be a number of milliseconds`);
  return Math.max(0, value);
}

/** How urgent a call is. @throws TypeError for what is no finite number. */
export function checkPriority(given: unknown): number {
  const value = given ?? 0;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new TypeError(`priority must be a finite number, not ${typeof value === 'number' ? value : typeof value}`);
}

/** What a pool takes items from: awaited where it has to be. */
export type Items<T> = Iterable<T> | AsyncIterable<T>;

export const isAsync = <T>(items: Items<T>): items is AsyncIterable<T> =>
  typeof (items as Partial<AsyncIterable<T>> | null)?.[Symbol.asyncIterator] === 'function';

/** All of an async input, which `map` needs before it can begin. */
export async function gathered<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export const isSync = (items: unknown): items is Iterable<unknown> =>
  typeof (items as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] === 'function';

export const notIterable = (it: unknown, call: string, name = 'items'): TypeError =>
  new TypeError(`Pool.${call}(f, items): ${name} must be iterable, not ${it === null ? 'null' : typeof it}`);

/** All the items, at once. @throws TypeError for what only an async call can take. */
export function listOf<T>(items: Iterable<T>, call: string): readonly T[] {
  if (Array.isArray(items)) return items;
  if (!isSync(items)) throw notIterable(items, call);
  return [...items];
}

/** The items one by one, and how many there are, where that is known. */
export function openInput(items: Items<unknown>, call: string) {
  if (isAsync(items))
    return { source: items[Symbol.asyncIterator](), isAsync: true, total: undefined, length: undefined };
  if (!isSync(items)) throw notIterable(items, call);
  const { length, size } = items as { length?: unknown; size?: unknown };
  const total = [length, size].find((count) => typeof count === 'number') as number | undefined;
  const source = items[Symbol.iterator]();
  return { source, isAsync: false, total, length: Array.isArray(items) ? items.length : undefined };
}

/** Python's rule: four chunks for each worker. */
export const defaultChunksize = (items: number, workers: number): number => Math.ceil(items / (4 * workers)) || 1;

/**
 * How many workers a pool has if nobody says: as many as there are processors, but on phones and tablets half of them (the
 * others are slow ones, and heat throttles all), and never more than two for each gigabyte of memory that the browser
 * admits to.
 */
export function sensibleSize(): number {
  const {
    hardwareConcurrency = 1,
    deviceMemory,
    userAgentData,
  } = (globalThis.navigator ?? {}) as Navigator & {
    deviceMemory?: number;
    userAgentData?: { mobile: boolean };
  };
  const isMobile = userAgentData?.mobile ?? /Mobi|Android|iPad/.test(globalThis.navigator?.userAgent ?? '');
  const processors = isMobile ? Math.ceil(hardwareConcurrency / 2) : hardwareConcurrency;
  const most = deviceMemory === undefined ? processors : Math.ceil(2 * deviceMemory);
  return Math.max(1, Math.min(processors, most));
}

/** The options of a call. @throws TypeError for options, callbacks and signals that are none, naming them. */
export function checkOptions<T extends object>(options: T | undefined, call: string): T {
  const given = optionsIn(options, `Pool.${call}(): `, 'chunksize: 10');
  const { signal } = given as { signal?: unknown };
  if (signal !== undefined && signal !== null && !isSignal(signal)) {
    throw new TypeError(`Pool.${call}(): signal must be an AbortSignal, not ${typeof signal}`);
  }
  for (const name of ['callback', 'errorCallback', 'onProgress']) {
    const callback: unknown = (given as Readonly<Record<string, unknown>>)[name];
    if (callback !== undefined && callback !== null && typeof callback !== 'function') {
      throw new TypeError(`Pool.${call}(): ${name} must be a function, not ${typeof callback}`);
    }
  }
  return given;
}
