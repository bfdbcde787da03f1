import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import * as queues from '../../fixtures/queue.ts';
import { scaled, seeded } from '../../fixtures/soak.ts';
import { type Cases, needs, range, start } from '../harness.ts';

const LARGE = 200_000_000;

export const queueLoadCases: Cases = {
  'an item of 200 MB passes from process to process': needs('answers', async (d) => {
    const queue = new mp.Queue<Uint8Array>();
    const producer = start(queues.putPattern, queue, LARGE, 1);
    const consumer = start(queues.checkPattern, queue, LARGE, 1);
    assert.isTrue(await d.result(consumer));
    await d.join(producer);
    assert.equal(queue.qsize(), 0);
  }),

  'an item of 200 MB arrives here': needs('answers', async (d) => {
    const queue = new mp.Queue<Uint8Array>();
    const producer = start(queues.putPattern, queue, LARGE, 2);
    assert.isTrue(queues.isPattern(await d.get(queue), LARGE, 2));
    await d.join(producer);
    assert.equal(queue.qsize(), 0);
  }),

  'items of no bytes are items': needs('answers', async (d) => {
    const queue = new mp.Queue<unknown>();
    const empty = [new Uint8Array(0), new ArrayBuffer(0), '', [], {}, undefined, null];
    for (const item of empty) await d.put(queue, item);
    assert.equal(queue.qsize(), empty.length);
    for (const item of empty) assert.deepEqual(await d.get(queue), item);
    assert.isTrue(queue.empty());
  }),

  'Q-01 maxsize may be more than a new queue has memory for': needs('answers', async (d) => {
    const most = 100_000;
    const queue = new mp.Queue<number>(most);
    for (let i = 0; i < most; i++) queue.putNowait(i);
    assert.isTrue(queue.full());
    assert.equal(queue.qsize(), most);
    assert.equal(await queues.ending(() => queue.putNowait(most)), 'Full');
    assert.equal(await queues.ending(() => d.put(queue, most, { timeout: 10 })), 'Full');
    for (let i = 0; i < most; i++) if (queue.getNowait() !== i) assert.fail(`item ${i} is not in its place`);
    assert.isTrue(queue.empty());
  }),

  'Q-22 ten producers and ten consumers: every item once, in the order of its producer': async (d) => {
    const seed = seeded().below(1e9);
    const count = scaled(200, 1000);
    const queue = new mp.Queue<queues.Message>(16);
    const producers = range(9).map((i) => start(queues.produceMany, queue, i, count, seed));
    const consumers = range(9).map((i) => start(queues.consumeMany, queue, i));
    const own = queues.drain(queue);
    await queues.produceMany(queue, 9, count, seed, d.name);
    for (const producer of producers) await d.call(producer, 'join');
    queue.shutdown();
    const results = [(await own).map(queues.checked)];
    for (const consumer of consumers) results.push(await d.result(consumer));
    for (const taken of results) {
      const last = new Map<number, number>();
      for (const [producer, index] of taken) {
        assert.isAbove(index, last.get(producer) ?? -1, `seed ${seed}: order of producer ${producer}`);
        last.set(producer, index);
      }
    }
    const all = results.flat().map(([producer, index]) => producer * count + index);
    assert.deepEqual(
      all.sort((a, b) => a - b),
      range(10 * count),
      `seed ${seed}`,
    );
  },
};
