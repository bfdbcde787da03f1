// The memory of queues and the like is the page's: what they take, others lack.

import { expect, it } from 'vitest';
import * as mp from '../../src/index.ts';
import { allocate, reachSize } from '../../src/memory/buffer.ts';

it('1,500 queues leave memory to others, and each is a queue', async () => {
  const queues = globalThis.Array.from({ length: 1500 }, () => new mp.Queue<Uint8Array>());
  expect(new Uint8Array(100_000_000)).toHaveLength(100_000_000);
  const item = new Uint8Array(300_000).fill(7);
  for (const queue of [queues[0], queues.at(-1)]) {
    queue?.putNowait(item);
    expect(await queue?.get()).toEqual(item);
  }
});

it('room that another thread has made is room, and what the engine refuses is said', () => {
  const buffer = allocate(8, 32);
  expect(reachSize(buffer, 16)).toBe(true);
  // As another thread asks for it that comes later.
  expect(reachSize(buffer, 16)).toBe(true);
  expect(buffer.byteLength).toBe(16);
  expect(reachSize(buffer, 64)).toBe(false);
  expect(buffer.byteLength).toBe(16);
});
