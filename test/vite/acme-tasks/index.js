'use multiprocessing';

export const triple = (x) => 3 * x;
