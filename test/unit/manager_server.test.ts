// Servers of managers in a process that goes on after them.

import { afterEach, expect, it } from 'vitest';
import * as mp from '../../src/index.ts';
import { arena } from '../../src/memory/arena.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import { start } from '../contract/harness.ts';
import '../fixtures/executable.ts';
import { FooManager, outliveMany } from '../fixtures/manager.ts';

afterEach(expectNoneLeft);

it('a server that has ended keeps no memory of its clients', async () => {
  const [ready, begun] = [new mp.SimpleQueue(), new mp.SimpleQueue()];
  const client = start(outliveMany, mp.currentProcess().pid as number, ready, begun);
  const sizes: number[] = [];
  for (let i = 0; i < 5; i++) {
    const server = new FooManager().getServer();
    const serving = server.serveForever();
    await ready.put('serving');
    expect(await begun.get()).toBe('begun');
    sizes.push(arena().byteLength);
    server.close();
    await serving;
    expect(await begun.get()).toBe('over');
  }
  await ready.put('the end');
  await client.join();
  expect(sizes.at(-1)).toBe(sizes[0]);
});
