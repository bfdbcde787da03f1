'use multiprocessing';
// What each producer and each consumer does.

import * as mp from 'web-multiprocessing';

/** What a process is doing. */
export const STARTING = 0;
export const WORKING = 1;
export const WAITING = 2;

export async function produce(me: number, shared: Shared) {
  const { queue, makeTime, states, counts, put, order } = shared;
  try {
    for (;;) {
      states[me] = WORKING;
      await sleep(makeTime.value);
      states[me] = WAITING;
      // Waits while the queue is full.
      await queue.put({ producer: me });
      counts[me]! += 1;
      order[put.add(1) % order.length] = me;
    }
  } catch (error) {
    if (!(error instanceof mp.ShutDown)) throw error;
  }
}

export async function consume(me: number, shared: Shared) {
  const { queue, useTime, states, counts, items, taken } = shared;
  states[me] = WAITING;
  // Waits while it is empty, and ends when it is shut down.
  for await (const item of queue) {
    taken.add(1);
    items[me] = item.producer;
    states[me] = WORKING;
    await sleep(useTime.value);
    counts[me]! += 1;
    states[me] = WAITING;
  }
}

async function sleep(milliseconds: number) {
  if (milliseconds === 0) return;
  await new Promise((done) => setTimeout(done, milliseconds));
}

export interface Item {
  readonly producer: number;
}

export interface Shared {
  readonly queue: mp.Queue<Item>;
  /** Milliseconds; the page may change them at any time. */
  readonly makeTime: mp.Value<'d'>;
  readonly useTime: mp.Value<'d'>;
  /** What the page draws; a place for each process. */
  readonly states: mp.Array<'B'>;
  readonly counts: mp.Array<'I'>;
  readonly items: mp.Array<'B'>;
  /** How many were put and taken, and whose they were. */
  readonly put: mp.Value<'I'>;
  readonly taken: mp.Value<'I'>;
  readonly order: mp.Array<'B'>;
}
