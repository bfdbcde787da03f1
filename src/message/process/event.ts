// An event by request: the flag is in the page, which tells of each change. What was told last is what `isSet` answers here.

import { now } from '../../base/deadline.ts';
import { InvalidStateError } from '../../errors.ts';
import type { Waiting } from '../../memory/wait.ts';
import type { EventBody } from '../../sync/bodies.ts';
import { Requested } from './keys.ts';
import { call, post } from './requests.ts';
import { timeoutOf } from './texts.ts';

/** Milliseconds for which a thread may ask without a turn of its event loop, in which it would be told. */
const PATIENCE = 2000;

let turn: number | undefined;

/** Has this thread asked for long, and heard nothing meanwhile? */
function isDeaf(): boolean {
  const time = now();
  if (turn === undefined) {
    turn = time;
    setTimeout(() => {
      turn = undefined;
    });
  }
  return time - turn > PATIENCE;
}

export class RequestedEvent extends Requested implements EventBody {
  #isSet = false;
  /** How often this process has set or cleared it: what the page told before it knew of that is out of date. */
  #changes = 0;

  constructor(key: string) {
    super(key);
    post(key, 'watch', key);
  }

  get isSet(): boolean {
    if (isDeaf()) {
      throw new InvalidStateError(
        'Event.isSet(): this page is not cross-origin isolated, so a thread that never awaits anything does not hear of a change: use ' +
          '"await event.wait({ timeout })" in such a loop',
      );
    }
    return this.#isSet;
  }

  override told(isSet: boolean, changes: number): void {
    if (changes >= this.#changes) this.#isSet = isSet;
  }

  set(): void {
    this.#change(true);
  }

  clear(): void {
    this.#change(false);
  }

  #change(isSet: boolean): void {
    this.#isSet = isSet;
    this.#changes++;
    post(this.key, isSet ? 'set' : 'clear');
  }

  wait(deadline: number): Waiting<boolean> {
    return call(this.key, 'wait', timeoutOf(deadline)) as Waiting<boolean>;
  }
}
