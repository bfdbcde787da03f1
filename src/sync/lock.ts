// A lock that any process may release.

import { bodyFor, registerShared, withBody } from '../codec/shared.ts';
import type { Waiting } from '../memory/wait.ts';
import { Acquirable, acquiring, holding, taking } from './acquirable.ts';
import type { MutexBody } from './bodies.ts';
import { MutexWords } from './by_memory/mutex.ts';

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
  readonly #body: MutexBody;

  /** A lock that nobody holds. */
  constructor() {
    super();
    this.#body = bodyFor<MutexBody>('Lock') ?? new MutexWords();
  }

  /** @internal */
  [taking](): boolean {
    return this.#body.seize();
  }

  /** @internal */
  [acquiring](deadline: number): Waiting<boolean> {
    return this.#body.lock(deadline);
  }

  /** @internal */
  [holding](): boolean {
    return this.#body.isMine;
  }

  /**
   * Releases it, whoever holds it, and wakes one who waits. Never waits.
   *
   * @throws RangeError where nobody holds it (Python: ValueError).
   */
  override release(): void {
    if (!this.#body.unlock()) throw new RangeError('Lock.release(): nobody holds this lock');
  }

  /** True while it is held by one who got it from a holder that died without releasing; what it guards may be half done. */
  get abandoned(): boolean {
    return this.#body.abandoned;
  }

  /** The pid of the process that holds it; `null` while nobody does. Not in Python. */
  get owner(): number | null {
    return this.#body.owner || null;
  }

  override toString(): string {
    return `<Lock(owner=${this.#body.ownerText})>`;
  }

  static {
    const open = (body: object): Lock => withBody(body, () => new Lock());
    registerShared(Lock.prototype, {
      kind: 'Lock',
      detach: (it) => (it.#body as MutexWords).words.buffer,
      attach: (buffer) => open(new MutexWords(buffer as SharedArrayBuffer)),
      body: (it) => it.#body,
      make: open,
    });
  }
}
