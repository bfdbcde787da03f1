// A run of an example: its main function in this page, the processes that it starts, and all that they print.
//
// One run at a time: what the page itself prints can then belong to one run only.

import * as mp from 'web-multiprocessing';
import { type Line, lineOf, type Message, now, openChannel } from './lines.ts';

/** Milliseconds that we wait for the last lines of a process: one that never loaded has none. */
const LAST_LINES = 500;

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
  readonly #processes: mp.Process[] = [];
  readonly #lastLines = new Map<number, PromiseWithResolvers<void>>();
  readonly #stopped = Promise.withResolvers<void>();
  #isStopped = false;

  constructor(print: (line: Line) => void) {
    this.#print = print;
  }

  print(line: Line): void {
    this.#print(line);
  }

  adopt(process: mp.Process): void {
    this.#processes.push(process);
    this.#lastLines.set(process.pid ?? 0, Promise.withResolvers());
    if (this.#isStopped) process.terminate();
  }

  sawLastLine(pid: number): void {
    this.#lastLines.get(pid)?.resolve();
  }

  /** Terminates all processes, and gives `main` up, which may wait for something that now never comes. */
  stop(): void {
    this.#isStopped = true;
    for (const process of this.#processes) process.terminate();
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
    const failed = threw || processes.some(({ exitcode }) => exitcode !== 0);
    return { state: this.#isStopped ? 'stopped' : failed ? 'failed' : 'finished', milliseconds, processes };
  }

  async #allLines(processes: readonly Ended[]): Promise<void> {
    const expected = processes.filter(({ exitcode }) => exitcode >= 0);
    const late = new Promise<void>((done) => setTimeout(done, LAST_LINES));
    await Promise.race([late, Promise.all(expected.map(({ pid }) => this.#lastLines.get(pid)?.promise))]);
  }
}

/** The run that is on, or was the last one. */
let current: Run | undefined;
/** Of the processes that the page started; what others started belongs to the run that is on. */
const runOf = new Map<number, Run>();
let turn: Promise<unknown> = Promise.resolve();

/** Runs `main` when it is its turn. `begin` is called with the run as soon as it begins. */
export function run(main: () => unknown, print: (line: Line) => void, begin: (run: Run) => void): Promise<Outcome> {
  const mine = turn.then(() => {
    current = new Run(print);
    begin(current);
    return current.run(main);
  });
  turn = mine.catch(() => {});
  return mine;
}

/** From now on the page hears what its processes print, and knows which processes it starts. */
export function listen(): void {
  openChannel(mp.currentProcess()).onmessage = ({ data }: MessageEvent<Message>) => {
    const owner = runOf.get(data.pid) ?? current;
    if (data.type === 'line') owner?.print(data);
    else owner?.sawLastLine(data.pid);
  };

  const { log, error } = console;
  console.log = (...values) => {
    log(...values);
    current?.print(lineOf(mp.currentProcess(), values));
  };
  console.error = (...values) => {
    error(...values);
    current?.print(lineOf(reported(values[0]) ?? mp.currentProcess(), values, true));
  };

  const { start } = mp.Process.prototype;
  mp.Process.prototype.start = function () {
    start.call(this);
    if (current === undefined) return;
    current.adopt(this);
    runOf.set(this.pid ?? 0, current);
  };
}

/** The process that an error report of the library is about: it begins with `Process-1 (pid 2) `. */
function reported(text: unknown): { name: string; pid: number } | undefined {
  const [, name, pid] = /^(.+?) \(pid (\d+)\) /.exec(String(text)) ?? [];
  return name === undefined ? undefined : { name, pid: Number(pid) };
}
