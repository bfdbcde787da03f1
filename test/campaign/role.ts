// What a role is: what the victims do, what the survivors do beside them on the same objects, and what has to hold.

import type { Driver } from '../contract/harness.ts';
import { NOTES } from './step.ts';

/** What a victim notes for those who come after it, in the words of its control. */
export class Victim {
  /** 1, 2, ... in its episode. */
  readonly id: number;
  readonly control: Int32Array;
  /** How many turns it has begun. */
  turn = 0;

  constructor(id: number, control: Int32Array) {
    this.id = id;
    this.control = control;
  }

  /** Before an operation, and after it. */
  get begun(): number {
    return Atomics.load(this.control, NOTES);
  }
  set begun(n: number) {
    Atomics.store(this.control, NOTES, n);
  }
  get done(): number {
    return Atomics.load(this.control, NOTES + 1);
  }
  set done(n: number) {
    Atomics.store(this.control, NOTES + 1, n);
  }
  /** One more number, as the role likes. */
  get extra(): number {
    return Atomics.load(this.control, NOTES + 2);
  }
  set extra(n: number) {
    Atomics.store(this.control, NOTES + 2, n);
  }
}

/** What a turn of a survivor came to: `false` is no progress, and after 'end' there is nothing more to do. */
export type Turn = Promise<undefined | boolean | 'end' | void>;

export type SurvivorTurn<O> = (objects: O, driver: Driver, me: number) => Turn;

export interface Role<O> {
  readonly name: string;
  /** The shared objects of an episode; its processes are given them when they start. */
  setup(): O;
  /** One turn of a victim: it takes turns until it is killed. */
  victim(objects: O, driver: Driver, me: Victim): Promise<void>;
  /**
   * One turn of each survivor, which takes turns until it is stopped: the first ones are stopped first. A single function is
   * that of two survivors.
   */
  readonly survivors: SurvivorTurn<O> | readonly SurvivorTurn<O>[];
  /** In the page, again and again while survivors but the first are to come to stand: lets them do so. */
  ease?(objects: O): Promise<void> | void;
  /** In the page, when the victims are dead and all survivors stand still: throws where something is wrong. */
  check?(objects: O, dead: readonly Victim[]): Promise<void> | void;
  /** Objects of their own for each kill; the survivors are tasks of the page. */
  readonly fresh?: boolean;
  /** The survivors have to come to their ends once the victims are dead. */
  readonly ends?: boolean;
  /** In the page, when the victims have started. */
  started?(objects: O): void;
  /** In the page, when the victims are dead, before anybody is asked for progress. */
  afterwards?(objects: O): void;
  /** How many victims at a time there can be; 2 by default. */
  readonly victims?: number;
  /** How much rarer than others it is to be, in the random part: its rounds take longer. */
  readonly rare?: number;
}

/** A role whose type of objects only it knows. */
export type AnyRole = Role<any>;

export const role = <O>(it: Role<O>): AnyRole => it;

export const survivorsOf = ({ survivors }: AnyRole): readonly SurvivorTurn<any>[] =>
  typeof survivors === 'function' ? [survivors, survivors] : survivors;

/** Shared words for what the survivors of a role note. */
export const makeWords = (): Int32Array => new Int32Array(new SharedArrayBuffer(4 * 8192));

export function demand(condition: boolean, message: () => string): asserts condition {
  if (!condition) throw new Error(message());
}

/** Is `n` from `low` to `high`? */
export function demandWithin(what: string, n: number, low: number, high: number): void {
  demand(n >= low && n <= high, () => `${what}: ${n}, must be ${low === high ? low : `${low} to ${high}`}`);
}

/** How many of them were inside the operation that they note. */
export const inside = (dead: readonly Victim[]): number => dead.filter(({ begun, done }) => begun !== done).length;
