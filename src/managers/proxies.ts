// The proxies of the built-in types: those of their methods that are more than one call.

import { isPast, now } from '../base/deadline.ts';
import { asyncDispose, dispose } from '../base/dispose.ts';
import { checkFunction, deadlineIn, type SyncWaitOptions, type WaitOptions } from '../base/options.ts';
import { lasting, promised } from '../base/realm.ts';
import { InvalidStateError, TimeoutError } from '../errors.ts';
import { mayBlock, refuseBlocking } from '../memory/wait.ts';
import { builtinNamed, builtins } from './builtins.ts';
import type { ProxyClass } from './look.ts';
import { addMembers, BaseProxy, registerProxy } from './proxy.ts';

type AnyOptions = SyncWaitOptions & { readonly scope?: number };

// ------------------------------------------------------------------------------------------------ what can be acquired

/** How many scopes this process has entered. */
let scopes = 0;

/** What `guard()` answers: it releases when disposed of. */
export class HeldProxy {
  readonly #lock: AcquirerProxy;
  /** None for what is not re-entrant. */
  readonly #scope: number | undefined;
  #held = true;

  /** @internal */
  constructor(lock: AcquirerProxy, scope: number | undefined) {
    this.#lock = lock;
    this.#scope = scope;
  }

  /** Goes deeper into a lock that is re-entrant. */
  #scopeOf(): number {
    if (!this.#held) throw new InvalidStateError('the scope of this handle is over');
    if (this.#scope === undefined) throw new InvalidStateError('this lock is not re-entrant: it is held already');
    return this.#scope;
  }

  /** Acquires it once more, runs `body` and releases. @throws InvalidStateError where it is not re-entrant. */
  async with<R>(body: (held: HeldProxy) => R): Promise<Awaited<R>> {
    return within(this.#lock, body, this.#scopeOf());
  }

  /** As `with`, blocking the thread. */
  withSync<R>(body: (held: HeldProxy) => R): R {
    return withinSync(this.#lock, body, this.#scopeOf());
  }

  /** The end of the scope. A second time does nothing. */
  async release(): Promise<void> {
    if (this.#end()) await this.#lock.callMethod('release', [withScope(undefined, this.#scope)]);
  }

  /** As `release`, blocking the thread. */
  releaseSync(): void {
    if (this.#end()) this.#lock.callMethodSync('release', [withScope(undefined, this.#scope)]);
  }

  #end(): boolean {
    const was = this.#held;
    this.#held = false;
    return was;
  }

  /** The end of a `using` scope: tells the manager, and does not wait for it. */
  [dispose](): void {
    // Where the manager has ended there is nothing left to release.
    this.release().catch(() => {});
  }

  /** Leaving the scope releases. */
  async [asyncDispose](): Promise<void> {
    await this.release();
  }
}

class AcquirerProxy extends BaseProxy {
  /** Whether one who holds it can go deeper, by its scope. */
  get isReentrant(): boolean {
    return false;
  }

  guard(options?: WaitOptions, outer?: number): Promise<HeldProxy> {
    return promised(() => {
      deadlineIn(options);
      const scope = outer ?? this.#newScope();
      const acquiring = this.callMethod('acquire', [withScope(options, scope)]);
      return lasting(acquiring.then((acquired) => this.#held(acquired, scope)));
    });
  }

  guardSync(options?: SyncWaitOptions, outer?: number): HeldProxy {
    deadlineIn(options);
    const scope = outer ?? this.#newScope();
    return this.#held(this.callMethodSync('acquire', [withScope(options, scope)]), scope);
  }

  #newScope(): number | undefined {
    return this.isReentrant ? ++scopes : undefined;
  }

  #held(acquired: unknown, scope: number | undefined): HeldProxy {
    if (acquired !== true) throw new TimeoutError('guard(): not acquired within the timeout');
    return new HeldProxy(this, scope);
  }

  with<R>(body: (held: HeldProxy) => R): Promise<Awaited<R>> {
    return lasting(within(this, body));
  }

  withSync<R>(body: (held: HeldProxy) => R): R {
    return withinSync(this, body);
  }
}

/** Acquires, runs `body` and releases. */
async function within<R>(lock: AcquirerProxy, body: (held: HeldProxy) => R, scope?: number): Promise<Awaited<R>> {
  checkFunction(body, 'with(body): body');
  const held = await lock.guard(undefined, scope);
  try {
    return await body(held);
  } finally {
    await held.release();
  }
}

/** As `within`, blocking the thread. */
function withinSync<R>(lock: AcquirerProxy, body: (held: HeldProxy) => R, scope?: number): R {
  checkFunction(body, 'withSync(body): body');
  const held = lock.guardSync(undefined, scope);
  try {
    return body(held);
  } finally {
    held.releaseSync();
  }
}

const withScope = (options: AnyOptions | undefined, scope: number | undefined): AnyOptions | undefined =>
  scope === undefined ? options : { ...options, scope };

class RLockProxy extends AcquirerProxy {
  override get isReentrant(): boolean {
    return true;
  }
}

class ConditionProxy extends RLockProxy {
  /** The predicate runs here, with the lock held. */
  waitFor<R>(predicate: () => R, options?: WaitOptions): Promise<Awaited<R>> {
    return lasting(this.#waitingFor(predicate, options));
  }

  async #waitingFor<R>(predicate: () => R, options?: WaitOptions): Promise<Awaited<R>> {
    checkFunction(predicate, 'waitFor(predicate): predicate');
    const deadline = deadlineIn(options);
    for (;;) {
      const answer = await predicate();
      if (answer || isPast(deadline)) return answer;
      await this.callMethod('wait', [{ ...options, timeout: deadline - now() }]);
    }
  }

  waitForSync<R>(predicate: () => R, options?: SyncWaitOptions): R {
    checkFunction(predicate, 'waitForSync(predicate): predicate');
    if (!mayBlock) throw refuseBlocking('ConditionProxy.waitFor');
    const deadline = deadlineIn(options);
    for (;;) {
      const answer = predicate();
      if (answer || isPast(deadline)) return answer;
      this.callMethodSync('wait', [{ timeout: deadline - now() }]);
    }
  }
}

// ------------------------------------------------------------------------------------------------ others

/** Names that begin with an underscore live in the proxy, as in Python. */
class NamespaceProxy extends BaseProxy {
  readonly #own = new Map<string, unknown>();

  #local(name: string): string {
    if (!this.#own.has(name)) throw new RangeError(`Namespace: there is no ${JSON.stringify(name)} in this proxy`);
    return name;
  }

  get(name: string): Promise<unknown> {
    return promised(() => (isLocal(name) ? this.#own.get(this.#local(name)) : this.callMethod('get', [name])));
  }

  getSync(name: string): unknown {
    return isLocal(name) ? this.#own.get(this.#local(name)) : this.callMethodSync('get', [name]);
  }

  set(name: string, value: unknown): Promise<unknown> {
    return promised(() => (isLocal(name) ? void this.#own.set(name, value) : this.callMethod('set', [name, value])));
  }

  setSync(name: string, value: unknown): void {
    if (isLocal(name)) this.#own.set(name, value);
    else this.callMethodSync('set', [name, value]);
  }

  async delete(name: string): Promise<void> {
    if (isLocal(name)) this.#own.delete(this.#local(name));
    else await this.callMethod('delete', [name]);
  }

  deleteSync(name: string): void {
    if (isLocal(name)) this.#own.delete(this.#local(name));
    else this.callMethodSync('delete', [name]);
  }

  async has(name: string): Promise<unknown> {
    return isLocal(name) ? this.#own.has(name) : this.callMethod('has', [name]);
  }

  hasSync(name: string): unknown {
    return isLocal(name) ? this.#own.has(name) : this.callMethodSync('has', [name]);
  }
}

const isLocal = (name: string): boolean => typeof name === 'string' && name.startsWith('_');

/** What a pool is given to work on is read here, to its end: an iterable does not travel. */
class PoolProxy extends BaseProxy {
  override callMethod(name: string, args: readonly unknown[] = []): Promise<unknown> {
    const [f, items, ...rest] = args;
    const isMapping = /map/.test(name) && typeof items === 'object' && items !== null && !Array.isArray(items);
    if (!isMapping) return super.callMethod(name, args);
    return lasting(collect(items as Iterable<unknown>).then((all) => super.callMethod(name, [f, all, ...rest])));
  }

  override callMethodSync(name: string, args: readonly unknown[] = []): unknown {
    const [f, items, ...rest] = args;
    const isMapping = /map/.test(name) && typeof items === 'object' && items !== null && Symbol.iterator in items;
    return super.callMethodSync(name, isMapping ? [f, [...(items as Iterable<unknown>)], ...rest] : args);
  }

  /** Leaving the scope terminates. */
  async [asyncDispose](): Promise<void> {
    await this.callMethod('terminate');
    await this.callMethod('join');
  }
}

async function collect(items: Iterable<unknown> | AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const item of items) all.push(item);
  return all;
}

// ------------------------------------------------------------------------------------------------ registration

const special: Readonly<Record<string, ProxyClass>> = {
  LockProxy: class extends AcquirerProxy {},
  SemaphoreProxy: class extends AcquirerProxy {},
  RLockProxy,
  ConditionProxy,
  NamespaceProxy,
  PoolProxy,
};

/** Makes the proxies of the built-in types known in this process. */
export function registerProxies(): void {
  for (const typeid of Object.keys(builtins)) {
    const builtin = builtinNamed(typeid);
    if (builtin === undefined || typeid === 'Iterator') continue;
    const { look, methods, read = [], properties = [] } = builtin;
    const generators = look === 'PoolProxy' ? ['imap', 'imapUnordered'] : [];
    const type: ProxyClass = special[look] ?? class extends BaseProxy {};
    addMembers(type.prototype as object, [
      [...methods.filter((name) => !generators.includes(name)), ...read],
      generators,
      properties,
    ]);
    registerProxy(look, type);
  }
}
