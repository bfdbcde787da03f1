// The loop of a manager's server: takes requests from its ring. Loaded in the process that serves, and nowhere else.

import { breathe } from '../../base/breathe.ts';
import { now } from '../../base/deadline.ts';
import { pid } from '../../base/thread.ts';
import { decode } from '../../codec/decode.ts';
import { HEADER, wordOf } from '../../data/record.ts';
import { hasEnded } from '../../memory/processes.ts';
import { get, getNow, nudge } from '../../memory/ring/get.ts';
import type { Ring } from '../../memory/ring/layout.ts';
import { settle } from '../../memory/wait.ts';
import { farStart } from '../far_start.ts';
import { setLink } from '../links.ts';
import type { Setup } from '../registration.ts';
import { FLAG_BITS, FLAGS, patience, type Request } from '../request_record.ts';
import type { Reception } from './reception.ts';
import { Server } from './server.ts';

/** Milliseconds of requests after which the event loop gets a turn. */
const STRETCH = 10;

/** Serves until somebody asks for the end, or the owner has ended. */
export async function serveRequests(
  { registry, hasBuiltins, owner, address, authkey }: Setup,
  ring: Ring,
  onReady: () => unknown,
  closing: AbortSignal | undefined,
): Promise<void> {
  // A server that takes the address of one that has ended must not know the proxies of that one.
  const first = address === undefined ? 0 : farStart();
  const server = new Server(registry, hasBuiltins, first);
  setLink(pid, server.home);
  let reception: Reception | undefined;
  try {
    if (address !== undefined) {
      const { Reception } = await import('./reception.ts');
      reception = new Reception(server, address, authkey);
      setLink(address, server.home);
      await reception.open();
    }
    await onReady();
    const ends = [server.stop.signal, closing];
    for (const signal of ends) signal?.addEventListener('abort', () => nudge(ring));
    await listen(server, ring, () => ends.some((signal) => signal?.aborted) || hasEnded(owner));
  } finally {
    setLink(pid, undefined);
    if (address !== undefined) setLink(address, undefined);
    server.end();
    await reception?.close();
  }
}

async function listen(server: Server, ring: Ring, isOver: () => boolean): Promise<void> {
  const lost = (): true | undefined => {
    server.bury();
    return isOver() || undefined;
  };
  for (let rested = now(); !isOver(); ) {
    const record = getNow(ring) ?? (await settle(get(ring, Number.POSITIVE_INFINITY, undefined, lost, patience)));
    if (record === undefined) break;
    const word = wordOf(record, 1);
    const read = (): Request => decode(record, undefined, HEADER) as Request;
    server.handle(server.sessionOf(word >>> FLAG_BITS), wordOf(record, 0), read, word & FLAGS);
    if (now() - rested > STRETCH) {
      server.bury();
      await breathe();
      rested = now();
    }
  }
}
