// Runs without isolation, too, in Chromium.
//
// Processes, on any page: what nothing else of the library is needed for, where threads share no memory, too.

import { afterEach, expect, it } from 'vitest';
import * as mp from '../../src/index.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import { start } from '../contract/harness.ts';
import * as targets from '../fixtures/targets.ts';
import '../fixtures/executable.ts';

afterEach(expectNoneLeft);

it('a process answers what its target returns', async () => {
  const child = start(targets.add, 2, 3);
  expect(child.pid).toBeGreaterThan(1);
  expect(child.isAlive()).toBe(true);
  expect(child.exitcode).toBe(null);
  expect(await child.result()).toBe(5);
  expect(child.exitcode).toBe(0);
  expect(child.isAlive()).toBe(false);
});

it('what it throws arrives, with its exit code', async () => {
  const child = start(targets.fail, 'on purpose');
  await expect(child.result()).rejects.toThrow('on purpose');
  expect(child.exitcode).toBe(1);
  expect(child.exception).toBeInstanceOf(Error);
});

it('exit() ends it with a code', async () => {
  const child = start(targets.exitWith, 7);
  await child.join();
  expect(child.exitcode).toBe(7);
});

it('terminate() and kill() end it, at work or waiting', async () => {
  for (const target of [targets.spinForever, targets.waitForever]) {
    const [one, other] = [start(target), start(target)];
    one.terminate();
    other.kill();
    await Promise.all([one.join(), other.join()]);
    expect([one.exitcode, other.exitcode]).toEqual([-15, -9]);
  }
});

it.each(['closeSelf', 'crash'] as const)(
  'one that ends by itself, without a result, is seen to have ended: %s',
  async (how) => {
    const child = start(targets[how]);
    await child.join();
    expect(child.exitcode).toBe(1);
  },
);

it('results that are long, and those that only the browser can carry, arrive', async () => {
  const bytes = new Uint8Array(20 << 20).fill(7);
  expect((await start(targets.identity, bytes).result()).at(-1)).toBe(7);
  const blob = await start(targets.identity, new Blob(['text'])).result();
  expect(await blob.text()).toBe('text');
});

it('processes start processes, and know when these end', async () => {
  expect(await start(targets.chain, 3).result()).toBe(3);
});

it('a process ends its children', async () => {
  expect(await start(targets.endsChild).result()).toEqual([-15, 0]);
});

it('processes of one process are more than it was given numbers for', async () => {
  expect(await start(targets.manyChildren, 30, 4).result()).toBe(120);
});

it('daemonic children end with it, others are waited for', async () => {
  const child = start(targets.leavesChildren);
  await child.join();
  expect(child.exitcode).toBe(0);
});

it('one that waits in reserve serves', async () => {
  const context = mp.getContext('forkserver');
  for (let i = 0; i < 4; i++) {
    const child = new context.Process({ target: targets.add, args: [i, i] });
    child.start();
    expect(await child.result()).toBe(2 * i);
  }
});

it('a process knows its parent, and whether that lives', async () => {
  expect(await start(targets.parentOf).result()).toEqual(['MainProcess', 1, true]);
});

it('a process whose parent ends while it is being loaded runs, and knows', async () => {
  const name = crypto.randomUUID();
  const channel = new BroadcastChannel(name);
  const next = (): Promise<unknown> =>
    new Promise((resolve) => channel.addEventListener('message', ({ data }) => resolve(data), { once: true }));
  const started = next();
  const child = start(targets.startHeir, name);
  expect(await started).toBe('started');
  const told = next();
  child.terminate();
  expect(await told).toBe(-15);
  channel.close();
});
