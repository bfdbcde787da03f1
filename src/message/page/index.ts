// The page's part of what works by message.

import { start } from './kernel.ts';
import { serveSync } from './sync.ts';

/** From now on this page does what processes ask of the shared objects that it has for them. */
export function install(): void {
  serveSync();
  start();
}
