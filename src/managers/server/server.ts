// The server of a manager: does what clients ask for, one request at a time, and never waits for what comes of it.

import { breathe } from '../../base/breathe.ts';
import { decode } from '../../codec/decode.ts';
import { encode } from '../../codec/encode.ts';
import { describe, InvalidStateError, isA, isError, RemoteError } from '../../errors.ts';
import { reportOf } from '../../process/report.ts';
import { attribute, encodeThrown } from '../../process/thrown.ts';
import { changing } from '../kept_replies.ts';
import { isIterator } from '../look.ts';
import { COUNTED, routed, wayTo } from '../passage.ts';
import { BaseProxy, type Home, handleOf, makeProxy } from '../proxy.ts';
import type { Registry } from '../registration.ts';
import {
  BLOCKS,
  CANCELLED,
  KEEPS,
  RETURNED,
  type Request,
  type ServerMethods,
  SIGNALS,
  STANDS,
  THREW,
} from '../request_record.ts';
import { during } from './caller.ts';
import { inspect, invoke } from './invoke.ts';
import type { Makers } from './makers.ts';
import { type Entry, Objects } from './objects.ts';
import { decodeNoting, readsOf } from './reads.ts';
import { type ProcessSession, RunningCall, type Session } from './session.ts';
import { isBuiltinIterator } from './shape.ts';
import { make, traitsOf } from './types.ts';

/** A request as it has come. */
export interface Arrival {
  readonly request: Request;
  /** There is nothing in it but plain data. */
  readonly isPlain: boolean;
}

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
  readonly #versions: Int32Array | undefined;

  /**
   * @param itself the process that serves.
   * @param first after which number the ids of objects begin.
   * @param versions of the objects, for clients to look at.
   */
  constructor(
    itself: number,
    registry: Registry,
    makers: Makers,
    first: number,
    newSession: (client: number) => ProcessSession,
    versions: Int32Array | undefined,
  ) {
    this.#newSession = newSession;
    this.#versions = versions;
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

  /** Does what a client asks for, and replies when that is done. @param flags SIGNALS, BLOCKS, KEEPS. */
  handle(session: Session, id: number, read: () => Arrival, flags: number): void {
    const call = new RunningCall(session, id, (flags & BLOCKS) !== 0);
    let result: unknown;
    try {
      const { request, isPlain } = read();
      const [object, method, args] = request;
      call.isPlain = isPlain;
      if (flags & SIGNALS) (args.at(-1) as { signal?: AbortSignal }).signal = call.signal;
      result = this.perform(call, object, method, args);
    } catch (error) {
      this.#answer(call, THREW, error);
      return;
    }
    if (!isThenable(result)) {
      this.#answer(call, call.stands && flags & KEEPS ? STANDS : RETURNED, result);
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
      const own = this.#own[method as keyof ServerMethods] as (call: RunningCall, ...args: unknown[]) => unknown;
      return own(call, ...args);
    }
    const entry = this.#objects.get(object);
    if (!call.isPlain) entry.reads = undefined;
    call.stands = entry.reads?.has(method) === true;
    const act = (): unknown => this.#act(call, entry, method, args);
    return call.stands ? act() : changing(this.#versions, object, act);
  }

  #act(call: RunningCall, entry: Entry, method: string, args: readonly unknown[]): unknown {
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

  /** The server's own proxy of an object, which is kept here from now on. @param reads see `Entry`. */
  publish(object: unknown, typeid: string, reads?: ReadonlySet<string>): BaseProxy {
    if (object instanceof BaseProxy) return object;
    if (typeof object !== 'object' || object === null) {
      throw new RemoteError(`'${typeid}' answered ${describe(object)}: only an object can be kept for others`);
    }
    const entry = this.#objects.enter(object, typeid, () => ({
      ...traitsOf(object, typeid, this.#registration(typeid)),
      reads,
    }));
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
    create: ({ isPlain }: RunningCall, typeid: string, args: readonly unknown[]) => this.#create(typeid, args, isPlain),
    debugInfo: () => this.#objects.info(),
    shutdown: () => {
      this.stop.abort();
    },
    cancel: ({ client }: RunningCall, id: number) => void this.#cancel(client.calls.get(id)),
    release: ({ client }: RunningCall, object: number) => client.release(object),
    hold: (_call: RunningCall, object: number, heir: number) => this.sessionOf(heir).grant(this.#objects.get(object)),
    depart: (_call: RunningCall, object: number, passage: number) => this.#depart(object, passage),
    land: ({ client }: RunningCall, object: number, passage: number) => {
      client.grant(this.#objects.get(object));
      this.#land(passage);
    },
  } satisfies { readonly [M in keyof ServerMethods]: (call: RunningCall, ...args: never[]) => unknown };

  /** @throws RemoteError with the cause, for whatever fails. */
  #create(typeid: string, args: readonly unknown[], isPlain: boolean): unknown {
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
      let reads: ReadonlySet<string> | undefined;
      if (registration !== undefined) object = make(registration, typeid, args);
      else if (maker !== undefined) {
        object = (maker as (...args: unknown[]) => object)(...args.map((arg) => this.#referentOf(arg)));
        if (isPlain) reads = readsOf(typeid);
      } else throw new RemoteError(`this manager has no type '${typeid}'`);
      return isThenable(object)
        ? object.then((made) => this.publish(made, typeid)).then(undefined, fail)
        : this.publish(object, typeid, reads);
    } catch (error) {
      return fail(error);
    }
  }

  /** In place of a proxy of this server: its object. */
  #referentOf(value: unknown): unknown {
    const entry = value instanceof BaseProxy ? (handleOf(value).keeps as Entry | undefined) : undefined;
    if (entry === undefined) return value;
    // From now on another object may hold the same values.
    changing(this.#versions, entry.id, () => {
      entry.reads = undefined;
    });
    return entry.referent;
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
    const { value, isPlain } = this.#routed(() => decodeNoting(encode(args, 'value').slice(), 0));
    call.isPlain = isPlain;
    return this.#server.perform(call, object, method, value as readonly unknown[]);
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
    return this.#routed(() => decode(encode(value, 'value').slice())) as T;
  }

  #routed<T>(copy: () => T): T {
    return routed(wayTo(this.server), copy);
  }
}
