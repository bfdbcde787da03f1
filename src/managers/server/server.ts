// The server of a manager: does what clients ask for, one request at a time, and never waits for what comes of it.

import { breathe } from '../../base/breathe.ts';
import { decode } from '../../codec/decode.ts';
import { encode } from '../../codec/encode.ts';
import { describe, InvalidStateError, isA, isError, RemoteError } from '../../errors.ts';

import { attribute, encodeThrown, reportOf } from '../../process/thrown.ts';
import { isBuiltinIterator, isIterator } from '../look.ts';
import { COUNTED, routed, wayTo } from '../passage.ts';
import { BaseProxy, type Home, handleOf, makeProxy } from '../proxy.ts';
import type { Registry } from '../registration.ts';
import { BLOCKS, CANCELLED, RETURNED, type Request, type ServerMethods, SIGNALS, THREW } from '../request_record.ts';
import { during } from './caller.ts';
import { textOf } from './held/text.ts';
import { copyOut } from './held/value.ts';
import type { Makers } from './makers.ts';
import { type Entry, type Kind, Objects } from './objects.ts';
import { type ProcessSession, RunningCall, type Session } from './session.ts';
import { make, traitsOf } from './types.ts';

export class Server {
  readonly #registry: Registry;
  /** The built-in types. */
  readonly #makers: Makers;
  readonly #objects: Objects;
  /** What is on its way: by passage, until it lands. */
  readonly #passages = new Map<number, Entry>();
  /** Passages that came to their end before their beginning was told. */
  readonly #landed = new Set<number>();
  /** The clients of this page, by pid. */
  readonly #sessions = new Map<number, ProcessSession>();
  readonly home: Home;
  /** Somebody has asked for the end. */
  readonly stop = new AbortController();

  readonly #newSession: (client: number) => ProcessSession;

  /**
   * @param itself the process that serves.
   * @param first after which number the ids of objects begin.
   */
  constructor(
    itself: number,
    registry: Registry,
    makers: Makers,
    first: number,
    newSession: (client: number) => ProcessSession,
  ) {
    this.#newSession = newSession;
    this.#objects = new Objects(first);
    this.#registry = registry;
    this.#makers = makers;
    this.home = new LocalLink(this, itself);
  }

  // ---------------------------------------------------------------------------------------------- clients

  sessionOf(client: number): ProcessSession {
    let session = this.#sessions.get(client);
    if (session === undefined) {
      session = this.#newSession(client);
      this.#sessions.set(client, session);
    }
    return session;
  }

  /** Lets go of what the dead hold. */
  bury(): void {
    for (const [client, session] of this.#sessions) {
      if (!session.isGone) continue;
      this.#sessions.delete(client);
      session.end();
    }
  }

  /** It serves no more: nobody holds anything. */
  end(): void {
    for (const session of this.#sessions.values()) session.end();
    this.#sessions.clear();
  }

  // ---------------------------------------------------------------------------------------------- requests

  /** Does what a client asks for, and replies when that is done. @param flags SIGNALS, BLOCKS. */
  handle(session: Session, id: number, read: () => Request, flags: number): void {
    const call = new RunningCall(session, id, (flags & BLOCKS) !== 0);
    let result: unknown;
    try {
      const [object, method, args] = read();
      if (flags & SIGNALS) (args.at(-1) as { signal?: AbortSignal }).signal = call.signal;
      result = this.perform(call, object, method, args);
    } catch (error) {
      this.#answer(call, THREW, error);
      return;
    }
    if (!isThenable(result)) {
      this.#answer(call, RETURNED, result);
      return;
    }
    session.calls.set(id, call);
    result.then(
      (value) => this.#answer(call, RETURNED, value),
      (error) => this.#answer(call, THREW, error),
    );
  }

  /** What a request comes to, or a promise of it. */
  perform(call: RunningCall, object: number, method: string, args: readonly unknown[]): unknown {
    if (object === 0) {
      if (!Object.hasOwn(this.#own, method)) throw new RemoteError(`a manager's server has no method ${method}`);
      const own = this.#own[method as keyof ServerMethods] as (client: Session, ...args: unknown[]) => unknown;
      return own(call.client, ...args);
    }
    const entry = this.#objects.get(object);
    const kind = entry.members.get(method);
    if (kind === undefined) return inspect(entry, method);
    const result = during(call, () => invoke(entry, method, args, kind));
    // What is to stay here may itself be something to wait for.
    const isAwaited = Object.hasOwn(entry.nested, method) ? result instanceof Promise : isThenable(result);
    return isAwaited
      ? (result as PromiseLike<unknown>).then((value) => this.#resultOf(entry, method, value))
      : this.#resultOf(entry, method, result);
  }

  /** What a method answers to a client: not the object itself; a proxy of what stays here. */
  #resultOf(entry: Entry, method: string, value: unknown): unknown {
    if (value === entry.referent) return undefined;
    const typeid = Object.hasOwn(entry.nested, method) ? entry.nested[method] : undefined;
    if (typeid !== undefined) return this.publish(value, typeid);
    if (!isIterator(value) || method === 'next') return value;
    // Of those of Map, Set and Array, a snapshot.
    return isBuiltinIterator(value) ? [...value] : this.publish(value, 'Iterator');
  }

  /** The server's own proxy of an object, which is kept here from now on. */
  publish(object: unknown, typeid: string): BaseProxy {
    if (object instanceof BaseProxy) return object;
    if (typeof object !== 'object' || object === null) {
      throw new RemoteError(`'${typeid}' answered ${describe(object)}: only an object can be kept for others`);
    }
    const entry = this.#objects.enter(object, typeid, () => traitsOf(object, typeid, this.#registration(typeid)));
    return this.#proxyOf(entry);
  }

  #registration(typeid: string) {
    return Object.hasOwn(this.#registry, typeid) ? this.#registry[typeid] : undefined;
  }

  #proxyOf(entry: Entry): BaseProxy {
    const { id: object, typeid, look } = entry;
    entry.proxy ??= makeProxy({ link: this.home, object, typeid, look, keeps: entry });
    return entry.proxy;
  }

  refer(object: number, passage: number): BaseProxy {
    const entry = this.#objects.get(object);
    if (passage > COUNTED) this.#land(passage);
    return this.#proxyOf(entry);
  }

  // ---------------------------------------------------------------------------------------------- replies

  #answer(call: RunningCall, kind: number, value: unknown): void {
    if (call.isAnswered) return;
    call.isAnswered = true;
    const { client, id } = call;
    client.calls.delete(id);
    if (id !== 0 && !client.isGone) client.step(() => this.#reply(call, kind, value));
  }

  #reply({ client, id, isCancelled }: RunningCall, kind: number, value: unknown): void {
    if (kind === THREW && isCancelled) client.reply(id, CANCELLED, this.#encode(client, undefined, ''));
    else if (kind === THREW) client.reply(id, THREW, this.#encodeError(client, value));
    else {
      let bytes: Uint8Array;
      try {
        bytes = this.#encode(client, value, 'result');
      } catch (error) {
        client.reply(id, THREW, this.#encodeError(client, new RemoteError(describe(error), { cause: error })));
        return;
      }
      client.reply(id, kind, bytes);
    }
  }

  #encode(client: Session, value: unknown, path: string): Uint8Array {
    const sent: Entry[] = [];
    const bytes = this.#routed(client, value, path, sent);
    // Only now: what is refused is not sent.
    for (const entry of sent) client.grant(entry);
    return bytes;
  }

  /** As `#encode`, and grants nothing: those of this server that are in it are added to `sent`. */
  #routed(client: Session, value: unknown, path: string, sent: Entry[]): Uint8Array {
    return routed(
      (server, object) => {
        if (server !== this.home.server) return undefined;
        sent.push(this.#objects.get(object));
        return [client.server, COUNTED];
      },
      () => encode(value, path),
    );
  }

  #encodeError(client: Session, error: unknown): Uint8Array {
    attribute(error);
    return encodeThrown(
      error,
      (value, path) => this.#encode(client, value, path),
      (value, path) => this.#routed(client, value, path, []),
    );
  }

  // ---------------------------------------------------------------------------------------------- object 0

  readonly #own = {
    create: (_client: Session, typeid: string, args: readonly unknown[]) => this.#create(typeid, args),
    debugInfo: () => this.#objects.info(),
    shutdown: () => {
      this.stop.abort();
    },
    cancel: (client: Session, id: number) => void this.#cancel(client.calls.get(id)),
    release: (client: Session, object: number) => client.release(object),
    hold: (_client: Session, object: number, heir: number) => this.sessionOf(heir).grant(this.#objects.get(object)),
    depart: (_client: Session, object: number, passage: number) => this.#depart(object, passage),
    land: (client: Session, object: number, passage: number) => {
      client.grant(this.#objects.get(object));
      this.#land(passage);
    },
  } satisfies { readonly [M in keyof ServerMethods]: (client: Session, ...args: never[]) => unknown };

  /** @throws RemoteError with the cause, for whatever fails. */
  #create(typeid: string, args: readonly unknown[]): unknown {
    const fail = (error: unknown): never => {
      if (isA(error, RemoteError)) throw error;
      attribute(error);
      const text = `this manager could not make '${typeid}': ${describe(error)}`;
      throw new RemoteError(isError(error) ? `${text}\n${reportOf(error)}` : text, { cause: error });
    };
    try {
      const registration = this.#registration(typeid);
      const maker = Object.hasOwn(this.#makers, typeid) ? this.#makers[typeid as 'dict'] : undefined;
      let object: unknown;
      if (registration !== undefined) object = make(registration, typeid, args);
      else if (maker !== undefined) object = (maker as (...args: unknown[]) => object)(...args.map(referentOf));
      else throw new RemoteError(`this manager has no type '${typeid}'`);
      return isThenable(object)
        ? object.then((made) => this.publish(made, typeid)).then(undefined, fail)
        : this.publish(object, typeid);
    } catch (error) {
      return fail(error);
    }
  }

  /** A call is given up: what waits hears of it and ends at once, anything else goes on with nobody to hear of it. */
  async #cancel(call: RunningCall | undefined): Promise<void> {
    if (call === undefined) return;
    call.cancel();
    await breathe();
    this.#answer(call, THREW, undefined);
  }

  #depart(object: number, passage: number): void {
    if (this.#landed.delete(passage)) return;
    const entry = this.#objects.get(object);
    this.#passages.set(passage, entry);
    entry.references++;
  }

  #land(passage: number): void {
    const entry = this.#passages.get(passage);
    if (entry === undefined) this.#landed.add(passage);
    else {
      this.#passages.delete(passage);
      entry.references--;
    }
  }
}

/** Calls a method, or reads a property. */
function invoke({ referent, typeid, look }: Entry, method: string, args: readonly unknown[], kind: Kind): unknown {
  const member = (referent as Readonly<Record<string, unknown>>)[method];
  // What is a property of proxies may be a method here.
  if (typeof member === 'function') return member.apply(referent, args);
  if (kind === 'property') return member;
  // Iterators need not have these.
  if (look === 'Iterator' && method === 'return') return { done: true, value: args[0] };
  if (look === 'Iterator' && method === 'throw') throw args[0];
  throw new TypeError(`'${typeid}' has no method ${method}`);
}

/** What can be done with every object. */
function inspect({ referent, typeid }: Entry, method: string): unknown {
  const object = referent as { [copyOut]?(): unknown; [Symbol.iterator]?(): Iterator<unknown> };
  if (method === 'getValue') return object[copyOut] === undefined ? object : object[copyOut]();
  if (method === 'toString') return textOf(object);
  if (method !== '#snapshot') throw new RemoteError(`'${typeid}' exposes no ${JSON.stringify(method)}`);
  if (typeof object[Symbol.iterator] !== 'function') throw new TypeError(`'${typeid}' is not iterable`);
  return [...(object as Iterable<unknown>)];
}

/** In place of a proxy of this server: its object. */
function referentOf(value: unknown): unknown {
  const keeps = value instanceof BaseProxy ? (handleOf(value).keeps as Entry | undefined) : undefined;
  return keeps?.referent ?? value;
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as Partial<PromiseLike<unknown>>).then === 'function';

/** The server's own way to itself: the methods of its objects may call one another. */
class LocalLink implements Home {
  readonly server: number;
  readonly #server: Server;

  constructor(server: Server, itself: number) {
    this.#server = server;
    this.server = itself;
  }

  #perform(object: number, method: string, args: readonly unknown[]): unknown {
    const call = new RunningCall(this.#server.sessionOf(this.server), 0, false);
    return this.#server.perform(call, object, method, this.#copied(args));
  }

  async call(object: number, method: string, args: readonly unknown[]): Promise<unknown> {
    return this.#copied(await this.#perform(object, method, args));
  }

  callSync(object: number, method: string, args: readonly unknown[], title: string): unknown {
    const result = this.#perform(object, method, args);
    if (isThenable(result)) {
      result.then(undefined, () => {});
      throw new InvalidStateError(`${title}Sync(): this would have to wait, and the manager's server must not block`);
    }
    return this.#copied(result);
  }

  post(method: keyof ServerMethods, ...args: unknown[]): void {
    this.#perform(0, method, args);
  }

  refer(object: number, passage: number): object {
    return this.#server.refer(object, passage);
  }

  /** Of proxies of another manager there is one more then, as that is to know. */
  #copied<T>(value: T): T {
    return routed(wayTo(this.server), () => decode(encode(value, 'value').slice())) as T;
  }
}
