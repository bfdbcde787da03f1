// What the process of a manager does.

import { isIsolated } from '../base/isolation.ts';
import { tag } from '../base/tag.ts';
import { pid } from '../base/thread.ts';
import type { Queue } from '../data/queue.ts';
import { InvalidStateError, OSError } from '../errors.ts';
import { close, create, unlink } from '../memory/blocks.ts';
import { layRing, openRing, shut } from '../memory/ring/ring.ts';
import { expect } from '../process/exit.ts';
import { post } from '../process/kernel.ts';
import { listenTo } from '../process/mailbox.ts';
import { asNow } from '../process/origin.ts';
import { NOTHING } from '../process/parcel.ts';
import { type Post, READY, REQUEST } from '../process/protocol.ts';
import { ringIn, SERVER_BYTES, versionsIn } from './kept_replies.ts';
import type { Address } from './link.ts';
import { loadServer } from './load_manager_server.ts';
import type { Serve, Setup } from './registration.ts';
import { requestsTo } from './request_record.ts';

/** What only a server has is loaded here; requests can be made meanwhile. */
const serveHere: Serve = async (setup, onReady, closing) => {
  const server = pid;
  if (serving) throw new InvalidStateError('this process serves a manager already');
  const arrivals = isIsolated ? inRing(server) : byPost(closing === undefined);
  serving = true;
  try {
    const { serveRequests } = await loadServer();
    await serveRequests(server, setup, await arrivals.load(), onReady, closing);
  } finally {
    serving = false;
    arrivals.close();
  }
};

let serving = false;

/** Requests arrive in shared memory. Also where this process goes on after `close`, who waits for a reply is to know. */
function inRing(server: number) {
  const block = create(requestsTo(server), SERVER_BYTES);
  if (typeof block === 'string') throw new OSError('no room for the requests of a manager');
  layRing(ringIn(block.bytes));
  const ring = openRing(ringIn(block.bytes));
  return {
    load: async () => (await loadServer()).sharedRequests(ring, versionsIn(block.bytes)),
    close: () => {
      shut(ring, true);
      unlink(requestsTo(server));
      close(block);
    },
  };
}

/**
 * Requests arrive as messages.
 *
 * @param isLast whether this process ends then: that is what those who wait are to know.
 */
function byPost(isLast: boolean) {
  const early: Post[] = [];
  listenTo(REQUEST, (post) => early.push(post));
  return {
    load: async () => (await loadServer()).postedRequests(early),
    close: () => {
      const stop = listenTo(REQUEST, () => {});
      if (!isLast) stop();
    },
  };
}

/**
 * The target of a manager's process.
 *
 * @param ready where it says that it can be reached; none where threads share no memory: then it posts that to its owner.
 */
export async function serve(
  setup: Setup,
  ready: Queue | undefined,
  initializer: ((...args: unknown[]) => unknown) | undefined,
  initargs: readonly unknown[],
): Promise<void> {
  const asThis = asNow();
  let isReady = false;
  const onReady = (): void | Promise<void> => {
    isReady = true;
    return ready === undefined ? post({ to: setup.owner, claim: READY, parcel: NOTHING }) : ready.put(null);
  };
  try {
    await initializer?.(...initargs);
    await asThis(() => (setup.serve ?? serveHere)(setup, onReady));
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
    this.#serving ??= (this.#setup.serve ?? serveHere)(this.#setup, () => {}, this.#closing.signal);
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
