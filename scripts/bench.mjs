// Measures ours beside its peers, in a production build, in Chromium: a Markdown table, and bench/results/latest.json.
//
//   node scripts/bench.mjs [--quick] [--only <part of a name>]
//
// Ours and the peers take turns for several rounds; each figure is a median.

import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, platform, release } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright';
import { build } from 'vite';
import { browserPath, launchArgs } from './browser.mjs';
import { isolation, serve } from './serve.mjs';
import { shared } from './vite.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const MEASURE_MS = 120_000;

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
});
const rounds = options.quick ? 2 : 5;

const median = (numbers) => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** Three significant digits, with a suffix where that is shorter: 1.23 M. */
function short(number) {
  if (number === null || number === undefined) return '-';
  for (const [size, suffix] of /** @type {const} */ ([
    [1e9, ' G'],
    [1e6, ' M'],
    [1e3, ' k'],
  ])) {
    if (Math.abs(number) >= size) return Number((number / size).toPrecision(3)) + suffix;
  }
  return String(Number(number.toPrecision(3)));
}

function measureInPage(page, name, peer) {
  const late = new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`took longer than ${MEASURE_MS / 1000} s`)), MEASURE_MS).unref();
  });
  return Promise.race([page.evaluate(([row, who]) => globalThis.bench.measure(row, who), [name, peer]), late]);
}

/** All rounds of one row; a side that fails has no figure, and its error is told. */
async function measureRow(page, row) {
  const sides = [null, ...row.peers];
  const figures = new Map(sides.map((side) => [side, []]));
  const errors = [];
  for (let round = 0; round < rounds; round++) {
    for (const side of round % 2 ? sides.toReversed() : sides) {
      if (!figures.has(side)) continue;
      try {
        figures.get(side).push(await measureInPage(page, row.name, side));
      } catch (error) {
        figures.delete(side);
        errors.push(`${row.name}, ${side ?? 'ours'}: ${error.message}`);
      }
    }
  }
  const figure = (side) => (figures.has(side) ? median(figures.get(side)) : null);
  const ours = figure(null);
  const peers = Object.fromEntries(row.peers.map((peer) => [peer, figure(peer)]));
  const rivals = Object.values(peers).filter((value) => value !== null);
  const best = row.lowerIsBetter ? Math.min(...rivals) : Math.max(...rivals);
  const ratioToBestPeer = ours === null || rivals.length === 0 ? null : row.lowerIsBetter ? best / ours : ours / best;
  const goal = row.goal ?? null;
  const met = goal === null ? null : ratioToBestPeer !== null && ratioToBestPeer >= goal;
  const result = {
    name: row.name,
    unit: row.unit,
    ours,
    peers,
    cpython: row.cpython ?? null,
    ratioToBestPeer,
    goal,
    met,
  };
  return { result, errors };
}

function table(results) {
  const cells = results.map(({ name, unit, ours, peers, cpython, ratioToBestPeer, goal, met }) => [
    name,
    unit,
    short(ours),
    Object.entries(peers)
      .map(([peer, value]) => `${peer} ${short(value)}`)
      .join(', ') || '-',
    short(cpython),
    ratioToBestPeer === null ? '-' : `${ratioToBestPeer.toFixed(2)}x`,
    goal === null ? '-' : `${Number(goal.toFixed(2))}x ${met ? 'met' : 'MISSED'}`,
  ]);
  const head = ['measurement', 'unit', 'ours', 'peers', 'CPython', 'to the best peer', 'goal'];
  return [head, head.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

const outDir = `${root}.cache/bench`;
await build({
  ...shared,
  configFile: false,
  root: `${root}bench`,
  base: './',
  logLevel: 'warn',
  build: {
    outDir,
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 10_000,
    rollupOptions: { input: `${root}bench/page.html` },
  },
}).catch((error) => {
  console.error(error.message);
  process.exit(1);
});
const server = await serve(outDir, { headers: isolation, cached: true });
const browser = await chromium.launch({ executablePath: browserPath(), args: launchArgs });
const results = [];
const faults = [];
try {
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(`In the page: ${error.message}`));
  await page.goto(`${server.url}page.html`);
  await page.waitForFunction(() => 'bench' in globalThis);
  const all = await page.evaluate(() => globalThis.bench.rows);
  for (const row of all.filter(({ name }) => name.includes(options.only))) {
    process.stderr.write(`${row.name} ... `);
    const { result, errors } = await measureRow(page, row);
    process.stderr.write(`${short(result.ours)} ${row.unit}\n`);
    results.push(result);
    faults.push(...errors);
  }
} finally {
  await browser.close();
  server.close();
}

const machine = `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, ${platform()} ${release()}`;
const version = browser.version();
console.log(`\n${machine}; Chromium ${version}; medians of ${rounds}\n\n${table(results)}`);
for (const fault of faults) console.error(`FAILED ${fault}`);

// A part of the rows must not pass for all of them.
if (!options.only) {
  mkdirSync(`${root}bench/results`, { recursive: true });
  const report = { machine, browser: `Chromium ${version}`, rows: results };
  writeFileSync(`${root}bench/results/latest.json`, `${JSON.stringify(report, null, 2)}\n`);
}
process.exit(faults.length > 0 || results.length === 0 ? 1 : 0);
