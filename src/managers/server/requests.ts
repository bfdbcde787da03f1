// How processes of this page reach the server, and it them: what is asked of either way.

import { decode } from '../../codec/decode.ts';
import { HEADER, wordOf } from '../../data/record.ts';
import { FLAG_BITS, FLAGS, type Request } from '../request_record.ts';
import type { Makers } from './makers.ts';
import type { Server } from './server.ts';
import type { ProcessSession } from './session.ts';

export interface Requests {
  /** What makes objects of built-in types, where that is not as in a thread of its own. */
  readonly makers?: Makers;
  newSession(client: number): ProcessSession;
  /** Gives the server what comes, until `isOver`, and has it bury who has ended. */
  listen(server: Server, isOver: () => boolean): Promise<void>;
  /** Has it asked now whether that is over. */
  nudge(): void;
}

/** Gives the server one request. */
export function hear(server: Server, record: Uint8Array): void {
  const word = wordOf(record, 1);
  const read = (): Request => decode(record, undefined, HEADER) as Request;
  server.handle(server.sessionOf(word >>> FLAG_BITS), wordOf(record, 0), read, word & FLAGS);
}
