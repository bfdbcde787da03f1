// Keeps the repository light and neutral: no big file, and a lock file that names no registry.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const MAX_BYTES = 1_000_000;

const root = fileURLToPath(new URL('..', import.meta.url));

const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
const tracked = list.toString().split('\0').filter(Boolean);

const faults = tracked
  .filter((path) => existsSync(root + path) && statSync(root + path).size > MAX_BYTES)
  .map((path) => `${path} has ${statSync(root + path).size} bytes; the limit is ${MAX_BYTES}.`);

if (/"resolved": "https?:/.test(readFileSync(`${root}package-lock.json`, 'utf8'))) {
  faults.push('package-lock.json names a registry: run `npm install --omit-lockfile-registry-resolved`.');
}

for (const fault of faults) console.error(fault);
process.exit(faults.length > 0 ? 1 : 0);
