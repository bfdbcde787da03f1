// Runs the unit and contract tests in Firefox and WebKit, on one plain page: test/engines/.
//
//   node scripts/engines.mjs [chromium|firefox|webkit|webkit-eager ...] [part of a file's path ...]
//
// Each file has a browser of its own, as each has a page of its own in Vitest: what one leaves behind is nobody else's, and
// engines keep some of what ended workers had for as long as the page lives (WebKitGTK a file descriptor of each; Firefox
// starts nothing for up to a minute after a pool of 200). The page asks what to run, and reports each step. A browser that
// crashes or falls silent is one failed test; where retries.mjs allows it, the file begins once more first.

import { readdirSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { createServer } from 'vite';
import { explored } from './instrument.mjs';
import { engineNames, launch } from './launch.mjs';
import { retries } from './retries.mjs';
import { isolated, shared } from './vite.mjs';
import processes from './worker.mjs';

/** A page that says nothing for so long hangs; a test may ask for more time than that. */
const SILENCE_MS = 120_000;
const MARGIN_MS = 20_000;
const ENGINE_MS = 30 * 60_000;

/** What runs where nothing else is asked for. Of the eager engine the codec alone: the rest waits more than it computes. */
const DEFAULT = { firefox: [''], webkit: [''], 'webkit-eager': ['unit/codec.test'] };

const root = fileURLToPath(new URL('..', import.meta.url));
const names = process.argv.slice(2);
const chosen = names.filter((name) => engineNames.includes(name));
const parts = names.filter((name) => !engineNames.includes(name));

const testFiles = readdirSync(`${root}test`, { recursive: true })
  .map((name) => `test/${String(name).replaceAll('\\', '/')}`)
  .filter((name) => /^test\/(unit|contract)\/.*\.test\.ts$/.test(name))
  .sort();

/** What the page that runs is told, and whom it tells. */
let plan = { file: '', retries };
let onReport = (_report) => {};
let onPageGone = () => {};

const reports = {
  name: 'test-reports',
  configureServer({ middlewares }) {
    middlewares.use('/engines/plan', (_request, response) => response.end(JSON.stringify(plan)));
    middlewares.use('/engines/alive', (request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(': hello\n\n');
      request.once('close', onPageGone);
    });
    middlewares.use('/engines/report', async (request, response) => {
      const chunks = await request.toArray();
      onReport(JSON.parse(Buffer.concat(chunks).toString()));
      response.end();
    });
  },
};

const server = await createServer({
  configFile: false,
  root,
  cacheDir: 'node_modules/.vite/engines',
  logLevel: 'warn',
  appType: 'mpa',
  server: { ...shared.server, hmr: false, watch: null },
  worker: shared.worker,
  // WebKit has no `using` yet.
  oxc: { target: 'es2022' },
  resolve: { alias: [...shared.resolve.alias, { find: /^vitest$/, replacement: `${root}test/engines/vitest.ts` }] },
  optimizeDeps: {
    include: ['@vitest/runner', '@vitest/expect', 'chai', 'fast-check'],
    entries: [],
    noDiscovery: true,
  },
  plugins: [isolated, reports, explored(), processes('es2022')],
});

/** A line of a stack as the source has it: the browser saw what Vite made of it. */
async function inSource(line) {
  const match = /(https?:\/\/[^/]+)(\/[^?:\s]+)(\?[^:\s]*)?:(\d+):(\d+)/.exec(line);
  if (!match) return line.trim();
  const [whole, , path = '', , row, column] = match;
  const module = await server.environments.client.moduleGraph.getModuleByUrl(path);
  const map = module?.transformResult?.map;
  if (!map || !('mappings' in map) || !map.mappings)
    return line.trim().replace(whole, `${path.slice(1)}:${row}:${column}`);
  const { originalLine, originalColumn } = new SourceMap(/** @type {any} */ (map)).findEntry(+row - 1, +column - 1);
  return line.trim().replace(whole, `${path.slice(1)}:${originalLine + 1}:${originalColumn + 1}`);
}

const plain = (text) => (process.stdout.isTTY ? text : stripVTControlCharacters(text));

async function print({ test, message, stack, diff }, what = 'FAILED') {
  const indent = (text) => plain(text).replaceAll(/^/gm, '    ');
  const frames = stack.split('\n').filter((line) => /:\d+:\d+/.test(line) && !/node_modules|test\/engines/.test(line));
  const trace = (await Promise.all(frames.map(inSource))).map((frame) => `      ${frame}`);
  console.log([`\n  ${what} ${test}`, indent(message), ...(diff ? [indent(diff)] : []), ...trace, ''].join('\n'));
}

/** One browser, until it has run its file, crashed or fallen silent; answers which. */
async function attempt(engine, url, handle) {
  let resolve;
  const outcome = new Promise((done) => {
    resolve = done;
  });
  let silence;
  const alive = (ms = SILENCE_MS) => {
    clearTimeout(silence);
    silence = setTimeout(() => resolve(`no progress for ${ms / 1000} s`), ms);
  };
  onReport = (report) => {
    alive(report.type === 'test' ? Math.max(SILENCE_MS, report.timeout + MARGIN_MS) : SILENCE_MS);
    if (!handle(report)) resolve('not isolated');
    else if (report.type === 'result') resolve('end');
  };
  onPageGone = () => resolve('the page crashed');
  alive();
  const browser = await launch(engine, url);
  browser.exited.then(() => resolve('the browser ended'));
  const overtime = setTimeout(() => resolve('out of time'), Math.max(0, deadline - Date.now()));
  try {
    return await outcome;
  } finally {
    clearTimeout(silence);
    clearTimeout(overtime);
    onReport = onPageGone = () => {};
    await browser.close();
  }
}

let deadline = 0;

/** All files in one engine. */
async function runEngine(engine, url) {
  const total = { passed: 0, failed: 0, skipped: 0, flaky: [] };
  const pending = [];
  /** Where the page is: named when it goes no further. */
  let test = '';
  let greeted = false;
  const started = Date.now();
  deadline = started + ENGINE_MS;
  const filters = parts.length > 0 ? parts : (DEFAULT[engine] ?? ['']);
  const files = testFiles.filter((file) => filters.some((filter) => file.includes(filter)));

  const fail = (failure) => {
    total.failed++;
    pending.push(print(failure));
  };
  const notice = (failure) => {
    total.flaky.push(`${engine}: ${failure.test}: ${plain(failure.message).split('\n')[0]}`);
    pending.push(print(failure, 'FLAKY'));
  };
  const handle = (report) => {
    switch (report.type) {
      case 'hello':
        if (!report.isolated) return false;
        if (!greeted) console.log(`\n${engine}: ${report.userAgent}`);
        greeted = true;
        break;
      case 'test':
        test = report.name;
        break;
      case 'stray':
        fail({ ...report.failure, test: test || plan.file });
        break;
      case 'result': {
        total.passed += report.passed;
        total.failed += report.failed;
        total.skipped += report.skipped;
        console.log(`  ${report.failed ? 'x' : 'ok'} ${plan.file} (${report.passed} passed, ${report.failed} failed)`);
        for (const failure of report.failures) pending.push(print(failure));
        for (const failure of report.flaky) notice(failure);
      }
    }
    return true;
  };

  let ran = 0;
  for (const file of files) {
    let outcome;
    for (let again = retries; ; again--) {
      plan = { file, retries };
      test = '';
      outcome = await attempt(engine, url, handle);
      if (outcome === 'end') break;
      const crash = { test: test || file, message: `${engine}: ${outcome}`, stack: '', diff: '' };
      if (again > 0 && outcome !== 'out of time') {
        notice(crash);
        continue;
      }
      fail(crash);
      break;
    }
    await Promise.all(pending);
    // That was a failure. (A look at the clock would leave out the rest without one, where a file ends just in time.)
    if (outcome === 'out of time') break;
    ran++;
  }
  if (files.length === 0)
    fail({ test: '(none)', message: `${engine}: no test file has such a path`, stack: '', diff: '' });
  await Promise.all(pending);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  const { passed, failed, skipped } = total;
  console.log(`${engine}: ${passed} passed, ${failed} failed, ${skipped} skipped in ${ran} files, ${seconds} s`);
  return total;
}

let passed = 0;
let failed = 0;
const flaky = [];
await server.listen();
try {
  const url = new URL('test/engines/page.html', server.resolvedUrls?.local[0]).href;
  for (const engine of chosen.length > 0 ? chosen : parts.length > 0 ? ['firefox', 'webkit'] : Object.keys(DEFAULT)) {
    const total = await runEngine(engine, url);
    passed += total.passed;
    failed += total.failed;
    flaky.push(...total.flaky);
  }
} finally {
  await server.close();
}
if (flaky.length > 0) console.log(`\nFLAKY:\n${flaky.map((line) => `  ${line}`).join('\n')}`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
