// `npm test`: the check, the unit and contract tests, the end-to-end tests.
//
//   node scripts/test.mjs [engine ...]      the engines of the unit and contract tests; Chromium alone if none is named
//
// The check runs beside the tests in browsers, which wait a good deal; then come the end-to-end tests, which need the cores for
// themselves. All parts run, whatever fails. The closing lines tell where the time went, and the sum.

import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { browserPath } from './browser.mjs';
import { demandEngine } from './launch.mjs';
import { where } from './where.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const results = `${root}.cache/results`;
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

/** No part takes this long, unless something hangs. */
const PART_MS = 60 * 60_000;

/** Runs one part, showing its output as it comes, each line with the part's name. */
async function run(title, script, args, env = {}) {
  const began = Date.now();
  const child = spawn(process.execPath, [root + script, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: PART_MS,
    env: { ...process.env, ...env },
  });
  for (const output of [child.stdout, child.stderr]) {
    createInterface({ input: output }).on('line', (line) => console.log(`${title} | ${line}`));
  }
  const code = await new Promise((done) => child.once('close', done).once('error', done));
  return { title, ok: code === 0, seconds: (Date.now() - began) / 1000 };
}

/** What a part's own report says; a part that failed without a failed test counts as one. */
function sumOf({ title, ok }, file, read) {
  let sum = { passed: 0, failed: 0, failures: [] };
  try {
    sum = read(JSON.parse(readFileSync(`${results}/${file}`, 'utf8')));
  } catch {
    sum.failures.push(`${title}: there is no report`);
  }
  if (!ok && sum.failed === 0) sum.failures.push(`${title} failed, though no test did`);
  return { ...sum, failed: ok ? sum.failed : Math.max(1, sum.failed) };
}

const firstLine = (text) =>
  stripVTControlCharacters(text ?? '')
    .trim()
    .split('\n')[0];

const ofBrowsers = (files) => ({
  passed: files.reduce((sum, file) => sum + file.passed, 0),
  failed: files.reduce((sum, file) => sum + file.failed, 0),
  failures: files.flatMap(({ engine, failures }) => failures.map((it) => `${engine}: ${it}`)),
});

const specsOf = ({ specs = [], suites = [] }) => [...specs, ...suites.flatMap(specsOf)];

const ofE2e = (report) => ({
  passed: report.stats.expected,
  failed: report.stats.unexpected + report.stats.flaky,
  failures: specsOf(report).flatMap(({ file, title, tests }) =>
    tests
      .filter(({ status }) => status === 'unexpected')
      .map(
        ({ projectName, results: [only] }) => `[${projectName}] ${file} > ${title}: ${firstLine(only?.error?.message)}`,
      ),
  ),
});

const engines = process.argv.slice(2);
if (engines.length === 0) engines.push('chromium');
// Before anything runs: two parts must not install the same at a time.
console.log(`Chromium: ${browserPath()}`);
for (const engine of engines) demandEngine(engine);

const [check, browsers] = await Promise.all([
  run('check', 'scripts/check.mjs', []),
  run('browsers', 'scripts/engines.mjs', engines),
]);
const e2e = await run('e2e', 'node_modules/@playwright/test/cli.js', ['test', '--reporter=list,json'], {
  PLAYWRIGHT_JSON_OUTPUT_NAME: `${results}/e2e.json`,
  ENGINES: engines.join(' '),
});

const sums = [
  { passed: check.ok ? 1 : 0, failed: check.ok ? 0 : 1, failures: check.ok ? [] : ['npm run check'] },
  sumOf(browsers, 'engines.json', ofBrowsers),
  sumOf(e2e, 'e2e.json', ofE2e),
];
const total = (key) => sums.reduce((sum, part) => sum + part[key], 0);
const failures = sums.flatMap((part) => part.failures);

console.log(`\n${where(results)}`);
if (failures.length > 0) console.log(`\nFAILED:\n${failures.map((line) => `  ${line}`).join('\n')}`);
console.log();
for (const { title, ok, seconds } of [check, browsers, e2e]) {
  console.log(`${title} ${ok ? 'passed' : 'FAILED'} in ${seconds.toFixed(0)} s`);
}
console.log(`${total('passed')} passed, ${total('failed')} failed`);
process.exit(total('failed') > 0 ? 1 : 0);
