// Pipes by the thousand, and pipes under fire.

import { afterEach, expect, it } from 'vitest';
import * as mp from '../../src/index.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import '../fixtures/executable.ts';
import * as pipe from '../fixtures/pipe.ts';
import { scaled, seeded } from '../fixtures/soak.ts';
import * as targets from '../fixtures/targets.ts';

afterEach(expectNoneLeft);

it('10,000 pipes made and dropped leave room for more', async () => {
  for (let i = 0; i < 10_000; i++) {
    const [a, b] = mp.Pipe<number>();
    a.sendSync(i);
    expect(b.recvSync()).toBe(i);
  }
  const [a, b] = mp.Pipe<Uint8Array>();
  const sent = a.send(new Uint8Array(5_000_000).fill(3));
  expect((await b.recv())[4_999_999]).toBe(3);
  await sent;
  const queue = new mp.Queue<number>();
  queue.putNowait(1);
  expect(queue.getNowait()).toBe(1);
});

it('CONN-43 a connection that is collected as garbage is closed', async () => {
  const kept: mp.Connection[] = [];
  for (let i = 0; i < 500; i++) kept.push(mp.Pipe()[0]);
  for (let i = 0; i < 200; i++) {
    // Garbage, until the engine collects it.
    const garbage: unknown[] = [];
    for (let j = 0; j < 20; j++) garbage.push(new Uint8Array(1 << 20).fill(j));
    await targets.sleep(20);
    if (await kept[0]?.poll()) break;
  }
  const closed = await Promise.all(kept.map((wire) => wire.poll()));
  expect(closed.filter(Boolean).length).toBeGreaterThan(0);
});

it('CONN-27 CONN-41 processes killed in the middle of sending and receiving: whole messages, then the end', async () => {
  const { Process } = mp.getContext('forkserver');
  const { below } = seeded();
  for (let round = 0; round < scaled(18, 60); round++) {
    const [here, there] = mp.Pipe<unknown, unknown>();
    const target = [pipe.victimSends, pipe.victimReceives, pipe.echoBytes][round % 3] as (wire: pipe.Wire) => unknown;
    const victim = new Process({ target, args: [there] });
    victim.start();
    there.close();
    setTimeout(() => victim.terminate(), below(40));
    const sending = (async () => {
      for (let i = 0; ; i++) await here.sendBytes(new Uint8Array(((i + 1) * 50_021) % 2_000_000).fill(i));
    })().catch((error) => expect(error).toBeInstanceOf(mp.OSError));
    const receiving = (async () => {
      for (;;) {
        const message = await here.recvBytes();
        expect(message.every((byte) => byte === message[0])).toBe(true);
      }
    })().catch((error) => expect(error).toBeInstanceOf(mp.EOFError));
    await (round % 3 === 0 ? receiving : sending);
    here.close();
    await Promise.all([sending, receiving.catch(() => {})]);
    await victim.join();
  }
});
