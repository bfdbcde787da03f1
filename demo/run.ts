// A run of an example: its main function in this page, the processes that it starts, and all that they print. Any number of
// examples run at once: each has a console and a library of its own (bound.ts), so it is known whose line or process it is.

import * as mp from 'web-multiprocessing';
import { onStart, pools, processes, terminate } from 'web-multiprocessing/inspect';
import { type Line, lineOf, type Message, now, openChannel } from './lines.ts';

/** Milliseconds that we wait for the last lines of processes: on a busy machine they come late, and one that never loaded has none. */
const LAST_LINES = { ofSuccess: 10_000, ofFailure: 500 };

export interface Ended {
  readonly name: string;
  readonly pid: number;
  readonly exitcode: number;
}

export interface Outcome {
  readonly state: 'finished' | 'failed' | 'stopped';
  readonly milliseconds: number;
  readonly processes: readonly Ended[];
}

export class Run {
  readonly began = now();
  readonly #print: (line: Line) => void;
  readonly #processes: mp.Process<never, unknown>[] = [];
  readonly #pools = new Set<mp.Pool>();
  readonly #lastLines = new Map<number, PromiseWithResolvers<void>>();
  readonly #stopped = Promise.withResolvers<void>();
  isStopped = false;

  constructor(print: (line: Line) => void) {
    this.#print = print;
  }

  print(line: Line): void {
    this.#print(line);
  }

  /** A process that it has started. */
  adopt(process: mp.Process<never, unknown>): void {
    const pid = process.pid as number;
    this.#processes.push(process);
    this.#lastLines.set(pid, Promise.withResolvers());
    owners.set(pid, this);
  }

  /** A pool that it has made: its workers are adopted as they start. */
  adoptPool(pool: mp.Pool): void {
    this.#pools.add(pool);
  }

  has(pool: mp.Pool): boolean {
    return this.#pools.has(pool);
  }

  /** @throws where it was stopped: it can start nothing any more. */
  checkRunning(): void {
    if (this.isStopped) throw new Error('This run was stopped.');
  }

  sawLastLine(pid: number): void {
    this.#lastLines.get(pid)?.resolve();
  }

  /** Terminates all processes, and theirs, and gives `main` up, which may wait for something that now never comes. */
  stop(): void {
    this.isStopped = true;
    for (const pool of this.#pools) pool.terminate();
    for (const process of this.#processes) process.terminate();
    for (const { pid, state } of processes()) if (state !== 'ended' && ownerOf(pid) === this) terminate(pid);
    this.#stopped.resolve();
  }

  /** Runs `main`. Then, as Python does at the end of its main module, waits for the children. */
  async run(main: () => unknown): Promise<Outcome> {
    let threw = false;
    try {
      await Promise.race([main(), this.#stopped.promise]);
    } catch (error) {
      threw = true;
      this.print(lineOf(mp.currentProcess(), [error], true));
    }
    await Promise.all(this.#processes.map((process) => process.join()));
    const milliseconds = now() - this.began;
    const processes = this.#processes.map(({ name, pid, exitcode }) => ({
      name,
      pid: pid ?? 0,
      exitcode: exitcode ?? 0,
    }));
    await this.#allLines(processes);
    const failed = threw || this.#processes.some((process) => !endedWell(process));
    return { state: this.isStopped ? 'stopped' : failed ? 'failed' : 'finished', milliseconds, processes };
  }

  async #allLines(processes: readonly Ended[]): Promise<void> {
    const expected = processes.filter(({ exitcode }) => exitcode >= 0);
    const wait = expected.every(({ exitcode }) => exitcode === 0) ? LAST_LINES.ofSuccess : LAST_LINES.ofFailure;
    const late = new Promise<void>((done) => setTimeout(done, wait));
    await Promise.race([late, Promise.all(expected.map(({ pid }) => this.#lastLines.get(pid)?.promise))]);
  }
}

/** Daemons are there to be terminated: the workers of a pool when it is done. */
const endedWell = ({ daemon, exitcode }: mp.Process<never, unknown>): boolean =>
  exitcode === 0 || (daemon && exitcode === -15);

/** The run of each example that is on, or was its last one. */
const runs = new Map<string, Run>();
/** The run that a process belongs to, by its pid: of those that examples started in the page, and of theirs once they are heard
 * of. Those of an example's last run stay until its next one, for what they printed may be late. */
const owners = new Map<number, Run>();

/** Runs `main`, of the example of that name. `begin` is called with the run as soon as it begins. */
export function run(
  id: string,
  main: () => unknown,
  print: (line: Line) => void,
  begin: (run: Run) => void,
): Promise<Outcome> {
  const over = runs.get(id);
  for (const [pid, owner] of owners) if (owner === over) owners.delete(pid);
  const own = new Run(print);
  runs.set(id, own);
  begin(own);
  return own.run(main);
}

/** The run of that example. */
export const runOf = (id: string): Run | undefined => runs.get(id);

/** The page's own line, printed by an example. */
export function printFrom(id: string, values: readonly unknown[]): void {
  runs.get(id)?.print(lineOf(mp.currentProcess(), values));
}

/** The run that a process belongs to: its own, or that of its parent. */
function ownerOf(pid: number): Run | undefined {
  const known = owners.get(pid);
  if (known !== undefined) return known;
  const parent = processes().find((info) => info.pid === pid)?.parent;
  const owner = parent ? ownerOf(parent) : undefined;
  if (owner !== undefined) owners.set(pid, owner);
  return owner;
}

/** From now on the page hears what its processes print, and knows which processes it starts. */
export function listen(): void {
  openChannel(mp.currentProcess()).onmessage = ({ data }: MessageEvent<Message>) => {
    const owner = ownerOf(data.pid);
    if (data.type === 'line') owner?.print(data);
    else owner?.sawLastLine(data.pid);
  };

  const { error } = console;
  console.error = (...values) => {
    error(...values);
    const about = reported(values[0]);
    if (about !== undefined) ownerOf(about.pid)?.print(lineOf(about, values, true));
  };

  // Once the pool counts it among its workers.
  onStart(({ pid }) => queueMicrotask(() => adoptWorker(pid)));
}

/** Gives a worker of a pool to the run that has made the pool. */
function adoptWorker(pid: number): void {
  const pool = pools().find(({ workers }) => workers.some((worker) => worker.pid === pid))?.pool;
  const process = pool && mp.activeChildren().find((child) => child.pid === pid);
  for (const run of runs.values()) if (pool && process && run.has(pool)) run.adopt(process);
}

/** The process that an error report of the library is about: it begins with `Process-1 (pid 2) `. */
function reported(text: unknown): { name: string; pid: number } | undefined {
  const [, name, pid] = /^(.+?) \(pid (\d+)\) /.exec(String(text)) ?? [];
  return name === undefined ? undefined : { name, pid: Number(pid) };
}
