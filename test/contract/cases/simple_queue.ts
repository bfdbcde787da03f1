import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import * as targets from '../../fixtures/targets.ts';
import { type Cases, errorOf, needs, start } from '../harness.ts';

export const simpleQueueCases: Cases = {
  'SQ-01 a put is seen at once by the putter itself': needs('memory', async (d) => {
    const queue = new mp.SimpleQueue<boolean>();
    assert.isTrue(queue.empty());
    await d.join(start(targets.emptyTwice, queue as mp.SimpleQueue));
    assert.isFalse(queue.empty());
    assert.isTrue(await d.getSimple(queue));
    assert.isFalse(await d.getSimple(queue));
    assert.isTrue(queue.empty());
  }),

  'SQ-02 SQ-04 after close everything throws OSError': needs('answers', async (d) => {
    for (const used of [false, true]) {
      const queue = new mp.SimpleQueue();
      if (used) await d.putSimple(queue, 1);
      queue.close();
      for (const call of [() => queue.empty(), () => d.putSimple(queue, 1), () => d.getSimple(queue)]) {
        const error = (await errorOf(call)) as Error;
        assert.instanceOf(error, mp.OSError);
        assert.include(error.message, 'closed');
      }
    }
  }),

  'SQ-05 what cannot travel throws from put, and nothing is sent': needs('answers', async (d) => {
    const queue = new mp.SimpleQueue();
    assert.instanceOf(await errorOf(() => d.putSimple(queue, Symbol('no'))), mp.DataCloneError);
    assert.isTrue(queue.empty());
  }),

  'SQ-07 put has no limit of items': needs('answers', async (d) => {
    const queue = new mp.SimpleQueue<string>();
    for (let i = 0; i < 1000; i++) await d.putSimple(queue, 'x'.repeat(1000));
    for (let i = 0; i < 1000; i++) assert.equal((await d.getSimple(queue)).length, 1000);
    assert.isTrue(queue.empty());
  }),
};
