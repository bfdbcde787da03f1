// The killing campaign: kills processes at each step of each operation, and sees that nobody else suffers (test/campaign/).
//
//   node scripts/campaign.mjs [chromium|firefox|webkit ...] [--kills 1000] [--seed 1] [--only <part of a role's name>]
//                             [--lanes 6] [--page 1000] [--real 16] [--never] [--replay <what a failure says>] [--prove]
//
// `--page 1000`: a new browser for every thousand kills. `--never` lists the steps that no victim came to. `--real 16`: one
// kill of sixteen waits until the engine has killed the thread, which Chromium takes two seconds for; the others count as
// dead as soon as the victim stands still (step.ts).
// `--prove` plants faults in the library (faults.mjs), and fails where the campaign does not find one.

import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { faults } from '../test/campaign/faults.mjs';
import { stops } from './labels.mjs';
import { engineNames, launch } from './launch.mjs';
import { isolation, serve } from './serve.mjs';
import { shared } from './vite.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** A page that says nothing for so long has crashed, or hangs itself. */
const SILENCE_MS = 60_000;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kills: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    only: { type: 'string', default: '' },
    lanes: { type: 'string', default: '6' },
    page: { type: 'string', default: '1000' },
    real: { type: 'string' },
    prove: { type: 'boolean', default: false },
    never: { type: 'boolean', default: false },
    replay: { type: 'string' },
  },
});
const unknown = positionals.find((name) => !engineNames.includes(name));
if (unknown) {
  console.error(`There is no engine "${unknown}": ${engineNames.join(', ')}`);
  process.exit(2);
}

/** Several may run at a time. */
const outDir = `${root}.cache/campaign/${process.pid}`;

const make = (fault) =>
  build({
    ...shared,
    configFile: false,
    root: `${root}test/campaign`,
    base: './',
    logLevel: 'error',
    plugins: [stops(fault)],
    worker: { ...shared.worker, plugins: () => [stops(fault)] },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2022',
      minify: false,
      chunkSizeWarningLimit: 10_000,
      rollupOptions: { input: `${root}test/campaign/page.html` },
    },
  });

/** What is done with each report of the page that runs now. */
let onReport = (_report) => {};
const serving = {
  headers: isolation,
  cached: true,
  async post(request) {
    const chunks = await request.toArray();
    onReport(JSON.parse(Buffer.concat(chunks).toString()));
  },
};

/** The page of the build that is there now. */
let page = '';

async function withBuild(fault, body) {
  await make(fault);
  const server = await serve(outDir, serving);
  page = `${server.url}page.html`;
  try {
    return await body();
  } finally {
    server.close();
    rmSync(outDir, { recursive: true, force: true });
  }
}

function printFailure({ role, message, where, victims }) {
  console.log(`\n  FAILED ${role}\n    ${message.replaceAll('\n', '\n    ')}${where ? `\n    ${where}` : ''}`);
  for (const { driver, hit, step, replay } of victims) {
    console.log(`    a victim (${driver}), at hit ${hit} of ${step}\n      --replay '${replay}'`);
  }
}

/** One page; answers what it came to in the end, or why it has none. */
async function runPage(engine, query, onFailure) {
  let resolve;
  const ended = new Promise((done) => {
    resolve = done;
  });
  let silence;
  let last = { kills: 0, running: [] };
  const alive = () => {
    clearTimeout(silence);
    silence = setTimeout(() => resolve(`no report for ${SILENCE_MS / 1000} s`), SILENCE_MS);
  };
  onReport = (report) => {
    alive();
    if (report.type === 'hello') {
      console.log(`${engine}: ${report.userAgent}, seed ${query.get('seed')}`);
      if (!report.isolated) resolve('the page is not isolated');
    } else if (report.type === 'failure') {
      onFailure();
      printFailure(report);
    } else if (report.type === 'progress') {
      last = report;
      if (process.stderr.isTTY) process.stderr.write(`\r${report.kills} kills, ${report.failures} failures `);
    } else if (report.type === 'end') resolve(report);
  };
  alive();
  const browser = await launch(engine, `${page}?${query}`);
  browser.exited.then(() => resolve('the browser ended'));
  const end = await ended;
  clearTimeout(silence);
  onReport = () => {};
  await browser.close();
  if (typeof end !== 'string') return end;
  onFailure();
  console.log(`  FAILED ${engine}: ${end}, after ${last.kills} kills; at work: ${last.running.join(', ')}`);
  return undefined;
}

/** Answers how many failures there were; none killed is one. */
async function run(engine, { kills: goal, only, failures: most }) {
  const started = Date.now();
  const byRole = new Map();
  const reached = new Set();
  const killedAt = new Set();
  let labels = [];
  let [kills, elsewhere, failures] = [0, 0, 0];
  // A browser of its own for every so many kills: what has ended is given back late.
  for (let number = 0; kills < Number(goal) && failures < most; number++) {
    const query = new URLSearchParams({
      kills: String(Math.min(Number(options.page), Number(goal) - kills)),
      seed: String(Number(options.seed) + number * 100_000),
      lanes: options.lanes,
      real: options.real ?? (engine === 'chromium' ? '16' : '1'),
      failures: String(most - failures),
      only,
      ...(options.replay && { replay: options.replay }),
    });
    const end = await runPage(engine, query, () => failures++);
    if (end === undefined || end.kills === 0) break;
    kills += end.kills;
    elsewhere += end.elsewhere;
    labels = end.labels;
    for (const [role, n] of Object.entries(end.byRole)) byRole.set(role, (byRole.get(role) ?? 0) + n);
    for (const label of end.reached) reached.add(label);
    for (const label of end.killedAt) killedAt.add(label);
  }
  for (const [role, n] of byRole) console.log(`  ${String(n).padStart(6)}  ${role}`);
  const never = labels.filter((_, label) => !reached.has(label));
  if (options.never) console.log(`  no victim came to:\n${never.map((name) => `    ${name}`).join('\n')}`);
  const seconds = (Date.now() - started) / 1000;
  console.log(
    `${engine}: ${kills} kills, ${reached.size} labels of ${labels.length} hit (killed at ${killedAt.size}), ` +
      `${failures} failures; ${elsewhere} victims did not come to their step; ` +
      `${seconds.toFixed(0)} s, ${(kills / seconds).toFixed(0)} kills a second`,
  );
  return kills > 0 ? failures : failures + 1;
}

/** Plants each fault: the campaign has to fail. */
async function prove(engine) {
  let missed = 0;
  for (const [fault, { role }] of Object.entries(faults)) {
    console.log(`\n--- ${fault}`);
    const found = await withBuild(fault, () => run(engine, { kills: '300', only: role, failures: 1 }));
    if (found === 0) missed++;
    console.log(found > 0 ? `found: ${fault}` : `NOT FOUND: ${fault}`);
  }
  return missed === 0;
}

async function runAll(engines) {
  let good = true;
  for (const engine of engines) good = (await run(engine, { ...options, failures: 20 })) === 0 && good;
  return good;
}

const engines = positionals.length > 0 ? positionals : ['chromium'];
const good = options.prove ? await prove(engines[0]) : await withBuild(undefined, () => runAll(engines));
process.exit(good ? 0 : 1);
