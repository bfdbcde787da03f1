// Requests from a ring in shared memory, and replies in rings of the clients' (request_record.ts).

import { breathe } from '../../base/breathe.ts';
import { now } from '../../base/deadline.ts';
import { pid } from '../../base/thread.ts';
import { PutLine } from '../../data/put_line.ts';
import { frame } from '../../data/record.ts';
import { attach, type Block, close, unlink } from '../../memory/blocks.ts';
import { get, getNow, nudge } from '../../memory/ring/get.ts';
import { openRing, type Ring } from '../../memory/ring/ring.ts';
import { settle } from '../../memory/wait.ts';
import { repliesTo } from '../request_record.ts';
import { hear, type Requests } from './requests.ts';
import type { Server } from './server.ts';
import { ProcessSession } from './session.ts';

/** Milliseconds of requests after which the event loop gets a turn. */
const STRETCH = 10;

export const sharedRequests = (ring: Ring, versions: Int32Array): Requests => ({
  versions,
  newSession: (client) => new SharedSession(pid, client),
  listen: (server, isOver) => listen(server, ring, isOver),
  nudge: () => nudge(ring),
});

async function listen(server: Server, ring: Ring, isOver: () => boolean): Promise<void> {
  const lost = (): true | undefined => {
    server.bury();
    return isOver() || undefined;
  };
  for (let rested = now(); !isOver(); ) {
    const record = getNow(ring) ?? (await settle(get(ring, Number.POSITIVE_INFINITY, undefined, lost)));
    if (record === undefined) break;
    hear(server, record);
    if (now() - rested > STRETCH) {
      server.bury();
      await breathe();
      rested = now();
    }
  }
}

class SharedSession extends ProcessSession {
  /** Made when the first reply is: the client may not have come so far before. */
  #puts: PutLine | undefined;
  #block: Block | undefined;

  override reply(id: number, kind: number, value: Uint8Array): void {
    this.#puts ??= this.#open();
    if (this.#puts === undefined) return;
    const record = frame(id, kind, value);
    if (this.#puts.tryNow(record)) return;
    this.#puts.enter(record.slice(), Number.POSITIVE_INFINITY).catch(() => {});
  }

  /** Nothing where the client has ended, and its memory is gone. */
  #open(): PutLine | undefined {
    const name = repliesTo(this.server, this.pid);
    const block = attach(name);
    if (typeof block === 'string') return undefined;
    // From now on the memory is there as long as one of the two has it open.
    unlink(name);
    this.#block = block;
    const puts = new PutLine(openRing(block.bytes), () => (this.isGone ? GONE : undefined));
    puts.abandon();
    return puts;
  }

  override end(): void {
    super.end();
    const block = this.#block;
    // Replies that stand in line write there until they see that it is over.
    if (block !== undefined) void this.#puts?.flush().then(() => close(block));
    this.#puts = undefined;
    this.#block = undefined;
  }
}

const GONE = new Error('the client has ended');
