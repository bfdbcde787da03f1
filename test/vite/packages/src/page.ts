'use multiprocessing';

// Can be loaded in a page alone.
const width = document.documentElement.clientWidth;

export const sized = (x: number): number => x * width;
