// What docs/messages.md advises can be followed: what is refused, and what is done about it. Here, of waits and of what processes
// share; apps that are built wrong are in e2e/advice.spec.ts.
//
// Runs in Chromium alone: what is refused is the same everywhere.

import { afterEach, describe } from 'vitest';
import * as mp from '../../src/index.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import '../fixtures/executable.ts';
import { type Lessons, learn } from './lesson.ts';

afterEach(expectNoneLeft);

const memory: Lessons = {
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
    told: /^dict\.pop\(key\): there is no such key: "a"$/,
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

describe('shared', () => learn(memory));
