// zone.js, which comes with many an Angular app: who is called back is called in the zone of the call.

import 'zone.js';
import { afterEach, expect, it } from 'vitest';
import * as mp from '../../src/index.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import '../fixtures/executable.ts';
import * as tasks from '../fixtures/pool.ts';

afterEach(expectNoneLeft);

it('callbacks run in the zone that called', async () => {
  const zones = ['first', 'second'].map((name) => Zone.current.fork({ name }));
  const heard = new Set<string>();
  const note = (what: string) => () => void heard.add(`${Zone.current.name}: ${what}`);
  const expected = zones.flatMap(({ name }) =>
    ['callback', 'errorCallback', 'progress of map', 'progress of imap', 'then', 'then of a result'].map(
      (what) => `${name}: ${what}`,
    ),
  );
  const pool = new mp.Pool(2);
  // What the pool does for itself, it does in the zone of nobody in particular.
  await pool.apply(tasks.square, [1]);
  const ends = zones.map((zone) =>
    zone.run(() => {
      const map = { chunksize: 1, onProgress: note('progress of map'), callback: note('callback') };
      const squares = pool.mapAsync(tasks.square, [1, 2, 3], map);
      const failure = pool.applyAsync(tasks.raise, ['no'], { errorCallback: note('errorCallback') });
      const stream = pool.imap(tasks.square, [1, 2, 3], { onProgress: note('progress of imap') });
      return [
        squares.then(note('then of a result')),
        failure.wait(),
        pool.map(tasks.square, [1, 2, 3]).then(note('then')),
        Array.fromAsync(stream),
      ];
    }),
  );
  await Promise.all(ends.flat());
  expect([...heard].sort()).toEqual(expected.sort());
  pool.close();
  await pool.join();
});
