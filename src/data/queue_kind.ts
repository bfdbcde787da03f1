// What kinds of queues have in common: how many items they may have, and how they travel.

import { shown } from '../base/shown.ts';
import { type SharedKind, withBody } from '../codec/shared.ts';
import { UNLIMITED } from '../memory/ring/ring.ts';
import type { QueueBody } from './bodies.ts';
import type { QueueWords } from './by_memory/queue.ts';

/** What a `maxsize` stands for: 0 and less are no limit, as in Python. */
export function limit(maxsize: number, kind: string): number {
  if (!Number.isInteger(maxsize))
    throw new TypeError(`${kind}(maxsize): maxsize must be an integer, not ${shown(maxsize)}`);
  return maxsize <= 0 ? UNLIMITED : Math.min(maxsize, UNLIMITED);
}

/** How queues of that class travel. */
export function queueKind<Q extends object>(
  kind: string,
  bodyOf: (queue: Q) => QueueBody,
  maxsizeOf: (queue: Q) => number,
  Words: typeof QueueWords,
  Class: new (maxsize: number) => Q,
): SharedKind<Q> {
  const open = (body: object, maxsize: unknown): Q => withBody(body, () => new Class(maxsize as number));
  return {
    kind,
    detach: (it) => [(bodyOf(it) as QueueWords).buffer, maxsizeOf(it)],
    attach: (state) => {
      const [buffer, maxsize] = state as [SharedArrayBuffer, number];
      return open(new Words(buffer), maxsize);
    },
    body: bodyOf,
    beside: maxsizeOf,
    make: open,
  };
}
