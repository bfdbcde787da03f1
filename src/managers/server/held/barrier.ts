// The barrier that a manager holds.
//
//   FILLING  parties arrive, and wait
//   ACTING   all have arrived, and an async action runs, for the last of them. Time does not count meanwhile. Who arrives
//            now is for the next round: it stands apart until this one has ended
//   BROKEN   until reset()
//
// Each round is an object of its own: an action that comes to its end finds by it whether its round is still the present one.

import { deadlineOf, isPast } from '../../../base/deadline.ts';
import { optionsIn, type WaitOptions } from '../../../base/options.ts';
import { shown } from '../../../base/shown.ts';
import { BrokenBarrierError } from '../../../errors.ts';
import { copyOut } from './value.ts';
import { type Caller, callerWith, checkAlive, Waiters } from './waiters.ts';

type Phase = 'filling' | 'acting' | 'broken';

/** The parties that wait in a round, each with its index. */
type Round = Waiters<number, number>;

/**
 * A point where a fixed number of parties wait until all have arrived. A party that ends while it waits breaks the barrier
 * for the others; so does one whose time runs out, or which gives up. Python: `threading.Barrier`.
 */
export class Barrier {
  readonly #parties: number;
  readonly #action: (() => unknown) | undefined;
  readonly #timeout: number | null;
  #phase: Phase = 'filling';
  #round: Round = new Waiters();
  readonly #early = new Waiters<number, Caller>();

  /**
   * @param parties how many have to arrive.
   * @param options `action`: run here, in the manager, when the last has arrived, before any is released; it may be async.
   *   `timeout`: milliseconds, for calls of `wait` that name none.
   * @throws TypeError, RangeError for wrong arguments.
   */
  constructor(parties: number, options?: { action?: (() => unknown) | null; timeout?: number | null }) {
    const { action, timeout } = optionsIn(options, 'Barrier(parties, options): ', 'timeout: 500');
    if (!Number.isInteger(parties))
      throw new TypeError(`Barrier(parties): parties must be an integer, not ${shown(parties)}`);
    if (parties < 1) throw new RangeError(`Barrier(parties): parties must be at least 1, not ${parties}`);
    if (action !== undefined && action !== null && typeof action !== 'function') {
      throw new TypeError(`Barrier(parties, { action }): action must be a function, not ${typeof action}`);
    }
    deadlineOf(timeout);
    this.#parties = parties;
    this.#action = action ?? undefined;
    this.#timeout = timeout ?? null;
  }

  /**
   * Waits until all parties have arrived.
   *
   * @param options `timeout` in milliseconds, instead of the constructor's; `null` for none. `signal` gives the wait up,
   *   which breaks the barrier, as a time that runs out does.
   * @returns a number from 0 to parties - 1, another one for each party of a round; no promise where nothing had to wait.
   * @throws BrokenBarrierError where the barrier is broken, or breaks or is reset meanwhile; the last party, what the
   *   action throws; the signal's reason.
   *
   * Python: `wait(timeout=None)`.
   */
  wait(options?: WaitOptions): number | Promise<number> {
    const caller = callerWith(options);
    return this.#arrive(options?.timeout === undefined ? { ...caller, deadline: deadlineOf(this.#timeout) } : caller);
  }

  #arrive(caller: Caller): number | Promise<number> {
    checkAlive(caller.client);
    if (this.#round.hasLost) this.abort();
    if (this.#phase === 'broken') throw broken();
    // No party of this round, so it can give up and break nothing. Its time counts, but runs out only in its own round.
    if (this.#phase === 'acting') return this.#early.wait(untimed(caller), caller, { late: () => Number.NaN });
    const index = this.#round.size;
    if (index + 1 === this.#parties) return this.#complete(caller, index);
    if (!isPast(caller.deadline)) return this.#stay(caller, index);
    this.abort();
    throw broken();
  }

  /** Waits for the end of the present round. */
  #stay(caller: Caller, index: number): Promise<number> {
    const round = this.#round;
    const leave = (error: unknown): never => {
      this.#end(round, 'broken');
      throw error;
    };
    return round.wait(caller, index, { late: () => leave(broken()), gaveUp: leave });
  }

  /** The last has arrived. */
  #complete(caller: Caller, index: number): number | Promise<number> {
    const round = this.#round;
    try {
      const answer = this.#action?.() as PromiseLike<unknown> | undefined;
      if (typeof answer?.then === 'function') return this.#act(answer, caller, index);
    } catch (error) {
      this.#end(round, 'broken');
      throw error;
    }
    if (!this.#end(round, 'filling')) throw broken();
    return index;
  }

  /** The action is async: the last waits for it, too. */
  #act(answer: PromiseLike<unknown>, caller: Caller, index: number): Promise<number> {
    const round = this.#round;
    const done = this.#stay(untimed(caller), index);
    this.#phase = 'acting';
    for (const party of round) party.stopClock();
    answer.then(
      () => this.#end(round, round.hasLost ? 'broken' : 'filling'),
      (error) => {
        for (const party of round) if (party.data === index) party.fail(error);
        this.#end(round, 'broken');
      },
    );
    return done;
  }

  /**
   * Ends that round, and whoever arrived early goes on; false where it has ended before. Broken: those who wait in it get a
   * BrokenBarrierError, as they do where it is `reset`; otherwise they pass.
   */
  #end(round: Round, next: 'filling' | 'broken', reset = false): boolean {
    if (round !== this.#round) return false;
    this.#round = new Waiters();
    this.#phase = next;
    for (const party of round) {
      if (next === 'broken' || reset) party.fail(broken());
      else party.wake(party.data);
    }
    // They may have to wait again.
    for (const early of [...this.#early]) early.end(() => this.#arrive(early.data));
    return true;
  }

  /**
   * Makes it as new: those who wait get a BrokenBarrierError, and a broken barrier is whole again. Never waits; an action
   * that is being run is not stopped, but its party gets a BrokenBarrierError, too.
   *
   * Python: `reset()`.
   */
  reset(): void {
    this.#end(this.#round, 'filling', true);
  }

  /** Breaks it: those who wait, and all who come until `reset()`, get a BrokenBarrierError. Never waits. Python: `abort()`. */
  abort(): void {
    this.#end(this.#round, 'broken');
  }

  /** How many have to arrive. */
  parties(): number {
    return this.#parties;
  }

  /** How many wait now. Python: `n_waiting`. */
  nWaiting(): number {
    return this.#round.size;
  }

  /** Is it broken? */
  broken(): boolean {
    return this.#phase === 'broken';
  }

  [copyOut](): number {
    return this.nWaiting();
  }

  toString(): string {
    return `<Barrier ${this.broken() ? 'broken' : `waiters=${this.nWaiting()}/${this.#parties}`}>`;
  }
}

const untimed = (caller: Caller): Caller => ({ ...caller, deadline: Number.POSITIVE_INFINITY });

const broken = (): BrokenBarrierError => new BrokenBarrierError('the barrier is broken, or was reset');
