// The page's part of what works by message.

import { messageTransport } from '../../pool/owner/by_message/transport.ts';
import { setByMessage } from '../../pool/owner/transport.ts';
import { serveData } from './data.ts';
import { start } from './kernel.ts';
import { serveSync } from './sync.ts';

/** From now on this page does what processes ask of the shared objects that it has for them. */
export function install(): void {
  serveData();
  serveSync();
  setByMessage(messageTransport);
  start();
}
