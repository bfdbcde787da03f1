// What the scripts ask of the operating system: its package manager, and who we are.

import { spawnSync } from 'node:child_process';

export const isRoot = process.platform === 'linux' && process.getuid?.() === 0;

const apt = (...args) =>
  spawnSync('apt-get', args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  }).status === 0;

/** Installs packages where the distribution has apt-get and we may use it; answers whether that worked. */
export function aptInstall(...packages) {
  return isRoot && apt('update', '-q') && apt('install', '-y', '-q', '--no-install-recommends', ...packages);
}
