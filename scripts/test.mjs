// `npm test`: the check, the unit and contract tests in Chromium, the end-to-end tests.
//
// All parts run, whatever fails; the closing line tells the sum.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { browserPath } from './browser.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const results = `${root}.cache/results`;
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

/** No part takes this long, unless a page hangs. */
const PART_MS = 12 * 60_000;

/** Runs one part, showing its output as it comes. */
function run(title, script, args, env = {}) {
  console.log(`\n--- ${title}`);
  const { status, error } = spawnSync(process.execPath, [root + script, ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: PART_MS,
    env: { ...process.env, ...env },
  });
  if (error) console.error(`${title}: ${error.message}`);
  return status === 0;
}

/** The counts of a part from the report it wrote; a part that failed without a failed test counts as one. */
function count(ok, file, read) {
  let [passed, failed] = [0, 0];
  try {
    [passed, failed] = read(JSON.parse(readFileSync(`${results}/${file}`, 'utf8')));
  } catch {
    console.error(`There is no report of ${file}.`);
  }
  return { passed, failed: ok ? failed : Math.max(1, failed) };
}

console.log(`Chromium: ${browserPath()}`);

const check = run('check', 'scripts/check.mjs', []);

const unit = run('unit and contract tests', 'node_modules/vitest/vitest.mjs', [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${results}/unit.json`,
]);

const e2e = run('end-to-end tests', 'node_modules/@playwright/test/cli.js', ['test', '--reporter=list,json'], {
  PLAYWRIGHT_JSON_OUTPUT_NAME: `${results}/e2e.json`,
});

const parts = [
  { passed: check ? 1 : 0, failed: check ? 0 : 1 },
  count(unit, 'unit.json', (report) => [report.numPassedTests, report.numFailedTests]),
  count(e2e, 'e2e.json', ({ stats }) => [stats.expected, stats.unexpected + stats.flaky]),
];
const passed = parts.reduce((sum, part) => sum + part.passed, 0);
const failed = parts.reduce((sum, part) => sum + part.failed, 0);

const tell = (ok) => (ok ? 'passed' : 'FAILED');
console.log(`\ncheck ${tell(check)}, unit and contract ${tell(unit)}, end to end ${tell(e2e)}`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
