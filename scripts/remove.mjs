// Removing a folder that somebody may still write to.

import { rm } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

/** How often it is tried, 200 ms apart. */
const TRIES = 50;

/**
 * Removes a folder. A server or a browser that was closed may still write what it had begun, so a folder that is not empty is
 * emptied anew (`rm` with `maxRetries` empties it once, and then repeats the last step alone).
 */
export async function remove(folder) {
  for (let left = TRIES; ; left--) {
    try {
      await rm(folder, { recursive: true, force: true });
      return;
    } catch (error) {
      if (left === 0 || error.code !== 'ENOTEMPTY') throw error;
      await setTimeout(200);
    }
  }
}
