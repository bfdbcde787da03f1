// Which of the many orders of steps to run: all of them up to a bound, or random ones.
//
// A schedule is written as who takes how many steps: "A12 B3 A5". Passed back in, it runs again.

import { type Choose, KILLER, type Process, runOnce, type Scenario, world } from './world.ts';

export interface Found {
  readonly message: string;
  readonly schedule: string;
  /** The steps, those of one process in a row shortened. */
  readonly trace: string;
  readonly seed?: number;
}

export interface Report {
  readonly schedules: number;
  readonly steps: number;
  /** The largest bound of which every schedule was run. */
  readonly bound: number;
  readonly found?: Found;
}

interface Limits {
  /** Schedules at most. */
  readonly schedules?: number;
  /** Steps at most, in all schedules together: the same on every machine, and much the same time for every scenario. */
  readonly steps?: number;
  /** Milliseconds at most. */
  readonly ms?: number;
}

function scheduleOf(history: readonly Process[]): string {
  const runs: [name: string, steps: number][] = [];
  for (const { name } of history) {
    const last = runs.at(-1);
    if (last?.[0] === name) last[1]++;
    else runs.push([name, 1]);
  }
  return runs.map(([name, steps]) => name + steps).join(' ');
}

function told(scenario: Scenario, { world, failure }: ReturnType<typeof runOnce>, seed?: number): Found {
  const message = failure instanceof Error && failure.name === 'Finding' ? failure.message : `${failure}`;
  const lines = world.history.map(({ name }, i) => `${name} ${world.labels[i]}`);
  const found = {
    message: `${scenario.name}: ${message}`,
    schedule: scheduleOf(world.history),
    trace: [...lines.slice(-400), failure instanceof Error ? failure.stack : ''].join('\n'),
  };
  return seed === undefined ? found : { ...found, seed };
}

/** Whether the limits are reached. */
function limiter({
  schedules = Infinity,
  steps = Infinity,
  ms = Infinity,
}: Limits): (ran: number, took: number) => boolean {
  const end = performance.now() + ms;
  return (ran, took) => ran >= schedules || took >= steps || performance.now() > end;
}

/** Runs every schedule with at most 0, 1, ... `scenario.bound` preemptions. */
export function exhaust(scenario: Scenario, limits: Limits): Report {
  const isOver = limiter(limits);
  let [schedules, steps] = [0, 0];
  for (let bound = 0; bound <= scenario.bound; bound++) {
    /** The choices of this schedule, where there was one: which of how many. */
    const path: { at: number; of: number }[] = [];
    do {
      if (isOver(schedules, steps)) return { schedules, steps, bound: bound - 1 };
      let depth = 0;
      let spent = 0;
      const choose: Choose = (options, running) => {
        const free = running ? options.filter((it, i) => i === 0 || it.name === KILLER) : options;
        const open = running && spent < bound ? options : free;
        if (open.length === 1) return open[0] as Process;
        const choice = (path[depth] ??= { at: 0, of: open.length });
        depth++;
        const chosen = open[choice.at] as Process;
        if (!free.includes(chosen)) spent++;
        return chosen;
      };
      const outcome = runOnce(scenario, choose);
      schedules++;
      steps += outcome.world.history.length;
      if ('failure' in outcome) return { schedules, steps, bound: bound - 1, found: told(scenario, outcome) };
    } while (next(path));
  }
  return { schedules, steps, bound: scenario.bound };
}

/** The next path in depth-first order; false after the last. */
function next(path: { at: number; of: number }[]): boolean {
  for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
    if (++last.at < last.of) return true;
    path.pop();
  }
  return false;
}

/** Small, seeded (mulberry32): the same numbers in every engine. */
function generator(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One random schedule: how eagerly it changes from one process to another is random, too. */
export function randomChoice(seed: number): Choose {
  const random = generator(seed);
  const eagerness = 0.5 ** (1 + Math.floor(random() * 6));
  return (options, running) =>
    running && random() > eagerness
      ? (options[0] as Process)
      : (options[Math.floor(random() * options.length)] as Process);
}

/** Runs random schedules, of the seeds from `seed` on. */
export function wander(scenario: Scenario, limits: Limits, seed = 1): Report {
  const isOver = limiter(limits);
  let [schedules, steps] = [0, 0];
  while (!isOver(schedules, steps)) {
    const outcome = runOnce(scenario, randomChoice(seed + schedules));
    steps += outcome.world.history.length;
    if ('failure' in outcome) return { schedules, steps, bound: -1, found: told(scenario, outcome, seed + schedules) };
    schedules++;
  }
  return { schedules, steps, bound: -1 };
}

/** Runs one schedule again, as it was printed. */
export function replay(scenario: Scenario, schedule: string): Found | undefined {
  const names = schedule.split(' ').flatMap((run) => Array(Number(run.slice(1))).fill(run[0]));
  // The world asks only where there is a choice; its history says how far it is.
  const outcome = runOnce(
    scenario,
    (options) => options.find(({ name }) => name === names[world.history.length]) ?? (options[0] as Process),
  );
  return 'failure' in outcome ? told(scenario, outcome) : undefined;
}
