// A proxy: the name of an object in the server of a manager, with the methods of that object. It holds no state but the name,
// and so it travels in any message.

import { lasting, promised } from '../base/realm.ts';
import { tag } from '../base/tag.ts';
import { registerShared } from '../codec/shared.ts';
import { InvalidStateError } from '../errors.ts';
import { announce } from '../process/late_parts.ts';
import { type Address, type Link, valuesOf } from './link.ts';
import { linkTo } from './links.ts';
import { isIterator, type Look, type ProxyClass, type Shape } from './look.ts';
import { COUNTED, newPassage, routeOf } from './passage.ts';

/** What a proxy stands for. */
export interface Handle {
  readonly link: Link;
  readonly object: number;
  readonly typeid: string;
  readonly look: Look;
  /** In the server itself: what keeps the object. */
  readonly keeps?: object | undefined;
}

/** A link that is the server itself. */
export interface Home extends Link {
  /** The server's own proxy of that object, ending its passage. */
  refer(object: number, passage: number): object;
}

const isHome = (link: Link): link is Home => 'refer' in link;

/** Tells the server about proxies that the app has let go of. */
const forgotten =
  typeof FinalizationRegistry === 'function'
    ? new FinalizationRegistry<Pick<Handle, 'link' | 'object'>>(({ link, object }) => link.post('release', object))
    : undefined;

const hidden = (value: unknown): PropertyDescriptor => ({ value, configurable: true, writable: true });

/** What a proxy stands for. */
export let handleOf: (proxy: BaseProxy) => Handle;

/**
 * What all proxies have in common. The classes of proxies that `register()` is given as `proxytype` extend it, and call the
 * object by `callMethod`.
 *
 * Every method is a call to the server, async, with a twin that blocks, for workers. Where the server has ended, or does so
 * meanwhile, a call throws WorkerDiedError. What arguments and results are made of is copied; proxies among them stay names.
 *
 * Python: `multiprocessing.managers.BaseProxy`.
 */
export class BaseProxy<T = unknown> {
  readonly #handle: Handle;

  /** @internal */
  constructor(handle: Handle) {
    if ((handle as Partial<Handle> | undefined)?.look === undefined) {
      throw new InvalidStateError('a proxy is made by a manager: call one of its factories');
    }
    this.#handle = handle;
    // The server's own proxies keep the object by themselves.
    if (handle.keeps === undefined) forgotten?.register(this, { link: handle.link, object: handle.object });
  }

  /**
   * Calls a method by its name.
   *
   * @param args its arguments, as an array.
   * @throws what the method throws; RemoteError for a name that is not exposed, and for a result that cannot travel;
   *   WorkerDiedError. All as rejections.
   *
   * Python: `_callmethod(methodname, args=())`.
   */
  callMethod(name: string, args: readonly unknown[] = []): Promise<unknown> {
    const { link, object, look } = this.#handle;
    return promised(() => link.call(object, name, args, this.#title(name, args), valuesOf(look, name)));
  }

  /** As `callMethod`, blocking the thread. @throws as it does; BlockingNotAllowedError in a window. */
  callMethodSync(name: string, args: readonly unknown[] = []): unknown {
    const { link, object } = this.#handle;
    const result = link.callSync(object, name, args, this.#title(name, args));
    return result instanceof IteratorProxy ? result.blocking() : result;
  }

  /** What a call is called. @throws TypeError for what is none. */
  #title(name: string, args: readonly unknown[]): string {
    if (typeof name !== 'string' || !Array.isArray(args)) {
      throw new TypeError('callMethod(name, args): name must be a string, and args an array of arguments');
    }
    return `${className(this)}.${name}`;
  }

  /** A copy of the object, as a plain value; proxies in it stay proxies. Python: `_getvalue()`. */
  getValue(): Promise<T> {
    return this.callMethod('getValue') as Promise<T>;
  }

  /** As `getValue`, blocking the thread. */
  getValueSync(): T {
    return this.callMethodSync('getValue') as T;
  }

  /** The object as text. Python: `str(proxy)`. */
  text(): Promise<string> {
    return this.callMethod('toString') as Promise<string>;
  }

  /** As `text`, blocking the thread. */
  textSync(): string {
    return this.callMethodSync('toString') as string;
  }

  /** What it is, without asking: `text()` tells what the object holds. Python: `repr(proxy)`. */
  toString(): string {
    const { link, object, typeid } = this.#handle;
    return `<${className(this)} object, typeid '${typeid}', id ${object} at manager ${link.server}>`;
  }

  static {
    tag(this.prototype, 'Proxy');
    announce('managers');
    // Iteration over a snapshot. Whether an object can be iterated, the types of its proxies say.
    Object.defineProperty(this.prototype, Symbol.asyncIterator, hidden(snapshot));
    Object.defineProperty(this.prototype, Symbol.iterator, hidden(snapshotSync));
    handleOf = (proxy) => proxy.#handle;
    registerShared<BaseProxy>(this.prototype, {
      kind: 'Proxy',
      everywhere: true,
      detach(proxy, heirs, starts): State {
        const { link, object, typeid, look } = proxy.#handle;
        const way = routeOf(link.server, object);
        let passage = way?.[1];
        // Another page knows nothing of the processes of this one.
        if (passage === undefined && starts && typeof link.server === 'number') {
          passage = COUNTED;
          heirs.push((pid) => {
            if (pid > 0) link.post('hold', object, pid);
          });
        }
        if (passage === undefined) {
          passage = newPassage();
          link.post('depart', object, passage);
        }
        return [way?.[0] ?? link.server, object, typeid, look, passage];
      },
      attach(state) {
        const [server, object, typeid, look, passage] = state as State;
        const link = linkTo(server);
        if (isHome(link)) return link.refer(object, passage) as BaseProxy;
        if (passage > COUNTED) link.post('land', object, passage);
        return makeProxy({ link, object, typeid, look });
      },
    });
  }
}

async function* snapshot(this: BaseProxy): AsyncGenerator<unknown, void, undefined> {
  yield* (await this.callMethod('#snapshot')) as unknown[];
}

function* snapshotSync(this: BaseProxy): Generator<unknown, void, undefined> {
  yield* this.callMethodSync('#snapshot') as unknown[];
}

type State = readonly [server: Address, object: number, typeid: string, look: Look, passage: number];

// ------------------------------------------------------------------------------------------------ classes

/** The library's own classes, by the names that travel. */
const classes = new Map<string, ProxyClass>();

/** For messages: a minifier renames classes. */
const classNames = new WeakMap<object, string>();
const className = (proxy: BaseProxy): string =>
  classNames.get(Object.getPrototypeOf(proxy) as object) ?? proxy.constructor.name;

/** Makes a class known to both sides. */
export function registerProxy(name: string, type: ProxyClass): void {
  classes.set(name, type);
  classNames.set(type.prototype as object, name);
}

/** Classes made for the names of registered classes. */
const made = new Map<string, ProxyClass>();

function classOf(look: Look): ProxyClass {
  if (typeof look === 'function') return look;
  if (typeof look === 'string') return classes.get(look) ?? BaseProxy;
  const key = JSON.stringify(look);
  let type = made.get(key);
  if (type === undefined) {
    type = class extends BaseProxy {};
    addMembers(type.prototype, look);
    classNames.set(type.prototype, 'AutoProxy');
    made.set(key, type);
  }
  return type;
}

export const makeProxy = (handle: Handle): BaseProxy => new (classOf(handle.look))(handle) as BaseProxy;

/** Gives a class of proxies its methods and properties, with their twins. */
export function addMembers(prototype: object, [methods, generators, properties]: Shape): void {
  const add = (name: string, descriptor: PropertyDescriptor): void => {
    if (!Object.hasOwn(prototype, name)) Object.defineProperty(prototype, name, { configurable: true, ...descriptor });
  };
  for (const name of methods) {
    add(
      name,
      hidden(function (this: BaseProxy, ...args: unknown[]) {
        return this.callMethod(name, args);
      }),
    );
  }
  for (const name of generators) {
    add(
      name,
      hidden(function (this: BaseProxy, ...args: unknown[]) {
        return new LateIterator(() => this.callMethod(name, args) as Promise<AsyncIterator<unknown>>);
      }),
    );
  }
  for (const name of [...methods, ...generators]) {
    add(
      `${name}Sync`,
      hidden(function (this: BaseProxy, ...args: unknown[]) {
        return this.callMethodSync(name, args);
      }),
    );
  }
  for (const name of properties) {
    add(name, {
      get(this: BaseProxy) {
        return this.callMethod(name);
      },
    });
    add(`${name}Sync`, {
      get(this: BaseProxy) {
        return this.callMethodSync(name);
      },
    });
  }
}

// ------------------------------------------------------------------------------------------------ iterators

/** An iterator in the server. Each step is a call. */
export class IteratorProxy extends BaseProxy implements AsyncIterableIterator<unknown> {
  next(...args: unknown[]): Promise<IteratorResult<unknown>> {
    return this.callMethod('next', args) as Promise<IteratorResult<unknown>>;
  }

  return(value?: unknown): Promise<IteratorResult<unknown>> {
    return this.callMethod('return', [value]) as Promise<IteratorResult<unknown>>;
  }

  throw(error?: unknown): Promise<IteratorResult<unknown>> {
    return this.callMethod('throw', [error]) as Promise<IteratorResult<unknown>>;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  [Symbol.iterator](): IterableIterator<unknown> {
    return this.blocking();
  }

  /** The same iterator, for a thread that blocks. */
  blocking(): IterableIterator<unknown> {
    const step = (name: string, args: unknown[]): IteratorResult<unknown> =>
      this.callMethodSync(name, args) as IteratorResult<unknown>;
    const iterator: IterableIterator<unknown> = {
      next: (...args: unknown[]) => step('next', args),
      return: (value) => step('return', [value]),
      throw: (error) => step('throw', [error]),
      [Symbol.iterator]: () => iterator,
    };
    return iterator;
  }

  static {
    registerProxy('Iterator', this);
  }
}

/** An iterator that is asked for when its first step is. */
export class LateIterator implements AsyncIterableIterator<unknown> {
  readonly #ask: () => Promise<unknown>;
  #iterator: Promise<AsyncIterator<unknown>> | undefined;

  constructor(ask: () => Promise<unknown>) {
    this.#ask = ask;
  }

  #asked(): Promise<AsyncIterator<unknown>> {
    this.#iterator ??= this.#ask().then((iterator) => {
      if (!isIterator(iterator)) throw new TypeError('the manager answered no iterator');
      return iterator as AsyncIterator<unknown>;
    });
    return this.#iterator;
  }

  next(...args: [] | [unknown]): Promise<IteratorResult<unknown>> {
    return lasting(this.#asked().then((iterator) => iterator.next(...args)));
  }

  /** One that was never begun is not asked for either. */
  async return(value?: unknown): Promise<IteratorResult<unknown>> {
    if (this.#iterator === undefined) {
      this.#iterator = Promise.resolve(FINISHED);
      return { done: true, value };
    }
    return (await this.#asked()).return?.(value) ?? { done: true, value };
  }

  async throw(error?: unknown): Promise<IteratorResult<unknown>> {
    return (await this.#asked()).throw?.(error) ?? Promise.reject(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

const FINISHED: AsyncIterator<unknown> = { next: async () => ({ done: true, value: undefined }) };
