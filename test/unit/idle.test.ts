// What waits costs nothing: nobody looks at intervals.

import { afterEach, expect, it } from 'vitest';
import * as mp from '../../src/index.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import '../fixtures/executable.ts';
import * as idle from '../fixtures/idle.ts';
import { sleep } from '../fixtures/targets.ts';

afterEach(expectNoneLeft);

/** Milliseconds until what waits is at rest, and for which it is watched. */
const SETTLING = 3000;
const WATCHED = 4000;

it('processes at rest wake at most once a second, whatever they wait for (fault 37)', async () => {
  const buffer = new SharedArrayBuffer(64 * 4);
  const counts = new Int32Array(buffer);
  let slots = 0;
  const names: string[] = [];
  const slot = (name: string): readonly [SharedArrayBuffer, number] => {
    names.push(name);
    return [buffer, slots++];
  };
  const queue = new mp.Queue<number>();
  const [here, there] = mp.Pipe<number>();
  const lock = new mp.Lock();
  const event = new mp.Event();
  await lock.acquire();
  const processes = [
    new mp.Process({ target: idle.getting, args: [slot('get'), queue] }),
    new mp.Process({ target: idle.gettingSync, args: [slot('getSync'), queue] }),
    new mp.Process({ target: idle.receiving, args: [slot('recv'), there] }),
    new mp.Process({ target: idle.acquiring, args: [slot('acquire'), lock] }),
    new mp.Process({ target: idle.acquiringSync, args: [slot('acquireSync'), lock] }),
    new mp.Process({ target: idle.many, args: [slot('200 waits'), event] }),
    new mp.Process({ target: idle.joiningSync, args: [slot('joinSync'), event] }),
    new mp.Process({ target: idle.holdingPool, args: [slot('owner of a pool'), event], daemon: false }),
  ];
  slot('worker of a pool');
  slot('worker of a pool');
  for (const process of processes) process.start();
  // All are there once each has been counted in its first waits.
  await sleep(SETTLING);
  while (processes.some((process) => process.pid === null)) await sleep(10);
  const before = counts.slice();
  const began = performance.now();
  await sleep(WATCHED);
  const most = Math.ceil((performance.now() - began) / 1000);
  const woken = Object.fromEntries(names.map((name, i) => [`${name} (${i})`, counts[i]! - before[i]!]));
  for (const [name, times] of Object.entries(woken))
    expect(times, `${name}: ${JSON.stringify(woken)}`).toBeLessThanOrEqual(most);

  event.set();
  lock.release();
  await queue.put(1);
  await queue.put(2);
  await here.send(3);
  for (const process of processes) {
    await process.join();
    expect(process.exitcode).toBe(0);
  }
});

it('each of those that wait hears at once of a death, however long it has waited', async () => {
  // The owner of the lock dies long after the others have gone to rest.
  const lock = new mp.Lock();
  const owner = new mp.Process({ target: idle.hold, args: [lock] });
  owner.start();
  while (lock.owner === null) await sleep(5);
  const buffer = new SharedArrayBuffer(8);
  const others = [
    new mp.Process({ target: idle.acquiring, args: [[buffer, 0], lock] }),
    new mp.Process({ target: idle.acquiringSync, args: [[buffer, 1], lock] }),
  ];
  for (const other of others) other.start();
  await sleep(SETTLING);
  owner.terminate();
  for (const other of others) {
    await other.join();
    expect(other.exitcode).toBe(0);
  }
});

it('without Atomics.waitAsync, timers look', async () => {
  const process = new mp.Process({ target: idle.withoutWaitAsync });
  process.start();
  expect(await process.result()).toEqual(['put later', 'owner ended', 'timed out']);
});
