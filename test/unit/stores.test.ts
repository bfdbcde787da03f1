// Objects of the library in the stores of frameworks, which wrap what they hold in Proxies: they leave ours alone, and ours work.

import { reactive, ref } from '@vue/reactivity';
import { produce } from 'immer';
import { isObservable, observable } from 'mobx';
import { afterEach, expect, it } from 'vitest';
import * as mp from '../../src/index.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import '../fixtures/executable.ts';
import * as tasks from '../fixtures/pool.ts';

afterEach(expectNoneLeft);

/** One of each kind, and how to end them. */
async function oneOfEach() {
  const manager = await mp.Manager();
  const pool = new mp.Pool(1);
  const [left, right] = mp.Pipe<number>();
  const [lock, condition] = [new mp.Lock(), new mp.Condition()];
  const memory = new mp.SharedMemory(null, { create: true, size: 8 });
  const all = {
    manager,
    pool,
    left,
    right,
    lock,
    condition,
    memory,
    dict: await manager.dict([['a', 1]]),
    list: await manager.list([1, 2]),
    result: pool.applyAsync(tasks.square, [3]),
    squares: pool.imap(tasks.square, [1, 2, 3]),
    process: new mp.Process({ target: tasks.square, args: [4] }),
    queue: new mp.Queue<number>(),
    joinable: new mp.JoinableQueue<number>(),
    simple: new mp.SimpleQueue<number>(),
    rlock: new mp.RLock(),
    semaphore: new mp.Semaphore(2),
    bounded: new mp.BoundedSemaphore(2),
    event: new mp.Event(),
    barrier: new mp.Barrier(1),
    value: new mp.Value('i', 5),
    array: new mp.Array('i', [1, 2, 3]),
    raw: new mp.RawArray('d', 2),
    items: new mp.ShareableList([1, 'a']),
    logger: mp.getLogger(),
  };
  const end = async (): Promise<void> => {
    all.items.shm.close();
    all.items.shm.unlink();
    memory.close();
    memory.unlink();
    pool.terminate();
    await pool.join();
    await manager.shutdown();
  };
  return { all, end };
}

type All = Awaited<ReturnType<typeof oneOfEach>>['all'];

/** Each does what it is for. */
async function use(all: All): Promise<void> {
  expect(await all.pool.apply(tasks.square, [5])).toBe(25);
  expect(await all.result.get()).toBe(9);
  expect((await all.squares.next()).value).toBe(1);
  all.process.start();
  expect(await all.process.result()).toBe(16);
  expect(all.process.sentinel).toBeDefined();
  for (const queue of [all.queue, all.joinable, all.simple]) {
    await queue.put(7);
    expect(await queue.get()).toBe(7);
  }
  all.joinable.taskDone();
  await all.left.send(1);
  expect(await all.right.recv()).toBe(1);
  for (const lock of [all.lock, all.rlock, all.semaphore, all.bounded, all.condition]) {
    expect(await lock.acquire()).toBe(true);
    lock.release();
  }
  all.event.set();
  expect(await all.event.wait()).toBe(true);
  expect(await all.barrier.wait()).toBe(0);
  all.value.value++;
  expect(all.value.value).toBe(6);
  expect([...all.array]).toEqual([1, 2, 3]);
  expect(all.raw.length).toBe(2);
  expect(all.items.get(1)).toBe('a');
  expect(all.memory.size).toBeGreaterThan(7);
  expect(await all.dict.get('a')).toBe(1);
  expect(await all.list.copy()).toEqual([1, 2]);
  expect(await (await all.manager.Value('i', 1)).get()).toBe(1);
  all.logger.debug('nobody hears this');
}

it.each(['reactive', 'ref'])('Vue: %s', async (how) => {
  const { all, end } = await oneOfEach();
  const state = (how === 'reactive' ? reactive({ all }).all : ref(all).value) as unknown as All;
  for (const [name, one] of Object.entries(all)) expect(state[name as keyof All], name).toBe(one);
  await use(state);
  await end();
});

it('MobX: observable', async () => {
  const { all, end } = await oneOfEach();
  const state = observable(all) as All;
  for (const [name, one] of Object.entries(all)) {
    expect(isObservable(state[name as keyof All]), name).toBe(false);
    expect(state[name as keyof All], name).toBe(one);
  }
  await use(state);
  await end();
});

it('Immer: a draft, and what is frozen after it', async () => {
  const { all, end } = await oneOfEach();
  const state = produce({ all, count: 0 }, (draft) => {
    draft.count++;
    draft.all = { ...all };
    expect(draft.all.pool).toBe(all.pool);
  });
  await use(state.all as All);
  await end();
});
