// What the page sees of its processes, of what they share, and of its pools.
//
// Runs without isolation, too, in Chromium.

import { afterEach, expect, it } from 'vitest';
import * as mp from '../../src/index.ts';
import { label, pools, processes, sharedObjects, terminate } from '../../src/inspect.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import '../fixtures/executable.ts';
import * as inspected from '../fixtures/inspected.ts';
import * as pool from '../fixtures/pool.ts';
import * as targets from '../fixtures/targets.ts';

afterEach(expectNoneLeft);

const infoOf = (pid: number | null) => processes().find((info) => info.pid === pid);
const objectNamed = (name: string) => sharedObjects().find((info) => info.name === name);

it('processes: the page first, then each from its start to its end', async () => {
  expect(processes()[0]).toMatchObject({ pid: 1, parent: null, name: 'MainProcess', state: 'running', task: null });
  const child = new mp.Process({ target: targets.sleep, args: [60_000], name: 'Sleeper', daemon: true });
  expect(infoOf(child.pid)).toBeUndefined();
  const before = Date.now();
  child.start();
  const told = infoOf(child.pid);
  expect(told).toMatchObject({ parent: 1, name: 'Sleeper', daemon: true, startMethod: 'spawn', task: 'targets.sleep' });
  expect(told?.state).toBe('starting');
  expect(Math.abs((told?.started ?? 0) - before)).toBeLessThan(10_000);
  while (infoOf(child.pid)?.state === 'starting') await targets.sleep(5);
  expect(infoOf(child.pid)).toMatchObject({ state: 'running', exitcode: null });
  child.terminate();
  expect(['terminating', 'ended']).toContain(infoOf(child.pid)?.state);
  await child.join();
  expect(infoOf(child.pid)).toMatchObject({ state: 'ended', exitcode: -15 });
});

it('processes of processes are seen, and can be terminated', async () => {
  const pids = new mp.SimpleQueue<number>();
  const parent = new mp.Process({ target: inspected.parentOfSleeper, args: [pids] });
  parent.start();
  const grandchild = await pids.get();
  // Its pid may come through shared memory before the page has read the message that asks for it.
  while (infoOf(grandchild) === undefined) await targets.sleep(5);
  expect(infoOf(grandchild)).toMatchObject({ parent: parent.pid, name: 'Grandchild', task: 'targets.sleep' });
  terminate(grandchild);
  expect(await parent.result()).toBe(-15);
  expect(infoOf(grandchild)).toMatchObject({ state: 'ended', exitcode: -15 });
  // A second time nothing happens.
  terminate(grandchild);
  expect(infoOf(grandchild)?.exitcode).toBe(-15);
  expect(() => terminate(1)).toThrow(RangeError);
  expect(() => terminate(2 ** 19)).toThrow('no process with the pid 524288');
});

it('a subclass is named by its run; many processes that have ended are forgotten', async () => {
  const process = new inspected.Quick();
  process.start();
  expect(infoOf(process.pid)?.task).toBe('Quick.run');
  await process.join();
  const { Process } = mp.getContext('forkserver');
  for (let i = 0; i < 22; i++) {
    const some = Array.from({ length: 10 }, () => new Process({ target: targets.nothing }));
    for (const one of some) one.start();
    await Promise.all(some.map((one) => one.join()));
  }
  expect(processes().length).toBeLessThanOrEqual(1 + 200);
  expect(infoOf(process.pid)).toBeUndefined();
});

it('shared objects: who has them, who holds them, what is in them', async () => {
  const queue = label(new mp.Queue<number>(3), 'the queue');
  const lock = label(new mp.Lock(), 'the lock');
  const rlock = label(new mp.RLock(), 'the rlock');
  const memory = crossOriginIsolated
    ? [label(new mp.Value('i', 7), 'the value'), label(new mp.Array('d', 4), 'the array')]
    : [];
  const condition = label(new mp.Condition(), 'the condition');
  const barrier = label(new mp.Barrier(2), 'the barrier');
  const simple = label(new mp.SimpleQueue<string>(), 'the simple queue');
  const [here, there] = mp.Pipe<number>();
  label(there, 'the pipe');
  expect(objectNamed('the lock')).toBeUndefined();

  const release = new mp.Event();
  const held = new mp.Event();
  const args = [held, release, [lock, rlock, condition], memory, [queue, simple, barrier, there]] as const;
  const holder = new mp.Process({ target: inspected.holdAll, args });
  holder.start();
  await held.wait();
  const { pid } = holder;
  const inMemory = crossOriginIsolated ? ['the value', 'the array'] : [];
  for (const name of ['the lock', 'the rlock', 'the condition', ...inMemory]) {
    expect(objectNamed(name)).toMatchObject({ owner: pid, holders: [pid] });
  }
  expect(lock.owner).toBe(pid);
  expect(rlock.owner).toBe(pid);
  expect(objectNamed('the queue')).toMatchObject({ kind: 'Queue', size: 2, maxsize: 3, owner: null });
  expect(objectNamed('the simple queue')).toMatchObject({ kind: 'SimpleQueue', size: 1, maxsize: null });
  expect(objectNamed('the barrier')).toMatchObject({ kind: 'Barrier', text: 'waiters=0/2' });
  if (crossOriginIsolated) {
    expect(objectNamed('the value')).toMatchObject({ kind: 'Value', text: "'i', 7" });
    expect(objectNamed('the array')).toMatchObject({ kind: 'Array', text: '4 elements' });
  }
  here.sendSync(1);
  here.sendSync(2);
  expect(objectNamed('the pipe')).toMatchObject({ kind: 'Connection', size: 2 });
  // The locks of the others are told with them: two locks and two events are all that is left.
  const kinds = sharedObjects()
    .filter(({ holders }) => holders.includes(pid as number))
    .map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === 'Lock' || kind === 'RLock')).toHaveLength(2);
  expect(kinds).toHaveLength(9 + memory.length);

  release.set();
  await holder.join();
  expect(objectNamed('the lock')).toMatchObject({ owner: null, holders: [] });
  expect(objectNamed('the queue')?.size).toBe(2);
  expect(() => label(lock, 7 as never)).toThrow(TypeError);
});

it.skipIf(!crossOriginIsolated)(
  'what the page has closed does not hide the others; bad labels are refused',
  async () => {
    const block = label(new mp.SharedMemory(null, { create: true, size: 64 }), 'a block');
    const list = label(new mp.ShareableList([1, 2]), 'a list');
    const broken = Object.assign(new mp.Lock(), {
      toString() {
        throw new Error('on purpose');
      },
      getLock() {
        throw new Error('nobody is to call this');
      },
    });
    label(broken, 'a lock');
    const child = new mp.Process({ target: targets.identity, args: [[block, list, broken]] });
    child.start();
    await child.join();
    list.shm.close();
    list.shm.unlink();
    block.close();
    block.unlink();
    for (const name of ['a block', 'a list', 'a lock']) expect(objectNamed(name)).toMatchObject({ holders: [] });
    expect(objectNamed('a lock')?.text).toBe('');
    expect(() => label(null as never, 'nothing')).toThrow('object must be a shared object, not null');
    expect(() => label(broken, undefined as never)).toThrow(TypeError);
  },
);

it('what nobody keeps is not kept by looking', async () => {
  const before = sharedObjects().length;
  const held = await (async () => {
    const queue = label(new mp.Queue(), 'short-lived');
    const child = new mp.Process({ target: targets.putAll, args: [queue, [1]] });
    child.start();
    await child.join();
    return new WeakRef(queue);
  })();
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) return;
  // What a WeakRef was asked for lives to the end of that turn: so each collection has one of its own.
  for (let i = 0; i < 50 && held.deref() !== undefined; i++) {
    await targets.sleep(10);
    gc();
    await targets.sleep(10);
  }
  expect(held.deref()).toBeUndefined();
  expect(objectNamed('short-lived')).toBeUndefined();
  expect(sharedObjects().length).toBeLessThanOrEqual(before);
});

it('pools: their workers, and what each is at', async () => {
  const workers = new mp.Pool(2);
  const mine = () => pools().find((info) => info.pool === workers);
  expect(mine()).toMatchObject({ state: 'running', size: 2, pending: 0, workers: [] });
  const calls = [1, 2, 3].map((ms) => workers.applyAsync(targets.sleep, [ms * 200]));
  expect(mine()?.pending).toBe(3);
  while (!mine()?.workers.some(({ task }) => task !== null)) await targets.sleep(5);
  const busy = mine()?.workers.find(({ task }) => task !== null);
  expect(busy?.task).toBe('targets.sleep()');
  expect(infoOf(busy?.pid ?? 0)?.task).toBe('targets.sleep()');
  await Promise.all(calls);
  expect(await workers.apply(pool.square, [3])).toBe(9);
  expect(mine()?.workers.map(({ task }) => task)).toEqual([null, null]);
  for (const { pid } of mine()?.workers ?? []) expect(infoOf(pid)?.task).toBeNull();
  workers.close();
  expect(mine()?.state).toBe('closed');
  await workers.join();
  expect(mine()?.workers).toEqual([]);
});

it('only the page can look', async () => {
  const child = new mp.Process({ target: inspected.lookFromHere });
  child.start();
  expect(await child.result()).toEqual(
    ['processes', 'sharedObjects', 'pools', 'terminate'].map(
      (call) => `InvalidStateError: ${call}(): only the page knows all processes; call it there`,
    ),
  );
});

it("workers go by their process's name in the browser's tools", async () => {
  const named = new mp.Process({ target: inspected.workerName, name: 'Sorter' });
  named.start();
  expect(await named.result()).toBe('Sorter');
  await using workers = new mp.Pool(1);
  expect(await workers.apply(inspected.workerName)).toMatch(/^PoolWorker-\d+$/);
  workers.close();
  await workers.join();
});

/** The measures of this page from now on, as the performance panel is told of them. */
function measures() {
  const seen: PerformanceMeasure[] = [];
  const observer = new PerformanceObserver((list) => seen.push(...(list.getEntries() as PerformanceMeasure[])));
  observer.observe({ type: 'measure' });
  /** All that were made. Engines tell of them later, in their order. */
  const ended = async (): Promise<PerformanceMeasure[]> => {
    performance.measure('the end');
    while (!seen.some(({ name }) => name === 'the end')) await targets.sleep(5);
    observer.disconnect();
    performance.clearMeasures('the end');
    return seen.filter(({ name }) => name !== 'the end');
  };
  return { ended };
}

const propertiesOf = ({ detail }: PerformanceMeasure): Record<string, string> =>
  Object.fromEntries(detail.devtools.properties);

it('processes and tasks are tracks of the performance panel', async () => {
  const begin = performance.now();
  const { ended } = measures();
  const process = new mp.Process({ target: targets.nothing, name: 'Measured' });
  process.start();
  await process.join();
  await using workers = new mp.Pool(1);
  await workers.apply(pool.square, [3]);
  const items: [number, number][] = [
    [1, 20],
    [2, 20],
    [3, 20],
  ];
  await workers.starmap(pool.squareLater, items, { chunksize: 2 });
  // By message, there and back; and from the ring, back by message.
  const bytes = new Uint8Array(8);
  await workers.apply(pool.echo, [mp.transfer(bytes, [bytes.buffer])]);
  await workers.apply(pool.makeLarge, [1 << 20]);
  await workers.apply(pool.raise, ['x']).catch(() => {});
  workers.close();
  await workers.join();
  while (processes().some(({ state, pid }) => pid !== 1 && state !== 'ended')) await targets.sleep(5);

  const seen = await ended();
  expect(performance.getEntriesByType('measure')).toEqual([]);
  const tasks = seen.filter(({ name }) => name.startsWith('task '));
  expect(tasks.map(({ name }) => name)).toEqual([
    'task pool.square()',
    'task pool.squareLater()',
    'task pool.squareLater(), chunk 1',
    'task pool.echo()',
    'task pool.makeLarge()',
    'task pool.raise()',
  ]);
  const [, first, second] = tasks as [PerformanceMeasure, PerformanceMeasure, PerformanceMeasure];
  for (const task of tasks) {
    expect(task.startTime).toBeGreaterThanOrEqual(begin);
    expect(task.startTime + task.duration).toBeLessThanOrEqual(performance.now());
    expect(task.detail.devtools).toMatchObject({ dataType: 'track-entry', trackGroup: 'web-multiprocessing' });
    expect(task.detail.devtools.track).toMatch(/^PoolWorker-\d+ \(pid \d+\)$/);
    const told = propertiesOf(task);
    expect(told['function and arguments']).toMatch(/^\d+ bytes$/);
    expect(told.waited).toMatch(/^\d+\.\d{3} ms$/);
    expect(Number.parseFloat(told.ran as string)).toBeCloseTo(task.duration, 0);
  }
  // One worker: the second chunk waits for the first.
  expect(second.startTime).toBeGreaterThanOrEqual(first.startTime + first.duration - 1);
  const lives = seen.filter(({ name }) => name === 'process Measured');
  expect(lives.map(propertiesOf)).toEqual([
    { runs: 'targets.nothing', parent: 'pid 1', 'start method': 'spawn', 'exit code': '0' },
  ]);
});
