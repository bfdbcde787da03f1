// Values through a ring: what Queue and SimpleQueue are made of.
//
// An item is encoded before any lock is taken and decoded after all are released. Puts of one thread that have to wait
// stand in line behind each other, so that items arrive in the order in which their puts were called.

import { decode } from '../codec/decode.ts';
import { encode } from '../codec/encode.ts';
import { InvalidStateError } from '../errors.ts';
import { FLUSH_PRIORITY, onExit } from '../memory/finalizers.ts';
import { makeRing, openRing, type Ring, sizeOf } from '../memory/ring.ts';
import { get, getNow, isGetting } from '../memory/ring_get.ts';
import { isPutting, put, putNow, tryPutNow } from '../memory/ring_put.ts';
import { block, isPast, NEVER_WAIT, now, settle } from '../memory/wait.ts';

/** The puts of this thread that still wait, of all channels: this process must not end before them. */
const unflushed = new Set<Promise<unknown>>();
let flushesAtExit = false;

function flushAtExit(): void {
  if (flushesAtExit) return;
  flushesAtExit = true;
  onExit(
    async () => {
      while (unflushed.size > 0) await Promise.allSettled(unflushed);
    },
    { priority: FLUSH_PRIORITY },
  );
}

export class Channel<T> {
  readonly buffer: SharedArrayBuffer;
  readonly #ring: Ring;
  /** The end of the line of this thread's puts that still wait. */
  #last: Promise<void> | undefined;
  #flushes = true;

  constructor(buffer: SharedArrayBuffer | number) {
    this.buffer = typeof buffer === 'number' ? makeRing(buffer) : buffer;
    this.#ring = openRing(this.buffer);
  }

  get size(): number {
    return sizeOf(this.#ring);
  }

  /** False where `deadline` passed first; no promise where nothing had to wait. */
  put(item: T, deadline: number, signal: AbortSignal | undefined): boolean | Promise<boolean> {
    signal?.throwIfAborted();
    if (deadline === NEVER_WAIT) return this.putNow(item);
    const bytes = encode(item, 'item');
    if (this.#last === undefined && tryPutNow(this.#ring, bytes)) return true;
    const copy = bytes.slice();
    const previous = this.#last;
    const waiting =
      previous === undefined ? this.#put(copy, deadline, signal) : this.#putAfter(previous, copy, deadline, signal);
    // One that gives up keeps its place in the line until those before it are through: who is behind it waits for them.
    const place = Promise.allSettled([previous, waiting]).then(() => {
      unflushed.delete(place);
      if (this.#last === place) this.#last = undefined;
    });
    this.#last = place;
    if (this.#flushes) {
      flushAtExit();
      unflushed.add(place);
    }
    return waiting;
  }

  #put(bytes: Uint8Array, deadline: number, signal: AbortSignal | undefined): Promise<boolean> {
    return settle(put(this.#ring, bytes, deadline), signal);
  }

  async #putAfter(
    previous: Promise<unknown>,
    bytes: Uint8Array,
    deadline: number,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    await earliest(previous, deadline, signal);
    signal?.throwIfAborted();
    return isPast(deadline) ? false : this.#put(bytes, deadline, signal);
  }

  putSync(item: T, deadline: number, name: string): boolean {
    if (deadline === NEVER_WAIT) return this.putNow(item);
    const bytes = encode(item, 'item');
    if (tryPutNow(this.#ring, bytes)) return true;
    if (isPutting(this.#ring)) throw halfWay(`${name}Sync`, 'put');
    return block(put(this.#ring, bytes.slice(), deadline), name);
  }

  /** False where there is no room, or where an earlier put of this thread still waits: it must not be overtaken. */
  putNow(item: T): boolean {
    const bytes = encode(item, 'item');
    return this.#last === undefined && putNow(this.#ring, bytes);
  }

  /** EMPTY where `deadline` passed first; no promise where nothing had to wait. */
  get(deadline: number, signal: AbortSignal | undefined): T | typeof EMPTY | Promise<T | typeof EMPTY> {
    signal?.throwIfAborted();
    const bytes = getNow(this.#ring);
    return bytes === undefined ? settle(get(this.#ring, deadline), signal).then(taken<T>) : taken(bytes);
  }

  getSync(deadline: number, name: string): T | typeof EMPTY {
    const bytes = getNow(this.#ring);
    if (bytes !== undefined) return taken(bytes);
    if (deadline === NEVER_WAIT) return EMPTY;
    if (isGetting(this.#ring)) throw halfWay(`${name}Sync`, 'get');
    return taken(block(get(this.#ring, deadline), name));
  }

  getNow(): T | typeof EMPTY {
    return taken(getNow(this.#ring));
  }

  /** Resolves when no put of this thread waits any more. */
  async flush(): Promise<void> {
    while (this.#last !== undefined) await this.#last;
  }

  /** Whether puts of this thread still wait. */
  get unflushed(): boolean {
    return this.#last !== undefined;
  }

  /** This process may end before puts that still wait. */
  abandonFlush(): void {
    this.#flushes = false;
    if (this.#last !== undefined) unflushed.delete(this.#last);
  }
}

/** There was no item. */
export const EMPTY = Symbol('empty');

function taken<T>(bytes: Uint8Array | undefined): T | typeof EMPTY {
  return bytes === undefined ? EMPTY : (decode(bytes) as T);
}

const halfWay = (name: string, verb: string): InvalidStateError =>
  new InvalidStateError(
    `${name}() would wait for ever: this thread is in the middle of a large item with "${verb}"; await that first`,
  );

/** Resolves when `previous` has settled, the deadline has passed or the signal was aborted. */
function earliest(previous: Promise<unknown>, deadline: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = Number.isFinite(deadline) ? setTimeout(done, Math.max(0, deadline - now())) : undefined;
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
    signal?.addEventListener('abort', done);
    previous.then(done);
  });
}
