// As advice.test.ts, of what there is no more of: processes, waiters, memory.
//
// Runs in Chromium alone: what is refused is the same everywhere, and other engines have less memory to use up.

import { afterEach, describe } from 'vitest';
import * as mp from '../../src/index.ts';
import { arena, TABLES } from '../../src/memory/arena.ts';
import { table } from '../../src/memory/processes.ts';
import { reserve } from '../../src/memory/table.ts';
import { claim, makeSlots, vacate } from '../../src/sync/by_memory/slots.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import '../fixtures/executable.ts';
import * as pool from '../fixtures/pool.ts';
import { type Lessons, learn, pooled, through } from './lesson.ts';

afterEach(expectNoneLeft);

/** While so many more numbers for processes are given out. */
async function without<T>(numbers: number, use: () => T): Promise<Awaited<T>> {
  reserve(table(), numbers);
  try {
    return await use();
  } finally {
    reserve(table(), -numbers);
  }
}

/** While the engine has no more memory for what grows. */
async function fixed<T>(buffer: SharedArrayBuffer, use: () => T): Promise<Awaited<T>> {
  buffer.grow = () => {
    throw new RangeError('out of memory');
  };
  try {
    return await use();
  } finally {
    Reflect.deleteProperty(buffer, 'grow');
  }
}

const ALL_PIDS = 1 << 24;
const tableBuffer = (): SharedArrayBuffer => table().buffer as SharedArrayBuffer;

/** A table of those who wait that is full, and a slot of it that is not free. */
function crowd(bytes: number): { words: Int32Array; slot: number } {
  const buffer = makeSlots();
  buffer.grow(bytes);
  const words = new Int32Array(buffer);
  words.fill(mp.currentProcess().pid as number);
  return { words, slot: 4 };
}
const never = (): boolean => false;

const MOST = 1 << 20;

/** As large as all the memory for blocks that there is now: only one at a time has room there. */
function block(): mp.SharedMemory {
  return new mp.SharedMemory(null, { create: true, size: Math.floor((arena().byteLength - TABLES) * 0.6) });
}

/** So that there is memory for blocks. */
const makeRoom = (): void => unlink(new mp.SharedMemory(null, { create: true, size: 1 << 20 }));

function unlink(one: mp.SharedMemory): void {
  one.close();
  one.unlink();
}

const limits: Lessons = {
  'no number for another process: a pool uses its workers again': {
    told: /^no more processes: this page has started \d+ of them; reload it$/,
    wrong: () => without(ALL_PIDS, () => through()),
    mended: () =>
      pooled(async (workers) => {
        await workers.apply(pool.nothing);
        return without(ALL_PIDS, () => workers.map(pool.square, [1, 2, 3]));
      }),
  },
  'no memory for another process: when the engine has some again': {
    told: /^no memory for another process; let some end first$/,
    wrong: () => fixed(tableBuffer(), () => without(2000, () => through())),
    mended: () => without(2000, () => through()),
  },
  'too many who wait: fewer': {
    told: /^too many wait at once: 65535$/,
    wrong: () => claim(crowd(MOST).words, never),
    mended: () => {
      const { words, slot } = crowd(MOST);
      vacate(words, slot);
      return claim(words, never) === slot || new Error('another slot');
    },
  },
  'or as many as the engine has memory for': {
    told: /^no memory for another one who waits$/,
    wrong: () => {
      const { words } = crowd(1024);
      return fixed(words.buffer as SharedArrayBuffer, () => claim(words, never));
    },
    mended: () => claim(crowd(1024).words, never),
  },
  'no room for another block: one is unlinked': {
    told: /^SharedMemory\("\w+"\): no room for \d+ bytes beside the other blocks$/,
    wrong: () => {
      makeRoom();
      return fixed(arena(), async () => {
        const first = block();
        try {
          return block();
        } finally {
          unlink(first);
        }
      });
    },
    mended: () =>
      fixed(arena(), () => {
        unlink(block());
        unlink(block());
      }),
  },
  'nor for the replies of a manager: the same': {
    told: /^\w+\.dict\(\): no room for the replies of the manager in process \d+$/,
    wrong: () => crowded((manager) => manager.dict()),
    mended: () =>
      crowded(async (manager, blocks) => {
        unlink(blocks.shift() as mp.SharedMemory);
        return (await manager.dict()).size();
      }),
  },
};

/** With a manager, when blocks have taken all room but for some. */
async function crowded(use: (manager: mp.SyncManager, blocks: mp.SharedMemory[]) => unknown): Promise<unknown> {
  await using manager = await mp.Manager();
  makeRoom();
  return await fixed(arena(), async () => {
    const blocks: mp.SharedMemory[] = [];
    for (let size = arena().byteLength; size >= 1 << 12; size /= 2) {
      try {
        for (;;) blocks.push(new mp.SharedMemory(null, { create: true, size: Math.floor(size) }));
      } catch {
        // No more of that size.
      }
    }
    try {
      return await use(manager, blocks);
    } finally {
      for (const each of blocks) unlink(each);
    }
  });
}

describe('limits', () => learn(limits));
