import type { Peer } from '../peer.ts';

export const peer: Peer = { name: 'structuredClone', codec: (value) => structuredClone(value) };
