// What docs/messages.md advises can be followed: what is refused, and what is done about it. Apps that are built wrong are in
// e2e/advice.spec.ts.

import { afterEach, describe } from 'vitest';
import * as mp from '../../src/index.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import '../fixtures/executable.ts';
import * as pool from '../fixtures/pool.ts';
import * as targets from '../fixtures/targets.ts';
import { type Lesson, learn } from './lesson.ts';

afterEach(expectNoneLeft);

/** In a pool of one worker, which is gone then. */
async function pooled<T>(use: (workers: mp.Pool) => T): Promise<Awaited<T>> {
  await using workers = new mp.Pool(1);
  return await use(workers);
}

/** A process that has ended. */
async function through(options: { args?: [unknown]; daemon?: boolean } = {}) {
  const child = new mp.Process({ target: targets.identity as (it: unknown) => unknown, args: [1], ...options });
  child.start();
  await child.join();
  return child;
}

const detached = (): ArrayBuffer => {
  const buffer = new ArrayBuffer(8);
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
};

const travels: Readonly<Record<string, Lesson>> = {
  'a lock in a queue: as an argument': {
    told: /^item is a Lock, which travels only/,
    wrong: () => new mp.Queue().put(new mp.Lock()),
    mended: () => pooled((workers) => workers.apply(targets.releaseOnly as never, [heldLock()] as never)),
  },
  'a Blob in a queue: as an argument': {
    told: /^item is a Blob, which only the browser can move: pass it as an argument/,
    wrong: () => new mp.Queue().put(new Blob(['x'])),
    mended: () => pooled((workers) => workers.apply(pool.textOf, [new Blob(['x'])])),
  },
  'a port: by transfer()': {
    told: /^args\[0\] is a MessagePort, which only .*: mark it with transfer\(\)/,
    wrong: () => pooled((workers) => workers.apply(pool.nothing as never, [new MessageChannel().port1] as never)),
    mended: () => {
      const { port1 } = new MessageChannel();
      return pooled((workers) => workers.apply(pool.nothing as never, [mp.transfer(port1, [port1])] as never));
    },
  },
  'what is the browser’s: what it was made from': {
    told: /^args\[0\] is an Intl\.NumberFormat, which cannot travel/,
    wrong: () => pooled((workers) => workers.apply(pool.echo, [new Intl.NumberFormat('de')])),
    mended: () => pooled((workers) => workers.apply(pool.echo, [{ locale: 'de' }])),
  },
  'a memory of WebAssembly: its bytes': {
    told: /^args\[0\] is a WebAssembly\.Memory, which is not shared/,
    wrong: () => pooled((workers) => workers.apply(pool.echo, [new WebAssembly.Memory({ initial: 1 })])),
    mended: () =>
      pooled((workers) =>
        workers.apply(pool.echo, [new Uint8Array(new WebAssembly.Memory({ initial: 1 }).buffer).subarray(0, 8)]),
      ),
  },
  'or one that is shared': {
    told: /or make it with \{ shared: true \}$/,
    wrong: () => pooled((workers) => workers.apply(pool.echo, [new WebAssembly.Memory({ initial: 1 })])),
    mended: () => {
      const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
      return pooled((workers) => workers.apply(pool.nothing as never, [memory] as never));
    },
  },
  'a detached buffer: a copy, moved': {
    told: /^args\[0\] is a detached ArrayBuffer/,
    wrong: () => pooled((workers) => workers.apply(pool.echo, [detached()])),
    mended: () => {
      const kept = new ArrayBuffer(8);
      const copy = kept.slice();
      return pooled((workers) => workers.apply(pool.echo, [mp.transfer(copy, [copy])]));
    },
  },
  'a view to transfer(): its buffer': {
    told: /list\[0\] cannot be moved: list its buffer$/,
    wrong: () => mp.transfer(new Uint8Array(8), [new Uint8Array(8)] as never),
    mended: () => {
      const view = new Uint8Array(8);
      return pooled((workers) => workers.apply(pool.echo, [mp.transfer(view, [view.buffer])]));
    },
  },
  'a symbol: a string': {
    told: /^args\[0\] is a symbol/,
    wrong: () => pooled((workers) => workers.apply(pool.echo, [Symbol('x') as unknown])),
    mended: () => pooled((workers) => workers.apply(pool.echo, ['x'])),
  },
  'an authkey: its bytes': {
    told: /^item is an authkey/,
    wrong: () => new mp.Queue().put(mp.currentProcess().authkey),
    mended: () => new mp.Queue().put(new Uint8Array(mp.currentProcess().authkey)),
  },
  'a Process: its pid': {
    told: /send its name or its pid$/,
    wrong: async () => new mp.Queue().put(await through()),
    mended: async () => new mp.Queue().put((await through()).pid),
  },
  'what a call of a pool answers: its result': {
    told: /^args\[0\] is an AsyncResult, which belongs to the process that made it$/,
    wrong: () => pooled((workers) => workers.apply(pool.echo, [workers.applyAsync(pool.square, [3]) as unknown])),
    mended: () => pooled(async (workers) => workers.apply(pool.echo, [await workers.applyAsync(pool.square, [3])])),
  },
  'a Pool: one of a manager': {
    told: /^args\[0\] is a Pool, which belongs to the process that made it/,
    wrong: () => pooled((workers) => workers.apply(pool.echo, [workers])),
    mended: async () => {
      await using manager = await mp.Manager();
      return await (await manager.Pool(1)).apply(pool.square, [3]);
    },
  },
};

/** What `releaseOnly` releases. */
function heldLock(): mp.Lock {
  const lock = new mp.Lock();
  lock.acquireSync();
  return lock;
}

const processes: Readonly<Record<string, Lesson>> = {
  'result() of what was terminated: its exit code': {
    told: /ended with exit code -15$/,
    wrong: () => {
      const child = new mp.Process({ target: targets.sleep, args: [1e6] });
      child.start();
      child.terminate();
      return child.result();
    },
    mended: async () => (await through()).result(),
  },
  'a second start: a new one': {
    told: /a process can be started only once$/,
    wrong: async () => (await through()).start(),
    mended: () => through(),
  },
  'close() of one that runs: join() before': {
    told: /the process is running; join\(\) or terminate\(\) it first$/,
    wrong: async () => {
      const child = new mp.Process({ target: targets.nothing });
      child.start();
      try {
        child.close();
      } finally {
        await child.join();
      }
    },
    mended: async () => (await through()).close() ?? true,
  },
  'what was not started: start()': {
    told: /^Process\.join\(\): this process was not started$/,
    wrong: () => new mp.Process({ target: targets.nothing }).join(),
    mended: async () => (await through()).exitcode,
  },
  'daemon after start(): an option': {
    told: /^Process\.daemon: cannot be changed after start\(\)$/,
    wrong: async () => {
      (await through()).daemon = true;
    },
    mended: async () => (await through({ daemon: true })).daemon,
  },
  'a start method that is not there: the other': {
    told: /^unknown start method "fork": there are 'spawn' and 'forkserver'$/,
    wrong: () => mp.getContext('fork' as never),
    mended: () => mp.getContext('forkserver'),
  },
  'a process to wait() for: its sentinel': {
    told: /is not something to wait for/,
    wrong: async () => mp.wait([(await through()) as never]),
    mended: async () => mp.wait([(await through()).sentinel]),
  },
  'join() of a pool that works: close() before': {
    told: /^Pool\.join\(\): the pool still takes work/,
    wrong: () => new mp.Pool(1).join(),
    mended: () => {
      const workers = new mp.Pool(1);
      workers.close();
      return workers.join().then(() => true);
    },
  },
  'work that a terminated pool had: close(), and join()': {
    told: /^the pool was terminated before this was done$/,
    wrong: async () => {
      const workers = new mp.Pool(1);
      const late = workers.apply(targets.sleep, [1e6]);
      workers.terminate();
      return await Promise.all([late, workers.join()]);
    },
    mended: async () => {
      const workers = new mp.Pool(1);
      const call = workers.apply(pool.square, [3]);
      workers.close();
      await workers.join();
      return await call;
    },
  },
  'a worker that died: once more': {
    told: / while it held pool\.closeSelf\(\)$/,
    wrong: () => pooled((workers) => workers.apply(pool.closeSelf)),
    mended: () =>
      pooled((workers) => workers.apply(pool.closeSelf as () => unknown).catch(() => workers.apply(pool.square, [3]))),
  },
};

const memory: Readonly<Record<string, Lesson>> = {
  'a positional timeout: an option': {
    told: /^options must be an object such as \{ timeout: 500 \}, not 500$/,
    wrong: () => new mp.Queue().get(500 as never),
    mended: () => new mp.Queue().get({ timeout: 0 }).catch((error) => error.name),
  },
  'Sync in a window: await': {
    told: /^Queue\.getSync\(\) would have to wait.*use "await Queue\.get\(\)"/,
    wrong: () => new mp.Queue().getSync(),
    mended: () => {
      const queue = new mp.Queue();
      queue.putNowait(1);
      return queue.get();
    },
  },
  'send() at the end that receives: the other': {
    told: /^Connection\.send\(\): this end of the pipe cannot send$/,
    wrong: () => mp.Pipe({ duplex: false })[0].send(1 as never),
    mended: async () => {
      const [receiver, sender] = mp.Pipe<number>({ duplex: false });
      await sender.send(1);
      return await receiver.recv();
    },
  },
  'recv() of bytes: recvBytes()': {
    told: /^the next message was sent by sendBytes\(\): receive it with recvBytes\(\)$/,
    wrong: async () => {
      const [here, there] = mp.Pipe();
      await there.sendBytes(new Uint8Array(8));
      return await here.recv();
    },
    mended: async () => {
      const [here, there] = mp.Pipe();
      await there.sendBytes(new Uint8Array(8));
      return await here.recvBytes();
    },
  },
  'joinThread() of an open queue: close() before': {
    told: /^Queue\.joinThread\(\): call close\(\) first$/,
    wrong: () => new mp.Queue().joinThread(),
    mended: () => {
      const queue = new mp.Queue();
      queue.close();
      return queue.joinThread().then(() => true);
    },
  },
  'a lock that nobody holds: with()': {
    told: /^Lock\.release\(\): nobody holds this lock$/,
    wrong: () => new mp.Lock().release(),
    mended: () => new mp.Lock().with(() => 1),
  },
  'to block in a scope of an RLock: its handle': {
    told: /^RLock: this process is in a scope of it already.*use the handle that with\(\) and guard\(\) give$/,
    wrong: () => {
      const lock = new mp.RLock();
      return lock.with(() => lock.acquireSync());
    },
    mended: () => new mp.RLock().with((held) => held.with(() => 1)),
  },
  'wait() of a condition: with()': {
    told: /^Condition\.wait\(\): acquire its lock first$/,
    wrong: () => new mp.Condition().wait(),
    mended: () => {
      const condition = new mp.Condition();
      return condition.with(() => condition.wait({ timeout: 0 })).then(() => true);
    },
  },
  'a barrier that broke: reset()': {
    told: /^the barrier is broken, or was reset$/,
    wrong: () => {
      const barrier = new mp.Barrier(1);
      barrier.abort();
      return barrier.wait();
    },
    mended: () => {
      const barrier = new mp.Barrier(1);
      barrier.abort();
      barrier.reset();
      return barrier.wait();
    },
  },
  'a typed array to synchronize: a copy in shared memory': {
    told: /this typed array is not in shared memory: new RawArray\('i', array\) is$/,
    wrong: () => mp.synchronized(new Int32Array(4) as never),
    mended: () => mp.synchronized(new mp.RawArray('i', new Int32Array(4))),
  },
  'an iterator as elements: spread': {
    told: /the elements must have a length; spread an iterator first: \[\.\.\.iterator\]$/,
    wrong: () => new mp.Array('i', new Set([1, 2]).values() as never),
    mended: () => new mp.Array('i', [...new Set([1, 2]).values()]),
  },
  'a block that is not there: create it': {
    told: /^SharedMemory\("advice"\): there is no block of that name$/,
    wrong: () => new mp.SharedMemory('advice'),
    mended: () => {
      const block = new mp.SharedMemory('advice', { create: true, size: 8 });
      block.close();
      block.unlink();
      return block.name;
    },
  },
  'no name: create it': {
    told: /name can be missing only with \{ create: true \}$/,
    wrong: () => new mp.SharedMemory(),
    mended: () => {
      const block = new mp.SharedMemory(null, { create: true, size: 8 });
      block.close();
      block.unlink();
      return block.name;
    },
  },
  'a manager that is not started: start()': {
    told: /call start\(\) first$/,
    wrong: () => new mp.SyncManager().dict(),
    mended: async () => {
      await using manager = new mp.SyncManager();
      await manager.start();
      return await (await manager.dict([['a', 1]])).get('a');
    },
  },
  'a key that a dict has not: a fallback': {
    told: /^dict\.pop\(key\): there is no such key: a$/,
    wrong: async () => {
      await using manager = await mp.Manager();
      return await (await manager.dict<string, number>()).pop('a');
    },
    mended: async () => {
      await using manager = await mp.Manager();
      return await (await manager.dict<string, number>()).pop('a', 7);
    },
  },
  'a lock of a manager that is held: an RLock': {
    told: /^this lock is not re-entrant: it is held already$/,
    wrong: async () => {
      await using manager = await mp.Manager();
      const lock = await manager.Lock();
      return await lock.with((held) => held.with(() => 1));
    },
    mended: async () => {
      await using manager = await mp.Manager();
      const lock = await manager.RLock();
      return await lock.with((held) => held.with(() => 1));
    },
  },
  'nobody listens: a Listener before': {
    told: /^Client: nobody listens at "advice"$/,
    wrong: () => mp.Client('advice'),
    mended: async () => {
      const listener = new mp.Listener('advice');
      const [there, here] = await Promise.all([listener.accept(), mp.Client('advice')]);
      await there.send(1);
      const came = await here.recv();
      for (const it of [here, there, listener]) it.close();
      return came;
    },
  },
};

for (const [area, lessons] of Object.entries({ travels, processes, memory })) describe(area, () => learn(lessons));
