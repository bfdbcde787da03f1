'use multiprocessing';

import type { Lock, Value } from 'web-multiprocessing';

let lock: Lock;
let total: Value<'i'>;

export function begin(itsLock: Lock, itsTotal: Value<'i'>): void {
  lock = itsLock;
  total = itsTotal;
}

export const count = (x: number): void =>
  lock.withSync(() => {
    total.value += x;
  });
