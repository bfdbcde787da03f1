// put() and get() of memory/ring/ring.ts: each item once, whole, and in the order of its producer.
//
// Rings begin with 32 bytes here, grow to 64 (faults.mjs), and larger items go in parts of 4 bytes.

import { now } from '../../../src/base/deadline.ts';
import { get, getNow } from '../../../src/memory/ring/get.ts';
import { put, putNow } from '../../../src/memory/ring/put.ts';
import {
  GETS,
  HEAD,
  makeRing,
  openRing,
  PROGRESS,
  PUTS,
  type Ring,
  sizeOf,
  TAIL,
  UNLIMITED,
} from '../../../src/memory/ring/ring.ts';
import { block, type Waiting } from '../../../src/memory/wait.ts';
import { scenario } from '../machine.ts';
import { abort, demand } from '../model.ts';
import type { Model } from '../world.ts';

const FOREVER = Number.POSITIVE_INFINITY;
const SMALL = 4;
/** More than the largest ring: 17 parts. */
const LARGE = 65;

/** An item that says who put it and the how many-th it is; every byte can be checked. */
function item(producer: string, nth: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length).fill(producer.charCodeAt(0) + nth);
  bytes.set([producer.charCodeAt(0), nth, length]);
  return bytes;
}

class Traffic {
  readonly buffer: SharedArrayBuffer;
  /** How many puts of each producer have ended well. */
  readonly done: Record<string, number> = {};
  /** What came out, of each producer, in the order of taking. */
  readonly got: Record<string, number[]> = {};

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
  }

  next(producer: string, length: number): Uint8Array {
    return item(producer, this.done[producer] ?? 0, length);
  }

  put(producer: string): void {
    this.done[producer] = (this.done[producer] ?? 0) + 1;
  }

  /** Notes an item that a consumer has, and that no other has had. */
  take(bytes: Uint8Array, ordered: boolean): void {
    const [code, nth, length] = bytes as unknown as [number, number, number];
    const producer = String.fromCharCode(code);
    const whole = item(producer, nth, length);
    demand(bytes.length === length && bytes.every((it, i) => it === whole[i]), `a torn item: ${[...bytes]}`);
    this.got[producer] ??= [];
    const before = this.got[producer];
    demand(!before.includes(nth), `item ${producer}${nth} came twice`);
    demand(!ordered || before.every((it) => it < nth), `item ${producer}${nth} came after a later one`);
    before.push(nth);
  }

  /** Every item whose put ended has come out, but for so many that a killed consumer took with it. */
  check(missing = 0): void {
    for (const [producer, count] of Object.entries(this.done)) {
      for (let nth = 0; nth < count; nth++) {
        if (!this.got[producer]?.includes(nth)) missing--;
        demand(missing >= 0, `item ${producer}${nth} is lost`);
      }
    }
  }
}

interface Shape {
  readonly maxsize?: number;
  /** How long the items of each producer are. */
  readonly puts: Readonly<Record<string, readonly number[]>>;
  /** How many items each consumer takes. */
  readonly gets: Readonly<Record<string, number>>;
  /** Counts and positions that soon wrap around. */
  readonly wraps?: boolean;
  readonly blocking?: boolean;
}

function* make({ maxsize = UNLIMITED, wraps = false }: Shape): Waiting<Traffic> {
  const traffic = new Traffic(makeRing(maxsize));
  if (wraps) {
    const words = new Int32Array(traffic.buffer, 0, 80);
    for (const at of [TAIL, TAIL + 1, HEAD, HEAD + 1]) words[at] = -16;
    words[PUTS] = words[GETS] = PROGRESS - 15;
  }
  return traffic;
}

function* putAll(it: Traffic, name: string, lengths: readonly number[], blocking = false): Waiting<void> {
  const ring = openRing(it.buffer);
  for (const length of lengths) {
    const bytes = it.next(name, length);
    const operation = put(ring, bytes, FOREVER);
    demand(blocking ? block(operation, 'put') : yield* operation, 'put() without a limit answered false');
    it.put(name);
  }
}

function* getSome(it: Traffic, count: number, ordered: boolean, blocking = false): Waiting<void> {
  const ring = openRing(it.buffer);
  for (let i = 0; i < count; i++) {
    const bytes = blocking ? block(get(ring, FOREVER), 'get') : yield* get(ring, FOREVER);
    demand(bytes !== undefined, 'get() without a limit answered nothing');
    it.take(bytes as Uint8Array, ordered);
  }
}

/** Takes until nothing comes any more. */
function* getRest(it: Traffic, ring: Ring): Waiting<void> {
  for (;;) {
    const bytes = yield* get(ring, now() + 150);
    if (bytes === undefined) return;
    it.take(bytes, true);
  }
}

function* drain(it: Traffic): Waiting<void> {
  const ring = openRing(it.buffer);
  for (let bytes = getNow(ring); bytes !== undefined; bytes = getNow(ring)) it.take(bytes, false);
}

/** Everybody puts and gets so much; nothing is left. */
function* plain(shape: Shape): Waiting<Model> {
  const it = yield* make(shape);
  const ordered = Object.keys(shape.gets).length === 1;
  const producers = Object.entries(shape.puts).map(([name, lengths]) => [
    name,
    () => putAll(it, name, lengths, shape.blocking),
  ]);
  const consumers = Object.entries(shape.gets).map(([name, count]) => [
    name,
    () => getSome(it, count, ordered, shape.blocking),
  ]);
  return {
    processes: Object.fromEntries([...producers, ...consumers]),
    *check() {
      demand(sizeOf(openRing(it.buffer)) === 0, 'something is left in the ring');
      it.check();
    },
  };
}

/** A producer dies; another goes on, and a consumer takes whatever comes. */
function* producerKilled(shape: Shape): Waiting<Model> {
  const it = yield* make(shape);
  return {
    processes: {
      A: () => putAll(it, 'A', shape.puts.A as number[], shape.blocking),
      B: () => putAll(it, 'B', shape.puts.B as number[]),
      *C() {
        yield* getRest(it, openRing(it.buffer));
      },
    },
    *check() {
      yield* drain(it);
      demand(it.done.B === shape.puts.B?.length, 'the other producer is not through');
      it.check();
    },
  };
}

/** A consumer dies, with one item at most. */
function* consumerKilled(shape: Shape): Waiting<Model> {
  const it = yield* make(shape);
  return {
    processes: {
      A: () => getSome(it, 2, false, shape.blocking),
      B: () => putAll(it, 'B', shape.puts.B as number[]),
      *C() {
        yield* getRest(it, openRing(it.buffer));
      },
    },
    *check() {
      yield* drain(it);
      demand(it.done.B === shape.puts.B?.length, 'the producer is not through');
      it.check(1);
    },
  };
}

const both = [SMALL, SMALL];

export const scenarios = [
  scenario({ name: 'ring: one to one', bound: 3, setup: () => plain({ puts: { A: both }, gets: { B: 2 } }) }),
  scenario({
    name: 'ring: two to one',
    bound: 2,
    setup: () => plain({ puts: { A: both, B: [SMALL] }, gets: { C: 3 } }),
  }),
  scenario({ name: 'ring: one to two', bound: 2, setup: () => plain({ puts: { A: both }, gets: { B: 1, C: 1 } }) }),
  scenario({
    name: 'ring: two to two, blocking',
    bound: 2,
    setup: () => plain({ puts: { A: [SMALL], B: [SMALL] }, gets: { C: 1, D: 1 }, blocking: true }),
  }),
  scenario({
    name: 'ring: one to one, room for one item',
    bound: 3,
    setup: () => plain({ maxsize: 1, puts: { A: [SMALL, 3, SMALL] }, gets: { B: 3 } }),
  }),
  scenario({
    name: 'ring: two to two, room for one item',
    bound: 2,
    setup: () => plain({ maxsize: 1, puts: { A: both, B: [SMALL] }, gets: { C: 2, D: 1 } }),
  }),
  scenario({
    name: 'ring: it grows',
    bound: 2,
    setup: () => plain({ puts: { A: [SMALL, 9, 20], B: [9] }, gets: { C: 4 } }),
  }),
  scenario({
    name: 'ring: it is full',
    bound: 2,
    setup: () => plain({ puts: { A: [20, 20, 20], B: [20] }, gets: { C: 2, D: 2 } }),
  }),
  scenario({
    name: 'ring: positions and counts wrap around',
    bound: 2,
    setup: () => plain({ puts: { A: [9, SMALL, 5] }, gets: { B: 2, C: 1 }, wraps: true }),
  }),
  scenario({
    name: 'ring: in parts',
    bound: 1,
    setup: () => plain({ puts: { A: [LARGE], B: [SMALL] }, gets: { C: 2 } }),
  }),
  scenario({
    name: 'ring: in parts, two consumers',
    bound: 1,
    setup: () => plain({ puts: { A: [LARGE, SMALL] }, gets: { B: 1, C: 1 }, blocking: true }),
  }),
  scenario({
    name: 'ring: tries that do not wait',
    bound: 2,
    *setup() {
      const it = yield* make({ puts: {}, gets: {} });
      return {
        processes: {
          *A() {
            const ring = openRing(it.buffer);
            for (let i = 0; i < 2; i++) if (putNow(ring, it.next('A', SMALL))) it.put('A');
          },
          *B() {
            yield* putAll(it, 'B', [SMALL]);
          },
          *C() {
            const ring = openRing(it.buffer);
            for (let i = 0; i < 3; i++) {
              const bytes = getNow(ring);
              if (bytes !== undefined) it.take(bytes, true);
            }
          },
        },
        *check() {
          yield* drain(it);
          it.check();
        },
      };
    },
  }),
  scenario({
    name: 'ring: a deadline and an abort',
    bound: 2,
    tick: 0.05,
    *setup() {
      const it = yield* make({ maxsize: 1, puts: {}, gets: {} });
      return {
        processes: {
          *A() {
            const ring = openRing(it.buffer);
            for (let i = 0; i < 2; i++) if (yield* put(ring, it.next('A', SMALL), 2)) it.put('A');
          },
          *B() {
            const bytes = yield* get(openRing(it.buffer), 2);
            if (bytes !== undefined) it.take(bytes, false);
          },
          *C() {
            try {
              const bytes = yield* get(openRing(it.buffer), now() + 150);
              if (bytes !== undefined) it.take(bytes, false);
            } catch (error) {
              demand(error instanceof DOMException, `${error}`);
            }
          },
          *D() {
            abort('C');
            if (yield* put(openRing(it.buffer), it.next('D', SMALL), now() + 150)) it.put('D');
          },
        },
        *check() {
          yield* drain(it);
          it.check();
        },
      };
    },
  }),
  scenario({
    name: 'ring: in parts, given up',
    bound: 1,
    *setup() {
      const it = yield* make({ puts: {}, gets: {} });
      return {
        processes: {
          *A() {
            try {
              if (yield* put(openRing(it.buffer), it.next('A', LARGE), FOREVER)) it.put('A');
            } catch (error) {
              demand(error instanceof DOMException, `${error}`);
            }
          },
          *B() {
            yield* getRest(it, openRing(it.buffer));
          },
          *C() {
            abort('A');
          },
        },
        *check() {
          yield* drain(it);
          it.check();
        },
      };
    },
  }),
  scenario({
    name: 'ring: a producer is killed',
    bound: 1,
    victim: 'A',
    setup: () => producerKilled({ maxsize: 2, puts: { A: both, B: [SMALL] }, gets: {} }),
  }),
  scenario({
    name: 'ring: a producer is killed, growing',
    bound: 1,
    victim: 'A',
    setup: () => producerKilled({ puts: { A: [20, 20], B: [9] }, gets: {}, blocking: true }),
  }),
  scenario({
    name: 'ring: a producer is killed, in parts',
    bound: 0,
    victim: 'A',
    setup: () => producerKilled({ puts: { A: [SMALL, LARGE], B: [SMALL] }, gets: {} }),
  }),
  scenario({
    name: 'ring: a consumer is killed',
    bound: 1,
    victim: 'A',
    setup: () => consumerKilled({ maxsize: 2, puts: { B: [SMALL, 3, SMALL] }, gets: {} }),
  }),
  scenario({
    name: 'ring: a consumer is killed, in parts',
    bound: 0,
    victim: 'A',
    setup: () => consumerKilled({ puts: { B: [SMALL, LARGE, SMALL] }, gets: {}, blocking: true }),
  }),
];
