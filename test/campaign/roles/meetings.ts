// Where processes wait for each other: conditions, events, barriers. And named memory.

import * as mp from '../../../src/index.ts';
import { type AnyRole, demand, demandWithin, makeWords, role } from '../role.ts';

const TOKENS = 0;
const THROUGH = 2;
const RESETS = 8;

interface Meeting {
  readonly lock: mp.Lock | mp.RLock;
  readonly condition: mp.Condition;
  readonly words: Int32Array;
}

function makeMeeting(): Meeting {
  const lock = Math.random() < 0.5 ? new mp.Lock() : new mp.RLock();
  return { lock, condition: new mp.Condition(lock), words: makeWords() };
}

/** With the lock: whoever died with it may have been notified, and cannot do what that was for. */
function repair({ lock, condition }: Meeting): void {
  if (lock.abandoned) condition.notifyAll();
}

async function enter(o: Meeting, d: { call: any }): Promise<void> {
  await d.call(o.condition, 'acquire');
  repair(o);
}

async function sleepOn(o: Meeting, d: { call: any }, options?: { timeout: number }): Promise<boolean> {
  const notified = await d.call(o.condition, 'wait', options);
  repair(o);
  return notified;
}

/** Consumes a token, waiting for one without any limit: a lost notification would be for ever. */
async function consume(o: Meeting, d: { call: any }): Promise<void> {
  const { condition, words } = o;
  await enter(o, d);
  while (Atomics.load(words, TOKENS) === 0) await sleepOn(o, d);
  Atomics.sub(words, TOKENS, 1);
  condition.release();
}

/** Makes a token only when there is none: so nobody is ever notified in place of somebody else. */
async function produce(o: Meeting, d: { call: any }): Promise<boolean> {
  const { condition, words } = o;
  await enter(o, d);
  const none = Atomics.load(words, TOKENS) === 0;
  if (none) {
    Atomics.add(words, TOKENS, 1);
    condition.notify();
  }
  condition.release();
  return none;
}

const waiting = role<Meeting>({
  name: 'condition wait',
  setup: makeMeeting,
  async victim(o, d, me) {
    if (me.turn % 4 < 3) await consume(o, d);
    else {
      await enter(o, d);
      // It takes no token, so another one is to hear of it.
      if (await sleepOn(o, d, { timeout: 1 })) o.condition.notify();
      o.condition.release();
    }
  },
  survivors: [consume, produce],
});

const notifying = role<Meeting>({
  name: 'condition notify',
  setup: makeMeeting,
  async victim(o, d, me) {
    await d.call(o.condition, 'acquire');
    Atomics.add(o.words, TOKENS, 1);
    if (me.turn % 2) o.condition.notify();
    else o.condition.notifyAll();
    o.condition.release();
  },
  survivors: [
    consume,
    async (o, d) => {
      // Also where the dead made a token and did not come to notify.
      await d.call(o.condition, 'acquire');
      if (Atomics.load(o.words, TOKENS) < 100) Atomics.add(o.words, TOKENS, 1);
      o.condition.notify();
      o.condition.release();
    },
  ],
});

const event = role({
  name: 'event',
  setup: () => ({ event: new mp.Event() }),
  async victim(o, d) {
    await d.call(o.event, 'wait');
    o.event.clear();
    o.event.set();
    o.event.clear();
  },
  survivors: [
    async (o, d) => demand(await d.call(o.event, 'wait'), () => 'wait() without a timeout answered false'),
    async (o) => {
      o.event.set();
      o.event.clear();
    },
  ],
});

/** Milliseconds: parties who died between two waits are not missed. */
const PATIENCE = 100;

/** One meeting of a survivor. */
async function meet(o: { barrier: mp.Barrier; words: Int32Array }, d: { call: any }, me: number): Promise<boolean> {
  try {
    await d.call(o.barrier, 'wait', { timeout: PATIENCE });
    Atomics.add(o.words, THROUGH + me, 1);
  } catch (error) {
    if (!(error instanceof mp.BrokenBarrierError)) throw error;
    // Only one of them repairs it: else one would break what the other has repaired.
    if (me === 2) {
      o.barrier.reset();
      Atomics.add(o.words, RESETS, 1);
    } else await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return true;
}

const barrier = role({
  name: 'barrier',
  victims: 1,
  setup: () => ({ barrier: new mp.Barrier(3), words: makeWords() }),
  async victim(o, d) {
    try {
      await d.call(o.barrier, 'wait');
    } catch (error) {
      if (!(error instanceof mp.BrokenBarrierError)) throw error;
    }
  },
  survivors: [meet, meet],
  check(o) {
    const [first, second] = [o.words[THROUGH + 1] as number, o.words[THROUGH + 2] as number];
    demand(first === second, () => `one survivor passed ${first} times, the other ${second} times`);
    o.barrier.reset();
  },
});

/** Breaks and resets it. */
const breaking = role({
  name: 'barrier abort',
  victims: 1,
  setup: () => ({ barrier: new mp.Barrier(2), words: makeWords() }),
  async victim(o, d, me) {
    if (me.turn % 3 === 0) o.barrier.abort();
    else if (me.turn % 3 === 1) o.barrier.reset();
    else {
      try {
        await d.call(o.barrier, 'wait', { timeout: 2 });
      } catch (error) {
        if (!(error instanceof mp.BrokenBarrierError)) throw error;
      }
    }
  },
  survivors: [meet, meet],
  check: (o) => o.barrier.reset(),
});

// ------------------------------------------------------------------------------------------------ named memory

/** In a window a try may come to nothing, as long as a dead process holds the directory. */
async function patiently<T>(make: () => T): Promise<T> {
  for (;;) {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof mp.BlockingNotAllowedError)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}

let blocks = 0;

async function useMemory(base: string, me: number): Promise<void> {
  const name = `${base} ${me} ${blocks++ % 3}`;
  const size = 64 + ((blocks * 37) % 500);
  const memory = await patiently(() => new mp.SharedMemory(name, { create: true, size }));
  demandWithin('bytes', memory.size, size, size);
  demand(
    memory.buf.every((byte) => byte === 0),
    () => `${name} is not zero`,
  );
  memory.buf.fill(me & 255);
  const same = await patiently(() => new mp.SharedMemory(name));
  demandWithin('bytes of the same block', same.size, size, size);
  demand(
    same.buf.every((byte) => byte === (me & 255)),
    () => `${name} was written to`,
  );
  same.buf.fill(0xee);
  same.close();
  memory.close();
  await patiently(() => memory.unlink());
}

const memory = role({
  name: 'shared memory',
  setup: () => ({ base: `campaign ${crypto.getRandomValues(new Uint32Array(1))[0]}` }),
  victim: (o, _d, me) => useMemory(o.base, 100 + me.id),
  survivors: (o, _d, me) => useMemory(o.base, me),
  async check(o, dead) {
    // What the dead left is gone, and its names are free.
    for (const { id } of dead) {
      for (let i = 0; i < 3; i++) {
        const name = `${o.base} ${100 + id} ${i}`;
        const again = await patiently(() => new mp.SharedMemory(name, { create: true, size: 64 }));
        again.close();
        await patiently(() => again.unlink());
      }
    }
  },
});

export const meetings: readonly AnyRole[] = [waiting, notifying, event, barrier, breaking, memory];
