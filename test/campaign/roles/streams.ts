// Everything that items go through. An item says who made it and which of its items it is, and is filled by both, so that a
// torn one is seen. What a victim has put must arrive, once, whole and in order; what it was putting, whole or not at all;
// what it was getting may be lost with it.

import { withBody } from '../../../src/codec/shared.ts';
import { QueueWords } from '../../../src/data/by_memory/queue.ts';
import * as mp from '../../../src/index.ts';
import { makeRing } from '../../../src/memory/ring/ring.ts';
import type { Driver } from '../../contract/harness.ts';
import { type AnyRole, demand, demandWithin, inside, makeWords, role, type Victim } from '../role.ts';

// In words: by producer, the last item that survivors got; 0 is the surviving producer, others are victims.
const LAST = 0;
const SENT = 1000;
const GOT = 1001;
const MISSING = 1002;
const ENDED = 1003;
const SEEN = 4096;
const SEEN_MASK = 4095;

/** What a channel adds. */
interface Kind<C> {
  readonly name: string;
  make(): C;
  put(channel: C, item: Uint8Array, driver: Driver): Promise<void>;
  get(channel: C, driver: Driver): Promise<Uint8Array>;
  /** An item, if there is one. */
  drain(channel: C): Promise<Uint8Array | undefined>;
  /** Bytes of the i-th item, at least 12. */
  size(i: number): number;
  readonly fresh?: boolean;
  readonly rare?: number;
}

const HEAD = 12;

function makeItem(producer: number, i: number, size: number): Uint8Array {
  const item = new Uint8Array(size);
  new Int32Array(item.buffer, 0, 3).set([producer, i, size]);
  return item.fill(producer * 31 + i * 7, HEAD);
}

/** The producer and the number of an item. @throws where it is torn. */
function read(item: Uint8Array): [producer: number, i: number] {
  demand(item.length >= HEAD, () => `torn: ${item.length} bytes`);
  const [producer = 0, i = 0, size] = new Int32Array(item.slice(0, HEAD).buffer);
  demand(size === item.length, () => `torn: ${item.length} bytes instead of ${size}`);
  const fill = (producer * 31 + i * 7) & 255;
  // A loop: some items are large.
  let at = HEAD;
  while (at < item.length && item[at] === fill) at++;
  demand(at === item.length, () => `torn: item ${i} of ${producer}, byte ${at} of ${size}`);
  return [producer, i];
}

type Stream<C> = { readonly channel: C; readonly words: Int32Array };

function makeRoles<C>(kind: Kind<C>): AnyRole[] {
  const setup = (): Stream<C> => ({ channel: kind.make(), words: makeWords() });
  const { fresh = false, rare = 1 } = kind;

  async function produce({ channel, words }: Stream<C>, d: Driver): Promise<void> {
    const i = (words[SENT] as number) + 1;
    await kind.put(channel, makeItem(0, i, kind.size(i)), d);
    words[SENT] = i;
  }

  /** A survivor has got that. Where victims get, too, there are gaps. */
  function note({ words }: Stream<C>, item: Uint8Array, gaps: boolean): void {
    const [producer, i] = read(item);
    const last = words[LAST + producer] as number;
    demand(gaps ? i > last : i === last + 1, () => `item ${i} of ${producer} came after its item ${last}`);
    words[LAST + producer] = i;
    if (producer === 0) words[GOT]!++;
  }

  async function drain(o: Stream<C>, gaps: boolean): Promise<void> {
    for (let item = await kind.drain(o.channel); item; item = await kind.drain(o.channel)) note(o, item, gaps);
  }

  const put = role<Stream<C>>({
    name: `${kind.name} put`,
    fresh,
    rare,
    setup,
    async victim(o, d, me) {
      const i = me.begun + 1;
      const item = makeItem(me.id, i, kind.size(i));
      me.begun = i;
      await kind.put(o.channel, item, d);
      me.done = i;
    },
    survivors: [async (o, d) => note(o, await kind.get(o.channel, d), false), produce],
    ease: (o) => drain(o, false),
    async check(o, dead) {
      await drain(o, false);
      demandWithin('items of the survivor', o.words[LAST] as number, o.words[SENT] as number, o.words[SENT] as number);
      for (const { id, begun, done } of dead) {
        demandWithin(`items of victim ${id}`, o.words[LAST + id] as number, done, begun);
      }
    },
  });

  const get = role<Stream<C>>({
    name: `${kind.name} get`,
    fresh,
    rare,
    setup,
    async victim(o, d, me) {
      me.begun++;
      const item = await kind.get(o.channel, d);
      const [, i] = read(item);
      const before = Atomics.exchange(o.words, SEEN + (i & SEEN_MASK), i);
      demand(before !== i, () => `item ${i} came twice`);
      me.done++;
    },
    survivors: [
      async (o, d) => {
        const item = await kind.get(o.channel, d);
        const [, i] = read(item);
        const before = Atomics.exchange(o.words, SEEN + (i & SEEN_MASK), i);
        demand(before !== i, () => `item ${i} came twice`);
        note(o, item, true);
      },
      produce,
    ],
    ease: (o) => drain(o, true),
    async check(o, dead) {
      await drain(o, true);
      const { words } = o;
      const missing = (words[SENT] as number) - (words[GOT] as number) - (words[MISSING] as number);
      const taken = dead.reduce((sum, { done }) => sum + done, 0);
      demandWithin('items that the dead have taken', missing, taken, taken + inside(dead));
      words[MISSING]! += missing;
    },
  });

  return [put, get];
}

// ------------------------------------------------------------------------------------------------ the kinds

const small = (i: number): number => 12 + (i % 50);
const nowait = async <T>(get: () => T | Promise<T>): Promise<T | undefined> => {
  try {
    return await get();
  } catch (error) {
    if (error instanceof mp.Empty) return undefined;
    throw error;
  }
};

type Queue = mp.Queue<Uint8Array>;
const queueing = {
  put: (queue: Queue, item: Uint8Array, d: Driver) => d.call(queue, 'put', item),
  get: (queue: Queue, d: Driver): Promise<Uint8Array> => d.call(queue, 'get'),
  // Not getNowait(), which takes no item that comes in parts.
  drain: (queue: Queue) => nowait(() => queue.get({ block: false })),
};

/** Twice as large each time, to 32 KB: the ring has to grow. */
const growing = (i: number): number => 12 + (1 << Math.min(i, 15)) + (i % 7);

const CEILING = 1 << 13;
/** Mostly larger than the ring can ever be. */
const inParts = (i: number): number => (i % 4 === 0 ? 100 : 12_000 + (i % 5) * 3001);

type Connection = mp.Connection<Uint8Array>;
interface Ends {
  readonly from: Connection;
  readonly to: Connection;
}
const makeEnds = (): Ends => {
  const [from, to] = mp.Pipe<Uint8Array>({ duplex: false });
  return { from, to };
};

const kinds = [
  ...makeRoles<Queue>({ name: 'queue of 4', make: () => new mp.Queue(4), size: small, ...queueing }),
  ...makeRoles<Queue>({ name: 'queue growth', make: () => new mp.Queue(), size: growing, fresh: true, ...queueing }),
  ...makeRoles<Queue>({
    name: 'queue parts',
    make: () => withBody(new QueueWords(makeRing(1000, CEILING)), () => new mp.Queue(1000)),
    size: inParts,
    ...queueing,
  }),
  ...makeRoles<mp.SimpleQueue<Uint8Array>>({
    name: 'simple queue',
    make: () => new mp.SimpleQueue(),
    put: (queue, item, d) => d.call(queue, 'put', item),
    get: (queue, d) => d.call(queue, 'get'),
    drain: async (queue) => (queue.empty() ? undefined : queue.get()),
    size: small,
  }),
  ...makeRoles<Ends>({
    name: 'pipe values',
    make: makeEnds,
    put: ({ to }, item, d) => d.call(to, 'send', item),
    get: ({ from }, d) => d.call(from, 'recv'),
    drain: async ({ from }) => ((await from.poll()) ? from.recv() : undefined),
    size: small,
  }),
  ...makeRoles<Ends>({
    name: 'pipe bytes',
    make: makeEnds,
    put: ({ to }, item, d) => d.call(to, 'sendBytes', item),
    async get({ from }, d) {
      const room = new Uint8Array(64);
      return room.subarray(0, await d.call(from, 'recvBytesInto', room));
    },
    drain: async ({ from }) => ((await from.poll()) ? from.recvBytes() : undefined),
    size: small,
  }),
  ...makeRoles<Ends>({
    name: 'pipe parts',
    make: makeEnds,
    rare: 8,
    put: ({ to }, item, d) => d.call(to, 'sendBytes', item),
    get: ({ from }, d) => d.call(from, 'recvBytes'),
    drain: async ({ from }) => ((await from.poll()) ? from.recvBytes() : undefined),
    size: (i) => (i % 3 === 0 ? 100 : 1_100_000 + (i % 5) * 3001),
  }),
  ...makeRoles<Ends & { queue: Queue }>({
    name: 'wait',
    make: () => ({ ...makeEnds(), queue: new mp.Queue(4) }),
    put: ({ queue }, item, d) => d.call(queue, 'put', item),
    async get({ queue, from }, d) {
      for (;;) {
        await d.wait([from, queue]);
        const item = await nowait(() => queue.getNowait());
        if (item) return item;
        // Whoever was about to take it may stand still, with the lock: the page has to come to killing it.
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    },
    drain: ({ queue }) => queueing.drain(queue),
    size: small,
  }),
];

// ------------------------------------------------------------------------------------------------ joinable queues

type Tasks = Stream<mp.JoinableQueue<Uint8Array>>;

/** The items that are not done, all of them done now. */
function finishAll(queue: mp.JoinableQueue): number {
  for (let count = 0; ; count++) {
    try {
      queue.taskDone();
    } catch {
      return count;
    }
  }
}

const tasks = role<Tasks>({
  name: 'joinable queue',
  setup: () => ({ channel: new mp.JoinableQueue(8), words: makeWords() }),
  async victim(o, d, me) {
    // `extra`: items that it has put, less those that it has finished.
    me.begun++;
    await d.call(o.channel, 'put', makeItem(0, me.begun, 20));
    me.extra++;
    me.done++;
    me.begun++;
    read(await d.call(o.channel, 'get'));
    o.channel.taskDone();
    me.extra--;
    me.done++;
    if (me.turn % 4 === 0) await d.call(o.channel, 'join', { timeout: 1 });
  },
  survivors: [
    async (o, d) => {
      read(await d.call(o.channel, 'get'));
      o.channel.taskDone();
      Atomics.add(o.words, GOT, 1);
    },
    async (o, d) => {
      await d.call(o.channel, 'put', makeItem(0, 1, 20));
      Atomics.add(o.words, SENT, 1);
      if ((o.words[SENT] as number) % 4 === 0) await d.call(o.channel, 'join', { timeout: 1 });
    },
  ],
  async ease(o) {
    for (; await queueing.drain(o.channel); o.channel.taskDone()) Atomics.add(o.words, GOT, 1);
  },
  async check(o, dead) {
    let drained = 0;
    for (let item = await queueing.drain(o.channel); item; item = await queueing.drain(o.channel)) drained++;
    const unfinished = finishAll(o.channel);
    // All that was put and not finished, by whom we know and by whom we do not quite know.
    const known = dead.reduce((sum, { extra }) => sum + extra, 0) + (o.words[SENT]! - o.words[GOT]!);
    demandWithin('unfinished tasks', unfinished, known - inside(dead), known + inside(dead));
    demand(unfinished >= drained, () => `${drained} items in the queue, and only ${unfinished} unfinished`);
    demand(unfinished - drained <= inside(dead), () => `${unfinished - drained} unfinished of ${inside(dead)} dead`);
    o.words[SENT] = o.words[GOT] = 0;
    await o.channel.join();
  },
});

// ------------------------------------------------------------------------------------------------ ends

const delivered = (words: Int32Array, dead: readonly Victim[]): void => {
  for (const { id, begun, done } of dead)
    demandWithin(`items of victim ${id}`, words[LAST + id] as number, done, begun);
};

/** Takes until the end of it, in order. */
const takeAll = (get: (o: any, d: Driver) => Promise<Uint8Array>, isEnd: (error: unknown) => boolean) => {
  return async (o: { words: Int32Array }, d: Driver): Promise<'end' | undefined> => {
    try {
      const [producer, i] = read(await get(o, d));
      demand(i === (o.words[LAST + producer] as number) + 1, () => `item ${i} of ${producer}: not the next`);
      o.words[LAST + producer] = i;
      return undefined;
    } catch (error) {
      if (isEnd(error)) {
        o.words[ENDED] = 1;
        return 'end';
      }
      throw error;
    }
  };
};

const shutdown = role<Stream<Queue>>({
  name: 'shutdown',
  fresh: true,
  ends: true,
  victims: 1,
  setup: () => ({ channel: new mp.Queue(4), words: makeWords() }),
  async victim(o, d, me) {
    if (me.turn > 2) o.channel.shutdown();
    else {
      me.begun++;
      await d.call(o.channel, 'put', makeItem(me.id, me.begun, 20));
      me.done++;
    }
  },
  survivors: [
    takeAll(
      (o, d) => d.call(o.channel as Queue, 'get'),
      (error) => error instanceof mp.ShutDown,
    ),
    async (o, d) => {
      try {
        await d.call(o.channel, 'put', makeItem(0, o.words[SENT]! + 1, 20));
        o.words[SENT]!++;
        return undefined;
      } catch (error) {
        if (error instanceof mp.ShutDown) return 'end';
        throw error;
      }
    },
  ],
  afterwards: (o) => o.channel.shutdown(),
  check(o, dead) {
    demand(o.channel.empty(), () => 'not empty after ShutDown');
    demandWithin('items of the survivor', o.words[LAST] as number, o.words[SENT] as number, o.words[SENT] as number);
    // A put that the shutdown found waiting was not done.
    delivered(o.words, dead);
  },
});

const dropAll = role<Stream<Queue>>({
  name: 'shutdown immediate',
  fresh: true,
  ends: true,
  victims: 1,
  setup: () => ({ channel: new mp.Queue(4), words: makeWords() }),
  async victim(o, d, me) {
    if (me.turn > 1) o.channel.shutdown({ immediate: true });
    else await d.call(o.channel, 'put', makeItem(me.id, me.turn + 1, 20));
  },
  survivors: [
    takeAll(
      (o, d) => d.call(o.channel as Queue, 'get'),
      (error) => error instanceof mp.ShutDown,
    ),
  ],
  afterwards: (o) => o.channel.shutdown({ immediate: true }),
  check: (o) => demand(o.channel.empty(), () => 'not empty after shutdown({ immediate: true })'),
});

const closing = role<Ends & { words: Int32Array }>({
  name: 'connection close',
  fresh: true,
  ends: true,
  victims: 1,
  setup: () => ({ ...makeEnds(), words: makeWords() }),
  async victim(o, d, me) {
    if (me.turn < 3) {
      me.begun++;
      await d.call(o.to, 'send', makeItem(me.id, me.begun, 20));
      me.done++;
    } else if (me.turn === 3) {
      o.to.close();
      o.from.close();
    }
  },
  started: (o) => o.to.close(),
  survivors: [
    takeAll(
      (o, d) => d.call(o.from as Connection, 'recv'),
      (error) => error instanceof mp.EOFError,
    ),
  ],
  check(o, dead) {
    delivered(o.words, dead);
    o.from.close();
  },
});

export const streams: readonly AnyRole[] = [...kinds, tasks, shutdown, dropAll, closing];
