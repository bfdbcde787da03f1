// One suite for every way of doing a thing. A case is written once against a Driver; it runs in the window (async) and in
// a worker (async, and blocking).

import * as mp from '../../src/index.ts';

type Method<T> = { [K in keyof T & string]: T[K] extends (...args: never[]) => unknown ? K : never }[keyof T & string];
type MethodOf<T, K extends keyof T> = Extract<T[K], (...args: never[]) => unknown>;

/** What cases may make by their driver, by itself or in a manager, and of what. */
interface Kinds {
  Queue: [maxsize?: number];
  JoinableQueue: [maxsize?: number];
  Lock: [];
  RLock: [];
  Semaphore: [value?: number];
  BoundedSemaphore: [value?: number];
  Condition: [lock?: mp.Lock | mp.RLock | mp.Semaphore | undefined];
  Event: [];
  Barrier: [parties: number, options?: { action?: () => unknown; timeout?: number }];
}

/** The waiting calls, with one driver. */
export interface Driver {
  readonly name: 'async' | 'sync';
  /** Whether what it makes are proxies: then each call has to be awaited, also those that never wait. */
  readonly isManaged: boolean;
  readonly Pool: typeof mp.Pool;
  make<K extends keyof Kinds>(kind: K, ...args: Kinds[K]): Promise<InstanceType<(typeof mp)[K]>>;
  /** What an object is, as text. */
  text(object: object): Promise<string>;
  /** Any waiting method of any object: `call(lock, 'acquire', { timeout: 5 })` is `acquire(...)` or `acquireSync(...)`. */
  call<T extends object, K extends Method<T>>(
    object: T,
    method: K,
    ...args: Parameters<MethodOf<T, K>>
  ): Promise<Awaited<ReturnType<MethodOf<T, K>>>>;
  put<T>(queue: mp.Queue<T>, item: T, options?: mp.SyncBlockOptions): Promise<void>;
  get<T>(queue: mp.Queue<T>, options?: mp.SyncBlockOptions): Promise<T>;
  putSimple<T>(queue: mp.SimpleQueue<T>, item: T): Promise<void>;
  getSimple<T>(queue: mp.SimpleQueue<T>): Promise<T>;
  acquire(lock: mp.Lock, options?: mp.SyncBlockOptions): Promise<boolean>;
  join(process: mp.Process<never, unknown>, options?: mp.SyncWaitOptions): Promise<void>;
  result<R>(process: mp.Process<never, R>, options?: mp.SyncWaitOptions): Promise<Awaited<R>>;
  wait(objects: mp.Waitable[], options?: mp.SyncWaitOptions): Promise<mp.Waitable[]>;
}

const caller = (suffix: string): Driver['call'] =>
  (async (object: Record<string, (...args: unknown[]) => unknown>, method: string, ...args: unknown[]) =>
    (object[method + suffix] as (...args: unknown[]) => unknown).call(object, ...args)) as never;

const make = (async (kind: keyof Kinds, ...args: unknown[]) =>
  new (mp[kind] as unknown as new (...args: unknown[]) => object)(...args)) as Driver['make'];

export const drivers: Readonly<Record<Driver['name'], Driver>> = {
  async: {
    name: 'async',
    isManaged: false,
    Pool: mp.Pool,
    make,
    text: async (object) => String(object),
    call: caller(''),
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
    isManaged: false,
    Pool: mp.Pool,
    make,
    text: async (object) => String(object),
    call: caller('Sync'),
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

/** What a case cannot do without, beside what every page has. */
export type Need = 'memory' | 'answers' | 'blocking';

const needed = new WeakMap<object, Need>();

/**
 * A case that only runs where threads share memory: for the memory itself; or, in a process alone, since it asks for answers at once
 * (`qsize`, `getNowait`), or blocks.
 */
export function needs(need: Need, run: Cases[string]): Cases[string] {
  const marked: Cases[string] = (driver) => run(driver);
  needed.set(marked, need);
  return marked;
}

export const needOf = (run: Cases[string]): Need | undefined => needed.get(run);

/** The cases whose titles have one of those ids, over objects in a manager: one for each case. */
export function managed(cases: Cases, ids: readonly string[]): Cases {
  const has = (title: string, id: string): boolean => new RegExp(`\\b${id}\\b`).test(title);
  const wanted = Object.entries(cases).filter(([title]) => ids.some((id) => has(title, id)));
  for (const id of ids) {
    if (!wanted.some(([title]) => has(title, id))) throw new Error(`there is no case of ${id}`);
  }
  return Object.fromEntries(
    wanted.map(([title, run]) => {
      const its: Cases[string] = (d) => runManaged(run, d);
      const need = needOf(run);
      // Proxies are asked by awaited calls alone.
      return [`MGR-34 ${title}`, need === undefined || need === 'answers' ? its : needs(need, its)];
    }),
  );
}

async function runManaged(run: Cases[string], d: Driver): Promise<void> {
  const manager = new mp.SyncManager();
  await d.call(manager, 'start');
  const make = ((kind: 'Queue', ...args: [number]) => d.call(manager, kind, ...args)) as unknown as Driver['make'];
  const text = (object: object) => d.call(object as mp.BaseProxy, 'text');
  try {
    await run({ ...d, isManaged: true, make, text });
  } finally {
    await d.call(manager, 'shutdown');
  }
}

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

let mayBlock = true;

/** From now on `byTurns` gives the last alone, which awaits: processes have no thread of their own. */
export function neverBlock(): void {
  mayBlock = false;
}

/** One of several functions of the same parameters, by turns. */
export function byTurns<P extends readonly unknown[]>(
  i: number,
  ...targets: readonly ((...args: P) => unknown)[]
): (...args: P) => unknown {
  const those = mayBlock ? targets : targets.slice(-1);
  return those[i % those.length] as (...args: P) => unknown;
}
