// Listeners and connections by message that the app has let go of.

import { expect, it } from 'vitest';
import * as mp from '../../src/index.ts';
import * as targets from '../fixtures/targets.ts';

/** Makes garbage until the engine has collected some, or it is of no use. */
async function collectUntil(done: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 200; i++) {
    (globalThis as { gc?: () => void }).gc?.();
    const garbage: unknown[] = [];
    for (let j = 0; j < 20; j++) garbage.push(new Uint8Array(1 << 20).fill(j));
    await targets.sleep(20);
    if (await done()) return;
  }
}

it('a connection that is collected as garbage is closed, but not while it waits to receive', async () => {
  const listener = new mp.Listener();
  const kept: mp.MessageConnection[] = [];
  const received: Promise<unknown>[] = [];
  for (let i = 0; i < 100; i++) {
    const client = await mp.Client(listener.address);
    if (i % 2 === 1) received.push(client.recv());
    kept.push(await listener.accept());
  }
  const dropped = kept.filter((_, i) => i % 2 === 0);
  await collectUntil(() => dropped[0]?.poll() as Promise<boolean>);
  const closed = await Promise.all(dropped.map((wire) => wire.poll()));
  expect(closed.filter(Boolean).length).toBeGreaterThan(0);
  for (const [i, wire] of kept.entries()) if (i % 2 === 1) await wire.send(i);
  expect(await Promise.all(received)).toEqual(received.map((_, i) => 2 * i + 1));
  listener.close();
  for (const wire of kept) wire.close();
});

it('a listener that is collected as garbage is closed, but not while it accepts', async () => {
  const accept = (): [string, Promise<mp.MessageConnection>] => {
    const listener = new mp.Listener();
    return [listener.address, listener.accept()];
  };
  const [address, accepting] = accept();
  const addresses: string[] = [];
  for (let i = 0; i < 50; i++) {
    const listener = new mp.Listener();
    await listener.ready;
    addresses.push(listener.address);
  }
  const free = (): Promise<boolean[]> =>
    Promise.all(
      addresses.map(async (it) => {
        const { held = [] } = await navigator.locks.query();
        return !held.some(({ name }) => name?.endsWith(it));
      }),
    );
  await collectUntil(async () => (await free()).some(Boolean));
  expect((await free()).filter(Boolean).length).toBeGreaterThan(0);
  const client = await mp.Client(address);
  await client.send(1);
  const accepted = await accepting;
  expect(await accepted.recv()).toBe(1);
  for (const each of [client, accepted]) each.close();
});
