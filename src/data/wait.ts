// wait(): which of several things are ready.

import { breatheNowAndThen } from '../base/breathe.ts';
import { isPast } from '../base/deadline.ts';
import { deadlineIn, type SyncWaitOptions, type WaitOptions } from '../base/options.ts';
import { lasting } from '../base/realm.ts';
import { shown } from '../base/shown.ts';
import { InvalidStateError } from '../errors.ts';
import { table } from '../memory/processes.ts';
import { spin } from '../memory/spin.ts';
import { BELL } from '../memory/table.ts';
import { block, refuseBlocking, settle, type Waiting } from '../memory/wait.ts';
import { byMessage, isReady, keyed, type Waitable, watched } from './waitable.ts';

/** As `wait`, where some of the objects are in the page. */
type WaitApart = <T extends Waitable>(objects: readonly T[], deadline: number, signal?: AbortSignal) => Promise<T[]>;

let waitApart: WaitApart | undefined;

/** From now on what is in the page is waited for so. */
export function setWaitApart(wait: WaitApart): void {
  waitApart = wait;
}

export function* waiting<T extends Waitable>(objects: readonly T[], deadline: number): Waiting<T[]> {
  let ready = readyOf(objects);
  if (ready.length > 0 || isPast(deadline)) return ready;
  const words = table();
  for (const object of objects) object[watched]?.(1);
  try {
    for (;;) {
      const seen = Atomics.load(words, BELL);
      ready = readyOf(objects);
      if (ready.length > 0 || isPast(deadline)) return ready;
      spin(words, BELL, seen);
      yield { words, index: BELL, seen, until: deadline };
    }
  } finally {
    for (const object of objects) object[watched]?.(-1);
  }
}

export const readyOf = <T extends Waitable>(objects: readonly T[]): T[] =>
  objects.filter((object) => object[isReady]());

function checked<T extends Waitable>(objects: Iterable<T>): T[] {
  if (typeof (objects as Partial<Iterable<T>> | null | undefined)?.[Symbol.iterator] !== 'function') {
    throw new TypeError(`wait(objects): objects must be an array of what to wait for, not ${shown(objects)}`);
  }
  const all = [...objects];
  for (const [i, object] of all.entries()) {
    if (typeof object?.[isReady] !== 'function') {
      throw new TypeError(
        `wait(objects): objects[${i}] is not something to wait for: a connection, a queue or the sentinel of a process is`,
      );
    }
    const first = all.indexOf(object);
    if (first !== i) throw new RangeError(`wait(objects): objects[${i}] is objects[${first}] again`);
  }
  return all;
}

/**
 * Waits until at least one of the objects is ready, and answers all that are: a connection is, when something can be
 * received or the other end is gone; a queue, when it has an item; a sentinel, when its process has ended. Takes nothing.
 *
 * @param options `timeout` in milliseconds; `signal` gives the wait up.
 * @returns those that are ready, in the order given; none where the time ran out.
 * @throws TypeError for what cannot be waited for; RangeError for the same object twice (Python: ValueError); OSError, InvalidStateError for what is closed; the signal's reason. All
 *   as rejections.
 *
 * Python: `multiprocessing.connection.wait`.
 */
export function wait<T extends Waitable>(objects: Iterable<T>, options?: WaitOptions): Promise<T[]> {
  return lasting(readyLater(objects, options));
}

async function readyLater<T extends Waitable>(objects: Iterable<T>, options?: WaitOptions): Promise<T[]> {
  const all = checked(objects);
  const deadline = deadlineIn(options);
  await breatheNowAndThen();
  const signal = options?.signal;
  const apart = waitApart;
  return apart !== undefined && all.some((object) => object[keyed])
    ? apart(all, deadline, signal)
    : settle(waiting(all, deadline), signal);
}

/**
 * As `wait`, blocking the thread.
 *
 * @throws as `wait`; BlockingNotAllowedError in a window, as soon as it would have to wait; InvalidStateError for a connection
 *   by message, which cannot be waited for so.
 */
export function waitSync<T extends Waitable>(objects: Iterable<T>, options?: SyncWaitOptions): T[] {
  const all = checked(objects);
  const deaf = all.findIndex((object) => object[byMessage]);
  if (deaf >= 0) {
    throw new InvalidStateError(
      `waitSync(objects): objects[${deaf}] gets ready by a message, which a blocked thread does not see: use "await wait()"`,
    );
  }
  if (all.some((object) => object[keyed])) throw refuseBlocking('wait');
  return block(waiting(all, deadlineIn(options)), 'wait');
}
