// What the process of a manager does.

import { decode } from '../codec/decode.ts';
import type { Queue } from '../data/queue.ts';
import { HEADER, wordOf } from '../data/record.ts';
import { InvalidStateError, OSError } from '../errors.ts';
import { close, create, IN_USE, unlink } from '../memory/arena.ts';
import { breathe } from '../memory/breathe.ts';
import { layRing, openRing, type Ring, shut } from '../memory/ring.ts';
import { get, getNow, nudge } from '../memory/ring_get.ts';
import { tag } from '../memory/tag.ts';
import { hasEnded, pid } from '../memory/thread.ts';
import { now, settle } from '../memory/wait.ts';
import { expect } from '../process/exit.ts';
import { farStart } from './far_start.ts';
import type { Address } from './link.ts';
import { setLink } from './links.ts';
import { Reception } from './reception.ts';
import { Server } from './server.ts';
import type { Registry } from './types.ts';
import { FLAG_BITS, FLAGS, patience, type Request, RING_BYTES, requestsTo } from './wire.ts';

export interface Setup {
  readonly registry: Registry;
  /** Whether there are the built-in types. */
  readonly hasBuiltins: boolean;
  /** The process that the manager belongs to: when that ends, it ends. */
  readonly owner: number;
  /** Where it listens for other pages, and what they have to know. */
  readonly address: string | undefined;
  readonly authkey: Uint8Array;
}

/** Milliseconds of requests after which the event loop gets a turn. */
const STRETCH = 10;

/**
 * Serves until somebody asks for the end, or the owner has ended.
 *
 * @param onReady is called when it can be reached.
 * @param closing is aborted where this process asks for the end.
 */
async function serveHere(setup: Setup, onReady: () => unknown, closing?: AbortSignal): Promise<void> {
  const { registry, hasBuiltins, owner, address, authkey } = setup;
  // A server that takes the address of one that has ended must not know the proxies of that one.
  const first = address === undefined ? 0 : farStart();
  const server = new Server(registry, hasBuiltins, first);
  const block = create(requestsTo(pid), RING_BYTES);
  if (block === IN_USE) throw new InvalidStateError('this process serves a manager already');
  if (typeof block === 'string') throw new OSError('no room for the requests of a manager');
  layRing(block.bytes);
  const ring = openRing(block.bytes);
  setLink(pid, server.home);
  let reception: Reception | undefined;
  try {
    if (address !== undefined) {
      reception = new Reception(server, address, authkey);
      setLink(address, server.home);
      await reception.open();
    }
    await onReady();
    const ends = [server.stop.signal, closing];
    for (const signal of ends) signal?.addEventListener('abort', () => nudge(ring));
    await listen(server, ring, () => ends.some((signal) => signal?.aborted) || hasEnded(owner));
  } finally {
    // Also where this process goes on: who waits for a reply is to know.
    shut(ring, true);
    setLink(pid, undefined);
    if (address !== undefined) setLink(address, undefined);
    unlink(requestsTo(pid));
    close(block);
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

/** The target of a manager's process. */
export async function serve(
  setup: Setup,
  ready: Queue,
  initializer: ((...args: unknown[]) => unknown) | undefined,
  initargs: readonly unknown[],
): Promise<void> {
  let isReady = false;
  const onReady = (): Promise<void> => {
    isReady = true;
    return ready.put(null);
  };
  try {
    await initializer?.(...initargs);
    await serveHere(setup, onReady);
  } catch (error) {
    // Before that, this is what start() throws: that an address is in use, say.
    if (!isReady) expect(error);
    throw error;
  }
}

/** A manager's server in a process that does other things, too: what `getServer()` answers. */
export class ManagerServer {
  readonly #setup: Setup;
  #serving: Promise<void> | undefined;
  readonly #closing = new AbortController();

  /** @internal */
  constructor(setup: Setup) {
    this.#setup = setup;
  }

  /** How clients reach it: the address it listens at, or the pid of this process. */
  get address(): Address {
    return this.#setup.address ?? pid;
  }

  /**
   * Serves until `close()`, or until a client asks for the end. Other work of this thread goes on beside it.
   *
   * @throws InvalidStateError where this process serves a manager already. Python: `serve_forever()`.
   */
  serveForever(): Promise<void> {
    this.#serving ??= serveHere(this.#setup, () => {}, this.#closing.signal);
    return this.#serving;
  }

  /** Ends it. A second time does nothing. */
  close(): void {
    this.#closing.abort();
    this.#serving ??= Promise.resolve();
  }

  static {
    tag(this.prototype, 'ManagerServer');
  }
}
