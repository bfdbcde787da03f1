// The machine that explored code runs on: several processes in this one thread, one step at a time.
//
// Explored code yields before each access to shared memory (a label) and where it waits (a Park). Who steps next is the
// search's choice (search.ts). A Park is taken as strictly as the hardware would at its worst: whoever is not woken sleeps,
// even if the word has changed since. Time moves only when nobody can step, or by `tick` with each step.

import { CHANGES } from '../../src/memory/table.ts';
import type { Park, Waiting } from '../../src/memory/wait.ts';

export type Step = string | (Park & { readonly blocks?: boolean });
type Run = Generator<Step, unknown, undefined>;

/** What the explored instance has to do with its own modules. */
export interface Machine {
  /** The process table. */
  boot(): Waiting<Int32Array>;
  /** Gives out a pid. */
  enter(table: Int32Array): Waiting<number>;
  adopt(table: Int32Array, pid: number): void;
  isDoomed(): Waiting<boolean>;
  /** Terminates it, and some time later it has ended. */
  kill(table: Int32Array, pid: number): Waiting<void>;
}

/** What a scenario's `setup` answers. */
export interface Model {
  /**
   * Each is a process of its own; its name is one letter. A small letter awaits, also in the methods that are called Sync;
   * a capital blocks in those.
   */
  readonly processes: Readonly<Record<string, () => Waiting<void>>>;
  /** Looks at what has come out, when all have ended. */
  check?(): Waiting<void>;
}

export interface Scenario {
  readonly name: string;
  readonly machine: Machine;
  /** Changes of the running process, beyond those where it cannot go on, that are all tried. */
  readonly bound: number;
  /** Milliseconds that a step takes; 0 where missing. */
  readonly tick?: number;
  /** The process that is killed, at any step. */
  readonly victim?: string;
  setup(): Waiting<Model>;
}

/** What was found, and how to see it again. */
export class Finding extends Error {
  override readonly name = 'Finding';
}

/** Deadlines that come while nobody can step: these processes will never end. */
const MOST_WAITS = 40;
const MOST_STEPS = 4000;
/** Steps of one process after which another has its turn, as it would on a real machine. */
const TURN = 300;

/** Whom the search may choose from, the running one first if it can go on. */
export type Choose = (options: readonly Process[], running: boolean) => Process;

export class Process {
  readonly name: string;
  readonly pid: number;
  readonly run: Run;
  park: Step | undefined;
  state: 'ready' | 'parking' | 'parked' | 'over' = 'ready';
  aborted: unknown;
  /** A wake-up was for it. */
  woken = false;
  /** It is to look again before it sleeps. */
  roused = false;
  /** Where it slept last, in an async wait, until that is over. */
  slept: { readonly park: Park; readonly passesOn: boolean } | undefined;
  /** What it is about to do. */
  at = 'start';

  constructor(name: string, pid: number, run: Run) {
    this.name = name;
    this.pid = pid;
    this.run = run;
  }
}

/** The killer's name: changing to it is free. */
export const KILLER = '!';

class World {
  readonly #scenario: Scenario;
  readonly #choose: Choose;
  #processes: Process[] = [];
  #table: Int32Array = new Int32Array(0);
  #time = 0;
  #lone = 0;
  /** Who took each step, and what it was. */
  readonly history: Process[] = [];
  readonly labels: string[] = [];
  /** Where a process waits that is to do nothing more. */
  readonly never: Step = { words: new Int32Array(1), index: 0, seen: 0, until: Number.POSITIVE_INFINITY };

  constructor(scenario: Scenario, choose: Choose) {
    this.#scenario = scenario;
    this.#choose = choose;
  }

  now(): number {
    return this.#time;
  }

  /** First come, first woken, as the specification has it. */
  notify(words: Int32Array, index: number, count: number): void {
    if (words.buffer === this.#table.buffer && index === CHANGES) this.#rouse();
    for (const process of [...this.#sleepers]) {
      const park = process.park as Park;
      if (park.words.buffer !== words.buffer || park.words.byteOffset + park.index * 4 !== words.byteOffset + index * 4)
        continue;
      if (count-- <= 0) return;
      process.woken = true;
      this.#wake(process);
    }
  }

  /** All look again: what the library does by one async wait in each thread that awaits, and by the root for who blocks. */
  #rouse(): void {
    for (const process of this.#processes) {
      // Who is still awake may have looked before: it hears of it when it sleeps.
      if (process.state !== 'parked') process.roused = true;
      else if (process.park !== this.never) this.#wake(process);
    }
  }

  /** Does the running process await where it has to wait, and not block? */
  awaits(): boolean {
    const name = this.history.at(-1)?.name ?? '';
    return name !== name.toUpperCase();
  }

  readonly #sleepers = new Set<Process>();

  #wake(process: Process): void {
    this.#sleepers.delete(process);
    process.state = 'ready';
  }

  #over(process: Process): void {
    this.#sleepers.delete(process);
    process.state = 'over';
  }

  /** It stops where it is: nothing of it runs any more, no `finally`. */
  drop(pid: number): void {
    for (const process of this.#processes) if (process.pid === pid) this.#over(process);
  }

  /** Aborts what a process waits for, as an AbortSignal would. */
  abort(name: string, reason: unknown): void {
    const process = this.#processes.find((it) => it.name === name);
    if (process === undefined || process.state === 'over') return;
    process.aborted = reason;
    if (process.state === 'parked' && !(process.park as Park).firm) this.#wake(process);
  }

  #fail(message: string): never {
    throw new Finding(message);
  }

  run(): void {
    const { machine, victim } = this.#scenario;
    this.#table = $now(machine.boot());
    machine.adopt(this.#table, 1);
    const model = $now(this.#scenario.setup());
    this.#processes = Object.entries(model.processes).map(
      ([name, body]) => new Process(name, $now(machine.enter(this.#table)), body() as Run),
    );
    if (victim !== undefined) {
      const { pid } = this.#processes.find(({ name }) => name === victim) as Process;
      this.#processes.push(new Process(KILLER, 1, machine.kill(this.#table, pid) as Run));
    }
    this.#schedule();
    machine.adopt(this.#table, 1);
    if (model.check) $now(model.check());
  }

  #schedule(): void {
    let last: Process | undefined;
    let turn = 0;
    for (;;) {
      const options = this.#processes.filter((process) => this.#canStep(process));
      if (options.length === 0) {
        if (this.#processes.every(({ state }) => state === 'over')) return;
        this.#passTime();
        continue;
      }
      let running = last !== undefined && options.includes(last);
      if (running && turn >= TURN) {
        options.push(...options.splice(0, options.indexOf(last as Process) + 1));
        running = false;
      } else if (running) {
        options.splice(options.indexOf(last as Process), 1);
        options.unshift(last as Process);
      }
      const next = options.length === 1 ? (options[0] as Process) : this.#choose(options, running);
      if (next !== last) {
        this.#scenario.machine.adopt(this.#table, next.pid);
        turn = 0;
      }
      turn++;
      last = next;
      if (this.history.length >= MOST_STEPS) this.#fail(`no end after ${MOST_STEPS} steps`);
      this.history.push(next);
      this.labels.push(next.at);
      this.#time += this.#scenario.tick ?? 0;
      this.#step(next);
    }
  }

  #canStep(process: Process): boolean {
    if (process.state === 'parked' && this.#time >= (process.park as Park).until) this.#wake(process);
    return process.state === 'ready' || process.state === 'parking';
  }

  /** Nobody can step: the next deadline comes, or this is a hang. */
  #passTime(): void {
    const sleepers = [...this.#sleepers].filter(({ park }) => park !== this.never);
    const where = () =>
      this.#processes
        .map(({ name, state, at }) => `${name} ${state === 'over' ? 'is through' : `sleeps at ${at}`}`)
        .join('; ');
    const next = Math.min(...sleepers.map(({ park }) => (park as Park).until));
    if (!Number.isFinite(next)) this.#fail(`lost wake-up: ${where()}`);
    if (++this.#lone > MOST_WAITS) this.#fail(`hang: ${where()}`);
    this.#time = next;
  }

  #step(process: Process): void {
    if (process.state === 'parking') {
      const park = process.park as Park;
      const changed =
        Atomics.load(park.words, park.index) !== park.seen ||
        this.#time >= park.until ||
        process.roused ||
        (process.aborted !== undefined && !park.firm);
      process.woken = false;
      process.roused = false;
      process.state = changed ? 'ready' : 'parked';
      if (!changed) this.#sleepers.add(process);
      return;
    }
    const { park } = process;
    process.park = undefined;
    let result: IteratorResult<Step, unknown>;
    if (
      typeof park === 'object' &&
      !park.blocks &&
      process.name !== KILLER &&
      $now(this.#scenario.machine.isDoomed())
    ) {
      // The async driver does not resume an operation of a terminated process.
      this.notify(park.words, park.index, Number.POSITIVE_INFINITY);
      result = { done: false, value: this.never };
    } else if (typeof park === 'object' && !park.firm && process.aborted !== undefined) {
      const reason = process.aborted;
      process.aborted = undefined;
      process.slept = { park, passesOn: true };
      result = process.run.throw(reason);
    } else {
      if (typeof park === 'object' && !park.blocks) process.slept = { park, passesOn: !process.woken };
      result = process.run.next();
    }
    if (typeof result.value !== 'string') this.#passOn(process, result.value as Park | undefined);
    if (result.done) this.#over(process);
    else if (typeof result.value === 'string') process.at = result.value;
    else {
      process.park = result.value;
      process.state = 'parking';
    }
  }

  /** The async driver: who ceases to wait, and was not woken for what it then did, wakes the others that wait there. */
  #passOn(process: Process, next: Park | undefined): void {
    const { slept } = process;
    process.slept = undefined;
    if (!slept?.passesOn) return;
    const { words, index, seen } = slept.park;
    // It sleeps on.
    if (next?.words === words && next.index === index && next.seen === seen) return;
    this.notify(words, index, Number.POSITIVE_INFINITY);
  }
}

/** The world of the run that is going on. */
export let world: World;
export { world as $world };

/**
 * Each growable buffer takes memory mappings, of which Linux gives a process 65,530, and the engine collects garbage by
 * bytes: left alone, Chromium runs out of them, and the page crashes.
 */
const SCHEDULES_OF_A_COLLECTION = 1000;
let uncollected = 0;

function collect(): void {
  uncollected = (uncollected + 1) % SCHEDULES_OF_A_COLLECTION;
  if (uncollected === 0) (globalThis as { gc?: () => void }).gc?.();
}

/** Runs a scenario once. Answers the world as it was at the end; `failure` is what went wrong. */
export function runOnce(scenario: Scenario, choose: Choose): { world: World; failure?: unknown } {
  collect();
  world = new World(scenario, choose);
  try {
    world.run();
    return { world };
  } catch (failure) {
    return { world, failure };
  }
}

// ------------------------------------------------------------------------------------------------ what instrumented code calls

/** Runs what steps to its end in one step: constructors, setup and checks. */
export function $now<T>(run: Generator<Step, T, undefined>): T {
  for (;;) {
    const { done, value } = run.next();
    if (done) return value;
    if (typeof value !== 'string') throw new Error('this must not wait');
  }
}

/** The value, evaluated before a step. */
export const $after = <T>(value: T, _step: unknown): T => value;

export function $refuse(reason: string): never {
  throw new Error(reason);
}
