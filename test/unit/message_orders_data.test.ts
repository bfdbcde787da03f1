// What processes by message hand each other things through: in every order of their messages (orders.ts).
//
// Runs without isolation, too.
// Runs in Chromium alone: one thread, whose messages the test delivers.

import { expect } from 'vitest';
import { sharedKindOf, withBody } from '../../src/codec/shared.ts';
import { makePipe } from '../../src/data/by_memory/end.ts';
import { JoinableWords } from '../../src/data/by_memory/joinable_queue.ts';
import { QueueWords } from '../../src/data/by_memory/queue.ts';
import { Connection } from '../../src/data/connection.ts';
import { JoinableQueue } from '../../src/data/joinable_queue.ts';
import { Queue } from '../../src/data/queue.ts';
import { EOFError, OSError, ShutDown } from '../../src/errors.ts';
import { UNLIMITED } from '../../src/memory/ring/ring.ts';
import { RequestedEnd } from '../../src/message/process/end.ts';
import { RequestedQueue } from '../../src/message/process/queue.ts';
import type { Process } from './channels.ts';
import { failedBy, inEveryOrder } from './orders.ts';

/** That end of a pipe, as a process has it. */
function connectionOf(process: Process, key: string): Connection<number> {
  const facts = { readable: true, writable: true, fileno: 3 };
  return sharedKindOf(Connection.prototype)?.make?.(process.open(RequestedEnd, key), facts) as Connection<number>;
}

inEveryOrder({
  'a queue: what was put is got once, by who lives'(run) {
    const words = new QueueWords(1);
    const key = run.share('Queue', words);
    const put: string[] = [];
    const got: string[] = [];
    const givenUp: string[] = [];
    for (const name of ['a', 'b']) {
      run.start(async (process) => {
        const queue = withBody(process.open(RequestedQueue, key), () => new Queue<string>(1));
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
        const queue = withBody(process.open(RequestedQueue, key), () => new Queue<string>(1));
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
      const queue = withBody(words, () => new Queue<string>(1));
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

  'a JoinableQueue: join() is over when all that was put is done'(run) {
    const words = new JoinableWords(UNLIMITED);
    const key = run.share('JoinableQueue', words);
    const done = new Set<number>();
    const put = [0, 1, 2];
    let isJoined = false;
    run.start(async (process) => {
      const queue = withBody(process.open(RequestedQueue, key), () => new JoinableQueue<number>(UNLIMITED));
      for (const item of put) await queue.put(item);
      await process.call((signal) =>
        queue.join({ signal }).then(() => {
          isJoined = true;
          expect([...done].sort()).toEqual(put);
        }),
      );
      queue.shutdown();
    });
    for (let i = 0; i < 2; i++) {
      run.start(async (process) => {
        const queue = withBody(process.open(RequestedQueue, key), () => new JoinableQueue<number>(UNLIMITED));
        for (;;) {
          const item = await process.call((signal) => queue.get({ signal }).catch(failedBy(ShutDown)));
          if (item === false) return;
          if (item === undefined) continue;
          await process.pause();
          done.add(item);
          queue.taskDone();
        }
      });
    }
    return async () => {
      if (run.victims.size === 0) expect(run.waiting).toEqual([]);
      const queue = withBody(words, () => new JoinableQueue<number>(UNLIMITED));
      // Who waits still waits for items, or for what a dead one had taken.
      if (!isJoined && run.waiting.length > 0) expect(run.victims.size).toBeGreaterThan(0);
      queue.shutdown();
      await run.play();
      expect(run.waiting.length).toBeLessThanOrEqual(1);
      for (const waiting of run.waiting) expect(waiting).toBe(run.processes[0]);
    };
  },

  'a pipe: what was sent arrives in order, and both sides see the end of the other'(run) {
    const end = makePipe(true);
    const sent: number[] = [];
    const got: number[] = [];
    const sender = run.start(async (process) => {
      const wire = connectionOf(process, here);
      for (let i = 0; i < 4; i++) {
        const isSent = await process.call((signal) => wire.send(i, { signal }).then(() => true, failedBy(OSError)));
        if (isSent === false) return;
        if (isSent) sent.push(i);
        await process.pause();
      }
      wire.close();
    });
    const receiver = run.start(async (process) => {
      const wire = connectionOf(process, there);
      for (;;) {
        const item = await process.call((signal) => wire.recv({ signal }).catch(failedBy(EOFError)));
        if (item === false) return;
        if (item !== undefined) got.push(item);
      }
    });
    const here = run.give(sender, end);
    const there = run.give(receiver, end.other());
    return () => {
      expect(run.waiting).toEqual([]);
      expect(got).toEqual([...got].sort());
      expect(new Set(got).size).toBe(got.length);
      if (!run.victims.has(receiver)) expect(got).toEqual(expect.arrayContaining(sent));
    };
  },
});
