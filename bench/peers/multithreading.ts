// Its functions travel as text and see nothing around them, so each has all that it does within itself. Modules that they
// import are found by their addresses on the server, which a build with hashed names does not have.
//
// In workers it blocks, as ours does there: `blockingLock`, `blockingSend`. Its pool is one for the whole page.

import {
  Barrier,
  channel,
  initRuntime,
  type JoinHandle,
  Mutex,
  move,
  SharedJsonBuffer,
  shutdown,
  spawn,
} from 'multithreading';
import type { MovingPool, Peer, PeerDict } from '../peer.ts';
import type { Moved } from '../work.ts';

async function joined<T>(handle: JoinHandle<T>): Promise<T> {
  const result = await handle.join();
  if (!result.ok) throw result.error;
  return result.value;
}

/** Runs with as many workers. */
async function withWorkers<T>(workers: number, use: () => Promise<T>): Promise<T> {
  initRuntime({ maxWorkers: workers });
  try {
    return await use();
  } finally {
    shutdown();
  }
}

function pool(workers: number): MovingPool {
  initRuntime({ maxWorkers: workers });
  const increment = (x: number): Promise<number> => joined(spawn(move(x), (x: number) => x + 1));
  const crunch = (units: number): Promise<number> =>
    joined(
      spawn(move(units), (units: number) => {
        let x = 1;
        for (let i = 0; i < units * 100_000; i++) x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) + i;
        return x;
      }),
    );
  const make = (length: number): Promise<Moved> =>
    joined(
      spawn(move(length), (length: number) => {
        const array: Moved = new Float64Array(length);
        for (let i = 0; i < length; i++) array[i] = i * 0.5;
        return array;
      }),
    );
  const bounce = (array: Moved): Promise<Moved> => joined(spawn(move(array), (array: Moved) => array));

  return {
    // A worker gets the text of a function with the first call of it, and refuses a second one that comes before it has
    // compiled the text: each function to each worker once.
    async ready() {
      const all = [() => increment(0), () => crunch(0), () => make(1), () => bounce(new Float64Array(1))];
      for (const call of all) await Promise.all(Array.from({ length: workers }, (): Promise<unknown> => call()));
    },
    // Its table of answers has as many places, and does not look whether one is taken.
    mostCalls: 1 << 16,
    increment,
    crunch,
    map: (items) => Promise.all(items.map(increment)),
    make,
    bounce,
    close: shutdown,
  };
}

const lockAlone = (count: number): Promise<number> =>
  withWorkers(1, () =>
    joined(
      spawn(move(new Mutex(), count), (mutex: Mutex, count: number) => {
        const pairs = (count: number): number => {
          const begin = performance.now();
          for (let i = 0; i < count; i++) mutex.blockingLock().dispose();
          return count / ((performance.now() - begin) / 1000);
        };
        pairs(count / 10);
        return pairs(count);
      }),
    ),
  );

type Cell = Int32Array<SharedArrayBuffer>;

const sharedCell = (): Mutex<Cell> => new Mutex(new Int32Array(new SharedArrayBuffer(4)));

async function lockContended(contenders: number, count: number): Promise<number> {
  const mutex = sharedCell();
  const barrier = new Barrier(contenders);
  return withWorkers(contenders, async () => {
    const handles = Array.from({ length: contenders }, () =>
      spawn(
        move(mutex, barrier, contenders, count),
        (mutex: Mutex<Cell>, barrier: Barrier, contenders: number, count: number) => {
          let rate = 0;
          for (const pairs of [count / 10, count]) {
            barrier.blockingWait();
            const begin = performance.now();
            for (let i = 0; i < pairs; i++) {
              const guard = mutex.blockingLock();
              guard.value[0]!++;
              guard.dispose();
            }
            barrier.blockingWait();
            rate = (contenders * pairs) / ((performance.now() - begin) / 1000);
          }
          return rate;
        },
      ),
    );
    const [rate] = await Promise.all(handles.map(joined));
    const total = contenders * (count + count / 10);
    const guard = await mutex.lock();
    if (guard.value[0] !== total) throw new Error(`${guard.value[0]} increments instead of ${total}`);
    return rate as number;
  });
}

const valueIncrements = (count: number): Promise<number> =>
  withWorkers(1, () =>
    joined(
      spawn(move(sharedCell(), count), (mutex: Mutex<Cell>, count: number) => {
        const add = (count: number): number => {
          const begin = performance.now();
          for (let i = 0; i < count; i++) {
            const guard = mutex.blockingLock();
            guard.value[0]! += 1;
            guard.dispose();
          }
          return count / ((performance.now() - begin) / 1000);
        };
        add(count / 10);
        return add(count);
      }),
    ),
  );

/** Enough for all that is sent: its collector of garbage would be measured otherwise. */
const CHANNEL_BYTES = 1 << 24;

async function queueBetweenWorkers(item: unknown, warmUp: number, count: number): Promise<number> {
  const [sender, receiver] = channel<unknown>(1000, { size: CHANNEL_BYTES });
  return withWorkers(2, () => {
    const producer = spawn(move(sender, item, warmUp + count), (sender, item, count) => {
      for (let i = 0; i < count; i++) sender.blockingSend(item);
    });
    const consumer = spawn(move(receiver, warmUp, count), (receiver, warmUp, count) => {
      for (let i = 0; i < warmUp; i++) receiver.blockingRecv();
      const begin = performance.now();
      for (let i = 0; i < count; i++) receiver.blockingRecv();
      return count / ((performance.now() - begin) / 1000);
    });
    return joined(producer).then(() => joined(consumer));
  });
}

async function queueToWindow(item: unknown, warmUp: number, count: number): Promise<number> {
  const [sender, receiver] = channel<unknown>(1000, { size: CHANNEL_BYTES });
  return withWorkers(1, async () => {
    const producer = spawn(move(sender, item, warmUp + count), (sender, item, count) => {
      for (let i = 0; i < count; i++) sender.blockingSend(item);
    });
    for (let i = 0; i < warmUp; i++) await receiver.recv();
    const begin = performance.now();
    for (let i = 0; i < count; i++) await receiver.recv();
    const rate = count / ((performance.now() - begin) / 1000);
    await joined(producer);
    return rate;
  });
}

type Held = SharedJsonBuffer<{ key: number }>;

const held = (): Mutex<Held> => new Mutex(new SharedJsonBuffer({ key: 0 }));

function dict(): PeerDict {
  const mutex = held();
  return {
    async get() {
      const guard = await mutex.lock();
      const { key } = guard.value;
      guard.dispose();
      return key;
    },
    async set(_, value) {
      const guard = await mutex.lock();
      guard.value.key = value;
      guard.dispose();
    },
    close() {},
  };
}

const dictFromWorker = (warmUp: number, count: number): Promise<number> =>
  withWorkers(1, () =>
    joined(
      spawn(move(held(), warmUp, count), (mutex: Mutex<Held>, warmUp: number, count: number) => {
        let seen = 0;
        const use = (count: number): void => {
          for (let i = 0; i < count / 2; i++) {
            const setting = mutex.blockingLock();
            setting.value.key = i;
            setting.dispose();
            const getting = mutex.blockingLock();
            seen += getting.value.key;
            getting.dispose();
          }
        };
        use(warmUp);
        const begin = performance.now();
        use(count);
        const rate = count / ((performance.now() - begin) / 1000);
        if (seen === 0) throw new Error('Nothing was read.');
        return rate;
      }),
    ),
  );

const dictReadByWorker = (warmUp: number, count: number): Promise<number> =>
  withWorkers(1, () =>
    joined(
      spawn(move(held(), warmUp, count), (mutex: Mutex<Held>, warmUp: number, count: number) => {
        const read = (count: number): void => {
          for (let i = 0; i < count; i++) {
            const guard = mutex.blockingLock();
            const { key } = guard.value;
            guard.dispose();
            if (key !== 0) throw new Error('Something else was read.');
          }
        };
        read(warmUp);
        const begin = performance.now();
        read(count);
        return count / ((performance.now() - begin) / 1000);
      }),
    ),
  );

export const peer: Peer = {
  name: 'multithreading',
  pool,
  movingPool: pool,
  lockAlone,
  lockContended,
  valueIncrements,
  queueBetweenWorkers,
  queueToWindow,
  dict,
  dictFromWorker,
  dictReadByWorker,
};
