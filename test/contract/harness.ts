// One suite for every way of doing a thing. A case is written once against a Driver; it runs in the window (async) and in
// a worker (async, and blocking).

import * as mp from '../../src/index.ts';

/** The waiting calls, with one driver. */
export interface Driver {
  readonly name: 'async' | 'sync';
  put<T>(queue: mp.Queue<T>, item: T, options?: mp.SyncBlockOptions): Promise<void>;
  get<T>(queue: mp.Queue<T>, options?: mp.SyncBlockOptions): Promise<T>;
  putSimple<T>(queue: mp.SimpleQueue<T>, item: T): Promise<void>;
  getSimple<T>(queue: mp.SimpleQueue<T>): Promise<T>;
  acquire(lock: mp.Lock, options?: mp.SyncBlockOptions): Promise<boolean>;
  join(process: mp.Process<never, unknown>, options?: mp.SyncWaitOptions): Promise<void>;
  result<R>(process: mp.Process<never, R>, options?: mp.SyncWaitOptions): Promise<Awaited<R>>;
  wait(objects: mp.Waitable[], options?: mp.SyncWaitOptions): Promise<mp.Waitable[]>;
}

export const drivers: Readonly<Record<Driver['name'], Driver>> = {
  async: {
    name: 'async',
    put: (queue, item, options) => queue.put(item, options),
    get: (queue, options) => queue.get(options),
    putSimple: (queue, item) => queue.put(item),
    getSimple: (queue) => queue.get(),
    acquire: (lock, options) => lock.acquire(options),
    join: (process, options) => process.join(options),
    result: (process, options) => process.result(options),
    wait: (objects, options) => mp.wait(objects, options),
  },
  sync: {
    name: 'sync',
    put: async (queue, item, options) => queue.putSync(item, options),
    get: async (queue, options) => queue.getSync(options),
    putSimple: async (queue, item) => queue.putSync(item),
    getSimple: async (queue) => queue.getSync(),
    acquire: async (lock, options) => lock.acquireSync(options),
    join: async (process, options) => process.joinSync(options),
    result: async (process, options) => (await process.resultSync(options)) as never,
    wait: async (objects, options) => mp.waitSync(objects, options),
  },
};

/** Cases by title; a title begins with the id of the behaviour. */
export type Cases = Readonly<Record<string, (driver: Driver) => Promise<void>>>;

/** Starts a process and answers it. */
export function start<const P extends readonly unknown[], R>(target: (...args: P) => R, ...args: P): mp.Process<P, R> {
  const process = new mp.Process<P, R>({ target, args } as mp.ProcessOptions<P, R>);
  process.start();
  return process;
}

/** Any process, whatever it runs. */
export type AnyProcess = mp.Process<never, unknown>;

/** What a call throws, or rejects with. */
export async function errorOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

export const range = (count: number): number[] => globalThis.Array.from({ length: count }, (_, i) => i);

/** Milliseconds that a call took. */
export async function duration(call: () => unknown): Promise<number> {
  const begin = performance.now();
  await call();
  return performance.now() - begin;
}
