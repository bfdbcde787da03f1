'use multiprocessing';
// The object that tabs share. It lives in the process
// of a manager, and the tabs have proxies of it.

import * as mp from 'web-multiprocessing';

export const COLUMNS = 24;
export const ROWS = 12;

export interface Guest {
  readonly number: number;
  /** Where it points at. */
  readonly cell: number | null;
}

/** All there is to see. */
export interface Sight {
  readonly version: number;
  /** A colour for each cell; 0 for none. */
  readonly cells: Uint8Array;
  readonly guests: ReadonlyMap<string, Guest>;
}

export class Board {
  readonly #cells: Uint8Array;
  readonly #guests = new Map<string, Guest>();
  #version = 0;
  #change = Promise.withResolvers<void>();

  constructor(cells: Uint8Array = new Uint8Array(COLUMNS * ROWS)) {
    this.#cells = cells;
  }

  paint(cell: number, colour: number) {
    this.#cells[cell] = colour;
    this.#changed();
  }

  clear() {
    this.#cells.fill(0);
    this.#changed();
  }

  point(id: string, cell: number | null) {
    const guest = this.#guests.get(id);
    if (guest) this.#guests.set(id, { ...guest, cell });
    this.#changed();
  }

  /**
   * Lasts as long as the guest: when its tab is closed,
   * its calls are given up, and the signal says so.
   */
  async visit(id: string, { signal }: { signal: AbortSignal }) {
    this.#guests.set(id, { number: this.#freeNumber(), cell: null });
    this.#changed();
    await new Promise((gone) => signal.addEventListener('abort', gone));
    this.#guests.delete(id);
    this.#changed();
  }

  /** Waits until there is more to see than in that version. */
  async changed(version: number, _: { signal: AbortSignal }): Promise<Sight> {
    while (this.#version === version) await this.#change.promise;
    return { version: this.#version, cells: this.#cells, guests: this.#guests };
  }

  #changed() {
    this.#version++;
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }

  #freeNumber() {
    const taken = new Set([...this.#guests.values()].map(({ number }) => number));
    let number = 1;
    while (taken.has(number)) number++;
    return number;
  }
}

let board: Board;

/** The manager's process begins with this. */
export function putUp(cells?: Uint8Array) {
  board = new Board(cells);
}

/** Always the same one, for all who ask. */
export const theBoard = () => board;

export const BoardManager = mp.BaseManager.register('Board', theBoard);
