// A condition by request: the page frees the lock, waits, and takes it again, all in the name of this process.

import type { Waiting } from '../../memory/wait.ts';
import { type Acquirable, resuming, suspending } from '../../sync/acquirable.ts';
import type { ConditionBody } from '../../sync/bodies.ts';
import { bodyOf, Requested } from './keys.ts';
import { RequestedMutex } from './mutex.ts';
import { Call, post } from './requests.ts';
import { timeoutOf } from './texts.ts';

export class RequestedCondition extends Requested implements ConditionBody {
  readonly waiting = '?';

  *wait(lock: Acquirable, deadline: number): Waiting<boolean> {
    const body = bodyOf(lock);
    const mutex = body instanceof RequestedMutex ? body : undefined;
    const call = new Call();
    call.make(this.key, 'wait', timeoutOf(deadline), body.key);
    // What this process knows of its lock follows: it is not held while this waits, and is again in any case when this is over.
    const saved = mutex?.lend(() => lock[suspending]());
    let isAbandoned = false;
    try {
      const [notified, left] = (yield* call.reply()) as [boolean, boolean];
      isAbandoned = left;
      return notified;
    } finally {
      mutex?.takeBack(isAbandoned, () => lock[resuming](saved).next());
    }
  }

  notify(lock: Acquirable, n: number): void {
    post(this.key, 'notify', n, bodyOf(lock).key);
  }
}
