// What the process of a manager does.

import { tag } from '../base/tag.ts';
import { pid } from '../base/thread.ts';
import type { Queue } from '../data/queue.ts';
import { InvalidStateError, OSError } from '../errors.ts';
import { close, create, IN_USE, unlink } from '../memory/blocks.ts';
import { layRing, openRing, shut } from '../memory/ring/layout.ts';
import { expect } from '../process/exit.ts';
import type { Address } from './link.ts';
import type { Setup } from './registration.ts';
import { RING_BYTES, requestsTo } from './request_record.ts';

/**
 * Serves until somebody asks for the end, or the owner has ended. What only a server has is loaded here; requests can be made
 * meanwhile.
 *
 * @param onReady is called when it can be reached.
 * @param closing is aborted where this process asks for the end.
 */
async function serveHere(setup: Setup, onReady: () => unknown, closing?: AbortSignal): Promise<void> {
  const block = create(requestsTo(pid), RING_BYTES);
  if (block === IN_USE) throw new InvalidStateError('this process serves a manager already');
  if (typeof block === 'string') throw new OSError('no room for the requests of a manager');
  layRing(block.bytes);
  const ring = openRing(block.bytes);
  try {
    const { serveRequests } = await import('./server/request_loop.ts');
    await serveRequests(setup, ring, onReady, closing);
  } finally {
    // Also where this process goes on: who waits for a reply is to know.
    shut(ring, true);
    unlink(requestsTo(pid));
    close(block);
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
