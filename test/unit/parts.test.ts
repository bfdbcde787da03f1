// Executables of two files, whose processes have the parts of the library that the worker's file names, and no other.

import { afterEach, describe, expect, it } from 'vitest';
import { missing } from '../../src/codec/missing.ts';
import { setExecutable } from '../../src/entry/page.ts';
import { serve } from '../../src/entry/process.ts';
import * as mp from '../../src/index.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import '../fixtures/parts/executable.ts';
import { half } from '../fixtures/parts/none.ts';
import { double, ownerOf, sum } from '../fixtures/parts/tasks.ts';

afterEach(expectNoneLeft);

function started<P extends readonly unknown[], R>(
  target: (...args: P) => R,
  args: P,
  { Process } = mp.getContext('spawn'),
): mp.Process<P, R> {
  const child = new Process({ target, args } as never) as unknown as mp.Process<P, R>;
  child.start();
  return child;
}

const without = (part: string) =>
  expect.objectContaining({
    name: 'DataCloneError',
    message: expect.stringMatching(
      new RegExp(
        `^this process has no ${part} of the library: name it where the executable is two files, in serve\\(modules, \\[${part}\\]\\); one file, .*has all`,
      ),
    ),
  });

describe.each(['spawn', 'forkserver'] as const)('%s', (method) => {
  const context = mp.getContext(method);

  it('a process runs that needs no part, and one that is given what its file names', async () => {
    expect(await started(half, [6], context).result()).toBe(3);
    const queue = new mp.Queue<number>();
    const child = started(sum, [queue, 2], context);
    await queue.put(1);
    await queue.put(2);
    expect(await child.result()).toBe(3);
  });

  it('a process that is given what its file does not name ends with an error that does', async () => {
    const child = started(ownerOf, [new mp.Lock()], context);
    await expect(child.result()).rejects.toEqual(without('Lock'));
    expect(child.exitcode).toBe(1);
    expect(child.exception).toBeInstanceOf(mp.DataCloneError);
  });
});

it('the calls of a pool fail that has such a thing in its initargs', async () => {
  await using pool = new mp.Pool(2, { initializer: ownerOf, initargs: [new mp.Lock()] });
  const calls = [pool.apply(double, [1]), pool.map(double, [1, 2, 3]), pool.imap(double, [1, 2]).next()];
  for (const call of await Promise.allSettled(calls)) {
    expect(call).toEqual({ status: 'rejected', reason: without('Lock') });
  }
});

it('one call fails that has such a thing in its arguments, and its pool goes on', async () => {
  await using pool = new mp.Pool(1);
  await expect(pool.apply(ownerOf, [new mp.Lock()])).rejects.toEqual(without('Lock'));
  expect(await pool.apply(double, [4])).toBe(8);
});

it('a pool, and a manager, need parts, too', async () => {
  await using pool = new mp.Pool(1);
  await expect(pool.apply(half, [1])).rejects.toEqual(without('PoolWorker'));
  // It runs the executable that was set last.
  await expect(mp.Manager()).rejects.toEqual(without('Managers'));
});

it('a page that is sent what it does not know says what to do there', () => {
  expect(missing('Proxy').message).toMatch(
    /^this page has no Managers .*setExecutable\(worker, modules, \[Managers\]\)/,
  );
});

it('a page does not serve', () => {
  expect(() => serve({}, [])).toThrow(mp.InvalidStateError);
  expect(() => serve({}, [])).toThrow(/^serve\(\): this is no worker/);
});

it.each([[null], ['Lock'], [[undefined]], [['Lock']], [{}]])('parts that are none: %j', (parts) => {
  const call = 'parts must be an array of what this entry of the library exports';
  const worker = () => new Worker('');
  for (const f of [() => serve({}, parts as never), () => setExecutable(worker, {}, parts as never)]) {
    expect(f).toThrow(TypeError);
    expect(f).toThrow(call);
  }
});

it.each([[null], ['tasks'], [1]])('modules that are none: %j', (modules) => {
  expect(() => serve(modules as never)).toThrow(/^serve\(modules\): modules must be an object of modules/);
  expect(() => setExecutable(() => new Worker(''), modules as never)).toThrow('modules must be an object of modules');
});
