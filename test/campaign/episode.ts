// An episode: the objects of a role, survivors that use them all the time, and rounds of victims that are killed.
//
//   round   victims start -> each stops at its step -> terminate() -> all have ended -> each survivor takes two more turns
//           -> they stand still, one after another -> the role's check -> they go on
//
// Each arrow has a limit: what takes longer is a hang.

import * as mp from '../../src/index.ts';
import type { Random } from './random.ts';
import { type AnyRole, survivorsOf, Victim } from './role.ts';
import { ARRIVED, DECLARE, NOWHERE, STARTED, WORDS } from './step.ts';
import { type Aim, ALL_TURNS, ASKED, END, MOST_SURVIVORS, STOOD, sleep, survivor, TURNS, victim } from './tasks.ts';

/** Milliseconds after which what still lives counts as hanging. */
const HANG_MS = 10_000;
/** Milliseconds until a process has started, on a machine with much to do. */
const START_MS = 30_000;
/** Milliseconds after which a victim that is stuck in a wait is killed there. */
const STUCK_MS = 1000;

/** What became of a victim: where it was killed, and how often it was at each step. */
export interface Killed {
  readonly aim: Aim;
  /** The label of the step; undefined where it did not come to that, and was killed elsewhere. */
  readonly at: number | undefined;
  readonly hits: Int32Array;
}

async function until(what: string, ms: number, condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + ms; !(await condition()); await sleep(1)) {
    if (performance.now() > end) throw new Error(`hang: ${what} within ${ms / 1000} s`);
  }
}

export class Episode {
  readonly #role: AnyRole;
  readonly #random: Random;
  readonly #labels: number;
  readonly #real: number;
  readonly #objects: object;
  readonly #state = new Int32Array(new SharedArrayBuffer(4 * 3 * MOST_SURVIVORS));
  readonly #processes: mp.Process<any, unknown>[] = [];
  readonly #tasks: Promise<unknown>[] = [];
  readonly #places: string[] = [];
  #victims = 0;
  #error: unknown;

  /** @param real one kill of so many is left to the engine, however long that takes. */
  constructor(role: AnyRole, labels: number, real: number, random: Random) {
    this.#real = real;
    this.#role = role;
    this.#labels = labels;
    this.#random = random;
    this.#objects = role.setup();
    survivorsOf(role).forEach((_, index) => {
      this.#startSurvivor(index);
    });
  }

  /** In the window, or a process that blocks or does not. */
  #startSurvivor(index: number): void {
    // One at most in the window: what a process owns, all of its tasks own.
    const places = ['sync', 'async', 'sync', this.#places.includes('window') ? 'sync' : 'window'] as const;
    const place = this.#role.fresh ? 'window' : this.#random.pick(places);
    const rest = [index, this.#state] as const;
    let running: Promise<unknown>;
    if (place === 'window') running = survivor(this.#role.name, this.#objects, 'async', ...rest);
    else {
      const process = new mp.Process({ target: survivor, args: [this.#role.name, this.#objects, place, ...rest] });
      process.start();
      this.#processes.push(process);
      running = process.result();
    }
    this.#places.push(place);
    this.#tasks.push(
      running.catch((error) => {
        this.#error ??= error;
      }),
    );
  }

  #throwErrors(): void {
    if (this.#error !== undefined) throw this.#error;
  }

  #startVictim(aim: Aim): { process: mp.Process<any, unknown>; me: Victim; hits: Int32Array; aim: Aim } {
    const control = new Int32Array(new SharedArrayBuffer(4 * WORDS));
    const hits = new Int32Array(new SharedArrayBuffer(4 * this.#labels));
    const id = ++this.#victims;
    const { Process } = mp.getContext('forkserver');
    const process = new Process({ target: victim, args: [this.#role.name, this.#objects, aim, id, control, hits] });
    process.start();
    return { process, me: new Victim(id, control), hits, aim };
  }

  /** Kills as many victims as there are aims, and sees that nobody suffers. */
  async round(aims: readonly Aim[]): Promise<Killed[]> {
    const victims = aims.map((aim) => this.#startVictim(aim));
    this.#role.started?.(this.#objects);
    await Promise.all(victims.map((it) => this.#kill(it)));
    this.#role.afterwards?.(this.#objects);
    await this.#awaitProgress();
    await this.#stopAll();
    await this.#role.check?.(
      this.#objects,
      victims.map(({ me }) => me),
    );
    this.#throwErrors();
    this.#goOn();
    return victims.map(({ aim, me, hits, process }) => {
      process.close();
      const arrived = Atomics.load(me.control, ARRIVED);
      return { aim, hits, at: arrived > 0 ? arrived - 1 : undefined };
    });
  }

  async #kill({ process, me }: { process: mp.Process<any, unknown>; me: Victim }): Promise<void> {
    const has = (word: number): boolean => {
      this.#throwErrors();
      return Atomics.load(me.control, word) !== 0 || !process.isAlive();
    };
    await until('a victim did not start', START_MS, () => has(STARTED));
    await until('', STUCK_MS, () => has(ARRIVED)).catch(() => this.#throwErrors());
    // Others may find it alive, first.
    if (this.#random.below(2)) await sleep(this.#random.below(4));
    process.terminate();
    if (this.#random.below(this.#real) > 0) {
      Atomics.store(me.control, DECLARE, 1);
      Atomics.notify(me.control, DECLARE);
    }
    await until('a victim did not end', HANG_MS, () => process.exitcode !== null);
    if (process.exitcode === -15) return;
    throw new Error(`victim ${me.id} ended by itself: ${process.exitcode}, ${process.exception}`);
  }

  get #indices(): readonly number[] {
    return this.#places.map((_, index) => index);
  }

  async #awaitProgress(): Promise<void> {
    const turns = (index: number): number => Atomics.load(this.#state, TURNS + index);
    const before = this.#indices.map(turns);
    for (const index of this.#indices) {
      const name = `survivor ${index + 1} (${this.#places[index]}) took no more turns`;
      await until(name, HANG_MS, () => {
        this.#throwErrors();
        return turns(index) >= (this.#role.ends ? ALL_TURNS : (before[index] as number) + 2);
      });
    }
  }

  async #stopAll(): Promise<void> {
    for (const index of this.#indices) {
      const asked = Atomics.add(this.#state, ASKED + index, 1) + 1;
      await until(`survivor ${index + 1} (${this.#places[index]}) did not come to stand`, HANG_MS, async () => {
        this.#throwErrors();
        if (index > 0) await this.#role.ease?.(this.#objects);
        return (
          Atomics.load(this.#state, STOOD + index) === asked || Atomics.load(this.#state, TURNS + index) === ALL_TURNS
        );
      });
    }
  }

  #goOn(): void {
    for (const index of this.#indices) Atomics.add(this.#state, ASKED + index, 1);
  }

  /** Ends the survivors: by asking, when all is well. */
  async end(): Promise<void> {
    await this.#stopAll();
    this.#tellEnd();
    let through = false;
    void Promise.all(this.#tasks).then(() => {
      through = true;
    });
    await until('a survivor did not end', HANG_MS, () => through);
    this.#throwErrors();
    for (const process of this.#processes) process.close();
  }

  #tellEnd(): void {
    for (const index of this.#indices) Atomics.store(this.#state, ASKED + index, END);
  }

  /** What happened to the survivors: for the report of a failure. */
  describe(): string {
    return this.#places.map((place, i) => `survivor ${i + 1} in ${place}: ${this.#state[TURNS + i]} turns`).join(', ');
  }

  /** After a failure. */
  async abandon(): Promise<void> {
    this.#tellEnd();
    for (const process of this.#processes) process.terminate();
    for (const process of mp.activeChildren()) if (this.#processes.includes(process as never)) process.terminate();
  }
}

export { NOWHERE };
