// What processes may ask of the objects of src/sync/.

import { deadlineOf } from '../../base/deadline.ts';
import type { Waiting } from '../../memory/wait.ts';
import { acquiring } from '../../sync/acquirable.ts';
import type { MutexBody } from '../../sync/bodies.ts';
import { Lock } from '../../sync/lock.ts';
import { MutexWords } from '../../sync/words/mutex.ts';
import { FREE, HELD, LEFT } from '../outcomes.ts';
import { type Kind, serve } from './kernel.ts';

/** Mutual exclusion of processes: how deeply one holds it, it counts itself. */
const mutex = {
  open: (body: MutexBody) => new Lock(body),
  methods: {
    *acquire(lock: Lock, timeout: number | null): Waiting<number> {
      if (!(yield* lock[acquiring](deadlineOf(timeout)))) return FREE;
      return lock.abandoned ? LEFT : HELD;
    },
    release: (lock: Lock) => lock.release(),
  },
} satisfies Partial<Kind>;

export function serveSync(): void {
  serve('Lock', { ...mutex, make: () => new MutexWords() });
}
