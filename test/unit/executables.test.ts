// Several executables in one page: that of the app, and one of a package whose modules have the same names.

import { afterEach, expect, it } from 'vitest';
import * as mp from '../../src/index.ts';
import { census } from '../../src/process/page/root.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import '../fixtures/executable.ts';
import '../fixtures/package/executable.ts';
import { titled } from '../fixtures/package/page.ts';
import * as theirs from '../fixtures/package/targets.ts';
import * as ours from '../fixtures/targets.ts';

afterEach(expectNoneLeft);

async function run<P extends readonly unknown[], R>(
  target: (...args: P) => R,
  args: P,
  { Process } = mp.getContext('spawn'),
): Promise<Awaited<R>> {
  const child = new Process({ target, args } as never) as unknown as mp.Process<P, R>;
  child.start();
  return child.result();
}

it.each(['spawn', 'forkserver'] as const)(
  '(fault 11) each function runs from its own executable (%s)',
  async (method) => {
    const context = mp.getContext(method);
    for (let i = 0; i < 3; i++) {
      expect(await run(ours.add, [1, 2], context)).toBe(3);
      expect(await run(theirs.add, [1, 2], context)).toBe('1 and 2');
    }
    expect(await run(theirs.nested, [], context)).toBe('3 and 4, 5 and 6');
  },
);

it('(fault 11) what two modules call by one name arrives as what it is', async () => {
  const point = await run(theirs.point, [7]);
  expect(point).toBeInstanceOf(theirs.Point);
  expect(await run(theirs.whose, [point])).toBe('package');
});

it('(fault 11) a process, and a pool, run one executable, and say so', async () => {
  const both = new mp.Process({ target: theirs.call, args: [ours.add] });
  expect(() => both.start()).toThrow(mp.DataCloneError);
  expect(() => both.start()).toThrow(
    /^targets\.(call|add) and targets\.(call|add) belong to different executables.*functions and objects of one package$/,
  );
  await using our = new mp.Pool(2);
  await using their = new mp.Pool(2);
  expect(await our.starmap(ours.add, [[1, 2]])).toEqual([3]);
  expect(await their.starmap(theirs.add, [[1, 2]])).toEqual(['1 and 2']);
  await expect(our.apply(theirs.add, [1, 2])).rejects.toThrow(/belong to different executables.*one pool for each/);
  await expect(their.starmap(ours.add, [[1, 2]])).rejects.toThrow(/targets\.add.*one pool for each/);
  expect(await our.apply(ours.add, [1, 2])).toBe(3);
  expect(await their.apply(theirs.add, [1, 2])).toBe('1 and 2');
  await using begun = new mp.Pool(1, { initializer: theirs.add, initargs: [1, 2] });
  await expect(begun.apply(ours.add, [1, 2])).rejects.toThrow('one pool for each');
  expect(await begun.apply(theirs.add, [1, 2])).toBe('1 and 2');
});

it('(fault 11) in a queue a function of another executable is not taken for one of the same name', async () => {
  const queue = new mp.Queue<unknown>();
  await queue.put(ours.add);
  const told = await run(theirs.receive as (queue: unknown) => Promise<string>, [queue]);
  expect(told).toBe('this process has not registered "targets.add": it is of another executable, as that of a package');
});

it('(fault 41) a module that cannot be loaded spoils only what needs it, and is named with the reason', async () => {
  expect(titled('in a page')).toContain('in a page');
  await using pool = new mp.Pool(1);
  expect(await pool.apply(theirs.add, [1, 2])).toBe('1 and 2');
  const error = await pool.apply(titled, ['x']).then(
    () => undefined,
    (reason: Error) => reason,
  );
  expect(error).toBeInstanceOf(mp.ProcessError);
  expect(error?.message).toMatch(
    /^page could not be loaded in this process, which has no page: ReferenceError: .*document.* \(http\S+:\d+\)/,
  );
  expect(error?.cause).toBeInstanceOf(ReferenceError);
  expect(await pool.apply(theirs.add, [1, 2])).toBe('1 and 2');
  await expect(run(titled, ['x'])).rejects.toThrow('page could not be loaded');
});

it('(fault 41) a pool whose initializer cannot be loaded is given up at once', async () => {
  const { launched } = census();
  await using pool = new mp.Pool(1, { initializer: titled, initargs: ['x'] });
  await expect(pool.apply(theirs.add, [1, 2])).rejects.toMatchObject({ module: 'page', name: 'ProcessError' });
  expect(census().launched).toBe(launched + 1);
});
