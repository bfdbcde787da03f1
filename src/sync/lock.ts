// A lock is one word of shared memory, with its owner in it (memory/mutex.ts).

import { ownerText, pid } from '../base/thread.ts';
import { registerShared } from '../codec/shared.ts';
import { allocate } from '../memory/buffer.ts';
import { isAbandoned, lock, ownerOf, seize, unlock } from '../memory/mutex.ts';
import type { Waiting } from '../memory/wait.ts';
import { Acquirable, acquiring, holding, taking } from './acquirable.ts';

const WORD = 0;

/**
 * A lock that one process at a time can hold; not re-entrant. Any process may release it.
 *
 * If its holder dies, or ends without releasing, the next who asks gets it, and `abandoned` tells so.
 *
 * Python: `multiprocessing.Lock` (which stays held for ever when its holder dies).
 */
export class Lock extends Acquirable {
  protected get kind(): string {
    return 'Lock';
  }
  readonly #words: Int32Array;

  /** A lock that nobody holds. */
  constructor();
  /** @internal The lock in that memory. */
  constructor(buffer: SharedArrayBuffer);
  constructor(buffer: SharedArrayBuffer = allocate(Int32Array.BYTES_PER_ELEMENT)) {
    super();
    this.#words = new Int32Array(buffer);
  }

  /** @internal */
  [taking](): boolean {
    return seize(this.#words, WORD);
  }

  /** @internal */
  *[acquiring](deadline: number): Waiting<boolean> {
    return yield* lock(this.#words, WORD, deadline);
  }

  /** @internal */
  [holding](): boolean {
    return ownerOf(this.#words, WORD) === pid;
  }

  /**
   * Releases it, whoever holds it, and wakes one who waits. Never waits.
   *
   * @throws RangeError where nobody holds it (Python: ValueError).
   */
  override release(): void {
    if (!unlock(this.#words, WORD)) throw new RangeError('Lock.release(): nobody holds this lock');
  }

  /** True while it is held by one who got it from a holder that died without releasing; what it guards may be half done. */
  get abandoned(): boolean {
    return isAbandoned(this.#words, WORD);
  }

  /** The pid of the process that holds it; `null` while nobody does. Not in Python. */
  get owner(): number | null {
    return ownerOf(this.#words, WORD) || null;
  }

  override toString(): string {
    return `<Lock(owner=${ownerText(ownerOf(this.#words, WORD))})>`;
  }

  static {
    registerShared(Lock.prototype, {
      kind: 'Lock',
      detach: (it) => it.#words.buffer,
      attach: (buffer) => new Lock(buffer as SharedArrayBuffer),
    });
  }
}
