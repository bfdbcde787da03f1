// The libraries that the benchmarks compare with have a package of their own, so that nobody else installs them.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../bench/', import.meta.url));

const read = (path) => JSON.parse(readFileSync(folder + path, 'utf8'));

/** The exact versions, by package. */
export const versions = read('package.json').dependencies;

const isThere = ([name, version]) => {
  const path = `node_modules/${name}/package.json`;
  return existsSync(folder + path) && read(path).version === version;
};

/** Installs them where one is missing, or has another version. */
export function installPeers() {
  if (Object.entries(versions).every(isThere)) return;
  console.error('Installing the peers of bench/package.json.');
  const { status } = spawnSync('npm', ['ci', '--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    // On Windows npm is a script.
    shell: process.platform === 'win32',
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error('The peers of bench/package.json could not be installed.');
}
