// As advice.test.ts, of processes and pools.
//
// Runs in Chromium alone: what is refused is the same everywhere.

import { afterEach, describe } from 'vitest';
import * as mp from '../../src/index.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import '../fixtures/executable.ts';
import { terminate } from '../../src/inspect.ts';
import * as advice from '../fixtures/advice.ts';
import * as pool from '../fixtures/pool.ts';
import * as sync from '../fixtures/sync.ts';
import * as targets from '../fixtures/targets.ts';
import { heard, type Lessons, learn, pooled, resultOf, through } from './lesson.ts';

afterEach(expectNoneLeft);

const processes: Lessons = {
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

/** A class as it was written before there were classes, and as compilers for old browsers still write them. */
function Old() {}
Object.setPrototypeOf(Old.prototype, mp.Process.prototype);
class New extends mp.Process<readonly [], number> {
  constructor() {
    super({ name: 'New' });
  }
  override run(): number {
    return 1;
  }
}

const classes: Lessons = {
  'a constructor that calls none: super()': {
    told: /^this Process object was not made by its constructor: call super\(\)$/,
    wrong: () => new (Old as unknown as typeof mp.Process)().start(),
    mended: () => new New().name,
  },
  'what was closed: asked before': {
    told: /^this Process object is closed$/,
    wrong: async () => {
      const child = await through();
      child.close();
      return child.exitcode;
    },
    mended: async () => {
      const child = await through();
      const { exitcode } = child;
      child.close();
      return exitcode;
    },
  },
  'a process that waits for itself: its parent does': {
    told: /^Process\.join\(\): a process cannot wait for its own end$/,
    wrong: () => resultOf(advice.joinSelf),
    mended: () => through(),
  },
  'a child of a daemon: of a process that is none': {
    told: /^Process\.start\(\): a daemonic process may have no children$/,
    wrong: () => pooled((workers) => workers.apply(pool.startChild as () => unknown)),
    mended: () => resultOf(pool.startChild),
  },
  'its pool: the same': {
    told: /^new Pool\(\): a daemonic process may have no children$/,
    wrong: () => pooled((workers) => workers.apply(pool.makePool as () => unknown)),
    mended: () => resultOf(pool.poolInside, 1),
  },
  'what comes by message, for a thread that blocks: awaited': {
    told: /^this result comes by message, which a blocked thread cannot receive: use "await result\(\)"$/,
    wrong: () => resultOf(advice.blobAtOnce),
    mended: () => resultOf(advice.blobLater),
  },
  'and of a pool': {
    told: /^this result comes by message, which a blocked thread cannot receive: use "await result\.get\(\)"$/,
    wrong: () => resultOf(advice.blobOfPoolAtOnce),
    mended: () => resultOf(advice.blobOfPoolLater),
  },
  'another start method for a context: its own context': {
    told: /^this context always starts processes by 'spawn'$/,
    wrong: () => mp.getContext('spawn').setStartMethod('forkserver'),
    mended: () => mp.getContext('forkserver').getStartMethod(),
  },
  'a start method that was chosen: by force': {
    told: /^the start method was chosen before; setStartMethod\(method, \{ force: true \}\) changes it$/,
    wrong: () => {
      mp.setStartMethod('spawn', { force: true });
      mp.setStartMethod('spawn');
    },
    mended: () => mp.setStartMethod('spawn', { force: true }),
  },
  'a pid that the inspector has not seen: one that it has': {
    told: /^terminate\(pid\): no process with the pid 4711 was seen$/,
    wrong: () => terminate(4711),
    mended: async () => {
      const child = new mp.Process({ target: targets.sleep, args: [1e6] });
      child.start();
      terminate(child.pid as number);
      await child.join();
      return child.exitcode;
    },
  },
  'the end of a parent: its own': {
    told: /^Process\.terminate\(\): a process can end its children, not its parent$/,
    wrong: () => resultOf(advice.endParent),
    mended: () => resultOf(targets.exitWith as (code: number) => void, 3).catch((error: Error) => error.message),
  },
  'a result that takes longer: wait again': {
    told: /^Process\.result\(\): the process did not end within the timeout$/,
    wrong: () => slowly((child) => child.result({ timeout: 1 })),
    mended: () => slowly((child) => child.result({ timeout: 1 }).catch(() => child.result())),
  },
  'a timeout that is a text: a number': {
    told: /^timeout must be a number of milliseconds or null, not /,
    wrong: async () => (await through()).join({ timeout: '1 s' as never }),
    mended: async () => (await through()).join({ timeout: 1000 }),
  },
};

/** With a process that ends when that is done. */
async function slowly(use: (child: mp.Process) => Promise<unknown>): Promise<unknown> {
  const gate = new mp.Event();
  const child = new mp.Process({ target: sync.awaitEventAsync as never, args: [gate, new mp.Semaphore(0)] as never });
  child.start();
  const done = use(child);
  setTimeout(() => gate.set(), 50);
  try {
    return await done;
  } finally {
    await child.join();
  }
}

const pools: Lessons = {
  'a result that does not come in time: asked again': {
    told: /^AsyncResult\.get\(\): the result did not come within the timeout$/,
    wrong: () => pooled((workers) => workers.applyAsync(pool.square, [2]).get({ timeout: 0 })),
    mended: () =>
      pooled((workers) => {
        const result = workers.applyAsync(pool.square, [2]);
        return result.get({ timeout: 0 }).catch(() => result.get());
      }),
  },
  'nor the next one': {
    told: /^next\(\): no result came within the timeout$/,
    wrong: () => pooled((workers) => workers.imap(pool.square, [2]).next({ timeout: 0 })),
    mended: () =>
      pooled((workers) => {
        const results = workers.imap(pool.square, [2]);
        return results.next({ timeout: 0 }).catch(() => results.next());
      }),
  },
  'a pool that takes no more: called before': {
    told: /^this pool is closed: it takes no more work$/,
    wrong: async () => {
      const workers = new mp.Pool(1);
      workers.close();
      return Promise.all([workers.apply(pool.square, [2]), workers.join()]);
    },
    mended: async () => {
      const workers = new mp.Pool(1);
      const call = workers.apply(pool.square, [2]);
      workers.close();
      return (await Promise.all([call, workers.join()]))[0];
    },
  },
  'an initializer that throws: one that returns': {
    told: /^the pool's initializer threw .*not today/,
    wrong: () => initialized(pool.raiseValue, 'not today'),
    mended: () => initialized(pool.lengthOf, 'today'),
  },
  'successful() of what is not done: wait()': {
    told: /^AsyncResult\.successful\(\): not ready yet$/,
    wrong: () => pooled((workers) => workers.applyAsync(pool.square, [2]).successful()),
    mended: () =>
      pooled(async (workers) => {
        const result = workers.applyAsync(pool.square, [2]);
        await result.wait();
        return result.successful();
      }),
  },
};

async function initialized(initializer: (text: string) => unknown, text: string): Promise<unknown> {
  await using workers = new mp.Pool(1, { initializer, initargs: [text] });
  return await workers.apply(pool.square, [2]);
}

function fragile(): never {
  throw new RangeError('fragile');
}

/** An endless input, which may throw when it is closed. */
function* numbers(end: () => void): Generator<number, void, undefined> {
  try {
    for (let i = 0; ; i++) yield i;
  } finally {
    end();
  }
}

const firstSquare = (end: () => void) =>
  pooled(async (workers) => {
    for await (const square of workers.imap(pool.square, numbers(end))) return square;
    return undefined;
  });

const onConsole: Lessons = {
  'an error that nobody caught: result() throws it': {
    told: /^Process-\d+ \(pid \d+\) ended by an uncaught error:\nTypeError: mine/,
    wrong: () => heard(() => resultOf(targets.fail, 'mine')),
    mended: () => resultOf(targets.fail, 'mine').catch((error: Error) => error.message),
  },
  'a text for exit(): a number': {
    told: /^Process-\d+ \(pid \d+\) ended by exit\(\):\nno disk$/,
    wrong: () => heard(() => resultOf(targets.exitWith, 'no disk')),
    mended: () => resultOf(targets.exitWith, 3).catch(({ exitcode }: mp.WorkerDiedError) => exitcode),
  },
  'an onExit callback that throws: the process ends as it would': {
    told: /^Process-\d+ \(pid \d+\) had an error in an onExit callback:\nError: no end/,
    wrong: () => heard(() => resultOf(advice.leaveScope)),
    mended: () => heard(() => resultOf(advice.leaveScope)).then(({ message }) => message),
  },
  'a message that was lost: less at once': {
    told: /^PoolWorker-\d+ \(pid \d+\) was ended: .*a message was lost: the browser could not make again what is in it/,
    wrong: () => heard(() => pooled((workers) => workers.apply(pool.loseMessage as () => unknown))),
    mended: () => pooled((workers) => workers.apply(pool.lengthOf, ['less'])),
  },
  'a callback that throws: one that does not': {
    told: /^a callback of a pool threw RangeError: fragile/,
    wrong: () => heard(() => pooled((workers) => workers.apply(pool.square, [2], { callback: fragile } as never))),
    mended: () => pooled((workers) => workers.applyAsync(pool.square, [2], { callback: () => {} }).get()),
  },
  'an input that throws as it is closed: one that does not': {
    told: /^the input of a pool threw while it was closed/,
    wrong: () => heard(() => firstSquare(fragile)),
    mended: () => firstSquare(() => {}),
  },
  'a block that nobody unlinks: unlink()': {
    told: /^web-multiprocessing: 1 leaked shared memory block removed: \S+; whoever opened it ended without unlink\(\)$/,
    wrong: () =>
      heard(async () => {
        await resultOf(advice.leaveBlock, false).catch(() => {});
        makeBlock();
      }),
    mended: async () => {
      await resultOf(advice.leaveBlock, true).catch(() => {});
      return makeBlock();
    },
  },
};

function makeBlock(): string {
  const block = new mp.SharedMemory(null, { create: true, size: 64 });
  block.close();
  block.unlink();
  return block.name;
}

const areas = { processes, classes, pools, 'on the console': onConsole };
for (const [area, lessons] of Object.entries(areas)) describe(area, () => learn(lessons));
