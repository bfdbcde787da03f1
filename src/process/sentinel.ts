// What stands for the end of a process.

import { tag } from '../base/tag.ts';
import { isReady, type Waitable } from '../data/waitable.ts';
import { hasEnded } from '../memory/processes.ts';

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
