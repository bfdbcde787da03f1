// Keeps the repository light, neutral and of one mind: no big file, a lock file that names no registry, one set of figures,
// and symbols of `using` that every engine has.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { documents } from './bench-table.mjs';

const MAX_BYTES = 1_000_000;

const root = fileURLToPath(new URL('..', import.meta.url));

const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
const tracked = list.toString().split('\0').filter(Boolean);

const faults = tracked
  .filter((path) => existsSync(root + path) && statSync(root + path).size > MAX_BYTES)
  .map((path) => `${path} has ${statSync(root + path).size} bytes; the limit is ${MAX_BYTES}.`);

for (const path of tracked.filter((name) => name.endsWith('package-lock.json'))) {
  if (/"resolved": "https?:/.test(readFileSync(root + path, 'utf8'))) {
    faults.push(`${path} names a registry: run \`npm install --omit-lockfile-registry-resolved\`.`);
  }
}

// Read from the global, it may not be there yet: bundlers put modules in an order of their own.
const DISPOSE = 'src/base/dispose.ts';
for (const path of tracked.filter(
  (name) => /^src\/.*\.ts$/.test(name) && name !== DISPOSE && existsSync(root + name),
)) {
  // What only declares such a method has no body.
  if (/Symbol\.(?:asyncD|d)ispose\][^;]*\{/.test(readFileSync(root + path, 'utf8'))) {
    faults.push(`${path} takes a symbol of \`using\` that engines may lack: import it from ${DISPOSE}.`);
  }
}

const { now, wanted } = documents();
if (now !== wanted)
  faults.push('docs/performance.md has not the figures of bench/results: `npm run bench -- --write`.');

for (const fault of faults) console.error(fault);
process.exit(faults.length > 0 ? 1 : 0);
