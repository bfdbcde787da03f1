// What the scripts ask of the operating system: its package manager, and who we are.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

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

/** The time that all processes of a session have computed, in milliseconds; where there is no /proc, nothing. */
export function cpuOf(session) {
  let ticks = 0;
  try {
    for (const pid of readdirSync('/proc')) {
      if (!/^\d+$/.test(pid)) continue;
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        // After the name in brackets: state, ppid, pgrp, session, ...; of the process and of its children that have ended.
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (Number(fields[3]) === session) ticks += fields.slice(11, 15).reduce((sum, it) => sum + Number(it), 0);
      } catch {
        // It has just ended.
      }
    }
  } catch {
    return 0;
  }
  return ticks * 10;
}
