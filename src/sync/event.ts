// A flag of all processes.

import { deadlineIn, type SyncWaitOptions, type WaitOptions } from '../base/options.ts';
import { bodyFor, registerShared, withBody } from '../codec/shared.ts';
import { awaiting, block } from '../memory/wait.ts';
import type { EventBody } from './bodies.ts';
import { EventWords } from './by_memory/event.ts';

/**
 * A flag that processes set and clear, and wait for.
 *
 * Python: `multiprocessing.Event`.
 */
export class Event {
  readonly #body: EventBody;

  /** An event that is not set. */
  constructor() {
    this.#body = bodyFor<EventBody>('Event') ?? new EventWords();
  }

  /** Is it set now? Python: `is_set()`. */
  isSet(): boolean {
    return this.#body.isSet;
  }

  /** Sets it, and releases all who wait. Never waits. Python: `set()`. */
  set(): void {
    this.#body.set();
  }

  /** Clears it: who comes after this waits. Never waits itself. Python: `clear()`. */
  clear(): void {
    this.#body.clear();
  }

  /**
   * Waits until it is set.
   *
   * @param options `timeout` in milliseconds; `signal` gives the wait up.
   * @returns true, also where it was cleared again right after it was set; false where the time ran out.
   * @throws TypeError for options of the wrong type; the signal's reason. Both as a rejection.
   *
   * Python: `wait(timeout=None)`.
   */
  wait(options?: WaitOptions): Promise<boolean> {
    return awaiting(options, (deadline) => this.#body.wait(deadline));
  }

  /**
   * Waits until it is set, blocking the thread.
   *
   * @throws BlockingNotAllowedError in a window, as soon as it would have to wait.
   */
  waitSync(options?: SyncWaitOptions): boolean {
    return block(this.#body.wait(deadlineIn(options)), 'Event.wait');
  }

  /** What it is, and its state, as text. */
  toString(): string {
    return `<Event ${this.isSet() ? 'set' : 'unset'}>`;
  }

  static {
    const open = (body: object): Event => withBody(body, () => new Event());
    registerShared(Event.prototype, {
      kind: 'Event',
      detach: (it) => (it.#body as EventWords).words.buffer,
      attach: (buffer) => open(new EventWords(buffer as SharedArrayBuffer)),
      body: (it) => it.#body,
      make: open,
    });
  }
}
