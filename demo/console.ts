'use multiprocessing';
// Loaded by every process: what it prints also goes to the page. How, and why so, says lines.ts.

import * as mp from 'web-multiprocessing';
import { lineOf, type Message, openChannel } from './lines.ts';

if ('DedicatedWorkerGlobalScope' in globalThis) {
  let channel: BroadcastChannel | undefined;

  const post = (message: Message) => {
    channel ??= openChannel(mp.currentProcess());
    channel.postMessage(message);
  };

  const { log } = console;
  console.log = (...values) => {
    log(...values);
    post(lineOf(mp.currentProcess(), values));
  };

  mp.onExit(() => post({ type: 'end', pid: mp.currentProcess().pid ?? 0 }));
}
