// The page's side: it makes what is shared, and keeps as
// many processes as are wanted.

import * as mp from 'web-multiprocessing';
import { paint, type Shared } from './paint.ts';

export const COLUMNS = 64;
export const ROWS = 32;
export const MOST = 8;

export class Crew {
  readonly shared: Shared;
  readonly #members = new Map<number, Promise<void>>();
  readonly #onError: (error: unknown) => void;

  constructor(options: Options, onError: (error: unknown) => void) {
    this.#onError = onError;
    this.shared = {
      counter: new mp.Value('I'),
      cells: new mp.Array('B', COLUMNS * ROWS),
      strokes: new mp.Array('I', COLUMNS * ROWS),
      made: new mp.Array('I', MOST),
      wanted: new mp.Value('i'),
      isLocking: new mp.Value('b', Number(options.isLocking)),
      work: new mp.Value('d', options.work),
    };
    this.resize(options.size);
  }

  /** Those who are too many see it, and return. */
  resize(size: number) {
    this.shared.wanted.value = size;
    for (let me = 0; me < size; me++) {
      if (!this.#members.has(me)) this.#members.set(me, this.#keep(me));
    }
  }

  /** Settles when all have returned: now nothing changes. */
  async stop() {
    this.resize(0);
    await Promise.all(this.#members.values());
  }

  async #keep(me: number) {
    const name = `Painter-${me + 1}`;
    try {
      // One that returned, and is wanted again, is started anew.
      while (me < this.shared.wanted.value) {
        const p = new mp.Process({ target: paint, args: [me, this.shared], name });
        p.start();
        await p.result();
      }
    } catch (error) {
      this.#onError(error);
    } finally {
      this.#members.delete(me);
    }
  }
}

export interface Options {
  readonly size: number;
  readonly isLocking: boolean;
  /** Milliseconds from reading to writing. */
  readonly work: number;
}
