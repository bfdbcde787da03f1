// Runs the contract's cases of an area over the dummy, in Node: this file is built so that the root's entry is the dummy's. Prints what
// came of them.

import * as mp from '../../src/index.ts';
import { areas } from '../contract/areas.ts';
import { drivers, needOf, neverBlock } from '../contract/harness.ts';
import { SKIPPED } from './skipped.ts';

declare const process: { readonly argv: readonly string[]; exit(): never };

const [area = ''] = process.argv.slice(2);
const failed: Record<string, string> = {};
let passed = 0;

neverBlock();
for (const [title, run] of Object.entries(areas[area] ?? {})) {
  if (needOf(run) === 'blocking' || SKIPPED.some((part) => title.includes(part))) continue;
  try {
    await run(drivers.async);
    const left = mp.activeChildren();
    for (const child of left) child.terminate();
    if (left.length > 0) throw new Error(`processes left behind: ${left.join(', ')}`);
    passed++;
  } catch (error) {
    failed[title] = String((error as Error).stack ?? error);
  }
}
console.log(JSON.stringify({ passed, failed }));
// What was terminated may still have timers.
process.exit();
