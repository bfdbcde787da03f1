// Reads of what a manager holds, by those who keep replies: they see what was written, whoever wrote it.
//
// Runs without isolation, too, in Chromium.

import { afterEach, expect, it } from 'vitest';
import * as mp from '../../src/index.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import { range, start } from '../contract/harness.ts';
import '../fixtures/executable.ts';
import * as fixtures from '../fixtures/manager_reads.ts';
import { scaled, seeded } from '../fixtures/soak.ts';
import { sleep } from '../fixtures/targets.ts';

afterEach(expectNoneLeft);

/** Reads so often that whoever keeps replies has kept this one. */
async function settled<T>(read: () => Promise<T>): Promise<T> {
  for (let i = 0; i < 3; i++) await read();
  return read();
}

async function withManager(
  use: (manager: InstanceType<typeof fixtures.TamperManager>) => Promise<void>,
): Promise<void> {
  const manager = await new fixtures.TamperManager().start();
  try {
    await use(manager);
  } finally {
    await manager.shutdown();
  }
}

it.skipIf(!crossOriginIsolated)('a read of what has not changed needs no server', () =>
  withManager(async (manager) => {
    const dict = await manager.dict([['key', 1]]);
    const list = await manager.list([[2], 3]);
    const [names, value, array] = [
      await manager.Namespace({ a: 4 }),
      await manager.Value('i', 5),
      await manager.Array('i', [6]),
    ];
    const set = await manager.set([7]);
    const reads = (): Promise<unknown>[] => [
      dict.get('key'),
      dict.get('none'),
      dict.has('key'),
      dict.size(),
      dict.keys(),
      dict.getValue(),
      list.get(0),
      list.at(-1) as Promise<unknown>,
      list.text(),
      names.get('a'),
      value.get(),
      value.value as Promise<unknown>,
      array.get(0),
      set.has(7),
    ];
    // One after another: each has its reply before the next.
    const all = async (): Promise<unknown[]> => {
      const values: unknown[] = [];
      for (const i of range(reads().length)) values.push(await reads()[i]);
      return values;
    };
    const before = await settled(all);
    const memory = new mp.SharedMemory(null, { create: true, size: 2 });
    const [ready, again] = [new mp.SimpleQueue<number>(), new mp.SimpleQueue<null>()];
    const reader = start(fixtures.readTwice, dict as never, ready, again);
    expect(await ready.get()).toBe(1);
    const holder = start(fixtures.holdUp, await manager.Tamper(), memory.name);
    try {
      while (memory.buf[fixtures.HELD_UP] === 0) await sleep(1);
      expect(await all()).toEqual(before);
      await again.put(null);
      expect(await reader.result()).toBe(1);
    } finally {
      Atomics.store(memory.buf, fixtures.GO_ON, 1);
    }
    await holder.result();
    memory.close();
    memory.unlink();
  }),
);

it('a value that was read is the own one of who read it', () =>
  withManager(async (manager) => {
    const dict = await manager.dict<string, fixtures.Count>([['key', { n: 0 }]]);
    const one = (await settled(() => dict.get('key'))) as fixtures.Count;
    one.n = 1;
    expect(await dict.get('key')).toEqual({ n: 0 });
    expect(await dict.get('key')).not.toBe(await dict.get('key'));
  }));

it('a write is seen by the next read, in every process', () =>
  withManager(async (manager) => {
    const dict = await manager.dict<string, number>([['key', 1]]);
    const [ready, again] = [new mp.SimpleQueue<number>(), new mp.SimpleQueue<null>()];
    const readers = range(2).map(() => start(fixtures.readTwice, dict, ready, again));
    for (const _ of readers) expect(await ready.get()).toBe(1);
    expect(await settled(() => dict.get('key'))).toBe(1);
    await dict.set('key', 2);
    for (const _ of readers) await again.put(null);
    expect(await dict.get('key')).toBe(2);
    for (const reader of readers) expect(await reader.result()).toBe(2);
  }));

it('each method that changes an object is seen', () =>
  withManager(async (manager) => {
    const dict = await manager.dict<string, number>([['a', 1]]);
    const changes = [
      () => dict.set('b', 2),
      () => dict.setdefault('c', 3),
      () => dict.update([['d', 4]]),
      () => dict.pop('a'),
      () => dict.popitem(),
      () => dict.delete('b'),
      () => dict.clear(),
    ];
    const seen: unknown[] = [];
    for (const change of changes) {
      await settled(() => dict.getValue());
      await change();
      seen.push([...(await dict.getValue()).keys()].join(''));
    }
    expect(seen).toEqual(['ab', 'abc', 'abcd', 'bcd', 'bc', 'c', '']);
    const list = await manager.list([3, 1, 2]);
    const others = [() => list.sort(), () => list.reverse(), () => list.append(4), () => list.fill(0)];
    const lists: unknown[] = [];
    for (const change of others) {
      await settled(() => list.getValue());
      await change();
      lists.push((await list.getValue()).join(''));
    }
    expect(lists).toEqual(['123', '321', '3214', '0000']);
  }));

it('a read sees what its process wrote before, awaited or not', () =>
  withManager(async (manager) => {
    const dict = await manager.dict<string, number>();
    expect(await fixtures.readBehindWrites(dict, 200)).toEqual([]);
    expect(await start(fixtures.readBehindWrites, dict, 200).result()).toEqual([]);
    // Also behind a call that waits for something else.
    const queue = await manager.Queue<number>();
    const got = queue.get();
    expect(await fixtures.readBehindWrites(dict, 50)).toEqual([]);
    await queue.put(1);
    expect(await got).toBe(1);
  }));

it('a loop over reads leaves the event loop its turns', () =>
  withManager(async (manager) => {
    const dict = await manager.dict<string, boolean>([['stop', false]]);
    await settled(() => dict.get('stop'));
    setTimeout(() => void dict.set('stop', true), 0);
    while (!(await dict.get('stop')));
  }));

it('nested proxies are new ones at each read, and counted', () =>
  withManager(async (manager) => {
    const list = await manager.list<number>();
    const dict = await manager.dict<string, mp.ListProxy<number>>([['list', list]]);
    const references = async () =>
      (await manager.debugInfo()).find(({ typeid }) => typeid === 'list')?.references as number;
    const before = await references();
    const got: mp.ListProxy<number>[] = [];
    for (let i = 0; i < 5; i++) got.push((await dict.get('list')) as mp.ListProxy<number>);
    expect(new Set(got).size).toBe(5);
    // None is collected here: they are used below.
    expect(await references()).toBe(before + 5);
    for (const each of got) await each.append(1);
    expect(await list.size()).toBe(5);
  }));

it('what code in the server changes, by whatever it came to hold, is seen', () =>
  withManager(async (manager) => {
    const tamper = await manager.Tamper();
    const dict = await manager.dict<string, number>([['key', 1]]);
    await settled(() => dict.get('key'));
    await tamper.set(dict, 'key', 2);
    expect(await dict.get('key')).toBe(2);

    // What a callback was given.
    const counts = await manager.dict<string, fixtures.Count>([['key', { n: 0 }]]);
    await settled(() => counts.get('key'));
    await counts.forEach(fixtures.remember);
    await settled(() => counts.get('key'));
    expect(await tamper.change()).toBe(1);
    expect(await counts.get('key')).toEqual({ n: 1 });

    // What an instance keeps that came with it.
    const list = await manager.list<unknown>([0]);
    await settled(() => list.get(0));
    const count = { n: 10 };
    await list.extend([count, new fixtures.Keeper(count)]);
    await settled(() => list.get(1));
    expect(await tamper.change()).toBe(2);
    expect(await list.get(1)).toEqual({ n: 11 });

    // What another object was made of.
    const from = await manager.list([{ n: 20 }]);
    await settled(() => from.get(0));
    const copy = await manager.list(from as never);
    await settled(() => from.get(0));
    await copy.forEach(fixtures.remember as never);
    await settled(() => from.get(0));
    expect(await tamper.change()).toBe(3);
    expect(await from.get(0)).toEqual({ n: 21 });
  }));

it('more than can be kept, and what is too large for that, is read all the same', () =>
  withManager(async (manager) => {
    const list = await manager.list(range(40).map((i) => String(i).repeat(60_000)));
    for (let round = 0; round < 2; round++) {
      for (const i of range(40)) expect((await list.get(i)).length).toBe(60_000 * String(i).length);
    }
    const whole = await settled(() => list.getValue());
    expect(whole.length).toBe(40);
    await list.append('');
    expect((await list.getValue()).length).toBe(41);
  }));

it('nothing is read of a server that was killed, or was asked to end', async () => {
  const manager = await mp.Manager();
  const dict = await manager.dict<string, number>([['key', 1]]);
  const [ready, again] = [new mp.SimpleQueue<number>(), new mp.SimpleQueue<null>()];
  const reader = start(fixtures.readTwice, dict, ready, again);
  expect(await ready.get()).toBe(1);
  expect(await settled(() => dict.get('key'))).toBe(1);
  const server = mp.activeChildren().find(({ pid }) => pid === manager.address);
  server?.kill();
  // Not even before it has ended.
  expect(await dict.get('key').catch(({ name }) => name)).toBe('WorkerDiedError');
  await again.put(null);
  expect(await reader.result()).toBe('WorkerDiedError');
  await manager.shutdown();

  const other = await mp.Manager();
  const value = await other.Value('i', 1);
  await settled(() => value.get());
  const ending = other.shutdown();
  // It may be at its end before its process is.
  expect(await value.get().catch(({ name }: Error) => name)).toMatch(/^(WorkerDied|InvalidState)Error$/);
  await ending;
});

it.skipIf(!crossOriginIsolated)('nothing is read of a server that was closed in a process that goes on', async () => {
  const server = new mp.SyncManager().getServer();
  const serving = server.serveForever();
  const address = server.address as number;
  const [ready, again] = [new mp.SimpleQueue<number>(), new mp.SimpleQueue<null>()];
  const manager = await new mp.SyncManager({ address }).connect();
  const dict = await manager.dict<string, number>([['key', 1]]);
  const reader = start(fixtures.readTwice, dict, ready, again);
  expect(await ready.get()).toBe(1);
  server.close();
  await serving;
  await again.put(null);
  expect(await reader.result()).toBe('InvalidStateError');
});

it.skipIf(!crossOriginIsolated)(
  'many readers beside writers: nobody reads what is older than somebody knew',
  {
    timeout: 300_000,
  },
  async () => {
    const { below } = seeded();
    const seed = below(1e6);
    for (const isKilled of [false, true]) {
      // Nobody comes so far before the server is killed.
      const last = isKilled ? 1e9 : scaled(300, 5000);
      const manager = await mp.Manager();
      const dict = await manager.dict<string, fixtures.Count>();
      const readers = range(3);
      const known = new mp.RawArray('i', (fixtures.KEYS + readers.length) * fixtures.KEYS);
      const watching = readers.map((i) => start(fixtures.watch, dict, known, fixtures.KEYS + i, seed, last));
      const writing = range(fixtures.KEYS).map((who) => start(fixtures.countUp, dict, known, who, last));
      if (isKilled) {
        while (!known.some((n) => n > 100)) await sleep(1);
        mp.activeChildren()
          .find(({ pid }) => pid === manager.address)
          ?.kill();
      }
      const written = await Promise.all(writing.map((it) => it.result().catch(({ name }: Error) => name)));
      const read = await Promise.all(watching.map((it) => it.result()));
      for (const each of written) expect(each).toBe(isKilled ? 'WorkerDiedError' : last);
      for (const each of read) {
        if (isKilled) expect(each).toBe('WorkerDiedError');
        else expect(each).toBeGreaterThan(0);
      }
      await manager.shutdown();
    }
  },
);
