// What processes may ask of the objects of src/data/.

import { deadlineOf } from '../../base/deadline.ts';
import { pid } from '../../base/thread.ts';
import type { Nothing, Put } from '../../data/bodies.ts';
import { EndWords, makePipe } from '../../data/by_memory/end.ts';
import { JoinableWords } from '../../data/by_memory/joinable_queue.ts';
import { QueueWords } from '../../data/by_memory/queue.ts';
import { doneTooOften } from '../../data/joinable_queue.ts';
import { shutDown } from '../../data/queue.ts';
import { waiting } from '../../data/wait.ts';
import { isReady, type Waitable, watched } from '../../data/waitable.ts';
import type { Waiting } from '../../memory/wait.ts';
import { noteHeir } from '../../process/page/apart.ts';
import { enter, hold } from '../../process/page/objects.ts';
import { fromPost, type Posted } from '../../process/parcel.ts';
import type { Client, Kind } from './requests.ts';

type Timeout = number | null;
/** What it comes to, or how to begin to wait for that. */
type Later<T> = T | ((signal: AbortSignal) => T | Promise<T>);

const asItIs = <T>(it: T): T => it;

/** Each process has a line of its own for puts that wait. */
export const queue = {
  make: (maxsize: number) => new QueueWords(maxsize),
  open: (body: QueueWords) => new QueueWords(body.buffer),
  methods: {
    put(it: QueueWords, posted: Posted, timeout: Timeout): Later<Put> {
      const item = fromPost(posted);
      return it.tryPut(item) ? 'done' : (signal) => it.put<Put>(item, deadlineOf(timeout), signal, asItIs);
    },
    refuse: () => {
      throw shutDown();
    },
    get: (it: QueueWords, timeout: Timeout): Waiting<Uint8Array | Nothing> => it.getting(deadlineOf(timeout)),
    shut: (it: QueueWords, immediate: boolean) => it.shut(immediate),
  },
} satisfies Kind;

export const joinable: Kind = {
  make: (maxsize: number) => new JoinableWords(maxsize),
  open: (body: JoinableWords) => new JoinableWords(body.buffer),
  methods: {
    ...queue.methods,
    finish: (it: JoinableWords) => {
      if (!it.finish()) throw doneTooOften();
    },
    finished: (it: JoinableWords, timeout: Timeout) => it.finished(deadlineOf(timeout)),
  },
};

/** The next message is not what a call wants, and stays. */
class Unwanted {
  readonly length: number;
  readonly raw: boolean;

  constructor(length: number, raw: boolean) {
    this.length = length;
    this.raw = raw;
  }
}

/** An end as one process has it. */
class Held {
  readonly body: EndWords;
  #end: EndWords | undefined;

  constructor(body: EndWords) {
    this.body = body;
  }

  get end(): EndWords {
    this.#end ??= this.body.open();
    return this.#end;
  }

  async receive(raw: boolean, most: number, timeout: Timeout, signal: AbortSignal): Promise<unknown> {
    const refuse = (length: number, isRaw: boolean): never => {
      throw new Unwanted(length, isRaw);
    };
    try {
      return await this.end.receive({ raw, most, refuse }, deadlineOf(timeout), signal, asItIs);
    } catch (error) {
      if (error instanceof Unwanted) return [error.length, error.raw];
      throw error;
    }
  }

  /** One more, which is that process's at first. */
  give(key: string, end: EndWords): void {
    hold(enter(key, 'Connection', end), pid);
  }
}

export const connection: Kind = {
  make: (duplex: boolean) => makePipe(duplex),
  open: (body: EndWords) => new Held(body),
  methods: {
    send({ end }: Held, posted: Posted, raw: boolean, timeout: Timeout): Later<boolean> {
      const message = fromPost(posted);
      return end.trySend(message, raw) || ((signal) => end.send(message, raw, deadlineOf(timeout), signal, asItIs));
    },
    receive: (it: Held, raw: boolean, most: number, timeout: Timeout) => (signal: AbortSignal) =>
      it.receive(raw, most, timeout, signal),
    poll: (it: Held, timeout: Timeout) => it.end.polling(deadlineOf(timeout)),
    deafen: (it: Held) => it.end.deafen(),
    close: (it: Held) => it.end.close(),
    number: (it: Held, fileno: number) => it.body.number(fileno),
    other: (it: Held, key: string) => it.give(key, it.body.other()),
    fork: (it: Held, key: string) => it.give(key, it.body.fork()),
    inherit: (it: Held, heir: number) => {
      noteHeir(heir);
      it.body.inherit(heir);
    },
    adopt: (it: Held) => {
      it.body.inherit(pid);
      void it.end;
    },
  },
};

/** What a process waits for, among other things. */
class Awaited implements Waitable {
  readonly key: string;
  readonly #object: QueueWords | EndWords;

  constructor(key: string, object: object) {
    this.key = key;
    this.#object = object instanceof Held ? object.end : (object as QueueWords);
  }

  [isReady](): boolean {
    return this.#object instanceof EndWords ? this.#object.isReady() : this.#object.ready;
  }

  [watched](change: 1 | -1): void {
    this.#object.watch(change);
  }
}

export const waiter: Kind = {
  make: () => ({}),
  open: (_body: object, client) => client,
  methods: {
    *wait(client: Client, keys: readonly string[], timeout: Timeout): Waiting<string[]> {
      const all = keys.map((key) => new Awaited(key, client.open(key)));
      return (yield* waiting(all, deadlineOf(timeout))).map(({ key }) => key);
    },
  },
};
