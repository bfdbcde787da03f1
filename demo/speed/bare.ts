// Drives the workers with bare messages.

import type { Order } from './bare.worker.ts';
import type { Own } from './rate.ts';

export class Bare {
  readonly #worker = new Worker(new URL('./bare.worker.ts', import.meta.url), { type: 'module' });

  constructor(own: Own) {
    own(() => this.#worker.terminate());
  }

  post(order: Order): void {
    this.#worker.postMessage(order);
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#worker.onmessage = ({ data }) => listener(data);
  }

  /** Its next message. */
  ask(order: Order): Promise<unknown> {
    return new Promise((resolve) => {
      this.onMessage(resolve);
      this.post(order);
    });
  }
}

/** Calls by turns, with a number for each. */
export function bareCalls(workers: readonly Bare[]): (x: number) => Promise<unknown> {
  const waiting = new Map<number, (value: unknown) => void>();
  let calls = 0;
  for (const worker of workers) {
    worker.onMessage((message) => {
      const { id, value } = message as { id: number; value: number };
      waiting.get(id)?.(value);
      waiting.delete(id);
    });
  }
  return (x) =>
    new Promise((resolve) => {
      const id = calls++;
      waiting.set(id, resolve);
      workers[id % workers.length]?.post({ do: 'increment', id, x });
    });
}

/** Items that a worker sends on its own: how many have come since it was last asked. */
export function bareItems(worker: Bare, batch: number): () => Promise<number> {
  let left = batch;
  let wake = (): void => {};
  const order = (): void => worker.post({ do: 'produce', count: batch });
  worker.onMessage(() => {
    if (--left > 0) return;
    left = batch;
    order();
    wake();
  });
  // Two are ordered at once, so that the worker always has something to do.
  order();
  order();
  return () =>
    new Promise((resolve) => {
      wake = () => resolve(batch);
    });
}
