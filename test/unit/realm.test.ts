// A document that goes for good: what others hold of it settles, and nothing of it begins any more.

import { afterEach, beforeEach, expect, it } from 'vitest';
import type { App } from '../fixtures/realm.ts';
import script from '../fixtures/realm.ts?worker&url';

let frame: HTMLIFrameElement;
let there: App;

beforeEach(async () => {
  frame = document.createElement('iframe');
  frame.srcdoc = '<!doctype html><title>an app in a frame</title>';
  document.body.append(frame);
  await new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
  const inside = frame.contentDocument as Document;
  const element = Object.assign(inside.createElement('script'), { type: 'module', src: script });
  await new Promise((resolve, reject) => {
    element.onload = resolve;
    element.onerror = reject;
    inside.head.append(element);
  });
  there = frame.contentWindow as unknown as App;
});

afterEach(() => frame.remove());

type Ended = { readonly value: unknown } | { readonly error: Error };

/** Notes how each of them ends: what is held of a frame is held before it goes. */
function hold(promises: Readonly<Record<string, PromiseLike<unknown>>>): () => Promise<Record<string, Ended>> {
  const ended: Record<string, Ended> = {};
  for (const [name, promise] of Object.entries(promises)) {
    promise.then(
      (value) => void (ended[name] = { value }),
      (error) => void (ended[name] = { error }),
    );
  }
  return async () => {
    const pending = (): string[] => Object.keys(promises).filter((name) => !(name in ended));
    for (const end = Date.now() + 10_000; pending().length > 0 && Date.now() < end; ) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(pending()).toEqual([]);
    return ended;
  };
}

const GONE = 'the document of this process is gone';

/** Things of the frame that wait, for ever, and how they are to end: with an error, or as a process that was terminated. */
async function waiting({ mp, pool: tasks, targets }: App) {
  const pool = new mp.Pool(2);
  await pool.map(tasks.square, [1, 2]);
  const busy = new mp.Process({ target: targets.sleep, args: [1e6] });
  busy.start();
  const full = new mp.Queue<number>(1);
  await full.put(1);
  const simple = new mp.SimpleQueue<number>();
  const empty = new mp.Queue<number>();
  const joinable = new mp.JoinableQueue<number>();
  await joinable.put(1);
  const [lock, semaphore] = [new mp.Lock(), new mp.Semaphore(1)];
  await lock.acquire();
  await semaphore.acquire();
  const condition = new mp.Condition();
  await condition.acquire();
  const waited = condition.wait();
  await condition.acquire();
  const [left, right] = mp.Pipe<unknown>();
  const pipe = mp.Pipe<unknown>();
  const manager = await new mp.SyncManager().start();
  const managed = await manager.Queue();
  const managedPool = await manager.Pool(1);
  const held = await manager.Lock();
  await held.acquire();
  const listener = new mp.Listener();
  await listener.ready;
  const accepted = listener.accept();
  const client = await mp.Client(listener.address);
  await accepted;
  // More than a pipe holds.
  const large = new Uint8Array(4 << 20);
  const stream = pool.imap(targets.sleep, [1e6]);
  const closing = new mp.Pool(1);
  void closing.apply(targets.sleep, [1e6]).catch(() => {});
  closing.close();
  const fails = {
    'Pool.apply': pool.apply(targets.sleep, [1e6]),
    'Pool.map': pool.map(targets.sleep, [1e6]),
    'Pool.map, an async input': pool.map(targets.sleep, endless()),
    'AsyncResult.get': pool.applyAsync(targets.sleep, [1e6]).get(),
    'AsyncResult.get, a timeout': pool.applyAsync(targets.sleep, [1e6]).get({ timeout: 1e6 }),
    'PoolIterator.next': stream.next(),
    'Process.result': busy.result(),
    'Queue.put': full.put(2),
    'Queue.put, the second': full.put(3),
    'Queue.get': empty.get(),
    'Queue.get, a timeout': empty.get({ timeout: 1e6 }),
    'Queue.get, a signal': empty.get({ signal: new AbortController().signal }),
    'SimpleQueue.get': simple.get(),
    'a loop over a queue': empty[Symbol.asyncIterator]().next(),
    'JoinableQueue.join': joinable.join(),
    'Lock.acquire': lock.acquire(),
    'Lock.guard': lock.guard(),
    'Lock.with': lock.with(() => {}),
    'Semaphore.guard': semaphore.guard(),
    'Semaphore.acquire': semaphore.acquire({ timeout: 1e6 }),
    'Condition.wait': waited,
    'Condition.waitFor': condition.waitFor(() => false),
    'Event.wait': new mp.Event().wait(),
    'Barrier.wait': new mp.Barrier(2).wait(),
    'Connection.recv': left.recv(),
    'Connection.recv, the second': left.recv(),
    'Connection.recvBytes': right.recvBytes(),
    'Connection.poll': pipe[0].poll({ timeout: null }),
    'Connection.sendBytes': pipe[0].sendBytes(large),
    'Connection.send, the second': pipe[0].send(1),
    wait: mp.wait([empty]),
    'QueueProxy.get': managed.get(),
    'LockProxy.acquire': held.acquire(),
    'LockProxy.guard': held.guard(),
    'LockProxy.with': held.with(() => {}),
    'PoolProxy.apply': managedPool.apply(targets.sleep, [1e6]),
    'Listener.accept': listener.accept(),
    'MessageConnection.recv': client.recv(),
    'MessageConnection.poll': client.poll({ timeout: null }),
  };
  const ends = {
    'Process.join': busy.join(),
    'Process.join, a timeout': busy.join({ timeout: 1e6 }),
    'Pool.join': closing.join(),
  };
  return { fails, ends, busy, pool, empty, lock, client, managed, manager };
}

async function* endless(): AsyncGenerator<number, void, undefined> {
  await new Promise(() => {});
}

type Going = readonly [how: string, go: () => unknown];
const ways: readonly Going[] = [
  ['removed', () => frame.remove()],
  [
    'sent elsewhere',
    () => {
      frame.removeAttribute('srcdoc');
      frame.src = 'about:blank';
    },
  ],
];

for (const [how, go] of ways) {
  it(`all that waits in a frame ends when it is ${how} (fault 45)`, async () => {
    const { fails, ends, busy } = await waiting(there);
    const { ProcessError } = there.mp;
    const [failed, joined] = [hold(fails), hold(ends)];
    go();
    for (const [name, ended] of Object.entries(await failed())) {
      expect(ended, name).toHaveProperty('error');
      const { error } = ended as { error: Error };
      expect(error, name).toBeInstanceOf(ProcessError);
    }
    expect(await joined()).toEqual({
      'Process.join': { value: undefined },
      'Process.join, a timeout': { value: undefined },
      'Pool.join': { value: undefined },
    });
    expect(busy.exitcode).toBe(-15);
    expect(busy.isAlive()).toBe(false);
  });
}

it('what is awaited once the frame is gone ends as well (fault 45)', async () => {
  const { mp, pool: tasks, targets } = there;
  const pool = new mp.Pool(2);
  await pool.map(tasks.square, [1]);
  const call = pool.apply(targets.sleep, [1e6]);
  const p = new mp.Process({ target: targets.sleep, args: [1e6] });
  p.start();
  const got = new mp.Queue().get({ timeout: 1e6 });
  frame.remove();
  const [called, joined, refused, gotten] = await Promise.allSettled([
    call,
    p.join(),
    pool.apply(tasks.square, [1]),
    got,
  ]);
  expect(joined).toEqual({ status: 'fulfilled', value: undefined });
  for (const { reason } of [called, refused, gotten] as PromiseRejectedResult[]) expect(reason.message).toContain(GONE);
  await expect((async () => await call)()).rejects.toThrow(GONE);
});

it('nothing begins in a document that has gone, and the error says so (fault 45)', async () => {
  const { mp, pool: tasks, targets } = there;
  const { pool, empty, lock, client, managed, manager, busy } = await waiting(there);
  const idle = new mp.Pool(1);
  const done = new mp.Process({ target: targets.nothing });
  done.start();
  await done.join();
  const begun = hold({ 'Manager.start': new mp.SyncManager().start(), 'SyncManager.dict': manager.dict() });
  frame.remove();
  for (const [name, ended] of Object.entries(await begun())) expect(ended, name).toHaveProperty('error');
  const refused = hold({
    'Pool.apply': pool.apply(tasks.square, [1]),
    'Pool.map': pool.map(tasks.square, [1]),
    'a new pool': idle.apply(tasks.square, [1]),
    'Queue.get': empty.get(),
    'Queue.put of what cannot travel': empty.put((() => {}) as never),
    'Lock.acquire': lock.acquire(),
    'Event.wait': new mp.Event().wait(),
    wait: mp.wait([empty]),
    'QueueProxy.get': managed.get(),
    'MessageConnection.send': client.send(1),
    'MessageConnection.recv': client.recv(),
    Client: mp.Client('nobody'),
    'Manager.start': new mp.SyncManager().start(),
  });
  for (const [name, ended] of Object.entries(await refused())) {
    expect((ended as { error?: Error }).error?.message, name).toContain(GONE);
  }
  const start = (): void => new mp.Process({ target: targets.nothing }).start();
  expect(start).toThrow(GONE);
  expect(start).toThrow(mp.ProcessError);
  expect(() => pool.applyAsync(tasks.square, [1])).toThrow(GONE);
  expect(() => pool.imap(tasks.square, [1])).toThrow(GONE);
  expect(() => new mp.Listener()).toThrow(GONE);
  // What need not wait is as ever.
  await hold({ again: busy.join(), ended: done.join() })();
  pool.terminate();
});

it('a page that may come back from the cache goes on, and so does one that was opened anew (fault 45)', async () => {
  const { mp, pool: tasks } = there;
  const pool = new mp.Pool(1);
  const queue = new mp.Queue<number>();
  const got = queue.get();
  expect(await pool.apply(tasks.square, [3])).toBe(9);
  const { PageTransitionEvent } = frame.contentWindow as unknown as typeof globalThis;
  frame.contentWindow?.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
  frame.contentWindow?.dispatchEvent(new Event('pagehide'));
  expect(await pool.apply(tasks.square, [4])).toBe(16);
  await queue.put(1);
  expect(await got).toBe(1);
  // This takes all listeners away.
  frame.contentDocument?.open();
  frame.contentDocument?.close();
  const ended = hold({ 'Queue.get': queue.get() });
  frame.remove();
  expect(await ended()).toHaveProperty(['Queue.get', 'error']);
});
