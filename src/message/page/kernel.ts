// Runs in a page that shares no memory with its processes: does what they ask of their shared objects, over the page's words, in
// their name. To the words it is that process which waits, holds a lock, or has died with it.

import { actAs } from '../../base/thread.ts';
import { InvalidStateError } from '../../errors.ts';
import { hasEnded, isLeaving } from '../../memory/processes.ts';
import { onChanges } from '../../memory/sleep.ts';
import { settle, type Waiting } from '../../memory/wait.ts';
import { THREW } from '../../process/outcome.ts';
import { amendEnds, type Ended } from '../../process/page/apart.ts';
import { type Entry, enter, find, gone, hold, letGo, letGoOfAll, travel } from '../../process/page/objects.ts';
import { answer, onRequests } from '../../process/page/root.ts';
import type { Reply, Request } from '../../process/protocol.ts';
import { encodeThrown, lastWords, print } from '../../process/thrown.ts';

/** A class of objects, as processes may use it. */
export interface Kind {
  /** The body of a new one. */
  make(...args: never[]): object;
  /** What a process's requests are made to; the body, where there is nothing that each process needs for itself. */
  open?(body: never, client: Client): object;
  /** What a process may ask for, by name. What may wait is a generator, or is begun with a signal. */
  readonly methods: Readonly<Record<string, (it: never, ...args: never[]) => unknown>>;
}

const kinds = new Map<string, Kind>();

export function serve(name: string, kind: Kind): void {
  kinds.set(name, kind);
}

const GIVEN_UP = Symbol('given up');

/** A process. */
export class Client {
  readonly pid: number;
  /** What it waits for, by the number of the call. */
  readonly calls = new Map<number, AbortController>();
  /** What of its requests without an answer was refused first. */
  refused: { readonly error: unknown } | undefined;
  #replies: Reply[] = [];
  #moved: Transferable[] = [];

  constructor(pid: number) {
    this.pid = pid;
  }

  /** Sends it something at the end of this turn, with all else that there is by then. */
  send(reply: Reply, moved: readonly Transferable[] = []): void {
    if (this.#replies.push(reply) === 1) queueMicrotask(() => this.#flush());
    this.#moved.push(...moved);
  }

  #flush(): void {
    const replies = this.#replies;
    const moved = this.#moved;
    this.#replies = [];
    this.#moved = [];
    answer(this.pid, replies, moved);
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
        if (!hasEnded(request[2])) hold(entry, request[2]);
        break;
      case 'drop':
        letGo(entry, this.pid);
        break;
      case 'depart':
        travel(entry, 1);
        break;
      case 'return':
        travel(entry, -1);
        break;
      case 'arrive':
        hold(entry, this.pid);
        travel(entry, -1);
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
    const done = (value: unknown): void => this.send(['done', id, value], movedWith(value));
    const failed = (error: unknown): void => {
      this.send(error === GIVEN_UP ? ['givenUp', id] : ['failed', id, encodeThrown(error).slice()]);
    };
    try {
      const begun = this.#begin(request);
      const controller = new AbortController();
      const { signal } = controller;
      let coming: unknown;
      if (isWaiting(begun)) {
        const first = begun.next();
        coming = first.done ? first.value : settle(begun, signal);
      } else coming = typeof begun === 'function' ? begun(signal) : begun;
      if (!(coming instanceof Promise)) return done(coming);
      this.calls.set(id, controller);
      const over = (): unknown => this.calls.delete(id);
      coming.then(done, failed).finally(over);
    } catch (error) {
      failed(error);
    }
  }
}

const kindOf = (name: string): Kind => {
  const kind = kinds.get(name);
  if (kind === undefined)
    throw new InvalidStateError(`this page knows no ${name}: it and its processes have two versions of the library`);
  return kind;
};

/** Bytes from which on memory is moved: to copy less costs less than that. */
const WORTH_MOVING = 1 << 16;

/** What is moved with an answer: items are made for who gets them. */
const movedWith = (value: unknown): Transferable[] =>
  value instanceof Uint8Array && value.length >= WORTH_MOVING ? [value.buffer as ArrayBuffer] : [];

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

/** Begins to serve processes. */
export function start(): void {
  amendEnds(judge);
  onChanges(() => {
    for (const pid of clients.keys()) {
      if (!hasEnded(pid)) continue;
      clients.delete(pid);
      letGoOfAll(pid);
    }
  });
  onRequests((pid, requests) => {
    const client = clientOf(pid);
    for (const request of requests) {
      // Nothing that a condemned process says counts any more.
      if (isLeaving(pid)) return;
      actAs(pid, () => client.handle(request));
    }
  });
}
