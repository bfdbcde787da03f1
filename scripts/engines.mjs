// Runs the unit and contract tests in every engine, one browser more at a time than there are cores.
//
//   node scripts/engines.mjs [chromium|firefox|webkit|webkit-eager ...] [part of a file's path ...] [--browsers 2]
//                            [--soak [--seed 7]] [--note] [--plain]
//
// Files that say so run on a page that is not isolated, too, where all goes by message, as if that were another engine: "chromium,
// plain". With --plain they do so alone, and any that are named. With --soak the tests that look for races do all that they can do, from a seed that is printed.
//
// (engine, file) pairs wait in one queue, longest first. A browser runs files one after another, each in a page of its own,
// for as long as it is healthy: see engines-browser.mjs. A test runs once. A browser that crashes or falls silent is told;
// the file begins again in a fresh one, once.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs, stripVTControlCharacters } from 'node:util';
import { TestBrowser } from './engines-browser.mjs';
import { bundle, inSource, serveBundle } from './engines-bundle.mjs';
import { demandEngine, engineNames } from './launch.mjs';

/** What of an engine runs where no file is named. Of the eager one the codec alone: the rest waits more than it computes. */
const PARTS = { 'webkit-eager': ['unit/codec.test'] };

const root = fileURLToPath(new URL('..', import.meta.url));
const results = `${root}.cache/results`;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    browsers: { type: 'string' },
    soak: { type: 'boolean' },
    seed: { type: 'string' },
    note: { type: 'boolean' },
    plain: { type: 'boolean' },
  },
});
const named = positionals.filter((name) => engineNames.includes(name));
const parts = positionals.filter((name) => !engineNames.includes(name));
const chosen = named.length > 0 ? named : engineNames;
const engines = [...(values.plain ? [] : chosen), ...chosen.map((name) => `${name}, plain`)];
const limit = Number(values.browsers ?? availableParallelism() + 1);

// ------------------------------------------------------------------------------------------------ the queue

/** A file that cannot differ between engines says so in a line of its head, with the reason; one that hardly can runs in all in a soak. */
const ONE_ENGINE = values.soak
  ? /^\/\/ Runs in Chromium alone: \S/m
  : /^\/\/ Runs in Chromium alone(, but for a soak)?: \S/m;

const testFiles = readdirSync(`${root}test`, { recursive: true })
  .map((name) => `test/${String(name).replaceAll('\\', '/')}`)
  .filter((name) => /^test\/(unit|contract)\/.*\.test\.ts$/.test(name))
  .sort();

/** A file that runs on a page that is not isolated, too, says so in a line of its head, and where, if in every engine in a soak alone. */
const PLAIN_TOO = /^\/\/ Runs without isolation, too(, in Chromium)?\./m;
const PLAIN = ', plain';
const isPlain = (engine) => engine.endsWith(PLAIN);
const browserOf = (engine) => engine.replace(PLAIN, '');

function runs(engine, file) {
  if (isPlain(engine)) {
    if (!runs(browserOf(engine), file)) return false;
    if (values.plain && parts.length > 0) return true;
    const [isToo, inChromium] = PLAIN_TOO.exec(readFileSync(root + file, 'utf8')) ?? [];
    return isToo !== undefined && (inChromium === undefined || values.soak || browserOf(engine) === 'chromium');
  }
  const wanted = parts.length > 0 ? parts : (PARTS[engine] ?? ['']);
  if (!wanted.some((part) => file.includes(part))) return false;
  return engine === 'chromium' || !ONE_ENGINE.test(readFileSync(root + file, 'utf8'));
}

/** How long each file took when it was last noted (`--note`), in seconds: what takes longest begins first. */
const notes = `${root}test/engines/durations.json`;
const durations = existsSync(notes) ? JSON.parse(readFileSync(notes, 'utf8')) : {};

const queue = engines
  .flatMap((engine) => testFiles.filter((file) => runs(engine, file)).map((file) => ({ engine, file, again: false })))
  .sort((a, b) => weight(b) - weight(a));

function weight({ engine, file }) {
  return durations[engine]?.[file] ?? 10;
}

/** The next file: of that engine if there is any left, else of the one with the most work left, and fewest browsers. */
function next(engine, busy) {
  const share = (name) => queue.filter((it) => it.engine === name).reduce((sum, it) => sum + weight(it), 0);
  const open = [...new Set(queue.map((it) => it.engine))];
  if (!open.includes(engine)) {
    const load = (name) => share(name) / (1 + busy.filter((it) => it === name).length);
    [engine] = open.sort((a, b) => load(b) - load(a));
  }
  const index = queue.findIndex((it) => it.engine === engine);
  return index < 0 ? undefined : queue.splice(index, 1)[0];
}

// ------------------------------------------------------------------------------------------------ telling

const plain = (text) => (process.stdout.isTTY ? text : stripVTControlCharacters(text));
const seconds = (ms) => (ms / 1000).toFixed(1);
const done = [];
const failures = [];
const repeated = [];

function tell(engine, { test, message, stack = '', diff = '' }) {
  failures.push(`${engine}: ${test}: ${plain(message).split('\n')[0]}`);
  const indent = (text) => plain(text).replaceAll(/^/gm, '    ');
  const frames = stack.split('\n').filter((line) => /:\d+:\d+/.test(line));
  const trace = frames.map((line) => inSource(line, files)).filter((line) => !/node_modules|test\/engines/.test(line));
  const lines = trace.map((frame) => `      ${frame}`);
  console.log(
    [`\n  FAILED ${engine}: ${test}`, indent(message), ...(diff ? [indent(diff)] : []), ...lines, ''].join('\n'),
  );
}

function note(job, outcome) {
  const { engine, file } = job;
  for (const failure of outcome.failures) tell(engine, failure);
  if (outcome.crash !== undefined) {
    const crash = { test: outcome.test || file, message: outcome.crash };
    if (job.again) tell(engine, crash);
    else {
      repeated.push(`${engine}: ${crash.test}: ${crash.message}`);
      console.log(`\n  AGAIN ${repeated.at(-1)}\n`);
      queue.unshift({ ...job, again: true });
      return;
    }
  }
  const tests = outcome.tests ?? [];
  const count = (state) => tests.filter((test) => test.state === state).length;
  const failed = outcome.crash === undefined ? outcome.failures.length : Math.max(1, outcome.failures.length);
  const { ms, cpuMs, workers } = outcome;
  const lines = outcome.failures.map(({ test, message }) => `${test}: ${plain(message).split('\n')[0]}`);
  if (outcome.crash !== undefined) lines.push(`${outcome.test || file}: ${outcome.crash}`);
  const counts = { passed: count('pass'), failed, skipped: tests.length - count('pass') - count('fail') };
  done.push({ engine, file, ...counts, ms, cpuMs, workers, failures: lines, tests });
  const numbers = `${count('pass')} passed, ${failed} failed`;
  console.log(`  ${failed > 0 ? 'x ' : 'ok'} ${engine} ${file} (${numbers}, ${seconds(ms)} s)`);
}

// ------------------------------------------------------------------------------------------------ running

const began = Date.now();
if (queue.length === 0) {
  console.log(`No test file has such a path: ${parts.join(' ')}\n\n0 passed, 1 failed`);
  process.exit(1);
}
for (const engine of new Set(queue.map((it) => browserOf(it.engine)))) demandEngine(engine);
const files = await bundle([...new Set(queue.map(({ file }) => file))]);
const seed = values.seed ?? (values.soak ? String(Date.now() % 1_000_000) : undefined);
const query = new URLSearchParams({ ...(values.soak ? { soak: '' } : {}), ...(seed ? { seed } : {}) });
if (seed) console.log(`seed ${seed}`);
const browsers = new Map();
const answer = (request, response) => {
  const id = new URL(request.url ?? '', 'http://localhost').searchParams.get('browser');
  return browsers.get(id)?.answer(request, response) ?? false;
};
const server = await serveBundle(files, answer);
const plainServer = await serveBundle(files, answer, false);
console.log(`${queue.length} files to run, built in ${seconds(Date.now() - began)} s`);

/** One browser after another, until nothing is left to do. */
async function work() {
  let browser;
  try {
    for (;;) {
      const busy = [...browsers.values()].map((it) => it.engine);
      const job = next(browser?.engine, busy);
      if (job === undefined) return;
      if (browser !== undefined && (browser.engine !== job.engine || !browser.isHealthy)) {
        browsers.delete(browser.id);
        await browser.close();
        browser = undefined;
      }
      if (browser === undefined) {
        const { url } = isPlain(job.engine) ? plainServer : server;
        browser = new TestBrowser(job.engine, browserOf(job.engine), `${url}test/engines/page.html?${query}`);
        browsers.set(browser.id, browser);
      }
      note(job, await browser.run(job.file));
    }
  } finally {
    if (browser !== undefined) {
      browsers.delete(browser.id);
      await browser.close();
    }
  }
}

try {
  await Promise.all(Array.from({ length: limit }, work));
} finally {
  server.close();
  plainServer.close();
}

mkdirSync(results, { recursive: true });
const report = `${results}/engines.json`;
const earlier = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : [];
const isNew = ({ engine, file }) => done.some((it) => it.engine === engine && it.file === file);
writeFileSync(report, JSON.stringify([...earlier.filter((it) => !isNew(it)), ...done], undefined, 1));

if (values.note) {
  for (const { engine, file, ms } of done) (durations[engine] ??= {})[file] = Math.ceil(ms / 1000);
  const sorted = Object.entries(durations).map(([engine, its]) => [
    engine,
    Object.fromEntries(Object.entries(its).sort()),
  ]);
  writeFileSync(notes, `${JSON.stringify(Object.fromEntries(sorted), undefined, 2)}\n`);
}

const sum = (key, of = done) => of.reduce((total, it) => total + it[key], 0);
console.log();
for (const engine of engines) {
  const its = done.filter((it) => it.engine === engine);
  const numbers = ['passed', 'failed', 'skipped'].map((key) => `${sum(key, its)} ${key}`).join(', ');
  if (its.length > 0) console.log(`${engine}: ${numbers} in ${its.length} files, ${seconds(sum('ms', its))} s`);
}
const list = (title, lines) => {
  if (lines.length > 0) console.log(`\n${title}:\n${lines.map((line) => `  ${line}`).join('\n')}`);
};
list('AGAIN', repeated);
list('FAILED', failures);
console.log(`\n${seconds(Date.now() - began)} s`);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
process.exit(sum('failed') > 0 ? 1 : 0);
