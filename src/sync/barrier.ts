// A point where processes wait for each other.

import { deadlineOf } from '../base/deadline.ts';
import { deadlineIn, optionsIn, type SyncWaitOptions, type WaitOptions } from '../base/options.ts';
import { lasting } from '../base/realm.ts';
import { shown } from '../base/shown.ts';
import { bodyFor, registerShared, withBody } from '../codec/shared.ts';
import { block, settle } from '../memory/wait.ts';
import type { BarrierBody } from './bodies.ts';
import { BarrierWords, MOST_PARTIES } from './by_memory/barrier.ts';

/** How a barrier travels, beside its body. */
interface Beside {
  readonly parties: number;
  readonly action: (() => unknown) | null;
  readonly timeout: number | null;
}

/** How it travels where threads share memory. */
type State = readonly [buffer: SharedArrayBuffer, beside: Beside];

/**
 * A point where a fixed number of parties wait until all have arrived.
 *
 * A party that is terminated or ends while it waits breaks the barrier for the others; so does one whose time runs out, or
 * which is aborted. A broken barrier stays so until `reset()`.
 *
 * Python: `multiprocessing.Barrier`.
 */
export class Barrier {
  readonly #body: BarrierBody;
  readonly #parties: number;
  readonly #action: (() => unknown) | null;
  readonly #timeout: number | null;

  /**
   * @param parties how many have to arrive: 1 to 8191.
   * @param options `action`: run by the last that arrives, before any is released; it must be a registered function where
   *   the barrier is given to other processes, and may be async where all parties use `wait`. `timeout`: milliseconds, for
   *   calls of `wait` that name none.
   * @throws TypeError, RangeError for wrong arguments.
   */
  constructor(parties: number, options?: { action?: (() => unknown) | null; timeout?: number | null }) {
    const { action, timeout = null } = optionsIn(options, 'Barrier(parties, options): ', 'timeout: 500');
    if (!Number.isInteger(parties)) {
      throw new TypeError(`Barrier(parties): parties must be an integer, not ${shown(parties)}`);
    }
    if (parties < 1 || parties > MOST_PARTIES) {
      throw new RangeError(`Barrier(parties): parties must be from 1 to ${MOST_PARTIES}, not ${parties}`);
    }
    if (action !== undefined && action !== null && typeof action !== 'function') {
      throw new TypeError(`Barrier(parties, { action }): action must be a function, not ${typeof action}`);
    }
    deadlineOf(timeout);
    this.#parties = parties;
    this.#action = action ?? null;
    this.#timeout = timeout;
    const hasAction = this.#action !== null;
    this.#body = bodyFor<BarrierBody>('Barrier', parties, hasAction) ?? BarrierWords.make(parties, hasAction);
  }

  /**
   * Waits until all parties have arrived. The last runs the action, if there is one.
   *
   * @param options `timeout` in milliseconds, instead of the constructor's; `null` for none. `signal` gives the wait up,
   *   which breaks the barrier, as a time that runs out does.
   * @returns a number from 0 to parties - 1, another one for each party of a round.
   * @throws BrokenBarrierError where the barrier is broken, or breaks or is reset meanwhile; what the action throws; the
   *   signal's reason. All as rejections.
   *
   * Python: `wait(timeout=None)`.
   */
  wait(options?: WaitOptions): Promise<number> {
    return lasting(this.#wait(options));
  }

  async #wait(options: WaitOptions | undefined): Promise<number> {
    const arrival = await settle(this.#body.arrive(this.#deadline(options), false), options?.signal);
    if (arrival.slot === undefined) return arrival.index;
    try {
      await this.#action?.();
    } catch (error) {
      this.#body.fail(arrival);
      throw error;
    }
    return settle(this.#body.pass(arrival));
  }

  /**
   * As `wait`, blocking the thread; the action must not be async.
   *
   * @throws as `wait`; BlockingNotAllowedError in a window, as soon as it would have to wait; then it has not arrived.
   */
  waitSync(options?: SyncWaitOptions): number {
    const arrival = block(this.#body.arrive(this.#deadline(options), true), 'Barrier.wait');
    if (arrival.slot === undefined) return arrival.index;
    try {
      const answer = this.#action?.() as PromiseLike<unknown> | undefined;
      if (typeof answer?.then === 'function') {
        throw new TypeError('Barrier.waitSync(): the action is async, so all parties have to use wait()');
      }
    } catch (error) {
      this.#body.fail(arrival);
      throw error;
    }
    return block(this.#body.pass(arrival), 'Barrier.wait');
  }

  #deadline(options: SyncWaitOptions | undefined): number {
    const given = deadlineIn(options);
    return options?.timeout === undefined ? deadlineOf(this.#timeout) : given;
  }

  /**
   * Makes it as new: those who wait get a BrokenBarrierError, and a broken barrier is whole again. Never waits; an action
   * that is being run is not stopped, but its party gets a BrokenBarrierError, too.
   *
   * Python: `reset()`.
   */
  reset(): void {
    this.#body.end(false);
  }

  /** Breaks it: those who wait, and all who come until `reset()`, get a BrokenBarrierError. Never waits. Python: `abort()`. */
  abort(): void {
    this.#body.end(true);
  }

  /** How many have to arrive. */
  get parties(): number {
    return this.#parties;
  }

  /** How many wait now. Python: `n_waiting`. */
  get nWaiting(): number {
    return this.#body.nWaiting;
  }

  /** Is it broken? */
  get broken(): boolean {
    return this.#body.broken;
  }

  /** What it is, and its state, as text. */
  toString(): string {
    return `<Barrier ${this.#body.text}>`;
  }

  static {
    const besideOf = (it: Barrier): Beside => ({ parties: it.#parties, action: it.#action, timeout: it.#timeout });
    const open = (body: object, beside: Beside): Barrier => withBody(body, () => new Barrier(beside.parties, beside));
    registerShared(Barrier.prototype, {
      kind: 'Barrier',
      detach: (it): State => [(it.#body as BarrierWords).buffer, besideOf(it)],
      attach: (state) => {
        const [buffer, beside] = state as State;
        return open(new BarrierWords(buffer, beside.action !== null), beside);
      },
      body: (it) => it.#body,
      beside: besideOf,
      make: (body, beside) => open(body, beside as Beside),
    });
  }
}
