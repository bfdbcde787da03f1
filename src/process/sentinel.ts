// What stands for the end of a process.

import { isReady, type Waitable } from '../data/wait.ts';
import { tag } from '../memory/tag.ts';
import { hasEnded } from '../memory/thread.ts';

/** Stands for the end of one process in `wait()`. */
export class Sentinel implements Waitable {
  readonly #pid: number;

  constructor(pid: number) {
    this.#pid = pid;
  }

  /** @internal */
  [isReady](): boolean {
    return hasEnded(this.#pid);
  }

  static {
    tag(this.prototype, 'Sentinel');
  }
}
