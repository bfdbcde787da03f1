// Measures ours beside its peers, in a production build, in Chromium, and beside CPython where there is a `python3`.
//
//   node scripts/bench.mjs [--quick] [--only <part of a name>]
//   node scripts/bench.mjs --write          measures nothing: bench/results/latest.json into docs/performance.md
//
// All sides of a row take turns for several rounds; each figure is a median. A run of all rows is written into both files.

import { spawnSync } from 'node:child_process';
import { cpus, loadavg, platform, release } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright';
import { build } from 'vite';
import { appConfig, benchConfig } from './bench-build.mjs';
import { measureGrowth, measureRow } from './bench-measure.mjs';
import { pythonVersion } from './bench-python.mjs';
import { block, short, writeDocument, writeResults } from './bench-table.mjs';
import { browserPath, launchArgs } from './browser.mjs';
import { installPeers, versions } from './peers.mjs';
import { isolation, serve } from './serve.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
  },
});
if (options.write) {
  writeDocument();
  process.exit();
}

/** `effort` is the part of the usual work that a side does; a measurement that takes `late` milliseconds has failed. */
const plan = options.quick
  ? { rounds: 1, effort: 0.1, growthRounds: 1, late: 20_000 }
  : { rounds: 5, effort: 1, growthRounds: 3, late: 60_000 };

const load = Number((loadavg()[0] ?? 0).toFixed(1));
const python = await pythonVersion();
const began = performance.now();
const since = (at) => ((performance.now() - at) / 1000).toFixed(1);

installPeers();
if (!options.quick) {
  // `npm run check` does without the peers, so this is where their types are looked at.
  const { status } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.bench.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(1);
}

const outDir = `${root}.cache/bench`;
try {
  await build(benchConfig(outDir));
  await build(appConfig(outDir, 'app', 'vite.config.mjs'));
  await build(appConfig(outDir, 'peers/comlink-app'));
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
const servers = [
  await serve(outDir, { headers: isolation, cached: true }),
  await serve(outDir, { headers: {}, cached: true }),
];
const browser = await chromium.launch({ executablePath: browserPath(), args: launchArgs });
const page = await browser.newPage();
page.on('pageerror', (error) => console.error(`In the page: ${error.message}`));
/** Whether the page is one without isolation. */
let isApart = false;

async function open() {
  await page.goto(`${servers[isApart ? 1 : 0].url}page.html?effort=${plan.effort}`);
  await page.waitForFunction(() => 'bench' in globalThis);
}

/** Calls a function of the page. Where that fails the page is loaded anew, for something may be left behind in it. */
async function inPage(name, ...args) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${plan.late / 1000} s`)), plan.late);
  });
  try {
    return await Promise.race([page.evaluate(([fn, given]) => globalThis.bench[fn](...given), [name, args]), late]);
  } catch (error) {
    await open();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

const rows = [];
const growth = [];
const faults = [];
const chosen = ({ name }) => name.includes(options.only);
try {
  await open();
  const { rows: allRows, charts } = await page.evaluate(() => globalThis.bench.list);
  for (const row of allRows.filter(chosen)) {
    process.stderr.write(`${row.name} ... `);
    const at = performance.now();
    if (row.isApart !== isApart) {
      isApart = row.isApart;
      await open();
    }
    const { result, errors } = await measureRow(inPage, row, { rounds: plan.rounds, python });
    process.stderr.write(`${short(result.ours)} ${row.unit} (${since(at)} s)\n`);
    rows.push(result);
    faults.push(...errors);
  }
  isApart = false;
  await open();
  for (const chart of charts.filter(chosen)) {
    process.stderr.write(`${chart.name} ... `);
    const at = performance.now();
    const { result, errors } = await measureGrowth(inPage, chart, plan.growthRounds);
    process.stderr.write(`(${since(at)} s)\n`);
    growth.push(result);
    faults.push(...errors);
  }
} finally {
  await browser.close();
  for (const server of servers) server.close();
}

const report = {
  machine: `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, ${platform()} ${release()}`,
  browser: `Chromium ${browser.version()}`,
  python,
  peers: versions,
  quick: options.quick,
  rounds: plan.rounds,
  load,
  rows,
  growth,
};
console.log(`\n${block(report)}`);
console.error(`\nTook ${since(began)} s.`);
for (const fault of faults) console.error(`FAILED ${fault}`);

// A part of the rows must not pass for all of them.
if (!options.only) {
  writeResults(report);
  writeDocument();
}
process.exit(faults.length > 0 || rows.length + growth.length === 0 ? 1 : 0);
