// `npm test`: the check, the unit and contract tests in Chromium, the end-to-end tests.
//
// All parts run, whatever fails; the closing line tells the sum.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { browserPath } from './browser.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const results = `${root}.cache/results`;
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

/** No part takes this long, unless a page hangs. */
const PART_MS = 50 * 60_000;

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

/**
 * What a part's own report says: `{ passed, failed, failures, flaky }`, the last two being what failed, and what passed when
 * it ran again (retries.mjs), each with its error in one line. A part that failed without a failed test counts as one.
 */
function sumOf(ok, file, read) {
  let sum = { passed: 0, failed: 0, failures: [], flaky: [] };
  try {
    sum = read(JSON.parse(readFileSync(`${results}/${file}`, 'utf8')));
  } catch {
    sum.failures.push(`There is no report of ${file}.`);
  }
  return { ...sum, failed: ok ? sum.failed : Math.max(1, sum.failed) };
}

const firstLine = (text) =>
  stripVTControlCharacters(text ?? '')
    .trim()
    .split('\n')[0];

const lineOf = (name, { fullName, failureMessages }) =>
  `${relative(root, name)} > ${fullName}: ${firstLine(failureMessages[0])}`;

const ofUnit = ({ numPassedTests, numFailedTests, testResults }) => ({
  passed: numPassedTests,
  failed: numFailedTests,
  failures: testResults.flatMap(({ name, message, status, assertionResults }) => {
    const tests = assertionResults.filter((test) => test.status === 'failed');
    if (status === 'failed' && tests.length === 0) return [`${relative(root, name)}: ${firstLine(message)}`];
    return tests.map((test) => lineOf(name, test));
  }),
  flaky: testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status, failureMessages }) => status === 'passed' && failureMessages.length > 0)
      .map((test) => lineOf(name, test)),
  ),
});

const specsOf = ({ specs = [], suites = [] }) => [...specs, ...suites.flatMap(specsOf)];

const endedAs = (wanted, report) =>
  specsOf(report).flatMap(({ file, title, tests }) =>
    tests
      .filter(({ status }) => status === wanted)
      .map(({ projectName, results: runs }) => {
        const error = runs.map((run) => run.error?.message).find((message) => message !== undefined);
        return `[${projectName}] ${file} > ${title}: ${firstLine(error)}`;
      }),
  );

const ofE2e = (report) => ({
  passed: report.stats.expected + report.stats.flaky,
  failed: report.stats.unexpected,
  failures: endedAs('unexpected', report),
  flaky: endedAs('flaky', report),
});

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
  { passed: check ? 1 : 0, failed: check ? 0 : 1, failures: check ? [] : ['npm run check'], flaky: [] },
  sumOf(unit, 'unit.json', ofUnit),
  sumOf(e2e, 'e2e.json', ofE2e),
];
const passed = parts.reduce((sum, part) => sum + part.passed, 0);
const failed = parts.reduce((sum, part) => sum + part.failed, 0);

const list = (title, lines) => {
  if (lines.length > 0) console.log(`\n${title}:\n${lines.map((line) => `  ${line}`).join('\n')}`);
};
list(
  'FLAKY',
  parts.flatMap((part) => part.flaky),
);
list(
  'FAILED',
  parts.flatMap((part) => part.failures),
);

const tell = (ok) => (ok ? 'passed' : 'FAILED');
console.log(`\ncheck ${tell(check)}, unit and contract ${tell(unit)}, end to end ${tell(e2e)}`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
