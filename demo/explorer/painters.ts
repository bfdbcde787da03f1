// Who paints the tiles: a pool of workers or, for comparison, the page's own thread. Both call the same function.

import * as mp from 'web-multiprocessing';

import { type Painted, paintTile, type Tile } from './tile.ts';

/** Milliseconds after which workers that have nothing to do go. */
const IDLE = 120_000;

type OnProgress = (done: number, total: number | undefined) => void;

export interface Painter {
  /** The tiles as they are ready. @throws the signal's reason. */
  paint(tiles: readonly Tile[], signal: AbortSignal, onProgress: OnProgress): AsyncIterable<Painted>;
  end(): void;
}

export function poolOf(workers: number): Painter {
  const pool = new mp.Pool(workers, { idleTimeout: IDLE });
  return {
    paint: (tiles, signal, onProgress) => pool.imapUnordered(paintTile, tiles, { signal, onProgress }),
    end: () => pool.terminate(),
  };
}

export function ownThread(): Painter {
  return {
    async *paint(tiles, signal, onProgress) {
      for (const [index, tile] of tiles.entries()) {
        // The page gets a turn between tiles, but not during one.
        await new Promise((turn) => setTimeout(turn));
        signal.throwIfAborted();
        const painted = paintTile(tile);
        onProgress(index + 1, tiles.length);
        yield painted;
      }
    },
    end() {},
  };
}
