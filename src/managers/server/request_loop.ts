// A manager's server from its beginning to its end. Loaded in the process that serves, and nowhere else.

import { hasEnded } from '../../memory/processes.ts';
import { farStart } from '../far_start.ts';
import { setLink } from '../links.ts';
import type { Setup } from '../registration.ts';
import { makers } from './makers.ts';
import { Reception } from './reception.ts';
import type { Requests } from './requests.ts';
import { Server } from './server.ts';

/** Serves until somebody asks for the end, or the owner has ended. @param itself the process that serves. */
export async function serveRequests(
  itself: number,
  { registry, hasBuiltins, owner, address, authkey }: Setup,
  requests: Requests,
  onReady: () => unknown,
  closing: AbortSignal | undefined,
): Promise<void> {
  // A server that takes the address of one that has ended must not know the proxies of that one.
  const first = address === undefined ? 0 : farStart();
  const server = new Server(
    itself,
    registry,
    hasBuiltins ? { ...makers, ...requests.makers } : {},
    first,
    requests.newSession,
    requests.versions,
  );
  setLink(itself, itself, server.home);
  let reception: Reception | undefined;
  try {
    if (address !== undefined) {
      const { Listener } = await import('../../remote/listener.ts');
      reception = new Reception(server, new Listener(address, { authkey }));
      setLink(itself, address, server.home);
      await reception.open();
    }
    await onReady();
    const ends = [server.stop.signal, closing];
    for (const signal of ends) signal?.addEventListener('abort', requests.nudge);
    await requests.listen(server, () => ends.some((signal) => signal?.aborted) || hasEnded(owner));
  } finally {
    setLink(itself, itself, undefined);
    if (address !== undefined) setLink(itself, address, undefined);
    server.end();
    await reception?.close();
  }
}
