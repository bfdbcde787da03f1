// One thread awaits something and blocks for something else meanwhile, each of which wakes by the same memory.

import { afterEach, expect, it } from 'vitest';
import * as mp from '../../src/index.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import * as both from '../fixtures/both.ts';
import '../fixtures/executable.ts';

afterEach(expectNoneLeft);

const results = { twoGets: 3, twoCalls: 1, twoTasks: 3 };

for (const [name, result] of Object.entries(results) as [keyof typeof results, number][]) {
  it(`${name}: what is awaited and what blocks both come to their ends`, async () => {
    const process = new mp.Process({ target: both[name] });
    process.start();
    expect(await process.result()).toBe(result);
  });
}
