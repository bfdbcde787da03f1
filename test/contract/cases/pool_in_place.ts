// The suites of pools with every task written in place, which takes from around it what it works with.

import { assert } from 'chai';
import * as mp from '../../../src/index.ts';
import { addAll, dieInPlace, InPlacePool, neverLoaded } from '../../fixtures/in_place.ts';
import { steps } from '../../fixtures/pool_shared.ts';
import { type Cases, type Need, needOf, needs, range } from '../harness.ts';
import { poolCases } from './pool.ts';
import { poolBeyondCases } from './pool_beyond.ts';
import { poolCallsCases } from './pool_calls.ts';
import { dies, poolSharedCases } from './pool_shared.ts';

/** The cases whose titles have one of those parts, over pools whose tasks are written in place; `need` is that of all of them. */
function inPlace(cases: Cases, parts: readonly string[], need?: Need): Cases {
  for (const part of parts) {
    if (!Object.keys(cases).some((title) => title.includes(part))) throw new Error(`there is no case of ${part}`);
  }
  const chosen = Object.entries(cases).filter(([title]) => parts.some((part) => title.includes(part)));
  return Object.fromEntries(
    chosen.map(([title, run]) => {
      const its: Cases[string] = (d) => run({ ...d, Pool: InPlacePool });
      const own = need ?? needOf(run);
      return [title, own === undefined ? its : needs(own, its)];
    }),
  );
}

// Not those that are about the pool alone, or about how a function is called that is not in place: they would only take their time.
export const poolInPlaceCases: Cases = {
  ...inPlace(poolCases, [
    'POOL-01',
    'POOL-02',
    'starmap spreads',
    'POOL-05',
    'imap takes any iterable',
    'POOL-20',
    'POOL-43',
    'POOL-56',
    'POOL-60',
    'POOL-65',
    'POOL-68',
  ]),
  ...inPlace(poolCallsCases, [
    'does not wait behind a busy worker',
    'the more urgent call is first',
    'overtakes the chunks of a map',
    'shared objects go with calls',
    'though its owner blocks',
    'shared objects come back',
    'an end of a pipe is held',
    'an item that cannot travel',
    'what starmap cannot spread',
    'large data is the same',
    'many strings are copied',
  ]),
  ...inPlace(
    poolBeyondCases,
    [
      'an abort ends the call at once',
      'progress is told',
      'transfer moves',
      'a worker that dies with a letter',
      'fault 27',
    ],
    'memory',
  ),
  ...inPlace(poolSharedCases, [
    'each kind',
    'one that is twice',
    'it goes to whoever is free',
    'a call waits for the only worker',
    'workers that take the place of others',
    'a worker that is killed while it waits',
    'a call that is given up while it waits',
  ]),

  'a lock, a queue and a value that a task takes from around it are the same for all': needs('memory', async (d) => {
    await using pool = new d.Pool(2);
    const account = { lock: new mp.Lock(), queue: new mp.SimpleQueue<number>(), value: new mp.Value('i', 0) };
    const items = range(21).slice(1);
    const sums = await addAll(pool, account, items);
    // One at a time: each has seen the sum of those before.
    assert.equal(new Set(sums).size, 20);
    assert.equal(Math.max(...sums), 210);
    const got: number[] = [];
    for (const _ of sums) got.push(await d.getSimple(account.queue));
    assert.sameMembers(got, items);
  }),

  ...Object.fromEntries(
    steps.map((step) => [
      `a worker that is killed at a step keeps nothing of what is around: ${step}`,
      dies(step, dieInPlace),
    ]),
  ),
  'a worker that is killed while it loads the task keeps nothing of what is around': dies('loading', neverLoaded),
};
