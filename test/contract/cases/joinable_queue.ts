import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import * as queues from '../../fixtures/queue.ts';
import { sleep } from '../../fixtures/targets.ts';
import { type Cases, errorOf, needs, range, start } from '../harness.ts';
import { queueCasesOf } from './queue.ts';

/** Whether a promise has settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  const first = await Promise.race([promise.catch(() => {}), sleep(80).then(() => pending)]);
  return first !== pending;
}

export const joinableQueueCases: Cases = {
  ...Object.fromEntries(Object.entries(queueCasesOf(mp.JoinableQueue)).map(([title, run]) => [`JQ-07 ${title}`, run])),

  'JQ-01 join returns when the consumers have reported every item': needs('answers', async (d) => {
    const queue = (await d.make('JoinableQueue')) as mp.JoinableQueue<number | null>;
    const consumers = range(4).map((i) =>
      start(i & 1 ? queues.workOn : queues.workOnAsync, queue as mp.JoinableQueue, 30),
    );
    for (const i of range(10)) await d.call(queue, 'put', i);
    await d.call(queue, 'join');
    assert.isTrue(await queue.empty());
    for (const _ of consumers) await d.call(queue, 'put', null);
    for (const consumer of consumers) await d.join(consumer);
    await d.call(queue, 'join');
    assert.instanceOf(await errorOf(() => queue.taskDone()), RangeError);
  }),

  'JQ-02 join returns at once where nothing is unfinished': async (d) => {
    const queue = await d.make('JoinableQueue');
    await d.call(queue, 'join');
    await d.call(queue, 'put', 1);
    await d.call(queue, 'get');
    await queue.taskDone();
    await d.call(queue, 'join');
  },

  'JQ-04 an item is unfinished from put to taskDone, not to get': async (d) => {
    const queue = await d.make('JoinableQueue');
    await d.call(queue, 'put', 1);
    await d.call(queue, 'put', 2);
    const joined = queue.join();
    await d.call(queue, 'get');
    await d.call(queue, 'get');
    assert.isFalse(await isSettled(joined));
    await queue.taskDone();
    await d.call(queue, 'put', 3);
    await queue.taskDone();
    assert.isFalse(await isSettled(joined));
    await d.call(queue, 'join', { timeout: 60 });
    await queue.taskDone();
    await joined;
    assert.equal(await d.call(queue, 'get'), 3);
  },

  'taskDone more often than put throws, and counts nothing': needs('answers', async (d) => {
    const queue = await d.make('JoinableQueue');
    const error = (await errorOf(() => queue.taskDone())) as Error;
    assert.instanceOf(error, RangeError);
    assert.include(error.message, 'too often');
    await d.call(queue, 'put', 1);
    await queue.taskDone();
    assert.instanceOf(await errorOf(() => queue.taskDone()), RangeError);
    await d.call(queue, 'join');
  }),

  'JQ-05 all who join are released together, in all processes': needs('answers', async (d) => {
    const queue = await d.make('JoinableQueue');
    const [ready, released] = [new mp.SimpleQueue(), new mp.SimpleQueue()];
    await d.call(queue, 'put', 'task');
    const joiners = range(3).map(() => start(queues.joinTasks, queue, ready, released));
    const own = [queue.join(), queue.join()];
    for (const _ of joiners) await d.getSimple(ready);
    assert.isFalse(await isSettled(Promise.race(own)));
    assert.deepEqual(await d.wait([released], { timeout: 0 }), []);
    await queue.taskDone();
    // The next item does not hold those back who were to be released before it came.
    await queue.putNowait('next');
    await Promise.all(own);
    // One that said it was ready may have come after that item: then it waits for it, too.
    await d.call(queue, 'get');
    await d.call(queue, 'get');
    await queue.taskDone();
    for (const joiner of joiners) await d.join(joiner);
    for (const _ of joiners) assert.equal(await d.getSimple(released), 'released');
  }),

  'an aborted join rejects with the reason': async () => {
    const queue = new mp.JoinableQueue();
    await queue.put(1);
    const control = new AbortController();
    const reason = new Error('given up');
    const joined = queue.join({ signal: control.signal });
    control.abort(reason);
    assert.strictEqual(await errorOf(() => joined), reason);
    queue.taskDone();
    await queue.join();
  },

  'what is unfinished is exact, whoever is killed when': needs('answers', async (d) => {
    const queue = await d.make('JoinableQueue');
    for (const ms of [0, 1, 2, 3, 5]) {
      const victims = range(2).map(() => start(queues.victimWorks, queue));
      await sleep(60 + ms);
      for (const victim of victims) victim.terminate();
      for (const victim of victims) await d.join(victim);
      // Each victim died in one step: at most one item of each is there, and at most one more was taken and not reported.
      assert.isAtMost(await queue.qsize(), 2);
      while (!(await queue.empty())) await d.call(queue, 'get');
      let unfinished = 0;
      while ((await queues.ending(() => queue.taskDone())) === 'done') unfinished++;
      assert.isAtMost(unfinished, 2);
      await d.call(queue, 'join');
    }
  }),

  'the items that an immediate shutdown drops count as done, those taken before do not': needs('answers', async (d) => {
    const queue = await d.make('JoinableQueue');
    for (const i of range(3)) await d.call(queue, 'put', i);
    await d.call(queue, 'get');
    const joined = queue.join();
    queue.shutdown({ immediate: true });
    assert.equal(await queue.qsize(), 0);
    assert.isFalse(await isSettled(joined));
    await queue.taskDone();
    await joined;
    assert.instanceOf(await errorOf(() => queue.taskDone()), RangeError);
    await d.call(queue, 'join');
  }),

  'an immediate shutdown releases those who join, in all processes': async (d) => {
    const queue = await d.make('JoinableQueue');
    const [ready, released] = [new mp.SimpleQueue(), new mp.SimpleQueue()];
    await d.call(queue, 'put', 'task');
    const joiners = range(2).map(() => start(queues.joinTasks, queue, ready, released));
    for (const _ of joiners) await d.getSimple(ready);
    queue.shutdown({ immediate: true });
    for (const joiner of joiners) await d.join(joiner);
    await d.call(queue, 'join');
  },

  'after a shutdown the rest is taken, reported and joined': async (d) => {
    const queue = await d.make('JoinableQueue');
    await d.call(queue, 'put', 1);
    queue.shutdown();
    const joined = queue.join();
    assert.equal(await d.call(queue, 'get'), 1);
    assert.isFalse(await isSettled(joined));
    await queue.taskDone();
    await joined;
  },
};
