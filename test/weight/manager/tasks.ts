'use multiprocessing';

import type { DictProxy } from 'web-multiprocessing';

export const add = (dict: DictProxy<string, number>): Promise<void> => dict.set('a', 1);
