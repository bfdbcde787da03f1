// What clients of a manager keep (managers/kept_replies.ts): a read sees each write that anybody was told of before it began, and
// what anybody has read before. The server here holds one number. Requests and replies go by lines of few steps, as what rings
// do is explored by itself.

import { changing, KeptReplies } from '../../../src/managers/kept_replies.ts';
import { RETURNED, STANDS } from '../../../src/managers/request_record.ts';
import { allocate } from '../../../src/memory/buffer.ts';
import { hasEnded } from '../../../src/memory/processes.ts';
import { makeRing, openRing, UNLIMITED } from '../../../src/memory/ring/ring.ts';
import { type Waiting, wake } from '../../../src/memory/wait.ts';
import { scenario } from '../machine.ts';
import { demand } from '../model.ts';
import type { Model } from '../world.ts';

/** The first process. */
const SERVER = 2;
const OBJECT = 7;
/** In place of a value to be written. */
const READ = -1;
const BYE = -2;

interface Request {
  readonly call: number;
  readonly client: number;
  readonly wanted: number;
}

interface Reply {
  readonly call: number;
  readonly kind: number;
  readonly value: number;
}

/** First in, first out. */
class Line<T> {
  readonly #items: T[] = [];
  readonly #count = new Int32Array(allocate(4));

  put(item: T): void {
    this.#items.push(item);
    Atomics.add(this.#count, 0, 1);
    wake(this.#count, 0);
  }

  /** Nothing where the server has ended. */
  *take(): Waiting<T | undefined> {
    for (;;) {
      const seen = Atomics.load(this.#count, 0);
      const ended = hasEnded(SERVER);
      const item = this.#items.shift();
      if (item !== undefined || ended) return item;
      yield { words: this.#count, index: 0, seen, until: Number.POSITIVE_INFINITY };
    }
  }
}

/** What all share. */
class Shared {
  readonly ring = makeRing(UNLIMITED);
  readonly versions = new Int32Array(allocate(4096));
  readonly requests = new Line<Request>();
  readonly replies: Line<Reply>[] = [];
  /** The newest value that anybody knows. */
  known = 0;

  constructor(clients: number) {
    while (this.replies.length < clients) this.replies.push(new Line<Reply>());
  }

  know(value: number): void {
    this.known = Math.max(this.known, value);
  }
}

function* serve(it: Shared): Waiting<void> {
  let held = 0;
  for (let clients = it.replies.length; clients > 0; ) {
    const { call, client, wanted } = (yield* it.requests.take()) as Request;
    if (wanted === BYE) clients--;
    if (wanted > 0) {
      changing(it.versions, OBJECT, () => {
        held = wanted;
        // As code of the app's may, within a method.
        it.know(held);
      });
    }
    if (wanted !== BYE) it.replies[client]?.put({ call, kind: wanted === READ ? STANDS : RETURNED, value: held });
  }
}

class Client {
  readonly #it: Shared;
  readonly #which: number;
  readonly #kept: KeptReplies;
  #calls = 0;

  constructor(it: Shared, which: number) {
    this.#it = it;
    this.#which = which;
    this.#kept = new KeptReplies(SERVER, openRing(it.ring), it.versions);
  }

  /** A call that is not awaited. */
  begin(wanted: number): number {
    const call = ++this.#calls;
    if (wanted === READ) this.#kept.ask(call, OBJECT, 'get', ['key']);
    else if (wanted > 0) this.#kept.ask(call, OBJECT, 'set', ['key', wanted]);
    this.#it.requests.put({ call, client: this.#which, wanted });
    return call;
  }

  /** Takes replies until that of the call is there; nothing where the server has ended. */
  *reply(call: number): Waiting<number | undefined> {
    for (;;) {
      const reply = yield* (this.#it.replies[this.#which] as Line<Reply>).take();
      if (reply === undefined) return undefined;
      this.#kept.hear(reply.call, reply.kind, new Uint8Array([reply.value]));
      if (reply.call === call) return reply.value;
    }
  }

  *write(value: number): Waiting<void> {
    if ((yield* this.reply(this.begin(value))) !== undefined) this.#it.know(value);
  }

  /** Reads, and looks at what comes of it. */
  *read(): Waiting<void> {
    const ended = hasEnded(SERVER);
    const { known } = this.#it;
    const kept = this.#kept.find(OBJECT, 'get', ['key']);
    const value = kept === undefined ? yield* this.reply(this.begin(READ)) : kept[0];
    if (value === undefined) return;
    demand(!ended, `read ${value} of a server that had ended`);
    demand(value >= known, `read ${value} where ${known} was known`);
    this.#it.know(value);
  }
}

/** One writes, and reads, too; the others read. */
function* keeping(readers: number, reads: number, writes: number): Waiting<Model> {
  const it = new Shared(readers + 1);
  const reading = (which: number) =>
    function* (): Waiting<void> {
      const client = new Client(it, which);
      for (let i = 0; i < reads; i++) yield* client.read();
      client.begin(BYE);
    };
  return {
    processes: {
      s: () => serve(it),
      *A() {
        const client = new Client(it, 0);
        for (let i = 1; i <= writes; i++) yield* client.write(i);
        yield* client.read();
        client.begin(BYE);
      },
      ...Object.fromEntries([...'BCD'.slice(0, readers)].map((name, i) => [name, reading(i + 1)])),
    },
  };
}

/** It does not await what it writes before it reads. */
function* inOrder(): Waiting<Model> {
  const it = new Shared(1);
  return {
    processes: {
      s: () => serve(it),
      *A() {
        const client = new Client(it, 0);
        yield* client.read();
        yield* client.read();
        client.begin(1);
        it.know(1);
        yield* client.read();
        yield* client.read();
        client.begin(BYE);
      },
    },
  };
}

export const scenarios = [
  scenario({ name: 'kept replies: a writer and two readers', bound: 2, setup: () => keeping(2, 2, 1) }),
  scenario({ name: 'kept replies: two writes, one reader', bound: 2, setup: () => keeping(1, 3, 2) }),
  scenario({ name: 'kept replies: a read behind a write', bound: 2, setup: inOrder }),
  scenario({
    name: 'kept replies: the server is killed',
    bound: 1,
    victim: 's',
    setup: () => keeping(1, 3, 1),
  }),
];
