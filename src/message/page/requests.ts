// Runs in a page that shares no memory with its processes: does what they ask of their shared objects, over the page's words, in
// their name. To the words it is that process which waits, holds a lock, or has died with it.

import { breathe } from '../../base/breathe.ts';
import { actAs } from '../../base/thread.ts';
import { InvalidStateError } from '../../errors.ts';
import { hasEnded, isLeaving } from '../../memory/processes.ts';
import { onChanges } from '../../memory/sleep.ts';
import { type Signal, settle, type Waiting } from '../../memory/wait.ts';
import { THREW } from '../../process/outcome.ts';
import {
  admit,
  amendEnds,
  answer,
  bootOf,
  type Ended,
  follow,
  noteEnd,
  noteHeir,
  noteStart,
} from '../../process/page/apart.ts';
import { type Entry, enter, find, gone, hold, letGo, letGoOfEnded, travel } from '../../process/page/objects.ts';
import { setApart } from '../../process/page/root.ts';
import { movedOf, toPost } from '../../process/parcel.ts';
import type { Reply, Request } from '../../process/protocol.ts';
import { lastWords } from '../../process/report.ts';
import { encodeThrown, print } from '../../process/thrown.ts';

/** A class of objects, as processes may use it. */
export interface Kind {
  /** The body of a new one. */
  make(...args: never[]): object;
  /** What a process's requests are made to; the body, where there is nothing that each process needs for itself. */
  open?(body: never, client: Client): object;
  /** What a process may ask for, by name. What may wait is a generator, or is begun with a signal. */
  readonly methods: Readonly<Record<string, (it: never, ...args: never[]) => unknown>>;
}

/** The way from processes and back: the messages of their workers. */
export interface Channel {
  /** From now on `serve` does what processes ask, and `flush` sends a process what it has not heard of that. */
  onRequests(serve: (pid: number, requests: readonly Request[]) => void, flush: (pid: number) => void): void;
  answer(pid: number, replies: readonly Reply[], moved: readonly Transferable[]): void;
}

let channel: Channel = {
  onRequests: (serve, flush) => setApart({ admit, bootOf, follow, noteEnd, noteStart, serve, flush }),
  answer,
};

const kinds = new Map<string, Kind>();

export function serve(name: string, kind: Kind): void {
  kinds.set(name, kind);
}

const GIVEN_UP = Symbol('given up');

/** What gives up a wait: an AbortController and its signal, which are dear to make, in one. */
class Abort implements Signal {
  aborted = false;
  reason: unknown;
  #listener: (() => void) | undefined;

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listener = listener;
  }

  removeEventListener(): void {
    this.#listener = undefined;
  }

  abort(reason: unknown): void {
    this.aborted = true;
    this.reason = reason;
    this.#listener?.();
  }
}

/** A process. */
export class Client {
  readonly pid: number;
  /** What it waits for, by the number of the call. */
  readonly calls = new Map<number, Abort | AbortController>();
  /** What of its requests without an answer was refused first. */
  refused: { readonly error: unknown } | undefined;
  #replies: Reply[] = [];
  #moved: Transferable[] = [];

  constructor(pid: number) {
    this.pid = pid;
  }

  /**
   * Sends it something at the end of this step, with all else that there is by then. Where it was sent something since the page's last
   * turn, at the end of that: what it hears in one message it answers in one, so the rate does not depend on what a message costs.
   */
  send(reply: Reply, moved: readonly Transferable[] = []): void {
    if (this.#replies.push(reply) === 1 && !served.has(this)) queueMicrotask(() => this.#serve());
    this.#moved.push(...moved);
  }

  #serve(): void {
    if (served.size === 0) void breathe().then(endTurn);
    served.add(this);
    this.flush();
  }

  /** The page has had a turn. */
  endTurn(): void {
    if (this.#replies.length > 0) this.#serve();
  }

  /** Sends what there is. */
  flush(): void {
    if (this.#replies.length === 0) return;
    const replies = this.#replies;
    const moved = this.#moved;
    this.#replies = [];
    this.#moved = [];
    channel.answer(this.pid, replies, moved);
  }

  /** Tells its object of that key something that nobody has asked for. */
  tell(key: string, ...values: readonly unknown[]): void {
    this.send(['told', key, values]);
  }

  /** What it asks for, over a body that it holds. @throws InvalidStateError where it does not hold it. */
  open(key: string): object {
    const entry = find(key);
    if (entry === undefined || !entry.holders.has(this.pid)) {
      throw gone(entry?.kind ?? 'a shared object');
    }
    let instance = entry.holders.get(this.pid);
    if (instance === undefined) {
      instance = kindOf(entry.kind).open?.(entry.body as never, this) ?? entry.body;
      entry.holders.set(this.pid, instance);
    }
    return instance;
  }

  handle(request: Request): void {
    const [type, name] = request;
    switch (type) {
      case 'make':
      case 'post':
        try {
          if (type === 'post') this.#begin(request);
          else this.#make(request);
        } catch (error) {
          this.refused ??= { error };
          this.send(['refused', encodeThrown(error).slice()]);
        }
        break;
      case 'call':
        this.#call(request);
        break;
      case 'cancel':
        this.calls.get(name)?.abort(GIVEN_UP);
        break;
      default: {
        const entry = find(name);
        if (entry !== undefined) this.#note(entry, request);
      }
    }
  }

  #make([, key, kind, args]: Extract<Request, readonly ['make', ...unknown[]]>): void {
    hold(enter(key, kind, kindOf(kind).make(...(args as never[]))), this.pid);
  }

  #note(entry: Entry, request: Request): void {
    switch (request[0]) {
      case 'hold':
        noteHeir(request[2]);
        if (!hasEnded(request[2])) hold(entry, request[2]);
        break;
      case 'drop':
        letGo(entry, this.pid);
        break;
      case 'travel':
        travel(entry, request[2], request[3]);
        break;
      case 'arrive':
        hold(entry, this.pid);
        travel(entry, this.pid, 0);
        break;
    }
  }

  /** Does what is asked for, or begins to. */
  #begin([, key, method, args]: readonly [string, string, string, readonly unknown[], ...unknown[]]): unknown {
    const instance = this.open(key);
    const { kind } = find(key) as Entry;
    return kindOf(kind).methods[method]?.(instance as never, ...(args as never[]));
  }

  #call(request: Extract<Request, readonly ['call', ...unknown[]]>): void {
    const id = request[4];
    const done = (value: unknown): void => {
      this.calls.delete(id);
      if (!(value instanceof Uint8Array)) return this.send(['done', id, value]);
      // Items are made for who gets them.
      const posted = toPost(value, false);
      this.send(['bytes', id, posted], movedOf(posted));
    };
    const failed = (error: unknown): void => {
      this.calls.delete(id);
      this.send(error === GIVEN_UP ? ['givenUp', id] : ['failed', id, encodeThrown(error).slice()]);
    };
    try {
      const begun = this.#begin(request);
      let coming = begun;
      if (isWaiting(begun)) {
        const first = begun.next();
        if (first.done) return done(first.value);
        const abort = new Abort();
        this.calls.set(id, abort);
        coming = settle(begun, abort);
      } else if (typeof begun === 'function') {
        const controller = new AbortController();
        this.calls.set(id, controller);
        coming = begun(controller.signal);
      }
      if (coming instanceof Promise) coming.then(done, failed);
      else done(coming);
    } catch (error) {
      failed(error);
    }
  }
}

/** Those that were sent replies since the page's last turn. */
const served = new Set<Client>();

function endTurn(): void {
  const all = [...served];
  served.clear();
  for (const client of all) client.endTurn();
}

const kindOf = (name: string): Kind => {
  const kind = kinds.get(name);
  if (kind === undefined)
    throw new InvalidStateError(`this page knows no ${name}: it and its processes have two versions of the library`);
  return kind;
};

const isWaiting = (it: unknown): it is Waiting<unknown> =>
  typeof it === 'object' && it !== null && typeof (it as Partial<Waiting<unknown>>).next === 'function';

const clients = new Map<number, Client>();

function clientOf(pid: number): Client {
  let client = clients.get(pid);
  if (client === undefined) {
    client = new Client(pid);
    clients.set(pid, client);
  }
  return client;
}

/** A process that has ended well before it heard that something was refused has ended by that. */
function judge(ended: Ended, name: string): Ended {
  const refused = clients.get(ended.pid)?.refused;
  if (refused === undefined || ended.exitcode !== 0) return ended;
  print(lastWords(name, ended.pid, refused.error) as string);
  return { ...ended, exitcode: 1, outcome: { kind: THREW, bytes: encodeThrown(refused.error).slice() } };
}

/** Begins to serve processes. @param by in place of workers. */
export function start(by = channel): void {
  channel = by;
  amendEnds(judge);
  onChanges(() => {
    for (const pid of clients.keys()) if (hasEnded(pid)) clients.delete(pid);
    letGoOfEnded();
  });
  channel.onRequests(handle, (pid) => clients.get(pid)?.flush());
}

function handle(pid: number, requests: readonly Request[]): void {
  const client = clientOf(pid);
  for (const request of requests) {
    // Nothing that a condemned process says counts any more.
    if (isLeaving(pid)) return;
    actAs(pid, () => client.handle(request));
  }
}
