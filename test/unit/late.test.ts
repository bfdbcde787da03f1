// Modules that a process loads when it is to run something of them.
//
// Runs without isolation, too.

import { afterEach, beforeAll, expect, it } from 'vitest';
import { decode } from '../../src/codec/decode.ts';
import { encode } from '../../src/codec/encode.ts';
import { modulesArrived } from '../../src/codec/late.ts';
import { namesOf } from '../../src/codec/registry.ts';
import { TARGET, TEXT } from '../../src/codec/tags.ts';
import * as mp from '../../src/index.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import * as broken from '../fixtures/late/broken.ts';
import { nil, nothing, promised } from '../fixtures/late/executable.ts';
import * as flaky from '../fixtures/late/flaky.ts';
import * as heavy from '../fixtures/late/heavy.ts';
import * as light from '../fixtures/late/light.ts';
import * as stuck from '../fixtures/late/stuck.ts';
import * as wide from '../fixtures/late/wide.ts';

beforeAll(modulesArrived);
afterEach(expectNoneLeft);

async function run<P extends readonly unknown[], R>(target: (...args: P) => R, args: P): Promise<Awaited<R>> {
  const child = new mp.Process({ target, args } as never) as unknown as mp.Process<P, R>;
  child.start();
  return child.result();
}

/** Once a process loads what it never will have. */
const loading = (): Promise<unknown> =>
  new Promise((resolve) => {
    const channel = new BroadcastChannel('late');
    channel.onmessage = () => {
      channel.close();
      resolve(undefined);
    };
  });

it('a worker of a pool loads what it runs, and no more', async () => {
  await using pool = new mp.Pool(1);
  expect(await pool.apply(light.loaded)).toEqual([]);
  expect(await pool.map(heavy.double, [1, 2])).toEqual([2, 4]);
  expect(await pool.apply(light.loaded)).toEqual(['heavy']);
  expect(await pool.apply(heavy.double, [3])).toBe(6);
});

it('so does a process, for its target and its arguments', async () => {
  expect(await run(heavy.double, [4])).toBe(8);
  expect(await run(light.call, [new mp.Lock(), heavy.double, 5, new mp.Lock()])).toBe(10);
  expect(await run(light.loaded, [])).toEqual([]);
});

it('an initializer', async () => {
  await using pool = new mp.Pool(1, { initializer: heavy.begin, initargs: [1] });
  expect(await pool.apply(light.loaded)).toEqual(['heavy']);
  expect(await pool.apply(heavy.double, [1])).toBe(3);
});

it('functions among the arguments of a task, beside what is shared', async () => {
  await using pool = new mp.Pool(1);
  const [one, other] = [new mp.Lock(), new mp.Lock()];
  for (const f of [heavy.double, wide.triple, heavy.double]) {
    expect(await pool.apply(light.call, [one, f, 7, other])).toBe(f(7));
  }
  expect(await pool.starmap(light.call, [[other, wide.triple, 2, one]])).toEqual([6]);
});

// By message what is attached has ended its journey, and could not be attached again.
it.skipIf(!crossOriginIsolated)('what a record shares is attached once, however often it is read', () => {
  const carrier = { attachments: [] as unknown[], transfer: [], heirs: [] };
  const record = encode([new mp.Lock(), 1, new mp.Event()], '', carrier).slice();
  const attached: object[] = [];
  const first = decode(record, carrier.attachments, 0, attached) as object[];
  // As if it had been broken off behind the lock.
  attached.length = 1;
  const again = decode(record, carrier.attachments, 0, attached) as object[];
  expect(again[0]).toBe(first[0]);
  expect(again[2]).not.toBe(first[2]);
  expect(attached).toEqual([again[0], again[2]]);
});

it('what fails when it is loaded spoils only what needs it', async () => {
  await using pool = new mp.Pool(1);
  const error = await pool.apply(broken.never).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(mp.ProcessError);
  expect(error).toMatchObject({
    message: expect.stringMatching(/^broken could not be loaded in this process.*broken here/),
    module: 'broken',
  });
  expect(await pool.apply(heavy.double, [1])).toBe(2);
  await expect(run(broken.never, [])).rejects.toThrow('broken could not be loaded');
});

it.each([
  ['nothing', nothing, 'undefined'],
  ['nil', nil, 'null'],
  ['promised', promised, 'undefined'],
])('so does what is given for a module and is none: %s', async (module, { never }, what) => {
  await using pool = new mp.Pool(1);
  const error = await pool.apply(never).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(mp.ProcessError);
  expect(error).toMatchObject({
    message:
      `${module} could not be loaded in this process, which has no page: TypeError: it came to ${what}: ` +
      'give what import() answers, or a function that returns it',
    module,
  });
  expect(await pool.apply(heavy.double, [1])).toBe(2);
});

it('in the page, too', () => {
  const name = (namesOf(nothing.never) as string).replace('nothing', 'everywhere');
  const record = Uint8Array.of(0, TARGET, TEXT + name.length, ...new TextEncoder().encode(name));
  expect(() => decode(record)).toThrow(/^everywhere could not be loaded in this page: TypeError: it came to undefined/);
});

it('what could not be loaded is tried again', async () => {
  await using pool = new mp.Pool(1);
  await expect(pool.apply(flaky.negate, [1])).rejects.toThrow('no network');
  expect(await pool.apply(flaky.negate, [1])).toBe(-1);
});

it('who is terminated while a module is loaded ends', async () => {
  const isLoading = loading();
  const child = new mp.Process({ target: stuck.never });
  child.start();
  await isLoading;
  child.terminate();
  await child.join();
  expect(child.exitcode).toBe(-15);
});

it('a task that is given up while its module is loaded, and one whose worker is', async () => {
  await using pool = new mp.Pool(1, { grace: 0 });
  const control = new AbortController();
  let isLoading = loading();
  const given = pool.apply(stuck.never, [], { signal: control.signal });
  await isLoading;
  control.abort(new Error('enough'));
  await expect(given).rejects.toThrow('enough');
  expect(await pool.apply(heavy.double, [1])).toBe(2);
  isLoading = loading();
  const lost = pool.apply(stuck.never);
  await isLoading;
  mp.activeChildren()[0]?.kill();
  await expect(lost).rejects.toBeInstanceOf(mp.WorkerDiedError);
  expect(await pool.apply(heavy.double, [2])).toBe(4);
});

it('in another message it says what is missing', async () => {
  const queue = new mp.Queue<unknown>();
  await queue.put(heavy.double);
  expect(await run(light.receive, [queue])).toMatch(/^this process has not loaded heavy, as it has run nothing of it/);
});

it('a worker in reserve loads it ahead', async () => {
  mp.setForkserverPreload(['heavy']);
  try {
    const { Process } = mp.getContext('forkserver');
    const seen = async (): Promise<string[]> => {
      const child = new Process({ target: light.loaded });
      child.start();
      return child.result();
    };
    // Those that are just being made have not loaded it yet.
    while ((await seen()).length === 0);
  } finally {
    mp.setForkserverPreload([]);
  }
});
