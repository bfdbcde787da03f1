// The classes of src/sync/, through their public methods.

import { now } from '../../../src/base/deadline.ts';
import { BrokenBarrierError } from '../../../src/errors.ts';
import type { Waiting } from '../../../src/memory/wait.ts';
import { Barrier } from '../../../src/sync/barrier.ts';
import { Condition } from '../../../src/sync/condition.ts';
import { Event } from '../../../src/sync/event.ts';
import { Lock } from '../../../src/sync/lock.ts';
import { RLock } from '../../../src/sync/rlock.ts';
import { Semaphore } from '../../../src/sync/semaphore.ts';
import { scenario } from '../machine.ts';
import { abort, demand, step } from '../model.ts';
import type { Model } from '../world.ts';

/** Passes time. */
function* rest(ms: number): Waiting<void> {
  yield { words: new Int32Array(1), index: 0, seen: 0, until: now() + ms };
}

/** How many are inside at once. */
class Room {
  readonly most: number;
  entered = 0;
  #inside = 0;

  constructor(most: number) {
    this.most = most;
  }

  enter(): void {
    this.#inside++;
    demand(this.#inside <= this.most, `${this.#inside} are inside at once`);
    step('inside');
    this.#inside--;
    this.entered++;
  }
}

function* rlocks(): Waiting<Model> {
  const lock = new RLock();
  const room = new Room(1);
  const twice = function* (): Waiting<void> {
    lock.acquireSync();
    lock.acquireSync();
    room.enter();
    lock.release();
    room.enter();
    lock.release();
  };
  return {
    processes: { a: twice, B: twice },
    *check() {
      demand(room.entered === 4, 'somebody was not inside');
    },
  };
}

function* semaphores(value: number, names: string, killed = false): Waiting<Model> {
  const semaphore = new Semaphore(value);
  const room = new Room(value);
  const enter = function* (): Waiting<void> {
    semaphore.acquireSync();
    room.enter();
    semaphore.release();
  };
  /** It may die inside. */
  const brief = function* (): Waiting<void> {
    semaphore.acquireSync();
    semaphore.release();
  };
  return {
    processes: Object.fromEntries([...names].map((name) => [name, killed && name === 'A' ? brief : enter])),
    *check() {
      demand(room.entered === names.length - (killed ? 1 : 0), 'somebody was not inside');
      const free = semaphore.getValue();
      demand(free === value || (killed && free === value - 1), `${free} units are free`);
    },
  };
}

function* events(): Waiting<Model> {
  const event = new Event();
  let waiting = 0;
  const wait = function* (): Waiting<void> {
    waiting++;
    demand(event.waitSync(), 'wait() without a limit answered false');
  };
  return {
    processes: {
      A: wait,
      b: wait,
      *C() {
        event.set();
        event.clear();
        event.set();
      },
    },
    *check() {
      demand(waiting === 2 && event.isSet(), 'it is not set');
    },
  };
}

/** Whoever waits was there when it was notified, and nobody who came later goes in its place. */
function* conditions(names: string, n: number): Waiting<Model> {
  const condition = new Condition(new Lock());
  const waiting: string[] = [];
  const notified: string[] = [];
  let through = 0;
  const wait = (name: string) =>
    function* (): Waiting<void> {
      condition.acquireSync();
      waiting.push(name);
      demand(condition.waitSync(), 'wait() without a limit answered false');
      demand(notified.includes(name), `${name} was not notified`);
      through++;
      condition.release();
    };
  return {
    processes: {
      ...Object.fromEntries([...names].map((name) => [name, wait(name)])),
      *N() {
        for (let left = names.length; left > 0; ) {
          condition.acquireSync();
          const some = waiting.splice(0, n);
          notified.push(...some);
          left -= some.length;
          if (some.length > 0) condition.notify(n);
          condition.release();
          if (some.length === 0) yield* rest(1);
        }
      },
    },
    *check() {
      demand(through === names.length, 'somebody is not through');
    },
  };
}

/** A notification does not die with the one who had it, if another waited then. */
function* conditionKilled(): Waiting<Model> {
  const lock = new Lock();
  const condition = new Condition(lock);
  const waiting = new Set<string>();
  let through = false;
  let inherited = false;
  return {
    processes: {
      *A() {
        condition.acquireSync();
        waiting.add('A');
        condition.waitSync();
        through = true;
        condition.release();
      },
      *C() {
        condition.acquireSync();
        waiting.add('C');
        inherited = condition.waitSync({ timeout: 600 });
        // The notified one may have died with the lock, all but through.
        inherited ||= lock.abandoned;
        condition.release();
      },
      *N() {
        for (let i = 0; i < 5 && waiting.size < 2; i++) yield* rest(10);
        condition.acquireSync();
        if (waiting.has('C')) condition.notify();
        else inherited = true;
        condition.release();
      },
    },
    *check() {
      demand(through || inherited || !waiting.has('A'), 'the notification is lost');
    },
  };
}

/** One notification for two, one of which is aborted: exactly one has it. */
function* conditionAborted(): Waiting<Model> {
  const condition = new Condition(new Lock());
  let waiting = 0;
  let through = 0;
  let aborted = false;
  return {
    processes: {
      *a() {
        condition.acquireSync();
        waiting++;
        try {
          if (condition.waitSync({ timeout: 600 })) through++;
        } catch (error) {
          demand(error instanceof DOMException, `${error}`);
          aborted = true;
        }
        condition.release();
      },
      *B() {
        condition.acquireSync();
        waiting++;
        if (condition.waitSync({ timeout: 600 })) through++;
        condition.release();
      },
      *N() {
        while (waiting < 2) yield* rest(1);
        condition.acquireSync();
        condition.notify();
        condition.release();
      },
      *C() {
        while (waiting < 2) yield* rest(1);
        abort('a');
      },
    },
    *check() {
      demand(through === 1, `${through} had the one notification${aborted ? ', one was aborted' : ''}`);
    },
  };
}

/** What an RLock's holder leaves behind: the next one finds it free, and not held twice. */
function* rlockKilled(): Waiting<Model> {
  const lock = new RLock();
  const room = new Room(1);
  const survivor = function* (): Waiting<void> {
    lock.acquireSync();
    room.enter();
    lock.release();
  };
  return {
    processes: {
      *A() {
        lock.acquireSync();
        lock.acquireSync();
        lock.release();
        lock.release();
      },
      b: survivor,
      C: survivor,
    },
    *check() {
      demand(room.entered === 2, 'a survivor was not inside');
      demand(lock.acquireSync({ block: false }), 'the lock is lost');
    },
  };
}

function* barriers(parties: number, rounds: number): Waiting<Model> {
  const barrier = new Barrier(parties);
  const arrived: number[] = Array(rounds).fill(0);
  const indexes: number[][] = Array.from({ length: rounds }, () => []);
  const pass = function* (): Waiting<void> {
    for (let round = 0; round < rounds; round++) {
      arrived[round] = (arrived[round] as number) + 1;
      indexes[round]?.push(barrier.waitSync());
      demand(arrived[round] === parties, 'one went through before all had arrived');
    }
  };
  return {
    processes: Object.fromEntries([...'AbC'].slice(0, parties).map((name) => [name, pass])),
    *check() {
      for (const round of indexes) demand(new Set(round).size === parties, `not each index once: ${round}`);
      demand(!barrier.broken && barrier.nWaiting === 0, 'the barrier is not as it was');
    },
  };
}

function* barrierKilled(): Waiting<Model> {
  const barrier = new Barrier(3);
  let survivors = 0;
  const pass = function* (): Waiting<void> {
    try {
      barrier.waitSync({ timeout: 500 });
    } catch (error) {
      demand(error instanceof BrokenBarrierError, `${error}`);
    }
    survivors++;
  };
  return {
    processes: { A: pass, b: pass, C: pass },
    *check() {
      demand(survivors >= 2, 'a survivor is not through');
    },
  };
}

/** Either all go through or nobody does. */
function* barrierAborted(): Waiting<Model> {
  const barrier = new Barrier(3);
  let through = 0;
  let ended = 0;
  const pass = function* (): Waiting<void> {
    try {
      barrier.waitSync();
      through++;
    } catch (error) {
      demand(error instanceof BrokenBarrierError || error instanceof DOMException, `${error}`);
    }
    ended++;
  };
  return {
    processes: {
      a: pass,
      b: pass,
      C: pass,
      *D() {
        step('about to abort');
        abort('a');
      },
    },
    *check() {
      demand(ended === 3 && (through === 0 || through === 3), `${through} of 3 went through`);
    },
  };
}

export const scenarios = [
  scenario({ name: 'rlock: two processes, twice', bound: 2, setup: rlocks }),
  scenario({ name: 'rlock: one is killed', bound: 1, victim: 'A', setup: rlockKilled }),
  scenario({ name: 'semaphore: one unit, three processes', bound: 2, setup: () => semaphores(1, 'aBc') }),
  scenario({ name: 'semaphore: two units, three processes', bound: 2, tick: 0.2, setup: () => semaphores(2, 'aBc') }),
  scenario({
    name: 'semaphore: one is killed',
    bound: 1,
    victim: 'A',
    setup: () => semaphores(2, 'AbC', true),
  }),
  scenario({ name: 'event: set, cleared and set again', bound: 3, setup: events }),
  scenario({ name: 'condition: two wait, one at a time', bound: 2, setup: () => conditions('aB', 1) }),
  scenario({ name: 'condition: three wait, two at a time', bound: 1, setup: () => conditions('aBc', 2) }),
  scenario({
    name: 'condition: a notified one is killed',
    bound: 0,
    victim: 'A',
    setup: conditionKilled,
  }),
  scenario({ name: 'condition: one is aborted', bound: 1, setup: conditionAborted }),
  scenario({ name: 'barrier: two parties, three rounds', bound: 2, setup: () => barriers(2, 3) }),
  scenario({ name: 'barrier: three parties', bound: 1, setup: () => barriers(3, 2) }),
  scenario({ name: 'barrier: one is aborted', bound: 1, setup: barrierAborted }),
  scenario({ name: 'barrier: one is killed', bound: 0, victim: 'A', setup: barrierKilled }),
];
