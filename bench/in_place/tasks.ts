'use multiprocessing';

import type { Lock } from 'web-multiprocessing';

export interface Row {
  readonly name: string;
  readonly cells: readonly number[];
}

export const weigh = (row: Row, weight: number, names: ReadonlyMap<string, number>, _: Lock): number =>
  row.cells.length * weight + (names.get(row.name) ?? 0);
