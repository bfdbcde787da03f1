// A lock by request: the page's words say who holds it. What this process knows is whether it has it itself.

import { ownerText, pid } from '../../base/thread.ts';
import type { Waiting } from '../../memory/wait.ts';
import type { MutexBody } from '../../sync/bodies.ts';
import { ABANDONED, NOT_ACQUIRED } from '../acquired.ts';
import { Requested } from './keys.ts';
import { Call, post } from './requests.ts';
import { timeoutOf, unknown } from './texts.ts';

const REMEDY = 'acquire the lock first';

export class RequestedMutex extends Requested implements MutexBody {
  #isMine = false;
  #isAbandoned = false;
  readonly #waiting = new Set<Call>();
  /** A Condition frees it, or has it back, in the page: nothing is asked for. */
  #isElsewhere = false;

  seize(): boolean {
    return false;
  }

  *lock(deadline: number): Waiting<boolean> {
    if (this.#isElsewhere) return true;
    const call = new Call((outcome) => {
      if (outcome !== NOT_ACQUIRED) post(this.key, 'release');
    });
    this.#waiting.add(call);
    try {
      call.make(this.key, 'acquire', timeoutOf(deadline));
      const outcome = yield* call.reply();
      if (outcome === NOT_ACQUIRED) return false;
      this.#isMine = true;
      this.#isAbandoned = outcome === ABANDONED;
      return true;
    } finally {
      this.#waiting.delete(call);
    }
  }

  /** Also where it is not this process's: who holds it is known in the page. */
  unlock(): boolean {
    this.#isMine = false;
    if (!this.#isElsewhere) post(this.key, 'release');
    return true;
  }

  /** Is freed in the page: what `free` says of it counts here alone. */
  lend<T>(free: () => T): T {
    this.#isElsewhere = true;
    try {
      return free();
    } finally {
      this.#isElsewhere = false;
    }
  }

  /** Has been taken in the page: what `take` says of it counts here alone. */
  takeBack(isAbandoned: boolean, take: () => void): void {
    this.#isMine = true;
    this.#isAbandoned = isAbandoned;
    this.lend(take);
  }

  get isMine(): boolean {
    return this.#isMine;
  }

  get owner(): number {
    return this.#isMine ? pid : unknown('owner', REMEDY);
  }

  get abandoned(): boolean {
    return this.#isMine ? this.#isAbandoned : unknown('abandoned', REMEDY);
  }

  get ownerText(): string {
    return this.#isMine ? ownerText(pid) : '?';
  }

  rouse(): void {
    for (const call of this.#waiting) call.rouse();
  }
}
