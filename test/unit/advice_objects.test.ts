// As advice.test.ts, of pipes, locks and memory.
//
// Runs in Chromium alone: what is refused is the same everywhere.

import { afterEach, describe } from 'vitest';
import * as mp from '../../src/index.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import '../fixtures/executable.ts';
import * as sync from '../fixtures/sync.ts';
import { type Lessons, learn } from './lesson.ts';

afterEach(expectNoneLeft);

const wires: Lessons = {
  'a message that is longer than was allowed: allow more': {
    told: /^Connection\.recvBytes\(maxlength\): the message has 8 bytes, more than 4; nothing more can be received here$/,
    wrong: async () => {
      const [here, there] = mp.Pipe();
      await there.sendBytes(new Uint8Array(8));
      return await here.recvBytes(4);
    },
    mended: async () => {
      const [here, there] = mp.Pipe();
      await there.sendBytes(new Uint8Array(8));
      return await here.recvBytes(8);
    },
  },
  'or longer than the buffer: it is in the error': {
    told: /^the message has 8 bytes, more than the buffer holds$/,
    wrong: () => tooShort(),
    mended: async () => {
      const { data } = (await tooShort().catch((error: unknown) => error)) as mp.BufferTooShort;
      return data.length === 8 || new Error('it is not all there');
    },
  },
  'closed while it waits: receive before': {
    told: /^this connection was closed while it waited to receive$/,
    wrong: () => {
      const [here] = mp.Pipe();
      const waiting = here.recv();
      here.close();
      return waiting;
    },
    mended: async () => {
      const [here, there] = mp.Pipe();
      await there.send(1);
      const came = await here.recv();
      here.close();
      return came;
    },
  },
  'a full queue: wait longer': {
    told: /^the queue already has its 1 items$/,
    wrong: async () => {
      const queue = new mp.Queue(1);
      await queue.put(1);
      await queue.put(2, { timeout: 1 });
    },
    mended: async () => {
      const queue = new mp.Queue(1);
      await queue.put(1);
      const put = queue.put(2, { timeout: 60_000 });
      await queue.get();
      await put;
    },
  },
  'an object to wait for, twice: once': {
    told: /^wait\(objects\): objects\[1\] is objects\[0\] again$/,
    wrong: () => {
      const queue = new mp.Queue();
      return mp.wait([queue, queue]);
    },
    mended: () => mp.wait([new mp.Queue(), new mp.Queue()], { timeout: 0 }),
  },
  'an end that nobody has: one that somebody has': {
    told: /^nobody can receive this: the other end of this pipe is closed$/,
    wrong: () => {
      const [here, there] = mp.Pipe();
      there.close();
      return here.send(1);
    },
    mended: () => mp.Pipe()[0].send(1),
  },
  'the end of a conversation: an EOFError': {
    told: /^the other end of this pipe is closed, and nothing is left to receive$/,
    wrong: () => afterAll().then((here) => here.recv()),
    mended: () =>
      afterAll()
        .then((here) => here.recv())
        .catch((error: Error) => error instanceof mp.EOFError),
  },
  'an empty queue: one that waits': {
    told: /^the queue is empty$/,
    wrong: () => new mp.Queue().getNowait(),
    mended: async () => {
      const queue = new mp.Queue<number>();
      const came = queue.get();
      await queue.put(1);
      return came;
    },
  },
  'more than there is room for: somebody takes it': {
    told: /^the queue has no room now$/,
    wrong: () => fillUp(new mp.Queue()),
    mended: async () => {
      const queue = new mp.Queue<Uint8Array>();
      await fillUp(queue).catch(() => {});
      const put = queue.put(new Uint8Array(1 << 20));
      while (queue.qsize() > 0) await queue.get();
      await put;
    },
  },
  'a queue that was shut down: put before': {
    told: /^the queue was shut down$/,
    wrong: () => shut().put(1),
    mended: () => new mp.Queue().put(1),
  },
  'the end of the work: for await': {
    told: /^the queue was shut down, and is empty$/,
    wrong: () => shut().get(),
    mended: async () => {
      for await (const _ of shut()) return new Error('it is empty');
      return true;
    },
  },
  'taskDone() too often: once for each': {
    told: /^JoinableQueue\.taskDone\(\): called too often; every item that was put is done already$/,
    wrong: () => new mp.JoinableQueue().taskDone(),
    mended: async () => {
      const queue = new mp.JoinableQueue();
      await queue.put(1);
      await queue.get();
      queue.taskDone();
      return queue.join().then(() => true);
    },
  },
  'a queue that was closed here: after the last use': {
    told: /^Queue\.put\(\): this queue is closed in this process$/,
    wrong: () => {
      const queue = new mp.Queue();
      queue.close();
      return queue.put(1);
    },
    mended: async () => {
      const queue = new mp.Queue();
      await queue.put(1);
      queue.close();
    },
  },
};

async function tooShort(): Promise<unknown> {
  const [here, there] = mp.Pipe();
  await there.sendBytes(new Uint8Array(8));
  return here.recvBytesInto(new Uint8Array(4));
}

/** An end that has received all. */
async function afterAll(): Promise<mp.Connection> {
  const [here, there] = mp.Pipe();
  await there.send(1);
  there.close();
  await here.recv();
  return here;
}

async function fillUp(queue: mp.Queue<Uint8Array>): Promise<void> {
  for (;;) await queue.put(new Uint8Array(1 << 20), { block: false });
}

function shut(): mp.Queue<number> {
  const queue = new mp.Queue<number>();
  queue.shutdown();
  return queue;
}

const memory: Lessons = {
  'bits of a float: of an integer': {
    told: /^Value\.or\(\): the code 'd' has no bits$/,
    wrong: () => new mp.Value('d', 1).or(1 as never),
    mended: () => new mp.Value('i', 1).or(2),
  },
  'a lock for what has one: getLock()': {
    told: /^synchronized\(object, lock\): this object has a lock already, see getLock\(\)$/,
    wrong: () => mp.synchronized(new mp.Value('i', 1) as never),
    mended: () => new mp.Value('i', 1).getLock(),
  },
  'or for what is not shared: RawArray': {
    told: /this typed array is not in shared memory: new RawArray\('i', array\) is$/,
    wrong: () => mp.synchronized(new Int32Array(2) as never),
    mended: () => mp.synchronized(new mp.RawArray('i', new Int32Array(2))),
  },
  'an item that is longer than its slot: begin with the longest': {
    told: /^ShareableList\.set\(\): the item has 20 bytes, more than its slot of 8$/,
    wrong: () => withList(['a']),
    mended: () => withList(['a'.padEnd(20)]),
  },
  'a guard that comes too late: somebody holds it': {
    told: /^Lock\.guard\(\): not acquired within the timeout$/,
    wrong: async () => {
      const lock = new mp.Lock();
      await lock.acquire();
      return lock.guard({ timeout: 1 });
    },
    mended: async () => {
      const lock = new mp.Lock();
      const owner = (await lock.acquire()) && lock.owner;
      lock.release();
      using _ = await lock.guard({ timeout: 1 });
      return owner;
    },
  },
  'a handle whose scope is over: within it': {
    told: /^RLock: the scope of this handle is over, or waits: use the lock itself$/,
    wrong: async () => {
      const lock = new mp.RLock();
      let kept: mp.RLockHold | undefined;
      await lock.with(async (held) => {
        kept = held;
      });
      return kept?.with(async () => {});
    },
    mended: () => new mp.RLock().with((held) => held.with(async () => 1)),
  },
  'an RLock that was not acquired: with()': {
    told: /^RLock\.release\(\): this process has not acquired it, or has released it as often$/,
    wrong: () => new mp.RLock().release(),
    mended: () => new mp.RLock().with(() => 1),
  },
  'a BoundedSemaphore that was not acquired: as often': {
    told: /^BoundedSemaphore\.release\(\): its value is 1 already, the most that it can be$/,
    wrong: () => new mp.BoundedSemaphore(1).release(),
    mended: async () => {
      const semaphore = new mp.BoundedSemaphore(1);
      await semaphore.acquire();
      semaphore.release();
    },
  },
  'wait() in withSync(): waitSync()': {
    told: /^Condition\.wait\(\): inside withSync\(\) use waitSync\(\), or the lock would be gone from under it$/,
    wrong: () => {
      const condition = new mp.Condition();
      return condition.withSync(() => condition.wait({ timeout: 0 }));
    },
    mended: () => {
      const condition = new mp.Condition();
      return condition.withSync(() => condition.waitSync({ timeout: 0 }));
    },
  },
  'an async action of a barrier: wait()': {
    told: /^Barrier\.waitSync\(\): the action is async, so all parties have to use wait\(\)$/,
    wrong: () => new mp.Barrier(1, { action: sync.actSlowly }).waitSync(),
    mended: () => new mp.Barrier(1, { action: sync.actSlowly }).wait(),
  },
  'or one that is not async': {
    told: /^Barrier\.waitSync\(\): the action is async/,
    wrong: () => new mp.Barrier(1, { action: sync.actSlowly }).waitSync(),
    mended: () => new mp.Barrier(1, { action: sync.act }).waitSync(),
  },
  'a code for which the browser has no array: another': {
    told: /^RawArray\(code, sizeOrInit\): this browser has no Float16Array, which code 'e' needs$/,
    wrong: () => {
      const own = Object.getOwnPropertyDescriptor(globalThis, 'Float16Array');
      Reflect.deleteProperty(globalThis, 'Float16Array');
      try {
        return new mp.RawArray('e', 1);
      } finally {
        if (own) Object.defineProperty(globalThis, 'Float16Array', own);
      }
    },
    mended: () => new mp.RawArray('f', 1),
  },
  'a name that a block has: another': {
    told: /^SharedMemory\("\w+"\): there is a block of that name$/,
    wrong: () => withBlock((name) => new mp.SharedMemory(name, { create: true, size: 8 })),
    mended: () => withBlock(() => withBlock((name) => name)),
  },
  'or it is opened': {
    told: /there is a block of that name$/,
    wrong: () => withBlock((name) => new mp.SharedMemory(name, { create: true, size: 8 })),
    mended: () => withBlock((name) => openedAndClosed(name).name),
  },
  'bytes of a closed block: opened again': {
    told: /^SharedMemory\("\w+"\)\.buf: it is closed$/,
    wrong: () => withBlock((name) => openedAndClosed(name).buf),
    mended: () =>
      withBlock((name) => {
        const again = new mp.SharedMemory(openedAndClosed(name).name);
        const [first] = again.buf;
        again.close();
        return first;
      }),
  },
  'a list in a block that has none: one that was made': {
    told: /^ShareableList\(null, \{ name \}\): the memory "?\w+"? holds no list$/,
    wrong: () =>
      withBlock((name, bytes) => {
        bytes.fill(255);
        return new mp.ShareableList(null, { name });
      }),
    mended: () => {
      const list = new mp.ShareableList([1]);
      const again = new mp.ShareableList(null, { name: list.shm.name });
      const item = again.get(0);
      again.shm.close();
      list.shm.close();
      list.shm.unlink();
      return item;
    },
  },
  'a SharedMemoryManager that is started twice: another': {
    told: /^SharedMemoryManager\.start\(\): it was started before$/,
    wrong: () => withMemoryManager((manager) => manager.start()),
    mended: () => withMemoryManager(() => withMemoryManager((other) => other.SharedMemory(8).size)),
  },
  'or not started': {
    told: /^SharedMemoryManager.*: call start\(\) first$/,
    wrong: () => new mp.SharedMemoryManager().SharedMemory(8),
    mended: () => withMemoryManager((manager) => manager.SharedMemory(8).size),
  },
  'or shut down': {
    told: /^SharedMemoryManager.*: it was shut down$/,
    wrong: async () => {
      const manager = new mp.SharedMemoryManager();
      await manager.start();
      await manager.shutdown();
      return manager.SharedMemory(8);
    },
    mended: () => withMemoryManager((manager) => manager.SharedMemory(8).size),
  },
};

async function withMemoryManager(use: (manager: mp.SharedMemoryManager) => unknown): Promise<unknown> {
  await using manager = new mp.SharedMemoryManager();
  await manager.start();
  return await use(manager);
}

/** With the name of a block, which is gone then. */
function withBlock<T>(use: (name: string, bytes: Uint8Array) => T): T {
  const block = new mp.SharedMemory(null, { create: true, size: 64 });
  try {
    return use(block.name, block.buf);
  } finally {
    block.close();
    block.unlink();
  }
}

function openedAndClosed(name: string): mp.SharedMemory {
  const block = new mp.SharedMemory(name);
  block.close();
  return block;
}

function withList(items: string[]): void {
  const list = new mp.ShareableList(items);
  try {
    list.set(0, 'b'.repeat(20));
  } finally {
    list.shm.close();
    list.shm.unlink();
  }
}

for (const [area, lessons] of Object.entries({ wires, memory })) describe(area, () => learn(lessons));
