import * as mp from 'web-multiprocessing';
import { BoardManager, putUp } from './board.ts';

const options = {
  address: 'board',
  // All pages of this site may use it: the key is no secret here.
  authkey: new TextEncoder().encode('the board'),
};

/**
 * Finds the board, or puts one up: who comes first serves it.
 *
 * @param cells what was on it when it was last seen.
 */
export async function join(cells?: Uint8Array) {
  for (;;) {
    try {
      const manager = await new BoardManager(options).connect();
      return { board: await manager.Board(), isServing: false };
    } catch (error) {
      if (!isOver(error)) throw error; // nobody serves, or not any more
    }
    try {
      const manager = new BoardManager(options);
      await manager.start({ initializer: putUp, initargs: [cells] });
      return { board: await manager.Board(), isServing: true };
    } catch (error) {
      if (!isOver(error)) throw error; // another one was faster
    }
  }
}

export type BoardProxy = Awaited<ReturnType<typeof join>>['board'];

/** The other side is gone, or not there. */
export const isOver = (error: unknown) =>
  error instanceof mp.OSError || error instanceof mp.EOFError || error instanceof mp.WorkerDiedError;
