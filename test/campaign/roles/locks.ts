// Mutual exclusion: who is inside says so in a word, without any atomic operation; who comes after a dead holder is told.

import * as mp from '../../../src/index.ts';
import { type AnyRole, demand, demandWithin, inside, makeWords, role } from '../role.ts';

const INSIDE = 0;
const FIRST = 1;
const SECOND = 2;

/** In words: who is inside, and two words that are equal whenever nobody is. */
interface Guarded {
  readonly words: Int32Array;
}

/** With the lock. `me` is negative for survivors, so that a survivor is never taken for a dead victim. */
function enter({ words }: Guarded, abandoned: boolean, me: number): void {
  const before = words[INSIDE] as number;
  demand(before >= 0, () => `two are inside: survivor ${-before} and ${me}`);
  demand(before === 0 || abandoned, () => `victim ${before} died inside, and abandoned is false`);
  demand(abandoned || words[FIRST] === words[SECOND], () => 'half done, and abandoned is false');
  Atomics.store(words, INSIDE, me);
  const next = (words[FIRST] as number) + 1;
  Atomics.store(words, FIRST, next);
  Atomics.store(words, SECOND, next);
}

function leave({ words }: Guarded, me: number): void {
  demand(words[INSIDE] === me, () => `somebody else was inside: ${words[INSIDE]}`);
  Atomics.store(words, INSIDE, 0);
}

const lock = role({
  name: 'lock',
  setup: () => ({ lock: new mp.Lock(), words: makeWords() }),
  async victim(o, d, me) {
    if (me.turn % 8 === 7) {
      if (!(await d.call(o.lock, 'acquire', { timeout: 1 }))) return;
    } else await d.call(o.lock, 'acquire');
    enter(o, o.lock.abandoned, me.id);
    leave(o, me.id);
    o.lock.release();
  },
  survivors: async (o, d, me) => {
    await d.call(o.lock, 'acquire');
    enter(o, o.lock.abandoned, -me);
    leave(o, -me);
    o.lock.release();
  },
});

const rlock = role({
  name: 'rlock',
  setup: () => ({ lock: new mp.RLock(), words: makeWords() }),
  async victim(o, d, me) {
    if (me.turn % 2 === 0) {
      await d.call(o.lock, 'acquire');
      await d.call(o.lock, 'acquire');
      enter(o, o.lock.abandoned, me.id);
      o.lock.release();
      leave(o, me.id);
      o.lock.release();
    } else if (d.name === 'sync') {
      o.lock.withSync(() =>
        o.lock.withSync(() => {
          enter(o, o.lock.abandoned, me.id);
          leave(o, me.id);
        }),
      );
    } else {
      await o.lock.with((held) =>
        held.with(() => {
          enter(o, o.lock.abandoned, me.id);
          leave(o, me.id);
        }),
      );
    }
  },
  survivors: async (o, d, me) => {
    await d.call(o.lock, 'acquire');
    enter(o, o.lock.abandoned, -me);
    await d.call(o.lock, 'acquire');
    o.lock.release();
    leave(o, -me);
    o.lock.release();
    demand(!/, -/.test(String(o.lock)), () => `${o.lock}`);
  },
});

/** One more unit than victims, so that what they take with them does not stop the survivors. */
const UNITS = 3;

const semaphore = role({
  name: 'semaphore',
  setup: () => ({ semaphore: new mp.BoundedSemaphore(UNITS) }),
  async victim(o, d, me) {
    me.begun++;
    await d.call(o.semaphore, 'acquire');
    me.extra = 1;
    me.done++;
    me.begun++;
    o.semaphore.release();
    me.extra = 0;
    me.done++;
  },
  survivors: async (o, d) => {
    await d.call(o.semaphore, 'acquire');
    o.semaphore.release();
  },
  check(o, dead) {
    const held = dead.filter(({ begun, done, extra }) => extra === 1 && begun === done).length;
    const lost = UNITS - o.semaphore.getValue();
    demandWithin('units taken by the dead', lost, held, held + inside(dead));
    for (let i = 0; i < lost; i++) o.semaphore.release();
  },
});

const TOTAL = 3;

const value = role({
  name: 'value',
  setup: () => ({ value: new mp.Value('i', 0), array: new mp.Array('i', 4), words: makeWords() }),
  async victim(o, d, me) {
    me.begun++;
    o.value.add(1);
    me.done++;
    const lock = o.array.getLock();
    await d.call(lock, 'acquire');
    enter(o, lock.abandoned, me.id);
    for (let i = 0; i < o.array.length; i++) Atomics.store(o.array, i, me.turn);
    leave(o, me.id);
    lock.release();
  },
  survivors: async (o, d, me) => {
    o.value.add(1);
    Atomics.add(o.words, TOTAL, 1);
    const lock = o.array.getLock();
    await d.call(lock, 'acquire');
    enter(o, lock.abandoned, -me);
    const all = new Set(o.array);
    demand(all.size === 1 || lock.abandoned, () => `torn: ${o.array}`);
    o.array.fill(me);
    leave(o, -me);
    lock.release();
  },
  check(o, dead) {
    const counted = o.value.value - (o.words[TOTAL] as number);
    const done = dead.reduce((sum, victim) => sum + victim.done, 0);
    demandWithin('add() of the dead', counted, done, done + inside(dead));
    o.words[TOTAL] = o.value.value;
  },
});

export const locks: readonly AnyRole[] = [lock, rlock, semaphore, value];
