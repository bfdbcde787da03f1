'use multiprocessing';

import type { Queue } from 'web-multiprocessing';

export const feed = (queue: Queue<number>): Promise<void> => queue.put(42);
