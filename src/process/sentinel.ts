import { isReady, type Waitable } from '../data/wait.ts';
import { hasEnded } from '../memory/thread.ts';

/** Stands for the end of one process in `wait()`. */
export class Sentinel implements Waitable {
  readonly [isReady]: () => boolean;

  constructor(pid: number) {
    this[isReady] = () => hasEnded(pid);
  }
}
