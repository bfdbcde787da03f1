// wait() in a process that shares no memory with others: for what is in the page, by one request, and for what is here.

import { NEVER_WAIT } from '../../base/deadline.ts';
import { bodyFor } from '../../codec/shared.ts';
import { readyOf, waiting } from '../../data/wait.ts';
import { keyed, type Waitable } from '../../data/waitable.ts';
import { settle, type Waiting } from '../../memory/wait.ts';
import { Requested } from './keys.ts';
import { call } from './requests.ts';
import { timeoutOf } from './texts.ts';

/** What waits for several objects. */
export class RequestedWaiter extends Requested {
  *wait(keys: readonly string[], deadline: number): Waiting<readonly string[]> {
    return (yield* call(this.key, 'wait', keys, timeoutOf(deadline))) as string[];
  }
}

let waiter: RequestedWaiter | undefined;

/** As `wait()`, where some of the objects are in the page. */
export async function waitApart<T extends Waitable>(
  objects: readonly T[],
  deadline: number,
  signal?: AbortSignal,
): Promise<T[]> {
  const keys = objects.flatMap((object) => object[keyed] ?? []);
  const here = objects.filter((object) => object[keyed] === undefined);
  waiter ??= bodyFor<RequestedWaiter>('Waiter');
  const its = waiter as RequestedWaiter;
  const inPage = (until: number, signal: AbortSignal | undefined): Promise<readonly string[]> =>
    settle(its.wait(keys, until), signal);
  let there = await inPage(here.length === 0 ? deadline : NEVER_WAIT, signal);
  let ready = readyOf(here);
  if (here.length > 0 && there.length === 0 && ready.length === 0) {
    const stop = new AbortController();
    const abort = (): void => stop.abort(signal?.reason);
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) abort();
    const both = [inPage(deadline, stop.signal), settle(waiting(here, deadline), stop.signal)] as const;
    try {
      await Promise.race(both);
    } finally {
      signal?.removeEventListener('abort', abort);
      stop.abort();
      await Promise.allSettled(both);
    }
    ready = await both[1].catch(() => readyOf(here));
    there = await both[0].catch(() => inPage(NEVER_WAIT, signal));
  }
  return objects.filter((object) => ready.includes(object) || there.includes(object[keyed] ?? ''));
}
