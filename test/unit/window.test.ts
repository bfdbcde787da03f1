// What is particular to a window: it never blocks.
//
// Runs without isolation, too, in Chromium.

import { afterEach, expect, it } from 'vitest';
import * as mp from '../../src/index.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import '../fixtures/executable.ts';
import * as targets from '../fixtures/targets.ts';

afterEach(expectNoneLeft);

it('MISC-10 the main process', () => {
  const main = mp.currentProcess();
  expect(main.name).toBe('MainProcess');
  expect(main.pid).toBe(1);
  expect(main.daemon).toBe(false);
  expect(mp.parentProcess()).toBeNull();
  main.name = 'renamed';
  expect(mp.currentProcess().name).toBe('renamed');
  main.name = 'MainProcess';
});

it('a Sync call that would have to wait is refused, naming the async form; nothing is held or taken', async () => {
  const queue = new mp.Queue(1);
  expect(() => queue.getSync()).toThrow(mp.BlockingNotAllowedError);
  expect(() => queue.getSync()).toThrow('await Queue.get()');
  expect(() => queue.getSync({ timeout: 100 })).toThrow(mp.BlockingNotAllowedError);
  queue.putSync(1);
  expect(() => queue.putSync(2)).toThrow('await Queue.put()');
  expect(queue.getSync()).toBe(1);

  const lock = new mp.Lock();
  expect(lock.acquireSync()).toBe(true);
  expect(() => lock.acquireSync()).toThrow('await Lock.acquire()');
  lock.release();

  const child = new mp.Process({ target: targets.sleep, args: [20] });
  child.start();
  expect(() => child.joinSync()).toThrow('await Process.join()');
  expect(() => child.resultSync()).toThrow(mp.BlockingNotAllowedError);
  expect(() => mp.waitSync([child.sentinel])).toThrow(mp.BlockingNotAllowedError);
  await child.join();
  child.joinSync();
  // Firefox starts no worker for a while after it had to end very many, as the stress tests have it do.
});

it('in a window a Sync call does not wait for the puts before it either, and leaves them alone', async () => {
  const queue = new mp.Queue<number>(1);
  const puts = [queue.put(1), queue.put(2), queue.put(3)];
  expect(() => queue.putSync(4)).toThrow('await Queue.put()');
  expect(await queue.get()).toBe(1);
  // Now there is room for the first in line, and none for the rest.
  expect(() => queue.putSync(4)).toThrow(mp.BlockingNotAllowedError);
  queue.close();
  expect(() => queue.joinThreadSync()).toThrow('await Queue.joinThread()');
  const taken: number[] = [];
  for await (const item of queue) {
    taken.push(item);
    await targets.sleep(120);
  }
  expect(taken).toEqual([2, 3]);
  await Promise.all(puts);
  queue.joinThreadSync();
  const tasks = new mp.JoinableQueue<number>();
  await tasks.put(1);
  expect(() => tasks.joinSync()).toThrow('await JoinableQueue.join()');
  tasks.taskDone();
  tasks.joinSync();
  await tasks.get();
  expect(() => tasks.getSync()).toThrow('await JoinableQueue.get()');
});

it('PROC-44 a process ends well, and its report does no harm, where the console throws', async () => {
  const { error } = console;
  console.error = () => {
    throw new Error('no console');
  };
  try {
    const child = new mp.Process({ target: targets.fail, args: ['unseen'] });
    child.start();
    await child.join();
    expect(child.exitcode).toBe(1);
  } finally {
    console.error = error;
  }
});

it('EXIT-04 an uncaught error is reported once, with the process, the type and the place', async () => {
  const { error } = console;
  const reports: string[] = [];
  console.error = (text: string) => reports.push(text);
  try {
    const child = new mp.Process({ target: targets.fail, args: ['for the report'], name: 'Failing' });
    child.start();
    await child.join();
    for (let i = 0; i < 50 && reports.length === 0; i++) await targets.sleep(10);
    expect(reports).toHaveLength(1);
    expect(reports[0]).toContain(`Failing (pid ${child.pid})`);
    expect(reports[0]).toContain('for the report');
    expect(reports[0]).toMatch(/\bfail\b.*:\d+:\d+/);
  } finally {
    console.error = error;
  }
});

it('what start() of a manager throws is not reported as well', async () => {
  const { error } = console;
  const reports: string[] = [];
  console.error = (text: string) => reports.push(text);
  try {
    const address = `window test ${Math.random()}`;
    const first = await new mp.SyncManager({ address }).start();
    await expect(new mp.SyncManager({ address }).start()).rejects.toBeInstanceOf(mp.OSError);
    await first.shutdown();
    // The report of a process that was started later comes later.
    const child = new mp.Process({ target: targets.fail, args: ['the only report'] });
    child.start();
    await child.join();
    for (let i = 0; i < 50 && reports.length === 0; i++) await targets.sleep(10);
    expect(reports).toHaveLength(1);
    expect(reports[0]).toContain('the only report');
  } finally {
    console.error = error;
  }
});

it('a signal gives the waits of a SimpleQueue up', async () => {
  const queue = new mp.SimpleQueue<number>();
  const control = new AbortController();
  const waiting = queue.get({ signal: control.signal });
  control.abort(new Error('no more'));
  await expect(waiting).rejects.toThrow('no more');
  await expect(queue.put(1, { signal: control.signal })).rejects.toThrow('no more');
  expect(queue.empty()).toBe(true);
  await queue.put(2, { signal: new AbortController().signal });
  expect(await queue.get()).toBe(2);
  // As from JavaScript.
  await queue.put(3, null as never);
  expect(await queue.get(null as never)).toBe(3);
});

it('CTX-14 CTX-22 every public name exists', () => {
  const names =
    'Process Pool Manager BaseManager SyncManager BaseProxy Queue JoinableQueue SimpleQueue Pipe Connection Listener Client ' +
    'Lock RLock Semaphore BoundedSemaphore Condition Event Barrier Value Array RawValue RawArray copy synchronized ' +
    'SharedMemory ShareableList SharedMemoryManager cancelled capabilities getLogger logToStderr RemoteError ' +
    'FileExistsError FileNotFoundError currentProcess parentProcess activeChildren cpuCount exit onExit getContext getStartMethod ' +
    'setStartMethod getAllStartMethods setForkserverPreload setExecutable freezeSupport wait waitSync transfer reduce rebuild ' +
    'ProcessError TimeoutError BufferTooShort AuthenticationError WorkerDiedError BrokenBarrierError BlockingNotAllowedError ' +
    'EOFError OSError Empty Full ShutDown InvalidStateError DataCloneError';
  for (const name of names.split(' ')) expect(mp, name).toHaveProperty(name);
});

it('Q-37 Empty and Full are one class everywhere', async () => {
  const queue = new mp.Queue();
  await expect(queue.get({ block: false })).rejects.toBeInstanceOf(mp.Empty);
  expect(new mp.Empty().name).toBe('Empty');
});

it('values from another realm, such as a frame, travel as those of this one', async () => {
  const frame = document.createElement('iframe');
  document.body.append(frame);
  const there = frame.contentWindow as unknown as typeof globalThis;
  const queue = new mp.Queue();
  const values: [unknown, unknown][] = [
    [new there.Map([[1, new there.Set(['a'])]]), new Map([[1, new Set(['a'])]])],
    [there.Array.of<unknown>(1, there.Object.assign({}, { a: 1 })), [1, { a: 1 }]],
    [new there.Date(5), new Date(5)],
    [new there.Uint8Array([1, 2]), new Uint8Array([1, 2])],
    [new there.DataView(new there.ArrayBuffer(4)), new DataView(new ArrayBuffer(4))],
    [new there.RegExp('a+', 'g'), /a+/g],
  ];
  for (const [foreign, own] of values) {
    await queue.put(foreign);
    const got = (await queue.get()) as object;
    expect(got).toEqual(own);
    expect(Object.getPrototypeOf(got)).toBe(Object.getPrototypeOf(own));
  }
  await queue.put(new there.RangeError('from a frame'));
  const error = await queue.get();
  expect(error).toBeInstanceOf(RangeError);
  expect((error as Error).message).toBe('from a frame');
  frame.remove();
});

it('a loop over wait() lets the event loop have its turn', async () => {
  const queue = new mp.Queue<number>();
  queue.putNowait(1);
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  // For ever, if it does not.
  while (turns < 3) await mp.wait([queue]);
  clearInterval(timer);
});

// That page looks at a word while it does nothing else.
it.skipIf(!crossOriginIsolated)(
  'a child whose parent is gone before the page has heard of it runs, or counts as ended',
  async () => {
    for (let i = 0; i < 5; i++) {
      // 1: its code has arrived, which takes the page's event loop; 2: the page has let it go on; 3: it has started a child.
      const step = new Int32Array(new SharedArrayBuffer(4));
      const [here, there] = mp.Pipe<string>();
      const parent = new mp.Process({ target: targets.startAndSay, args: [step, there] });
      parent.start();
      there.close();
      while (Atomics.load(step, 0) === 0) await targets.sleep(1);
      Atomics.store(step, 0, 2);
      Atomics.notify(step, 0);
      const end = Date.now() + 60_000;
      while (Atomics.load(step, 0) !== 3) if (Date.now() > end) throw new Error('the parent did not start it');
      parent.terminate();
      // Whoever holds the other end is gone, or has something to say.
      const heard = await here.recv().catch((error) => error);
      if (heard !== 'hello') expect(heard).toBeInstanceOf(mp.EOFError);
      here.close();
      await parent.join();
    }
  },
);

it('a signal of another frame is a signal', async () => {
  const frame = document.createElement('iframe');
  document.body.append(frame);
  const control = new (frame.contentWindow as Window & typeof globalThis).AbortController();
  const { signal } = control;
  const pool = new mp.Pool(1);
  const manager = await mp.Manager();
  const calls = [
    pool.apply(targets.sleep, [60_000], { signal }),
    pool.mapAsync(targets.sleep, [60_000], { signal }).get(),
    (await manager.Queue<number>()).get({ signal }),
    new mp.Queue<number>().get({ signal }),
  ].map((call) => call.catch((reason) => reason));
  control.abort('enough');
  for (const reason of await Promise.all(calls)) expect(reason).toBe('enough');
  pool.terminate();
  await pool.join();
  await manager.shutdown();
  frame.remove();
});
