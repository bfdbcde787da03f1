// Orders of steps, exhaustively up to a bound and then at random, over the library's own code: see docs/testing.md.
//
// This is a short run; `npm run explore -- --seconds 600` is a long one.
//
// Runs in Chromium alone: one thread, a scheduler that it has itself, and a clock and memory that are the scheduler's.

import { expect, it } from 'vitest';
import { scenarios } from '../explore/scenarios/all.ts?explored';
import { exhaust, replay, wander } from '../explore/search.ts';
import type { Scenario } from '../explore/world.ts';

const STEPS = 60_000;

for (const scenario of scenarios) {
  it(scenario.name, () => {
    const all = exhaust(scenario, { steps: STEPS });
    expect(all.found).toBeUndefined();
    expect(all.schedules).toBeGreaterThan(0);
    expect(wander(scenario, { steps: STEPS / 3 }).found).toBeUndefined();
  });
}

/** Each fault of test/explore/faults.mjs: the scenario that has to find it, and what it says. */
const planted: Record<
  string,
  [load: () => Promise<{ scenarios: readonly Scenario[] }>, name: string, message: RegExp]
> = {
  'an unlock that wakes nobody': [
    () => import('../explore/scenarios/lock.ts?fault=unlock-wakes-nobody&explored'),
    'lock: two processes, twice',
    /lost wake-up/,
  ],
  'a waiter that forgets the others': [
    () => import('../explore/scenarios/lock.ts?fault=taker-forgets-waiters&explored'),
    'lock: three processes',
    /lost wake-up/,
  ],
  'a record published before its end is known': [
    () => import('../explore/scenarios/ring.ts?fault=publishes-before-tail&explored'),
    'ring: a producer is killed',
    /hang|lost|torn/,
  ],
  'a notification for who came last': [
    () => import('../explore/scenarios/sync.ts?fault=condition-wakes-the-newest&explored'),
    'condition: two wait, one at a time',
    /was not notified/,
  ],
  'an item in parts given up while its end arrives': [
    () => import('../explore/scenarios/ring.ts?fault=parts-given-up-early&explored'),
    'ring: in parts, two consumers',
    /lost/,
  ],
  'a slot just left, taken for that of a dead process': [
    () => import('../explore/scenarios/sync.ts?fault=nobody-has-ended&explored'),
    'barrier: two parties, three rounds',
    /the barrier is broken/,
  ],
  'a report that counted before the next put': [
    () => import('../explore/scenarios/data.ts?fault=report-counts-early&explored'),
    'joinable queue: join waits for all',
    /1 of 2 done/,
  ],
  'a version that changes after what is written': [
    () => import('../explore/scenarios/managers.ts?fault=version-changes-late&explored'),
    'kept replies: two writes, one reader',
    /read 1 where 2 was known/,
  ],
  'a reply kept under a later version than it was asked at': [
    () => import('../explore/scenarios/managers.ts?fault=reply-kept-under-a-later-version&explored'),
    'kept replies: two writes, one reader',
    /read 1 where 2 was known/,
  ],
  'a kept reply that is older than what its process wrote': [
    () => import('../explore/scenarios/managers.ts?fault=reads-before-what-it-wrote&explored'),
    'kept replies: a read behind a write',
    /read 0 where 1 was known/,
  ],
  'a kept reply of a server that has ended': [
    () => import('../explore/scenarios/managers.ts?fault=reads-of-a-dead-server&explored'),
    'kept replies: the server is killed',
    /of a server that had ended/,
  ],
};

for (const [fault, [load, name, message]] of Object.entries(planted)) {
  it(`finds ${fault}`, async () => {
    const scenario = (await load()).scenarios.find((it) => it.name === name) as Scenario;
    const limits = { schedules: 20_000 };
    const found = exhaust(scenario, limits).found ?? wander(scenario, limits).found;
    expect(found?.message).toMatch(message);
    expect(replay(scenario, found?.schedule as string)?.message).toBe(found?.message);
  });
}
