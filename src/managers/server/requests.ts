// How processes of this page reach the server, and it them: what is asked of either way.

import { HEADER, wordOf } from '../../data/record.ts';
import { FLAG_BITS, FLAGS, type Request } from '../request_record.ts';
import type { Makers } from './makers.ts';
import { decodeNoting } from './reads.ts';
import type { Arrival, Server } from './server.ts';
import type { ProcessSession } from './session.ts';

export interface Requests {
  /** What makes objects of built-in types, where that is not as in a thread of its own. */
  readonly makers?: Makers;
  /** Of the objects, where clients can see them (kept_replies.ts). */
  readonly versions?: Int32Array;
  newSession(client: number): ProcessSession;
  /** Gives the server what comes, until `isOver`, and has it bury who has ended. */
  listen(server: Server, isOver: () => boolean): Promise<void>;
  /** Has it asked now whether that is over. */
  nudge(): void;
}

export function arrivalOf(record: Uint8Array): Arrival {
  const { value, isPlain } = decodeNoting(record, HEADER);
  return { request: value as Request, isPlain };
}

/** Gives the server one request. */
export function hear(server: Server, record: Uint8Array): void {
  const word = wordOf(record, 1);
  server.handle(server.sessionOf(word >>> FLAG_BITS), wordOf(record, 0), () => arrivalOf(record), word & FLAGS);
}
