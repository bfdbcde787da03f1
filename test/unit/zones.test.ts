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

it('what waits in a zone keeps it from nothing: Angular calls an app stable whose pool idles', async () => {
  let busy = false;
  const zone = Zone.current.fork({
    name: 'app',
    onHasTask(delegate, current, target, state) {
      delegate.hasTask(target, state);
      if (current === target && state.change === 'macroTask') busy = state.macroTask;
    },
  });
  const [pool, queue, control] = [new mp.Pool(1, { idleTimeout: 60_000 }), new mp.Queue(), new AbortController()];
  expect(await zone.run(() => pool.apply(tasks.square, [3]))).toBe(9);
  expect(busy).toBe(false);
  const got = zone.run(() => queue.get({ timeout: 60_000, signal: control.signal }));
  expect(busy).toBe(false);
  zone.run(() => setTimeout(() => {}));
  // As it would for a timer of the app.
  expect(busy).toBe(true);
  control.abort(new Error('enough'));
  await expect(got).rejects.toThrow('enough');
  pool.close();
  await pool.join();
});
