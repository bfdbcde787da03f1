// Deaths of a manager's clients and of its server, at each step; on any page.
//
// Runs without isolation, too, in Chromium.

import { afterEach, expect, it } from 'vitest';
import * as mp from '../../src/index.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import { start } from '../contract/harness.ts';
import * as fixtures from '../fixtures/manager.ts';
import * as targets from '../fixtures/targets.ts';
import '../fixtures/executable.ts';

afterEach(expectNoneLeft);

const nameOf = (error: Error): string => error.name;

/** Resolves once the manager holds so many proxies of others of what is of that type. */
async function references(manager: mp.BaseManager, typeid: string, count: number): Promise<void> {
  for (;;) {
    const held = (await manager.debugInfo()).filter((each) => each.typeid === typeid);
    if (held.reduce((sum, each) => sum + each.references, 0) === count) return;
    await targets.sleep(5);
  }
}

// ------------------------------------------------------------------------------------------------ clients

it('a client that was given a proxy, and is killed before it says anything, holds it no more', async () => {
  await using manager = await mp.Manager();
  const list = await manager.list([1]);
  for (const target of [targets.nothing, targets.waitForever]) {
    const child = new mp.Process({ target: target as (...args: unknown[]) => unknown, args: [list] });
    child.start();
    child.terminate();
    await child.join();
    await references(manager, 'list', 1);
  }
});

it('a client that is killed while it holds a lock, and others wait, passes it on as abandoned', async () => {
  await using manager = await mp.Manager();
  const lock = await manager.Lock();
  const holder = start(fixtures.acquireAndStay, lock);
  while (!(await lock.getValue())) await targets.sleep(5);
  const own = lock.acquire();
  const waiter = start(fixtures.acquireAndEnd, lock);
  holder.kill();
  expect(await own).toBe(true);
  await lock.release();
  expect(await waiter.result()).toBe(true);
});

it('clients of a client are none of its children: their ends are seen, too', async () => {
  await using manager = await mp.Manager();
  const lock = await manager.Lock();
  const parent = start(fixtures.acquireInChild, lock);
  expect(await parent.result()).toBe(true);
  expect(await lock.acquire({ timeout: 20_000 })).toBe(true);
});

it('what a client sent before it was killed is done, and what comes of it is dropped', async () => {
  await using manager = await mp.Manager();
  const list = await manager.list<number>();
  const children = [0, 1, 2, 3].map((i) => start(fixtures.appendForever, list, i));
  while ((await list.size()) < 50) await targets.sleep(5);
  for (const child of children) child.kill();
  await Promise.all(children.map((child) => child.join()));
  await references(manager, 'list', 1);
  for (const who of [0, 1, 2, 3]) {
    const own = (await list.getValue()).filter((item) => item % 4 === who);
    expect(own).toEqual(own.map((_, i) => i * 4 + who));
  }
});

// ------------------------------------------------------------------------------------------------ servers

it('a server that is killed fails what waits for it, here and in processes that it does not know of', async () => {
  const manager = await mp.Manager();
  const queue = await manager.Queue<number>();
  const [begun, late] = [await manager.Event(), start(fixtures.passOn, queue)];
  const child = start(fixtures.sayAndGet, queue, begun);
  const own = queue.get().catch(nameOf);
  await begun.wait();
  mp.activeChildren()
    .find(({ pid }) => pid === manager.address)
    ?.kill();
  expect(await own).toBe('WorkerDiedError');
  expect(await child.result()).toBe('WorkerDiedError');
  expect(await late.result()).toBe('WorkerDiedError');
  expect(await queue.get().catch(nameOf)).toBe('WorkerDiedError');
  // Who comes to know of it after its end.
  expect(await start(fixtures.sizeOrError, queue).result()).toBe('WorkerDiedError');
  await manager.shutdown();
});

it('a server that closes itself, or ends by an error, is seen to have ended', async () => {
  for (const how of ['close', 'throw', 'exit'] as const) {
    const manager = await new fixtures.EndingManager().start();
    const ending = await manager.Ending();
    const child = start(fixtures.endingOrError, ending);
    expect(await ending.end(how).catch(nameOf)).toBe('WorkerDiedError');
    expect(await child.result()).toBe('WorkerDiedError');
    await manager.shutdown();
  }
});

it('a server that ends before it serves is what start() throws', async () => {
  for (const initializer of [targets.closeSelf, fixtures.killYourself]) {
    await expect(new mp.SyncManager().start({ initializer })).rejects.toThrow(mp.ProcessError);
  }
  const manager = new mp.SyncManager();
  const starting = manager.start({ initializer: targets.waitForever }).catch(nameOf);
  mp.activeChildren()[0]?.kill();
  expect(await starting).toBe('ProcessError');
});

it('a process that serves no manager says so', async () => {
  const child = start(targets.waitForever);
  const ask = async (address: number): Promise<unknown> =>
    (await new mp.SyncManager({ address }).connect()).list().catch(nameOf);
  expect(await ask(child.pid as number)).toBe('InvalidStateError');
  expect(await start(fixtures.listOrError, child.pid as number).result()).toBe('InvalidStateError');
  // The page serves none, either.
  expect(await start(fixtures.listOrError, 1).result()).toBe('InvalidStateError');
  child.kill();
  await child.join();
  expect(await ask(child.pid as number)).toBe('WorkerDiedError');
});

it('a server in the page serves processes, until it is closed', async () => {
  const server = new fixtures.FooManager().getServer();
  const serving = server.serveForever();
  const address = server.address as number;
  const early = start(fixtures.useServer, address);
  expect((await early.result()).slice(0, 2)).toEqual(['f()', 1]);
  // What that one had goes with it: what is there afterwards is the next one's.
  while ((await fixtures.fooInfo(address)) > 0) await targets.sleep(5);
  const child = start(fixtures.fooUntilTheEnd, address);
  while ((await fixtures.fooInfo(address)) < 1) await targets.sleep(5);
  server.close();
  await serving;
  expect(await child.result()).toBe('InvalidStateError');
});

it.skipIf(crossOriginIsolated)('a call that would block throws before anything was sent', async () => {
  await using manager = await mp.Manager();
  const list = await manager.list<number>();
  expect(() => list.appendSync(1)).toThrow(mp.BlockingNotAllowedError);
  expect(await start(fixtures.blockingErrors, manager, list).result()).toEqual([
    'BlockingNotAllowedError await ListProxy.append()',
    'BlockingNotAllowedError await SyncManager.dict()',
    'BlockingNotAllowedError await debugInfo()',
    'BlockingNotAllowedError await SyncManager.start()',
  ]);
  expect(await list.getValue()).toEqual([]);
});
