// BaseManager: starts a server in a process of its own, and asks it for objects.

import { asyncDispose } from '../../base/dispose.ts';
import { onExit } from '../../base/finalizers.ts';
import { isIsolated } from '../../base/isolation.ts';
import { optionsIn, type SyncWaitOptions, type WaitOptions } from '../../base/options.ts';
import { lasting, promised } from '../../base/realm.ts';
import { shown } from '../../base/shown.ts';
import { tag } from '../../base/tag.ts';
import { pid } from '../../base/thread.ts';
import { nameOf, registerModules } from '../../codec/registry.ts';
import { registerShared } from '../../codec/shared.ts';
import { Queue } from '../../data/queue.ts';
import { wait, waitSync } from '../../data/wait.ts';
import { isReady, type Waitable } from '../../data/waitable.ts';
import { InvalidStateError, ProcessError } from '../../errors.ts';
import { canBlock, mayBlock, refuseBlocking } from '../../memory/wait.ts';
import type { AnyFunction } from '../../pool/task_record.ts';
import { currentProcess } from '../../process/current.ts';
import { Process } from '../../process/process.ts';
import type { Address, Link } from '../link.ts';
import { connectTo, linkTo } from '../links.ts';
import { isGeneratorFunction } from '../look.ts';
import type { Registration, Serve, Setup } from '../registration.ts';
import type { DebugInfo } from '../request_record.ts';
import { ManagerServer, serve } from '../serve.ts';
import type { AnyClass, Factory, FactoryResult, FactorySync, RegisterOptions } from './proxied.ts';
import { ReadyNotice } from './ready_notice.ts';
import { addFactory, addType, factoriesOf, type Maker, registryOf } from './registry.ts';

/** Milliseconds that `shutdown()` gives the server to end by itself. */
const SHUTDOWN_TIMEOUT = 1000;

/** Where a manager is, and for whom. */
export interface ManagerOptions {
  /**
   * A name, under which other tabs of this origin reach the server, by messages. For `connect()` also the pid of a server in
   * this page.
   */
  address?: Address | null | undefined;
  /** What clients by message have to know; it is never sent. The default is `currentProcess().authkey`. */
  authkey?: Uint8Array | null | undefined;
  /** How values travel: there is only one way. */
  serializer?: 'pickle' | undefined;
  /** Milliseconds that `shutdown()` gives the server to end by itself. The default is 1000. */
  shutdownTimeout?: number | undefined;
  /** A context, by whose start method the server's process starts: `getContext('forkserver')`. */
  ctx?:
    | {
        /** The class of the server's process. */
        readonly Process: typeof Process;
      }
    | null
    | undefined;
}

/** What the server's process does first. Python: `start(initializer, initargs)`. */
export interface StartOptions {
  /** A registered function that the server's process calls first. */
  initializer?: ((...args: never[]) => unknown) | null | undefined;
  /** The arguments of `initializer`. */
  initargs?: readonly unknown[] | undefined;
}

/** The class of a manager. */
// biome-ignore lint/suspicious/noExplicitAny: any manager
export type ManagerClass = new (...args: any[]) => BaseManager;

/** A manager class with one type more. */
export type WithType<M extends ManagerClass, N extends string, C, O> = { [K in keyof M]: M[K] } & (new (
  ...args: ConstructorParameters<M>
) => InstanceType<M> & { [K in N]: Factory<C, O> } & { [K in `${N}Sync`]: FactorySync<C, O> });

/** A manager that was sent here: it is used, and belongs to somebody else. */
class Connected {
  readonly link: Link;

  constructor(server: Address) {
    this.link = linkTo(server);
  }
}

/** A server's process, and what gets ready once it serves. */
interface Launched {
  readonly process: Process<never, unknown>;
  readonly ready: Waitable;
}

/** How a manager makes an object; the class says how. */
export const maker = {} as Maker<BaseManager>;

/**
 * A process that holds objects for others, of the types that were registered with its class.
 *
 * ```ts
 * // src/shop.ts
 * 'use multiprocessing';
 *
 * export class Shop {
 *   #stock = 10;
 *
 *   sell(count: number): number {
 *     return (this.#stock -= count);
 *   }
 * }
 * ```
 *
 * ```ts
 * // src/main.ts
 * import * as mp from 'web-multiprocessing';
 * import { Shop } from './shop';
 *
 * const ShopManager = mp.BaseManager.register('Shop', Shop);
 * await using manager = await new ShopManager().start();
 * const shop = await manager.Shop();
 * console.log(await shop.sell(2)); // 8
 * ```
 *
 * A manager can be given to other processes, which then use the same server.
 *
 * Python: `multiprocessing.managers.BaseManager`.
 */
export class BaseManager {
  /** @internal The class of its server's process. */
  static readonly Process: typeof Process = Process;
  /** @internal How that serves, where that is no thread of its own. */
  static readonly serve: Serve | undefined = undefined;

  readonly #timeout: number;
  readonly #Process: typeof Process;
  readonly #address: Address | undefined;
  readonly #authkey: Uint8Array;
  #state: 'initial' | 'started' | 'shut down' | 'connected' = 'initial';
  #process: Process<never, unknown> | undefined;
  #link: Link | undefined;
  #forget: (() => unknown) | undefined;

  /** @throws TypeError, RangeError for options of the wrong type. */
  constructor(options?: ManagerOptions) {
    if ((options as unknown) instanceof Connected) {
      this.#link = (options as unknown as Connected).link;
      this.#state = 'connected';
      this.#address = this.#link.server;
      this.#authkey = currentProcess().authkey;
      this.#timeout = SHUTDOWN_TIMEOUT;
      this.#Process = Process;
      return;
    }
    const given = optionsIn(options, `${titleOf(this)}(options): `, "address: 'shop'");
    const address = given.address ?? undefined;
    const authkey = given.authkey ?? currentProcess().authkey;
    const shutdownTimeout = given.shutdownTimeout ?? SHUTDOWN_TIMEOUT;
    const serializer = given.serializer ?? 'pickle';
    const ctx = given.ctx ?? { Process: this.#type.Process };
    if (address !== undefined && typeof address !== 'string' && typeof address !== 'number') {
      throw new TypeError(`a manager's address must be a name, or a pid, not ${typeof address}`);
    }
    if (serializer !== 'pickle') {
      throw new RangeError(`a manager's serializer must be 'pickle', which is the codec, not ${shown(serializer)}`);
    }
    if (!(authkey instanceof Uint8Array)) throw new TypeError("a manager's authkey must be a Uint8Array");
    this.#address = address;
    this.#authkey = authkey.slice();
    if (typeof shutdownTimeout !== 'number' || !(shutdownTimeout >= 0)) {
      throw new RangeError(
        `a manager's shutdownTimeout must be a number of milliseconds, not ${shown(shutdownTimeout)}`,
      );
    }
    this.#timeout = shutdownTimeout;
    if (typeof ctx?.Process !== 'function') throw new TypeError("a manager's ctx must be a context, of getContext()");
    this.#Process = ctx.Process;
  }

  /**
   * Adds a type to this class of managers: they get a method of that name, which makes an object in the server, and answers
   * a proxy of it. Subclasses made later have it too.
   *
   * @param typeid the name of the type, and of the method.
   * @param factory a class, or a function that makes an object, exported by a module that the executable knows. A generator
   *   function makes an async iterator; one that answers an object which the server has already answers the same. Without a
   *   factory the method takes the object itself, and a copy of it lives in the server.
   * @param options `exposed`, `methodToTypeid`, `proxytype`, `createMethod`.
   * @returns this class, with the method in its type.
   * @throws TypeError, RangeError for a name that cannot be used, and for what is no function.
   *
   * Python: `register(typeid, callable, proxytype, exposed, method_to_typeid, create_method)`.
   */
  static register<
    M extends ManagerClass,
    N extends string,
    C extends AnyClass | AnyFunction,
    const O extends RegisterOptions<FactoryResult<C>> = object,
  >(this: M, typeid: N, factory?: C | null, options?: O): WithType<M, N, C, O> {
    const call = 'register(typeid, factory)';
    if (typeof typeid !== 'string' || typeid === '') throw new TypeError(`${call}: typeid must be a name`);
    if (factory !== undefined && factory !== null && typeof factory !== 'function') {
      throw new TypeError(`${call}: factory must be a class or a function, not ${typeof factory}`);
    }
    const registry = registryOf(this);
    if (!Object.hasOwn(registry, typeid) && (typeid in BaseManager.prototype || typeid === 'then')) {
      throw new RangeError(`${call}: ${JSON.stringify(typeid)} is a name that every manager has already`);
    }
    const given = optionsIn<RegisterOptions<FactoryResult<C>>>(
      options,
      'register(typeid, factory, options): ',
      "exposed: ['sell']",
    );
    const { exposed, methodToTypeid, proxytype } = given;
    const createMethod = given.createMethod ?? true;
    const registration: Registration = {
      factory: (factory ?? undefined) as Registration['factory'],
      exposed,
      methodToTypeid: methodToTypeid as Registration['methodToTypeid'],
      proxytype,
      createMethod,
    };
    addType(this, typeid, registration);
    if (createMethod) addFactory(this.prototype, typeid, isGeneratorFunction(factory), maker);
    return this as never;
  }

  get #type(): typeof BaseManager {
    return this.constructor as typeof BaseManager;
  }

  /** Whether there are the built-in types. */
  protected get hasBuiltins(): boolean {
    return false;
  }

  /** Where the server is: the address given to the constructor, or else the pid of its process. @throws InvalidStateError where there is neither. */
  get address(): Address {
    return this.#address ?? this.#reached('address').server;
  }

  // ---------------------------------------------------------------------------------------------- life

  /**
   * Starts the server's process, and waits until it serves.
   *
   * @param options `initializer`, `initargs`.
   * @returns the manager itself, for `await using`.
   * @throws ProcessError where it was started before, or shut down, be it meanwhile; what the initializer throws; as `Process.start()`. All as
   *   rejections.
   *
   * Python: `start(initializer=None, initargs=())`.
   */
  start(options?: StartOptions): Promise<this> {
    return promised(() => {
      const launched = this.#launch(options);
      return lasting(wait([launched.ready, launched.process.sentinel]).then(() => this.#begun(launched)));
    });
  }

  /** As `start`, blocking the thread. @throws as it does; BlockingNotAllowedError in a window. */
  startSync(options?: StartOptions): this {
    this.#checkInitial('start');
    if (!canBlock()) throw refuseBlocking(`${titleOf(this)}.start`);
    const launched = this.#launch(options);
    waitSync([launched.ready, launched.process.sentinel]);
    return this.#begun(launched);
  }

  #launch(options: StartOptions | undefined): Launched {
    this.#checkInitial('start');
    const given = optionsIn(options, 'start(options): ', 'initializer: f');
    const { initializer } = given;
    const initargs = given.initargs ?? [];
    if (initializer !== undefined && initializer !== null && typeof initializer !== 'function') {
      throw new TypeError('start({ initializer }): initializer must be a function');
    }
    if (!Array.isArray(initargs)) throw new TypeError('start({ initargs }): initargs must be an array of arguments');
    const queue = isIsolated || this.#type.serve !== undefined ? new Queue() : undefined;
    const process = new this.#Process({
      target: serve,
      args: [this.#setup(pid), queue, (initializer ?? undefined) as never, [...initargs]],
      daemon: false,
    });
    process.name = process.name.replace(/^[^-]*/, titleOf(this));
    process.start();
    this.#state = 'started';
    this.#process = process as Process<never, unknown>;
    // A process waits for its children before it ends: the server has to be told.
    this.#forget = onExit(() => (this.#state === 'started' ? this.shutdown() : undefined));
    return { process: this.#process, ready: queue ?? new ReadyNotice(process.pid as number) };
  }

  #begun({ process, ready }: Launched): this {
    if (this.#state === 'shut down') {
      // It could not be told before it served.
      linkTo(process.pid as number).post('shutdown');
      throw new ProcessError(`${titleOf(this)}.start(): it was shut down meanwhile`);
    }
    if (!ready[isReady]()) {
      this.#failed();
      const { exception } = process;
      throw exception ?? new ProcessError(`${titleOf(this)}: its process ended with exit code ${process.exitcode}`);
    }
    this.#link = linkTo(process.pid as number);
    return this;
  }

  /** It can be started once more. */
  #failed(): void {
    this.#state = 'initial';
    this.#process = undefined;
    this.#forget?.();
    this.#forget = undefined;
  }

  #setup(owner: number): Setup {
    if (typeof this.#address === 'number') {
      throw new InvalidStateError(`${titleOf(this)}: its address is a pid, which is for connect()`);
    }
    const { serve } = this.#type;
    const registry = registryOf(this.#type);
    return { registry, hasBuiltins: this.hasBuiltins, owner, address: this.#address, authkey: this.#authkey, serve };
  }

  #checkInitial(call: string): void {
    if (this.#state !== 'initial') throw new ProcessError(`${titleOf(this)}.${call}(): it is ${this.#state} already`);
  }

  /**
   * Uses a server that is there already, instead of starting one, by the `address` and `authkey` given to the constructor. By
   * a name it is reached by messages, from any tab of this origin, so its proxies cannot block.
   *
   * @returns the manager itself.
   * @throws AuthenticationError for a wrong key; OSError where nobody listens at that address; InvalidStateError where none
   *   was given; ProcessError where this manager is in use. All as rejections.
   *
   * Python: `connect()`.
   */
  connect(): Promise<this> {
    return lasting(this.#connect());
  }

  async #connect(): Promise<this> {
    this.#checkInitial('connect');
    if (this.#address === undefined) {
      throw new InvalidStateError(`${titleOf(this)}.connect(): give the constructor an address`);
    }
    const address = this.#address;
    this.#link = typeof address === 'string' ? await connectTo(address, this.#authkey) : linkTo(address);
    this.#state = 'connected';
    return this;
  }

  /** A server for this very process, instead of one of its own. @throws ProcessError after `start()`. Python: `get_server()`. */
  getServer(): ManagerServer {
    this.#checkInitial('getServer');
    return new ManagerServer(this.#setup(pid));
  }

  /**
   * Ends the server, which gets `shutdownTimeout` to end by itself before it is terminated. What it held is gone, and calls
   * that wait throw WorkerDiedError. Again: nothing.
   *
   * @throws InvalidStateError in a process that has not started it; as a rejection.
   *
   * Python: `shutdown()`.
   */
  shutdown(): Promise<void> {
    return lasting(this.#shutdown());
  }

  async #shutdown(): Promise<void> {
    const process = this.#leave();
    if (process === undefined) return;
    await process.join({ timeout: this.#timeout });
    if (process.isAlive()) process.terminate();
    await process.join();
  }

  /** As `shutdown`, blocking the thread. @throws as it does; BlockingNotAllowedError in a window. */
  shutdownSync(): void {
    if (!mayBlock || (!canBlock() && this.#process?.isAlive())) throw refuseBlocking(`${titleOf(this)}.shutdown`);
    const process = this.#leave();
    if (process === undefined) return;
    process.joinSync({ timeout: this.#timeout });
    if (process.isAlive()) process.terminate();
    process.joinSync();
  }

  /** Tells the server to end; answers its process, if there is any. */
  #leave(): Process<never, unknown> | undefined {
    if (this.#state === 'connected') {
      throw new InvalidStateError(`${titleOf(this)}.shutdown(): only the process that started it can end it`);
    }
    this.#state = 'shut down';
    const process = this.#process;
    if (process === undefined || !process.isAlive()) return process;
    this.#forget?.();
    this.#forget = undefined;
    linkTo(process.pid as number).post('shutdown');
    return process;
  }

  /** Waits for the end of the server's process. Python: `join(timeout=None)`. */
  join(options?: WaitOptions): Promise<void> {
    return promised(() => this.#owned('join').join(options));
  }

  /** As `join`, blocking the thread. */
  joinSync(options?: SyncWaitOptions): void {
    this.#owned('join').joinSync(options);
  }

  #owned(call: string): Process<never, unknown> {
    if (this.#process !== undefined) return this.#process;
    throw new InvalidStateError(`${titleOf(this)}.${call}(): this process has not started it`);
  }

  /** `shutdown()`. */
  [asyncDispose](): Promise<void> {
    return this.shutdown();
  }

  // ---------------------------------------------------------------------------------------------- objects

  #reached(call: string): Link {
    if (this.#link === undefined || this.#state === 'shut down') {
      const why = this.#state === 'shut down' ? 'it was shut down' : 'call start() first';
      throw new InvalidStateError(`${titleOf(this)}.${call}: ${why}`);
    }
    return this.#link;
  }

  /**
   * What the server holds: for each object its id, its type, and how many proxies of it other processes have, or are on their
   * way to one. Python: `_debug_info()`.
   */
  debugInfo(): Promise<readonly DebugInfo[]> {
    return promised(() => this.#reached('debugInfo()').call(0, 'debugInfo', [], 'debugInfo') as never);
  }

  /** As `debugInfo`, blocking the thread. */
  debugInfoSync(): readonly DebugInfo[] {
    return this.#reached('debugInfoSync()').callSync(0, 'debugInfo', [], 'debugInfo') as never;
  }

  /** What it is, and its state, as text. */
  toString(): string {
    const server = this.#link === undefined ? '' : ` at ${this.#link.server}`;
    return `<${titleOf(this)} ${this.#state}${server}>`;
  }

  static {
    tag(this.prototype, 'Manager');
    Object.defineProperty(this, 'name', { value: 'BaseManager' });
    registerModules({ 'multiprocessing.managers': { serve, BaseManager: this } });
    maker.create = (manager, typeid, args) =>
      promised(() =>
        manager.#reached(`${typeid}()`).call(0, 'create', [typeid, args], `${titleOf(manager)}.${typeid}`),
      );
    maker.createSync = (manager, typeid, args) =>
      manager.#reached(`${typeid}Sync()`).callSync(0, 'create', [typeid, args], `${titleOf(manager)}.${typeid}`);
    registerShared<BaseManager>(this.prototype, {
      kind: 'Manager',
      everywhere: true,
      detach(manager): State {
        const type = manager.constructor as ManagerClass;
        const known = nameOf(type) === undefined ? undefined : type;
        return [manager.#reached('travels').server, manager.hasBuiltins, known, factoriesOf(type)];
      },
      attach(state) {
        const [server, hasBuiltins, known, types] = state as State;
        const type = known ?? (hasBuiltins ? withBuiltins : BaseManager);
        const manager = Reflect.construct(BaseManager, [new Connected(server)], type) as BaseManager;
        for (const [typeid, isGenerator] of types) {
          if (!(typeid in manager)) addFactory(manager, typeid, isGenerator, maker);
        }
        return manager;
      },
    });
  }
}

type State = readonly [
  server: Address,
  hasBuiltins: boolean,
  type: ManagerClass | undefined,
  types: readonly (readonly [typeid: string, isGenerator: boolean])[],
];

let withBuiltins: ManagerClass = BaseManager;

/** SyncManager says that it is the class with the built-in types. */
export function setBuiltinManager(type: ManagerClass): void {
  withBuiltins = type;
}

/** The class's name for users. */
const titleOf = (manager: BaseManager): string =>
  nameOf(manager.constructor)?.split('.').at(-1) ?? manager.constructor.name;
