// A manager under fire.

import { afterEach, expect, it } from 'vitest';
import * as mp from '../../src/index.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import { range } from '../contract/harness.ts';
import '../fixtures/executable.ts';
import { change, Journal, perform } from '../fixtures/manager_log.ts';
import { scaled, seeded } from '../fixtures/soak.ts';
import { sleep } from '../fixtures/targets.ts';

afterEach(expectNoneLeft);

const PROCESSES = scaled(30, 100);
const KILLS = PROCESSES / 5;
const CHANGES = 40;

class Base extends mp.SyncManager {}
const JournalManager = Base.register('Journal', Journal);

it('many processes at one dict and one list, a fifth of them killed: as if one after another', {
  timeout: 300_000,
}, async () => {
  const { below } = seeded();
  const seed = below(1e6);
  const manager = await new JournalManager().start();
  const journal = await manager.Journal();
  const dict = await manager.dict<string, number>();
  const list = await manager.list<number>();
  const begun = new mp.SimpleQueue<number>();
  const { Process } = mp.getContext('forkserver');
  const processes = range(PROCESSES).map((who) => {
    const process = new Process({ target: change, args: [journal, dict, list, who, seed, CHANGES, begun] });
    process.start();
    return process;
  });
  const killed = new Set<number>();
  for (let i = 0; i < PROCESSES; i++) {
    const who = await begun.get();
    if (killed.size >= KILLS || below(3) > 0) continue;
    await sleep(below(5));
    processes[who]?.kill();
    killed.add(who);
  }
  const done = await Promise.all(processes.map((process) => process.result().catch(() => undefined)));

  const { dict: content, list: items, log } = await journal.state();
  const replayed = { dict: new Map<number, number>(), list: [] as number[] };
  for (const entry of log) perform(replayed.dict, replayed.list, entry);
  expect(items).toEqual(replayed.list);
  expect([...content]).toEqual([...replayed.dict]);
  // Each process's changes are there once, in its order; of the living all, of the dead a beginning.
  const added = await list.getValue();
  const keys = await dict.keys();
  for (const who of range(PROCESSES)) {
    const own = log.filter(([by]) => by === who).map(([, number]) => number);
    expect(own).toEqual(range(own.length));
    const appended = added.filter((item) => Math.floor(item / 1000) === who).map((item) => item % 1000);
    expect(appended).toEqual(range(appended.length));
    const set = keys.filter((key) => key.startsWith(`${who}:`));
    expect(set).toEqual(range(set.length).map((i) => `${who}:${i}`));
    if (done[who] === undefined) expect(killed.has(who)).toBe(true);
    else expect([own.length, appended.length, set.length]).toEqual([CHANGES, CHANGES, CHANGES]);
  }
  expect(done.filter((count) => count === CHANGES).length).toBeGreaterThanOrEqual(PROCESSES - killed.size);
  // The dead hold nothing any more.
  const references = async () => (await manager.debugInfo()).map((info) => info.references);
  for (let i = 0; i < 100 && (await references()).some((n) => n !== 1); i++) await sleep(100);
  expect(await references()).toEqual([1, 1, 1]);
  await manager.shutdown();
});
