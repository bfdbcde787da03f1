import * as mp from 'web-multiprocessing';

export const ownName = (): string => mp.currentProcess().name;
