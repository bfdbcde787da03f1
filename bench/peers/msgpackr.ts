import { Packr } from 'msgpackr';
import type { Peer } from '../peer.ts';

const packr = new Packr({ structuredClone: true, moreTypes: true });

export const peer: Peer = { name: 'msgpackr', codec: (value) => packr.unpack(packr.pack(value)) };
