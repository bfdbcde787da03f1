// A semaphore by request: its units are counted in the page.

import type { Waiting } from '../../memory/wait.ts';
import type { SemaphoreBody } from '../../sync/bodies.ts';
import { Requested } from './keys.ts';
import { call, post } from './requests.ts';
import { timeoutOf, unknown } from './texts.ts';

export class RequestedSemaphore extends Requested implements SemaphoreBody {
  readonly start = undefined;
  readonly text = '?';
  /** As far as is known here: the page refuses what needs it, where none are. */
  readonly isTaken = true;

  take(): boolean {
    return false;
  }

  acquire(deadline: number): Waiting<boolean> {
    return call(this.key, 'acquire', timeoutOf(deadline)) as Waiting<boolean>;
  }

  release(bounded: boolean): boolean {
    post(this.key, 'release', bounded);
    return true;
  }

  get value(): number {
    return unknown('getValue', 'try "await semaphore.acquire({ block: false })"');
  }
}
