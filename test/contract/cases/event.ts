import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import * as sync from '../../fixtures/sync.ts';
import { sleep } from '../../fixtures/targets.ts';
import { byTurns, type Cases, type Driver, duration, errorOf, range, start } from '../harness.ts';

/** Starts waiters of both drivers, and answers once all are about to wait. */
async function startWaiters(d: Driver, event: mp.Event) {
  const ready = new mp.Semaphore(0);
  const waiters = range(4).map((i) => start(byTurns(i, sync.awaitEvent, sync.awaitEventAsync), event, ready));
  for (let i = 0; i < waiters.length; i++) await d.call(ready, 'acquire');
  await sleep(400);
  return waiters;
}

export const eventCases: Cases = {
  'EVT-01 a new one is not set, and waiting runs out of time': async (d) => {
    const event = await d.make('Event');
    assert.isFalse(await event.isSet());
    assert.equal(await d.text(event), '<Event unset>');
    assert.isFalse(await d.call(event, 'wait', { timeout: 0 }));
    const late = await duration(async () => assert.isFalse(await d.call(event, 'wait', { timeout: 100 })));
    assert.isAtLeast(late, 95);
  },

  'EVT-02 EVT-04 once set, all waits answer true at once; twice is once; cleared is cleared': async (d) => {
    const event = await d.make('Event');
    assert.isUndefined(await event.set());
    assert.isUndefined(await event.set());
    assert.isTrue(await event.isSet());
    assert.equal(await d.text(event), '<Event set>');
    for (let i = 0; i < 3; i++) {
      assert.isTrue(await d.call(event, 'wait'));
      assert.isTrue(await d.call(event, 'wait', { timeout: 0 }));
      assert.isTrue(await d.call(event, 'wait', { timeout: 100 }));
    }
    assert.isUndefined(await event.clear());
    assert.isUndefined(await event.clear());
    assert.isFalse(await event.isSet());
    assert.isFalse(await d.call(event, 'wait', { timeout: -5 }));
  },

  'EVT-05 a set by another process is seen; it wakes all waiters in all processes': async (d) => {
    const event = await d.make('Event');
    const setter = start(sync.setLater, event, 200);
    assert.isTrue(await d.call(event, 'wait'));
    await d.join(setter);
    await event.clear();
    const waiters = await startWaiters(d, event);
    await event.set();
    for (const waiter of waiters) assert.isTrue(await d.result(waiter));
  },

  'EVT-07 set directly followed by clear releases all who waited, who answer true': async (d) => {
    const event = await d.make('Event');
    const waiters = await startWaiters(d, event);
    await event.set();
    await event.clear();
    for (const waiter of waiters) assert.isTrue(await d.result(waiter));
    assert.isFalse(await event.isSet());
    assert.isFalse(await d.call(event, 'wait', { timeout: 0 }));
  },

  'EVT-08 set does not hang where waiters were killed, and wakes the others': async (d) => {
    const event = await d.make('Event');
    const waiters = await startWaiters(d, event);
    for (const waiter of waiters.slice(0, 2)) waiter.terminate();
    await event.set();
    for (const waiter of waiters.slice(2)) assert.isTrue(await d.result(waiter));
    for (const waiter of waiters) await d.join(waiter);
    assert.isTrue(await event.isSet());
  },

  'an aborted wait rejects with the reason': async () => {
    const event = new mp.Event();
    const control = new AbortController();
    const reason = new Error('given up');
    const waiting = event.wait({ signal: control.signal });
    control.abort(reason);
    assert.strictEqual(await errorOf(() => waiting), reason);
    assert.instanceOf(await errorOf(() => event.wait({ timeout: 'soon' as never })), TypeError);
  },
};
