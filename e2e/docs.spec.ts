// Each section of the documents that has a `src/main.ts` is an app that runs, and prints what its comments say.

import { expect, test } from '@playwright/test';
import { appsOf, documents } from '../scripts/examples.mjs';
import { matches } from './examples/app.ts';
import { expectToRun } from './examples/run.ts';

for (const app of documents.flatMap(appsOf)) {
  const main = app.own.get('src/main.ts');
  if (!main || main.note === 'not run' || main.note === 'error') continue;
  test(`${app.title}, line ${main.line}`, ({ page }) => expectToRun(page, app));
}

test('what counts as printed', () => {
  const same = [
    ["Map { 'tea' => 9 }, ['Process-2']", 'Map {"tea" => 9} ["Process-2"]'],
    ['hello bob', 'hello bob'],
    ["{ a: 1.5, b: 'x' }", '{"a": 1.5, "b": "x"}'],
    ['[0, 1, …, 99]', '[0, 1, 2, 3, 99]'],
    ['e.g. 4', '5'],
  ] as const;
  for (const [expected, text] of same) expect(matches(expected, text), expected).toBe(true);
  const different = [
    ['[1, 2]', '[12]'],
    ['1.5', '125'],
    ['[0, 1, …, 99]', '[0, 2, 99]'],
    ['5', '5, 5'],
    ['undefined', ''],
  ] as const;
  for (const [expected, text] of different) expect(matches(expected, text), expected).toBe(false);
});
