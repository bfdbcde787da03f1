// Runs the cases of one area in every place and with every driver, each as a test.

import { afterEach, describe, expect, it } from 'vitest';
import * as mp from '../../src/index.ts';
import { census } from '../../src/process/root.ts';
import '../fixtures/executable.ts';
import { runCase } from '../fixtures/cases.ts';
import { type Cases, type Driver, drivers } from './harness.ts';

/** Fails unless every process has ended and its worker is gone. */
export async function expectNoneLeft(): Promise<void> {
  // Looks often: nearly every test waits here for some milliseconds, and there are thousands.
  for (const end = Date.now() + 10_000; census().processes > 0 && Date.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const [left, children] = [census().processes, mp.activeChildren()];
  // Those that come after it are not to fail with it.
  for (const child of children) child.terminate();
  expect(left, 'processes left behind').toBe(0);
  expect(children).toEqual([]);
}

/** @param options `drivers`: those that the area has a use for in a worker; all by default. */
export function contract(area: string, cases: Cases, options: { drivers?: readonly Driver['name'][] } = {}): void {
  afterEach(expectNoneLeft);
  describe(`${area}, in the window, async`, () => {
    for (const [title, run] of Object.entries(cases)) it(title, () => run(drivers.async));
  });
  for (const driver of options.drivers ?? (['async', 'sync'] as const)) {
    describe(`${area}, in a worker, ${driver}`, () => {
      for (const title of Object.keys(cases)) {
        it(title, async () => {
          const { Process } = mp.getContext('forkserver');
          const process = new Process({ target: runCase, args: [area, title, driver], name: 'Case' });
          process.start();
          await process.result();
        });
      }
    });
  }
}
