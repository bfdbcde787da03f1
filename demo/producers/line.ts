// The page's side: it makes the queue, and keeps as many
// processes at its two ends as are wanted.

import * as mp from 'web-multiprocessing';
import { consume, produce, type Shared } from './work.ts';

/** Producers have the first places, consumers the others. */
export const MOST = 4;
/** More items than the longest queue has. */
const REMEMBERED = 256;

export class Line {
  readonly shared: Shared;
  readonly #working = new Map<number, mp.Process>();
  readonly #started: mp.Process[] = [];
  readonly #onError: (error: unknown) => void;

  constructor(options: Options, onError: (error: unknown) => void) {
    this.#onError = onError;
    this.shared = {
      queue: new mp.Queue(options.maxsize),
      makeTime: new mp.Value('d', options.makeTime),
      useTime: new mp.Value('d', options.useTime),
      states: new mp.Array('B', 2 * MOST),
      counts: new mp.Array('I', 2 * MOST),
      items: new mp.Array('B', 2 * MOST),
      put: new mp.Value('I'),
      taken: new mp.Value('I'),
      order: new mp.Array('B', REMEMBERED),
    };
    this.resize(options.producers, options.consumers);
  }

  /** Who is too many is terminated; the queue is none the worse. */
  resize(producers: number, consumers: number) {
    for (let n = 0; n < MOST; n++) {
      this.#want(n < producers, n, produce, `Producer-${n + 1}`);
      this.#want(n < consumers, MOST + n, consume, `Consumer-${n + 1}`);
    }
  }

  /** Puts and gets that wait end; settles when all processes have. */
  async stop() {
    this.shared.queue.shutdown({ immediate: true });
    await Promise.all(this.#started.map((p) => p.join()));
  }

  #want(wanted: boolean, me: number, target: typeof produce, name: string) {
    const p = this.#working.get(me);
    if (wanted === (p !== undefined)) return;
    this.#working.delete(me);
    if (p !== undefined) p.terminate();
    else void this.#run(me, target, name);
  }

  async #run(me: number, target: typeof produce, name: string) {
    const p = new mp.Process({ target, args: [me, this.shared], name });
    this.#working.set(me, p);
    this.#started.push(p);
    this.shared.states[me] = 0;
    try {
      p.start();
      await p.result();
    } catch (error) {
      // Those who were terminated are not expected to end well.
      if (this.#working.get(me) === p) this.#onError(error);
    }
  }
}

export interface Options {
  readonly maxsize: number;
  readonly producers: number;
  readonly consumers: number;
  readonly makeTime: number;
  readonly useTime: number;
}
