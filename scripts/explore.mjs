// Explores longer than the unit tests do, in Node: the explored code needs no browser, only one thread.
//
//   node --expose-gc scripts/explore.mjs [--seconds 60] [--only <part of a name>] [--seed 1] [--fault <name>] [--replay <schedule>]
//
// Each scenario gets its share of the time: first every schedule up to its bound, then random ones.

import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createServer } from 'vite';
import { explored } from './instrument.mjs';

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    only: { type: 'string', default: '' },
    seed: { type: 'string', default: '1' },
    fault: { type: 'string', default: '' },
    replay: { type: 'string', default: '' },
  },
});

const server = await createServer({
  configFile: false,
  root: fileURLToPath(new URL('..', import.meta.url)),
  cacheDir: 'node_modules/.vite/explore',
  logLevel: 'warn',
  appType: 'custom',
  server: { middlewareMode: true, hmr: false, watch: null, ws: false },
  optimizeDeps: { noDiscovery: true },
  plugins: [explored()],
});
const load = (path) => server.ssrLoadModule(path);
const query = options.fault ? `?fault=${options.fault}&explored` : '?explored';
let failed = 0;
try {
  const { exhaust, replay, wander } = await load('/test/explore/search.ts');
  const { scenarios } = await load(`/test/explore/scenarios/all.ts${query}`);
  const chosen = scenarios.filter(({ name }) => name.includes(options.only));
  const share = (Number(options.seconds) * 1000) / chosen.length;
  const limits = (ms) => ({ schedules: Number.POSITIVE_INFINITY, ms });
  for (const scenario of chosen) {
    if (options.replay) {
      console.log(replay(scenario, options.replay) ?? `${scenario.name}: nothing found`);
      continue;
    }
    const started = performance.now();
    const all = exhaust(scenario, limits(share * 0.6));
    const some = all.found
      ? undefined
      : wander(scenario, limits(started + share - performance.now()), Number(options.seed));
    const found = all.found ?? some?.found;
    const whole =
      all.bound === scenario.bound
        ? `all up to ${all.bound} preemptions`
        : `whole up to ${all.bound} of ${scenario.bound}`;
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(
      `${found ? 'FOUND' : 'ok   '} ${scenario.name}: ${all.schedules} schedules (${whole}), ${some?.schedules ?? 0} random, ${seconds} s`,
    );
    if (!found) continue;
    failed++;
    console.log(
      `${found.trace}\n${found.message}\nseed ${found.seed ?? 'none'}; --only '${scenario.name}' --replay '${found.schedule}'\n`,
    );
  }
} finally {
  await server.close();
}
process.exit(failed > 0 ? 1 : 0);
