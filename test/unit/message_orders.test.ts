// Processes by message, in every order of their messages, with deaths at any step and last messages that are lost: by schedules, without
// workers.
//
// Runs without isolation, too.
// Runs in Chromium alone: one thread, whose messages the test delivers.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QueueWords } from '../../src/data/by_memory/queue.ts';
import { Queue } from '../../src/data/queue.ts';
import { ShutDown } from '../../src/errors.ts';
import { RequestedCondition } from '../../src/message/process/condition.ts';
import { RequestedMutex } from '../../src/message/process/mutex.ts';
import { RequestedQueue } from '../../src/message/process/queue.ts';
import { ConditionWords } from '../../src/sync/by_memory/condition.ts';
import { MutexWords } from '../../src/sync/by_memory/mutex.ts';
import { Condition } from '../../src/sync/condition.ts';
import { Lock } from '../../src/sync/lock.ts';
import { scaled } from '../fixtures/soak.ts';
import { type Choose, connect, exhaust, type Process, Run, wander } from './channels.ts';

let disconnect = (): void => {};
beforeAll(() => {
  if (!crossOriginIsolated) disconnect = connect();
});
afterAll(() => disconnect());

type Scenario = (run: Run) => () => void | Promise<void>;

/** Who is inside a lock, as processes see it. */
class Inside {
  #who: Process | undefined;

  enter(process: Process, lock: Lock): void {
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

/** Answers false for such an error. */
const failedBy =
  (Class: typeof ShutDown) =>
  (error: unknown): false => {
    if (error instanceof Class) return false;
    throw error;
  };

const scenarios: Record<string, Scenario> = {
  'a lock: one is inside, the next has it after a death, nobody waits for ever'(run) {
    const words = new MutexWords();
    const key = run.share('Lock', words);
    const inside = new Inside();
    for (let i = 0; i < 3; i++) {
      run.start(async (process) => {
        const lock = new Lock(process.open(RequestedMutex, key));
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
      expect(await new Lock(words).acquire({ block: false })).toBe(true);
    };
  },

  'a queue: what was put is got once, by who lives'(run) {
    const words = new QueueWords(1);
    const key = run.share('Queue', words);
    const put: string[] = [];
    const got: string[] = [];
    const givenUp: string[] = [];
    for (const name of ['a', 'b']) {
      run.start(async (process) => {
        const queue = new Queue<string>(process.open(RequestedQueue, key), 1);
        for (let i = 0; i < 2; i++) {
          const item = `${name}${i}`;
          const isPut = await process.call((signal) =>
            queue.put(item, { signal }).then(() => true, failedBy(ShutDown)),
          );
          (isPut ? put : givenUp).push(item);
        }
      });
    }
    const takers = [0, 1].map(() =>
      run.start(async (process) => {
        const queue = new Queue<string>(process.open(RequestedQueue, key), 1);
        for (;;) {
          const item = await process.call((signal) => queue.get({ signal }).catch(failedBy(ShutDown)));
          if (item === false) return;
          if (item !== undefined) got.push(item);
        }
      }),
    );
    return async () => {
      // Whoever waits now waits for an item, and there is none.
      const isTaken = takers.some((taker) => !run.victims.has(taker));
      if (isTaken) for (const process of run.waiting) expect(takers).toContain(process);
      const queue = new Queue<string>(words, 1);
      if (isTaken && run.waiting.length > 0) expect(queue.empty()).toBe(true);
      queue.shutdown();
      await run.play();
      expect(run.waiting).toEqual([]);
      while (!queue.empty()) got.push(queue.getNowait());
      expect(new Set(got).size).toBe(got.length);
      for (const item of givenUp) expect(got).not.toContain(item);
      // A taker that dies may take with it what it was about to get.
      if (!takers.some((taker) => run.victims.has(taker))) expect(got).toEqual(expect.arrayContaining(put));
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
      const lock = new Lock(process.open(RequestedMutex, lockKey));
      return [lock, new Condition(lock, process.open(RequestedCondition, key))];
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
};

const runOf =
  (scenario: Scenario, faults: number, aborts: number) =>
  async (choose: Choose): Promise<void> => {
    const run = new Run(choose, faults, aborts);
    try {
      const check = scenario(run);
      await run.play();
      await check();
    } finally {
      await run.end();
    }
  };

describe.skipIf(crossOriginIsolated).each(Object.entries(scenarios))('%s', (_name, scenario) => {
  it('every order that leaves the first one twice', async () => {
    const count = await exhaust(2, scaled(1500, 50_000), runOf(scenario, 1, 1));
    expect(count).toBeGreaterThan(100);
  });

  it('orders at random', async () => {
    for (let seed = 1; seed <= scaled(1500, 50_000); seed++) await wander(seed, runOf(scenario, 2, 2));
  });
});
