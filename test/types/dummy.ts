// The dummy has the names of the root, and their types: one can stand for the other.

import * as mp from 'web-multiprocessing';
import * as dummy from 'web-multiprocessing/dummy';

export const asRoot: typeof mp = dummy;
export const asDummy: typeof dummy = mp;

const square = (x: number): number => x * x;

export const squares: Promise<number[]> = new dummy.Pool(2).map(square, [1, 2, 3]);
export const queue: mp.Queue<string> = new dummy.Queue<string>();
export const process: mp.Process<readonly [number], number> = new dummy.Process({ target: square, args: [1] });

// @ts-expect-error: no number
new dummy.Process({ target: square, args: ['1'] });
