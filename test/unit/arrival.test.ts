// Modules that processes load at their start, and that never come, come late, or fail late: only what needs them waits.

import { afterEach, beforeAll, expect, it } from 'vitest';
import { modulesArrived } from '../../src/codec/late.ts';
import * as mp from '../../src/index.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import * as endless from '../fixtures/arrival/endless.ts';
import '../fixtures/arrival/busy.ts';
import '../fixtures/arrival/executable.ts';
import * as failing from '../fixtures/arrival/failing.ts';
import * as quick from '../fixtures/arrival/quick.ts';
import * as slow from '../fixtures/arrival/slow.ts';
import * as told from '../fixtures/arrival/told.ts';

beforeAll(modulesArrived);
afterEach(expectNoneLeft);

function run<P extends readonly unknown[], R>(target: (...args: P) => R, args: P): mp.Process<P, R> {
  const child = new mp.Process({ target, args } as never) as unknown as mp.Process<P, R>;
  child.start();
  return child;
}

/** Lets go of that module in all processes that it holds up, until `done`. */
async function letting<T>(module: string, done: Promise<T>): Promise<T> {
  const channel = new BroadcastChannel(`arrival-${module}`);
  channel.onmessage = () => channel.postMessage('go on');
  channel.postMessage('go on');
  return done.finally(() => channel.close());
}

it('one that never comes holds up no other process, and no other pool', async () => {
  const stuck = run(endless.double, [1]);
  const pool = new mp.Pool(1);
  expect(await run(quick.square, [3]).result()).toBe(9);
  expect(await pool.map(quick.square, [1, 2, 3])).toEqual([1, 4, 9]);
  pool.close();
  await pool.join();
  await stuck.join({ timeout: 10 });
  expect(stuck.isAlive()).toBe(true);
  await expect(stuck.result({ timeout: 10 })).rejects.toBeInstanceOf(mp.TimeoutError);
  stuck.terminate();
  await stuck.join();
  expect(stuck.exitcode).toBe(-15);
});

it('nor another task of its pool, nor the end of that', async () => {
  const pool = new mp.Pool(2, { grace: 0 });
  const stuck = pool.apply(endless.double, [1]).catch((error: unknown) => error);
  const control = new AbortController();
  const aborted = pool.apply(endless.double, [1], { signal: control.signal }).catch((error: unknown) => error);
  const squares = pool.map(quick.square, [1, 2, 3, 4], { chunksize: 1 });
  control.abort(new Error('enough'));
  expect(await aborted).toMatchObject({ message: 'enough' });
  expect(await squares).toEqual([1, 4, 9, 16]);
  pool.terminate();
  expect(await stuck).toBeInstanceOf(mp.ProcessError);
  await pool.join();
});

it('what comes late is waited for by what needs it: a target, an argument, a task', async () => {
  await using pool = new mp.Pool(1);
  const all = Promise.all([
    run(slow.triple, [2]).result(),
    run(slow.atOf, [new slow.Slow()]).result(),
    pool.map(slow.triple, [1, 2]),
    pool.apply(slow.atOf, [new slow.Slow()]),
  ]);
  expect(await run(quick.square, [3]).result()).toBe(9);
  expect(await letting('slow', all)).toEqual([6, 2, [3, 6], 2]);
});

it('what fails late fails that', async () => {
  await using pool = new mp.Pool(1);
  const half = pool.apply(failing.half, [2]).catch((error: unknown) => error);
  const other = run(quick.square, [3]);
  expect(await other.result()).toBe(9);
  const error = await letting('failing', half);
  expect(error).toBeInstanceOf(mp.ProcessError);
  expect(error).toMatchObject({
    module: 'failing',
    message: expect.stringMatching(/^failing could not be loaded in this process.*too late/),
  });
  expect(await pool.apply(quick.square, [2])).toBe(4);
});

it('an instance of a class that has not come is refused where it is received, and what to do is said', async () => {
  const queue = new mp.Queue<unknown>();
  const receiver = run(quick.receive, [queue]);
  await queue.put(new endless.Endless());
  expect(await receiver.result()).toMatch(
    /^DataCloneError: this process has not loaded endless yet.*await that in its functions/,
  );
});

it('it is not, where the process was started with something of that module', async () => {
  const queue = new mp.Queue<unknown>();
  const receiver = run(quick.receive as (queue: mp.Queue<unknown>, known: unknown) => Promise<string>, [
    queue,
    slow.Slow,
  ]);
  await queue.put(new slow.Slow());
  expect(await letting('slow', receiver.result())).toBe('[object Object]');
});

it('processes that start others', async () => {
  const child = run(quick.squareInChild, [4]);
  expect(await child.result()).toBe(16);
});

it('on a busy machine, what nobody names is there, too, before anything runs (fault 05)', async () => {
  expect(await run(told.hear, []).result()).toBe('evaluated');
  await using pool = new mp.Pool(1);
  expect(await pool.apply(told.hear, [])).toBe('evaluated');
});
