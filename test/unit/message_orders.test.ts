// What processes by message wait for each other with: in every order of their messages (orders.ts).
//
// Runs without isolation, too.
// Runs in Chromium alone: one thread, whose messages the test delivers.

import { expect } from 'vitest';
import { withBody } from '../../src/codec/shared.ts';
import { BrokenBarrierError } from '../../src/errors.ts';
import { RequestedBarrier } from '../../src/message/process/barrier.ts';
import { RequestedCondition } from '../../src/message/process/condition.ts';
import { RequestedEvent } from '../../src/message/process/event.ts';
import { RequestedMutex } from '../../src/message/process/mutex.ts';
import { RequestedRLock } from '../../src/message/process/rlock.ts';
import { RequestedSemaphore } from '../../src/message/process/semaphore.ts';
import { Barrier } from '../../src/sync/barrier.ts';
import { BarrierWords } from '../../src/sync/by_memory/barrier.ts';
import { ConditionWords } from '../../src/sync/by_memory/condition.ts';
import { EventWords } from '../../src/sync/by_memory/event.ts';
import { MutexWords } from '../../src/sync/by_memory/mutex.ts';
import { RLockWords } from '../../src/sync/by_memory/rlock.ts';
import { SemaphoreWords } from '../../src/sync/by_memory/semaphore.ts';
import { Condition } from '../../src/sync/condition.ts';
import { Event } from '../../src/sync/event.ts';
import { Lock } from '../../src/sync/lock.ts';
import { RLock } from '../../src/sync/rlock.ts';
import { Semaphore } from '../../src/sync/semaphore.ts';
import type { Process } from './channels.ts';
import { failedBy, inEveryOrder } from './orders.ts';

/** Who is inside a lock, as processes see it. */
class Inside {
  #who: Process | undefined;

  enter(process: Process, lock: Lock | RLock): void {
    const before = this.#who;
    if (before !== undefined) {
      expect(before.hasEnded).toBe(true);
      expect(lock.abandoned).toBe(true);
    }
    this.#who = process;
  }

  leave(): void {
    this.#who = undefined;
  }
}

/** How often a process looks at an event: it hears of a change long before. */
const PATIENCE = 1000;

inEveryOrder({
  'a lock: one is inside, the next has it after a death, nobody waits for ever'(run) {
    const words = new MutexWords();
    const key = run.share('Lock', words);
    const inside = new Inside();
    for (let i = 0; i < 3; i++) {
      run.start(async (process) => {
        const lock = withBody(process.open(RequestedMutex, key), () => new Lock());
        for (let turn = 0; turn < 2; turn++) {
          if (!(await process.call((signal) => lock.acquire({ signal })))) continue;
          inside.enter(process, lock);
          await process.pause();
          inside.leave();
          lock.release();
        }
      });
    }
    return async () => {
      expect(run.waiting).toEqual([]);
      expect(await withBody(words, () => new Lock()).acquire({ block: false })).toBe(true);
    };
  },

  'an RLock: the same, and who is inside goes deeper without waiting'(run) {
    const words = new RLockWords();
    const key = run.share('RLock', words);
    const inside = new Inside();
    for (let i = 0; i < 3; i++) {
      run.start(async (process) => {
        const lock = withBody(process.open(RequestedRLock, key), () => new RLock());
        for (let turn = 0; turn < 2; turn++) {
          if (!(await process.call((signal) => lock.acquire({ signal })))) continue;
          inside.enter(process, lock);
          expect(await lock.acquire({ block: false })).toBe(true);
          await process.pause();
          lock.release();
          await process.pause();
          inside.leave();
          lock.release();
        }
      });
    }
    return async () => {
      expect(run.waiting).toEqual([]);
      expect(await withBody(words, () => new RLock()).acquire({ block: false })).toBe(true);
    };
  },

  'a semaphore: no more are inside than there are units; those of the dead are gone, no others'(run) {
    const units = 2;
    const words = SemaphoreWords.make(units);
    const key = run.share('Semaphore', words);
    const inside = new Set<Process>();
    for (let i = 0; i < 4; i++) {
      run.start(async (process) => {
        const semaphore = withBody(process.open(RequestedSemaphore, key), () => new Semaphore());
        for (let turn = 0; turn < 2; turn++) {
          if (!(await process.call((signal) => semaphore.acquire({ signal })))) continue;
          expect(inside.size).toBeLessThan(units);
          inside.add(process);
          await process.pause();
          inside.delete(process);
          semaphore.release();
        }
      });
    }
    return () => {
      const { value } = words;
      expect(value).toBeLessThanOrEqual(units);
      expect(value).toBeGreaterThanOrEqual(units - run.victims.size);
      if (value > 0) expect(run.waiting).toEqual([]);
    };
  },

  'a barrier: all pass together, and a death among them, or one that gives up, breaks it'(run) {
    const parties = 3;
    const words = BarrierWords.make(parties, false);
    const key = run.share('Barrier', words);
    const beside = { parties, action: null, timeout: null };
    const arrived = [0, 0];
    const passed: [number[], number[]] = [[], []];
    for (let i = 0; i < parties; i++) {
      run.start(async (process) => {
        const barrier = withBody(process.open(RequestedBarrier, key), () => new Barrier(beside.parties, beside));
        for (const [turn, indexes] of passed.entries()) {
          arrived[turn]!++;
          const index = await process.call((signal) => barrier.wait({ signal }).catch(failedBy(BrokenBarrierError)));
          if (index === undefined || index === false) return;
          expect(arrived[turn]).toBe(parties);
          indexes.push(index);
        }
      });
    }
    return () => {
      for (const indexes of passed) expect(new Set(indexes).size).toBe(indexes.length);
      const barrier = withBody(words, () => new Barrier(beside.parties, beside));
      if (barrier.broken || run.victims.size === 0) expect(run.waiting).toEqual([]);
      else expect(barrier.nWaiting).toBe(run.waiting.length);
    };
  },

  'an event: who waits goes on, and who looks sees what was said last'(run) {
    const words = new EventWords();
    const key = run.share('Event', words);
    const setter = run.start(async (process) => {
      const event = withBody(process.open(RequestedEvent, key), () => new Event());
      event.set();
      expect(event.isSet()).toBe(true);
      await process.pause();
      event.clear();
      expect(event.isSet()).toBe(false);
      await process.pause();
      event.set();
    });
    run.start(async (process) => {
      const event = withBody(process.open(RequestedEvent, key), () => new Event());
      for (let turn = 0; turn < 2; turn++) await process.call((signal) => event.wait({ signal }));
    });
    run.start(async (process) => {
      const event = withBody(process.open(RequestedEvent, key), () => new Event());
      await event.wait();
      for (let looks = 0; !event.isSet() && !run.victims.has(setter); looks++) {
        expect(looks).toBeLessThan(PATIENCE);
        await process.pause();
      }
    });
    return () => {
      if (!run.victims.has(setter)) expect(words.isSet).toBe(true);
      if (words.isSet) expect(run.waiting).toEqual([]);
    };
  },

  'a condition: a notification is for one who waits, and goes to another where that dies'(run) {
    const words = new MutexWords();
    const lockKey = run.share('Lock', words);
    const key = run.share('Condition', new ConditionWords());
    let tokens = 0;
    const inside = new Inside();
    const makers: Process[] = [];
    const open = (process: Process): [Lock, Condition] => {
      const lock = withBody(process.open(RequestedMutex, lockKey), () => new Lock());
      return [lock, withBody(process.open(RequestedCondition, key), () => new Condition(lock))];
    };
    for (let i = 0; i < 2; i++) {
      run.start(async (process) => {
        const [lock, condition] = open(process);
        await lock.acquire();
        inside.enter(process, lock);
        while (tokens === 0) {
          inside.leave();
          await condition.wait();
          inside.enter(process, lock);
        }
        tokens--;
        inside.leave();
        lock.release();
      });
    }
    for (let i = 0; i < 2; i++) {
      makers.push(
        run.start(async (process) => {
          const [lock, condition] = open(process);
          await lock.acquire();
          inside.enter(process, lock);
          tokens++;
          condition.notify();
          await process.pause();
          inside.leave();
          lock.release();
        }),
      );
    }
    return () => {
      if (!makers.some((maker) => run.victims.has(maker))) {
        if (tokens > 0) expect(run.waiting).toEqual([]);
        if (run.victims.size === 0) expect(run.waiting).toEqual([]);
      }
    };
  },
});
