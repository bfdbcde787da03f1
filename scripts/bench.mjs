// Measures ours beside its peers, in a production build, in Chromium, Firefox and WebKit, and beside CPython where there is a
// `python3`; then again on a machine whose cores are all busy.
//
//   node scripts/bench.mjs [engine ...] [--quick] [--only <part of a name>] [--busy | --idle]
//   node scripts/bench.mjs --write          measures nothing: bench/results into docs/performance.md
//
// All sides of a row take turns for several rounds; each figure is a median. A run of all rows is written into both.

import { spawnSync } from 'node:child_process';
import { cpus, loadavg, platform, release } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { BenchBrowser } from './bench-browser.mjs';
import { appConfig, benchConfig } from './bench-build.mjs';
import { measureGrowth, measureRow } from './bench-measure.mjs';
import { pythonVersion } from './bench-python.mjs';
import { block, ENGINES, short, writeDocument, writeResults } from './bench-table.mjs';
import { installPeers, versions } from './peers.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    busy: { type: 'boolean', default: false },
    idle: { type: 'boolean', default: false },
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

const engines = positionals.length > 0 ? positionals : ENGINES;
const modes = options.busy ? [true] : options.idle ? [false] : [false, true];
const python = await pythonVersion();
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
  await build(appConfig(outDir, 'in_place', 'vite.config.mjs'));
  await build(appConfig(outDir, 'peers/comlink-app'));
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

const chosen = ({ name }) => name.includes(options.only);

/** All rows and charts in one engine; those of a busy machine that say what they measure there. */
async function measureAll(engine, isBusy) {
  const load = Number((loadavg()[0] ?? 0).toFixed(1));
  const rows = [];
  const growth = [];
  const faults = [];
  const browser = await BenchBrowser.start(engine, { folder: outDir, query: `?orders&effort=${plan.effort}`, isBusy });
  const { late } = plan;
  try {
    const all = await browser.call('list', [], { late });
    const measured = all.rows.filter((row) => chosen(row) && (!isBusy || row.busy));
    for (const row of measured) {
      process.stderr.write(`${engine}${isBusy ? ', busy' : ''}: ${row.name} ... `);
      const at = performance.now();
      const inPage = (name, ...args) => browser.call(name, args, { late, isApart: row.isApart });
      const { result, errors } = await measureRow(inPage, row, { rounds: plan.rounds, python, isBusy });
      process.stderr.write(`${short(result.ours)} ${row.unit} (${since(at)} s)\n`);
      rows.push(result);
      faults.push(...errors);
    }
    for (const chart of isBusy ? [] : all.charts.filter(chosen)) {
      process.stderr.write(`${engine}: ${chart.name} ... `);
      const at = performance.now();
      const inPage = (name, ...args) => browser.call(name, args, { late, isApart: false });
      const { result, errors } = await measureGrowth(inPage, chart, plan.growthRounds);
      process.stderr.write(`(${since(at)} s)\n`);
      growth.push(result);
      faults.push(...errors);
    }
  } finally {
    await browser.close();
  }
  const report = {
    machine: `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, ${platform()} ${release()}`,
    browser: browser.version,
    isBusy,
    python,
    peers: versions,
    quick: options.quick,
    rounds: plan.rounds,
    load,
    rows,
    growth,
  };
  return { report, faults };
}

const began = performance.now();
const reports = [];
const faults = [];
for (const isBusy of modes) {
  for (const engine of engines) {
    const { report, faults: its } = await measureAll(engine, isBusy);
    reports.push(report);
    faults.push(...its.map((fault) => `${report.browser}: ${fault}`));
    // A part of the rows must not pass for all of them.
    if (!options.only && !options.quick) writeResults(engine, report);
  }
}
console.log(`\n${block(reports)}`);
console.error(`\nTook ${since(began)} s.`);
for (const fault of faults) console.error(`FAILED ${fault}`);
if (!options.only && !options.quick) writeDocument();
process.exit(faults.length > 0 || reports.every(({ rows, growth }) => rows.length + growth.length === 0) ? 1 : 0);
