// All peers, each in a file of bench/peers/. Those files alone import their packages.

import type { Peer } from './peer.ts';

const modules = import.meta.glob<{ peer: Peer }>(['./peers/*.ts', '!./peers/*.worker.ts'], { eager: true });

const peers: readonly Peer[] = Object.values(modules).map(({ peer }) => peer);

/** A side of a row, or a curve of a chart, for each peer that can do the work; by the peers' names. */
export function peersWith<Work extends keyof Peer, Given extends unknown[], Answer>(
  work: Work,
  measure: (does: NonNullable<Peer[Work]>, ...given: Given) => Answer,
): Record<string, (...given: Given) => Answer> {
  const sides: Record<string, (...given: Given) => Answer> = {};
  for (const peer of peers) {
    const does = peer[work];
    if (does !== undefined) sides[peer.name] = (...given) => measure(does as NonNullable<Peer[Work]>, ...given);
  }
  return sides;
}
