// What processes may ask of the objects of src/sync/.

import { deadlineOf } from '../../base/deadline.ts';
import { withBody } from '../../codec/shared.ts';
import { InvalidStateError } from '../../errors.ts';
import type { Waiting } from '../../memory/wait.ts';
import { type Acquirable, acquiring, holding } from '../../sync/acquirable.ts';
import type { Arrival, MutexBody, SemaphoreBody } from '../../sync/bodies.ts';
import { BarrierWords } from '../../sync/by_memory/barrier.ts';
import { ConditionWords } from '../../sync/by_memory/condition.ts';
import { EventWords } from '../../sync/by_memory/event.ts';
import { MutexWords } from '../../sync/by_memory/mutex.ts';
import { RLockWords } from '../../sync/by_memory/rlock.ts';
import { SemaphoreWords } from '../../sync/by_memory/semaphore.ts';
import { Lock } from '../../sync/lock.ts';
import { BoundedSemaphore, Semaphore } from '../../sync/semaphore.ts';
import { ABANDONED, ACQUIRED, NOT_ACQUIRED } from '../acquired.ts';
import type { Client, Kind } from './requests.ts';
import { Watcher } from './watcher.ts';

type Timeout = number | null;

/** Mutual exclusion of processes: how deeply one holds it, it counts itself. */
const mutex = {
  open: (body: MutexBody) => withBody(body, () => new Lock()),
  methods: {
    *acquire(lock: Lock, timeout: Timeout): Waiting<number> {
      if (!(yield* lock[acquiring](deadlineOf(timeout)))) return NOT_ACQUIRED;
      return lock.abandoned ? ABANDONED : ACQUIRED;
    },
    release: (lock: Lock) => lock.release(),
  },
} satisfies Partial<Kind>;

const units = {
  make: (value: number) => SemaphoreWords.make(value),
  methods: {
    acquire: (it: Semaphore, timeout: Timeout) => it[acquiring](deadlineOf(timeout)),
    release: (it: Semaphore) => it.release(),
  },
} satisfies Partial<Kind>;

/** A condition for one process, whose requests name its lock. */
class Waited {
  readonly #body: ConditionWords;
  readonly #client: Client;

  constructor(body: ConditionWords, client: Client) {
    this.#body = body;
    this.#client = client;
  }

  #lock(key: string, call: string): Acquirable {
    const lock = this.#client.open(key) as Acquirable;
    if (lock[holding](0)) return lock;
    throw new InvalidStateError(`Condition.${call}(): acquire its lock first`);
  }

  *wait(timeout: Timeout, key: string): Waiting<readonly [notified: boolean, isAbandoned: boolean]> {
    const lock = this.#lock(key, 'wait');
    const notified = yield* this.#body.wait(lock, deadlineOf(timeout));
    return [notified, lock instanceof Lock && lock.abandoned];
  }

  notify(n: number, key: string): void {
    this.#body.notify(this.#lock(key, 'notify'), n);
  }
}

export const lock: Kind = { ...mutex, make: () => new MutexWords() };
export const rlock: Kind = { ...mutex, make: () => new RLockWords() };

export const semaphore: Kind = { ...units, open: (body: SemaphoreBody) => withBody(body, () => new Semaphore()) };
export const bounded: Kind = { ...units, open: (body: SemaphoreBody) => withBody(body, () => new BoundedSemaphore()) };

export const event: Kind = {
  make: () => new EventWords(),
  open: (body: EventWords, client) => new Watcher(body, client),
  methods: {
    watch: (it: Watcher, key: string) => it.watch(key),
    set: (it: Watcher) => it.change(true),
    clear: (it: Watcher) => it.change(false),
    wait: (it: Watcher, timeout: Timeout) => it.body.wait(deadlineOf(timeout)),
  },
};

export const condition: Kind = {
  make: () => new ConditionWords(),
  open: (body: ConditionWords, client) => new Waited(body, client),
  methods: {
    wait: (it: Waited, timeout: Timeout, lock: string) => it.wait(timeout, lock),
    notify: (it: Waited, n: number, lock: string) => it.notify(n, lock),
  },
};

export const barrier: Kind = {
  make: (parties: number, hasAction: boolean) => BarrierWords.make(parties, hasAction),
  methods: {
    arrive: (it: BarrierWords, timeout: Timeout) => it.arrive(deadlineOf(timeout), false),
    pass: (it: BarrierWords, arrival: Arrival) => it.pass(arrival),
    fail: (it: BarrierWords, arrival: Arrival) => it.fail(arrival),
    end: (it: BarrierWords, isBroken: boolean) => it.end(isBroken),
  },
};
