// Measures what an app at rest costs, beside a page alone and one with plain workers, in every engine.
//
//   node scripts/bench-idle.mjs [engine ...] [--seconds 10]
//
// An app at rest is a pool of eight that has worked, and a pending get, recv, acquire and join (bench/idle). A figure is the
// time that all processes of the browser compute, as a part of one core; the median of three rounds, in which sides take turns.

import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { benchConfig } from './bench-build.mjs';
import { median } from './bench-measure.mjs';
import { launch } from './launch.mjs';
import { isolation, serve } from './serve.mjs';
import { cpuOf } from './system.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '10' } },
});
const engines = positionals.length > 0 ? positionals : ['chromium', 'firefox', 'webkit'];
const SIDES = ['page', 'plain', 'ours'];
const ROUNDS = 3;
/** Milliseconds until a browser has done what it does after its start. */
const SETTLING = 12_000;

const root = fileURLToPath(new URL('..', import.meta.url));
const outDir = `${root}.cache/idle`;
await build(benchConfig(outDir, 'idle/page.html'));
let onReady = () => {};
const server = await serve(outDir, { headers: isolation, post: async (request) => onReady(await text(request)) });

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** The part of a core that a page with that at rest takes, in percent. */
async function measure(engine, side) {
  const ready = new Promise((done) => {
    onReady = done;
  });
  const browser = await launch(engine, `${server.url}idle/page.html?side=${side}`);
  try {
    const answer = await Promise.race([ready, browser.exited.then(() => 'the browser has ended')]);
    if (answer !== 'ready') throw new Error(`${engine}, ${side}: ${answer}`);
    await pause(SETTLING);
    const before = cpuOf(browser.pid);
    const began = performance.now();
    await pause(Number(options.seconds) * 1000);
    return (100 * (cpuOf(browser.pid) - before)) / (performance.now() - began);
  } finally {
    await browser.close();
  }
}

for (const engine of engines) {
  const figures = Object.fromEntries(SIDES.map((side) => [side, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const side of round % 2 ? SIDES.toReversed() : SIDES) figures[side].push(await measure(engine, side));
  }
  const row = SIDES.map((side) => `${side} ${median(figures[side]).toFixed(2)} %`).join(', ');
  const more = median(figures.ours) - median(figures.plain);
  console.log(`${engine}: ${row}; ours above plain workers: ${more.toFixed(2)} % of a core (goal: at most 0.5)`);
}
server.close();
