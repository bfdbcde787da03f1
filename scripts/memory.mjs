// Fails when something leaks: runs every kind of bench/memory/kinds.ts in Chromium, and compares memory before and after.
//
//   node scripts/memory.mjs [--only <part of a name>] [--prove]
//
// With --prove the page keeps what it makes, and every such kind must be found to leak.
//
// Two measures. What the engine counts: heaps of page and workers, and shared memory. And what the operating system counts:
// the resident memory of the page's process, where /proc says so. The second sees what the engine forgot to count, but
// allocators keep some memory for later, so its limit is wider.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright';
import { build } from 'vite';
import { benchConfig } from './bench-build.mjs';
import { browserPath, launchArgs } from './browser.mjs';
import { isolation, serve } from './serve.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Bytes that may be added; a lock that is kept takes 300 at least, and 20,000 are made. */
const MOST_COUNTED = 2_000_000;
const MOST_RESIDENT = 48_000_000;

const { values: options } = parseArgs({
  options: { only: { type: 'string', default: '' }, prove: { type: 'boolean', default: false } },
});

const outDir = `${root}.cache/memory`;
await build(benchConfig(outDir, 'memory/page.html'));
const server = await serve(outDir, { headers: isolation, cached: true });
const browser = await chromium.launch({
  executablePath: browserPath(),
  // The first lets the page ask for a collection; with the second the engine counts at once, not when it sees fit.
  args: [...launchArgs, '--js-flags=--expose-gc', '--enable-blink-features=ForceEagerMeasureMemory'],
});

const mega = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

/** Resident bytes of the processes that draw pages. */
async function resident(session) {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  let bytes = 0;
  for (const { type, id } of processInfo) {
    if (type !== 'renderer' || !existsSync(`/proc/${id}/status`)) continue;
    bytes += 1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0);
  }
  return bytes;
}

async function sample(page, session) {
  // Again, with a moment between: what one collection finalizes the next one frees.
  for (let i = 0; i < 3; i++) {
    await page.evaluate(() => globalThis.gc());
    await new Promise((done) => setTimeout(done, 200));
  }
  const counted = await page.evaluate(async () => (await performance.measureUserAgentSpecificMemory()).bytes);
  return { counted, resident: await resident(session) };
}

/** In a page of its own: how much was added by `count` of a kind. */
async function measure(name, count) {
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(`In the page: ${error.message}`));
  await page.goto(`${server.url}memory/page.html`);
  await page.waitForFunction(() => 'memory' in globalThis);
  if (options.prove) await page.evaluate(() => globalThis.memory.keepAll());
  const session = await browser.newBrowserCDPSession();
  await page.evaluate((kind) => globalThis.memory.open(kind), name);
  await page.evaluate((times) => globalThis.memory.run(times), count / 10);
  const before = await sample(page, session);
  await page.evaluate((times) => globalThis.memory.run(times), count);
  const after = await sample(page, session);
  await page.evaluate(() => globalThis.memory.close());
  await page.close();
  return { before, after };
}

let failed = 0;
try {
  const page = await browser.newPage();
  await page.goto(`${server.url}memory/page.html`);
  await page.waitForFunction(() => 'memory' in globalThis);
  const kinds = await page.evaluate(() => globalThis.memory.kinds);
  await page.close();
  const chosen = kinds.filter(({ name, makes }) => name.includes(options.only) && (makes || !options.prove));
  if (chosen.length === 0) throw new Error('There is no such kind.');
  for (const { name, count } of chosen) {
    const { before, after } = await measure(name, count);
    const counted = after.counted - before.counted;
    const real = after.resident - before.resident;
    const grew = counted > MOST_COUNTED || real > MOST_RESIDENT;
    const wrong = grew !== options.prove;
    if (wrong) failed++;
    console.log(
      `${wrong ? 'FAILED' : 'ok    '} ${count.toLocaleString('en')} ${name}: counted ${mega(before.counted)} and ` +
        `${mega(counted)} more, resident ${mega(before.resident)} and ${mega(real)} more`,
    );
  }
} finally {
  await browser.close();
  server.close();
}
console.log(
  failed > 0
    ? `\n${failed} failed.`
    : `\nNothing more than ${mega(MOST_COUNTED)} counted, ${mega(MOST_RESIDENT)} resident.`,
);
process.exit(failed > 0 ? 1 : 0);
