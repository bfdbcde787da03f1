// What can be measured in the visitor's browser: ours beside what a page has without a library.

import * as mp from 'web-multiprocessing';
import { Bare, bareCalls, bareItems } from './bare.ts';
import { MEASURED, type Own, rateOf, WARM_UP } from './rate.ts';
import { echo, ITEM, increment, pairs, produce } from './tasks.ts';

type Side = (own: Own, signal: AbortSignal) => Promise<number>;

export interface Measure {
  readonly name: string;
  readonly unit: string;
  /** By their names: ours, and the other. */
  readonly sides: Readonly<Record<string, Side>>;
}

const RECORD = { id: 7, name: 'alice', tags: ['a', 'b'], score: 1.5, ok: true };
const CALLS = 500;
const ITEMS = 500;
const TRIPS = 50;

function started<Arguments extends unknown[], Result>(
  own: Own,
  target: (...args: Arguments) => Result,
  ...args: Arguments
): mp.Process {
  const process = new mp.Process({ target: target as (...args: unknown[]) => Result, args });
  process.start();
  own(() => {
    process.terminate();
    return process.join();
  });
  return process;
}

/** As many times as that, one after another. */
async function times(count: number, once: () => unknown): Promise<number> {
  for (let i = 0; i < count; i++) await once();
  return count;
}

const allAtOnce = async (call: (x: number) => PromiseLike<unknown>): Promise<number> => {
  await Promise.all(Array.from({ length: CALLS }, (_, i) => call(i)));
  return CALLS;
};

/** Once without a clock: until then workers may be loading. */
async function warm(some: () => number | Promise<number>, signal: AbortSignal): Promise<number> {
  await some();
  return rateOf(some, signal);
}

export const measures: readonly Measure[] = [
  {
    name: 'A small object, put into a queue and taken out',
    unit: 'copies/s',
    sides: {
      Queue: (_, signal) => {
        const queue = new mp.Queue<unknown>();
        const some = (): number => {
          for (let i = 0; i < ITEMS; i++) {
            queue.putNowait(RECORD);
            queue.getNowait();
          }
          return ITEMS;
        };
        return warm(some, signal);
      },
      structuredClone: (_, signal) => {
        let kept: unknown;
        const some = (): number => {
          for (let i = 0; i < ITEMS; i++) kept = structuredClone(RECORD);
          return kept === undefined ? 0 : ITEMS;
        };
        return warm(some, signal);
      },
    },
  },
  {
    name: 'Messages from a worker to this page',
    unit: 'messages/s',
    sides: {
      Queue: (own, signal) => {
        const queue = new mp.Queue<unknown>(1000);
        started(own, produce, queue);
        return warm(() => times(ITEMS, () => queue.get()), signal);
      },
      postMessage: (own, signal) => warm(bareItems(new Bare(own), ITEMS), signal),
    },
  },
  {
    name: 'A message to a worker and back',
    unit: 'round trips/s',
    sides: {
      Pipe: (own, signal) => {
        const [wire, there] = mp.Pipe<unknown, unknown>();
        started(own, echo, there);
        there.close();
        own(() => wire.close());
        const trip = async (): Promise<unknown> => {
          await wire.send(ITEM);
          return wire.recv();
        };
        return warm(() => times(TRIPS, trip), signal);
      },
      postMessage: (own, signal) => {
        const worker = new Bare(own);
        return warm(() => times(TRIPS, () => worker.ask({ do: 'echo', item: ITEM })), signal);
      },
    },
  },
  {
    name: 'Calls of a small function by two workers, many at once',
    unit: 'calls/s',
    sides: {
      Pool: (own, signal) => {
        const pool = new mp.Pool(2);
        own(() => {
          pool.terminate();
          return pool.join();
        });
        return warm(() => allAtOnce((x) => pool.applyAsync(increment, [x])), signal);
      },
      postMessage: (own, signal) => {
        const call = bareCalls([new Bare(own), new Bare(own)]);
        return warm(() => allAtOnce(call), signal);
      },
    },
  },
  {
    name: 'A lock, acquired and released in a worker',
    unit: 'pairs/s',
    sides: {
      Lock: async (own) => (await started(own, pairs, new mp.Lock(), WARM_UP + MEASURED).result()) as number,
      'navigator.locks': async (own) =>
        (await new Bare(own).ask({ do: 'lock', milliseconds: WARM_UP + MEASURED })) as number,
    },
  },
];

/** Measures one side. What it started has ended when this settles. @throws the signal's reason. */
export async function measure(side: Side, signal: AbortSignal): Promise<number> {
  const ends: (() => unknown)[] = [];
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  try {
    signal.throwIfAborted();
    return await Promise.race([side((end) => ends.push(end), signal), aborted]);
  } finally {
    await Promise.all(ends.map((end) => end()));
  }
}
