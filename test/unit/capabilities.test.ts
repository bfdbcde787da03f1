// Runs without isolation, too.
//
// What a page, and a process, says it allows.

import { afterEach, expect, it } from 'vitest';
import * as mp from '../../src/index.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import '../fixtures/executable.ts';
import * as inspected from '../fixtures/inspected.ts';

afterEach(expectNoneLeft);

it('nothing that is needed is missing here, and each that is missing has a remedy', async () => {
  const { ready, mode, cores, features, missing } = mp.capabilities();
  expect(ready).toBe(true);
  expect(mode).toBe(crossOriginIsolated ? 'shared' : 'message');
  expect(cores).toBe(mp.cpuCount());
  expect(missing).toEqual(features.filter(({ available }) => !available));
  expect(missing.filter(({ required }) => required)).toEqual([]);
  expect(missing.map(({ name }) => name)).toContain('blocking');
  for (const { available, purpose, remedy } of features) {
    expect(purpose).not.toBe('');
    expect(remedy === null).toBe(available);
  }
  const child = new mp.Process({ target: inspected.capabilitiesHere });
  child.start();
  const there = await child.result();
  expect(there.ready).toBe(true);
  expect(there.mode).toBe(mode);
  // Without isolation a process cannot block either.
  const needIsolation = ['cross-origin isolation', 'growable shared memory', 'blocking'];
  for (const name of needIsolation) {
    expect(there.features.find((feature) => feature.name === name)?.available, name).toBe(crossOriginIsolated);
  }
});
