// Processes that share no memory with the page, without workers. What they run is in this thread, and so is the page that serves them.
// Between them are two channels for each process, whose messages come in the order in which they were sent, and when a schedule says.
// A process may be killed, or crash, at any of its steps; of one that crashes the last messages are lost.

import { expect } from 'vitest';
import { MAIN } from '../../src/base/thread.ts';
import type { Heir } from '../../src/codec/shared.ts';
import type { EndWords } from '../../src/data/by_memory/end.ts';
import { table } from '../../src/memory/processes.ts';
import { add, condemn, ENDED, enter, RUNNING, stateOf } from '../../src/memory/table.ts';
import { announceChange, announceEnd } from '../../src/memory/wait.ts';
import { install } from '../../src/message/page/install_by_message.ts';
import type { Requested } from '../../src/message/process/keys.ts';
import { begin } from '../../src/message/process/requests.ts';
import { replied } from '../../src/process/child/uplink.ts';
import { type Entry, hold, enter as makeEntry } from '../../src/process/page/objects.ts';
import { type FromWorker, type Reply, type Request, unseal } from '../../src/process/protocol.ts';
import { encodeThrown } from '../../src/process/thrown.ts';
import { random } from '../campaign/random.ts';

/** One of so many. */
export type Choose = (count: number) => number;

export const GIVEN_UP = new Error('given up');

let serve: (pid: number, requests: readonly Request[]) => void;
let flush: (pid: number) => void;
const all = new Map<number, Process>();
/** Whose step this is: what is sent in it is its own. */
let running: Process | undefined;

/** Lets all happen that no message is needed for: nothing here waits for a time. */
async function settleDown(): Promise<void> {
  for (let i = 0; i < 60; i++) await null;
  // What waits for the end of the page's turn.
  for (const pid of all.keys()) flush(pid);
}

export class Process {
  readonly pid = add(table(), MAIN);
  readonly toPage: (readonly Request[])[] = [];
  readonly fromPage: (readonly Reply[])[] = [];
  readonly bodies = new Map<string, Requested>();
  /** Calls that can be given up. */
  readonly calls = new Set<AbortController>();
  /** Calls that were not answered yet. */
  readonly asked = new Set<number>();
  /** Goes on where it has paused. */
  goOn: (() => void) | undefined;
  isDone = false;
  /** Its thread runs no more. */
  isGone = false;

  constructor() {
    enter(table(), this.pid, new Int32Array(2));
    all.set(this.pid, this);
  }

  get isCondemned(): boolean {
    return stateOf(table(), this.pid) !== RUNNING;
  }

  get hasEnded(): boolean {
    return stateOf(table(), this.pid) === ENDED;
  }

  hear(replies: readonly Reply[]): void {
    for (const [type, id] of replies)
      if (type === 'done' || type === 'failed' || type === 'givenUp') this.asked.delete(id);
    replied(replies);
  }

  /** What it asks of that object of the page. */
  open<B extends Requested>(Body: new (key: string) => B, key: string): B {
    const body = new Body(key);
    this.bodies.set(key, body);
    return body;
  }

  /** Does nothing until it is its turn. */
  pause(): Promise<void> {
    return new Promise((resolve) => {
      this.goOn = () => {
        this.goOn = undefined;
        resolve();
      };
    });
  }

  /** A call that may be given up; answers undefined then. */
  async call<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    const control = new AbortController();
    this.calls.add(control);
    try {
      return await call(control.signal);
    } catch (error) {
      if (error === GIVEN_UP) return undefined;
      throw error;
    } finally {
      this.calls.delete(control);
    }
  }
}

type Event = readonly [process: Process, happens: () => void];

/** What a call throws that the page has not answered when its run is over. */
const OVER = encodeThrown(new Error('this run is over')).slice();

let keys = 0;

/** One schedule of some processes. */
export class Run {
  readonly processes: Process[] = [];
  /** Those that were killed, or have crashed. */
  readonly victims = new Set<Process>();
  readonly #choose: Choose;
  readonly #entries: Entry[] = [];
  #faults: number;
  #aborts: number;
  #error: unknown;

  /** @param faults how many of its processes may die; @param aborts how many calls may be given up. */
  constructor(choose: Choose, faults = 0, aborts = 0) {
    this.#choose = choose;
    this.#faults = faults;
    this.#aborts = aborts;
  }

  /** Gives all processes that are started from now on an object of the page, by the key that this answers. */
  share(kind: string, body: object): string {
    const entry = makeEntry(`${MAIN}:orders ${++keys}`, kind, body);
    this.#entries.push(entry);
    return entry.key;
  }

  /** Gives that process an end of a pipe, in place of the page. Answers its key. */
  give(process: Process, end: EndWords): string {
    const heirs: Heir[] = [];
    const entry = makeEntry(`${MAIN}:orders ${++keys}`, 'Connection', end.fork(heirs));
    for (const heir of heirs) heir(process.pid);
    hold(entry, process.pid);
    end.close();
    return entry.key;
  }

  /** A process; it begins with its first step. */
  start(program: (process: Process) => Promise<unknown>): Process {
    const process = new Process();
    this.processes.push(process);
    for (const entry of this.#entries) hold(entry, process.pid);
    const over = (): void => {
      process.isDone = true;
    };
    process
      .pause()
      .then(() => program(process))
      .then(over, (error) => {
        over();
        if (!process.isCondemned) this.#error ??= error;
      });
    return process;
  }

  /** All that may happen next. */
  #events(): Event[] {
    const events: Event[] = [];
    for (const process of this.processes.filter(({ hasEnded }) => !hasEnded)) {
      const { toPage, fromPage, goOn, isDone, isGone, isCondemned } = process;
      const add = (happens: () => void): unknown => events.push([process, happens]);
      if (toPage.length > 0) add(() => this.#serve(process));
      if (!isGone && fromPage.length > 0) add(() => process.hear(fromPage.shift() ?? []));
      if (!isGone && goOn !== undefined) add(goOn);
      if (isCondemned || ((isGone || isDone) && toPage.length === 0)) add(() => end(process));
      else if (!isGone && !isDone) this.#addMishaps(process, add);
    }
    return events;
  }

  /** The page does what it asks for next: nothing, where it is condemned. */
  #serve({ pid, toPage, isCondemned }: Process): void {
    const before = isCondemned ? this.#words() : undefined;
    serve(pid, toPage.shift() ?? []);
    if (before !== undefined) expect(this.#words()).toBe(before);
  }

  /** What is in the memory of all that they share. */
  #words(): string {
    return this.#entries
      .map(({ body }) => {
        const { words, buffer } = body as { words?: Int32Array; buffer?: SharedArrayBuffer };
        return String(words ?? new Int32Array(buffer as SharedArrayBuffer));
      })
      .join('; ');
  }

  #addMishaps(process: Process, add: (happens: () => void) => unknown): void {
    const { pid, toPage, calls } = process;
    if (this.#aborts > 0) {
      for (const control of calls) {
        add(() => {
          this.#aborts--;
          control.abort(GIVEN_UP);
        });
      }
    }
    if (this.#faults === 0) return;
    const fault = (happens: () => void): void => {
      this.#faults--;
      this.victims.add(process);
      happens();
    };
    add(() =>
      fault(() => {
        condemn(table(), pid, -9);
        announceChange();
      }),
    );
    for (let kept = 0; kept <= toPage.length; kept++) {
      add(() =>
        fault(() => {
          process.isGone = true;
          toPage.length = kept;
        }),
      );
    }
  }

  /** Until nothing can happen any more. @throws what a process threw that nobody had killed. */
  async play(): Promise<void> {
    for (;;) {
      await settleDown();
      if (this.#error !== undefined) throw this.#error;
      const events = this.#events();
      const [process, happens] = events[events.length > 1 ? this.#choose(events.length) : 0] ?? [];
      running = process;
      if (happens === undefined) return;
      happens();
    }
  }

  /** Those that live, and wait for something that does not come. */
  get waiting(): Process[] {
    return this.processes.filter(({ isDone, hasEnded }) => !isDone && !hasEnded);
  }

  /** Leaves nothing behind, however it went: also what the dead run, which here does not die with them. */
  async end(): Promise<void> {
    running = undefined;
    for (const process of this.processes) {
      end(process);
      replied([...process.asked].map((id) => ['failed', id, OVER] as const));
    }
    await settleDown();
  }
}

function end(process: Process): void {
  process.isGone = true;
  announceEnd(process.pid, 1);
  all.delete(process.pid);
}

/** Begins to carry messages between the page of this thread and its processes. Answers how to end that. */
export function connect(): () => void {
  install({
    onRequests(handle, flushReplies) {
      serve = handle;
      flush = flushReplies;
    },
    answer(pid, replies) {
      all.get(pid)?.fromPage.push(structuredClone(replies));
    },
  });
  begin((key) => {
    const body = running?.bodies.get(key);
    return body && ((values) => body.told(...(values as never[])));
  });
  const { postMessage } = globalThis;
  const { now } = performance;
  // Time stands still: whoever waits for long is served before others, and a schedule is to do the same each time.
  performance.now = () => 0;
  globalThis.postMessage = (message: unknown) => {
    const told = unseal<FromWorker>(message);
    if (told?.type !== 'requests' || running === undefined) return;
    running.toPage.push(structuredClone(told.items));
    for (const request of told.items) if (request[0] === 'call') running.asked.add(request[4]);
  };
  return () => {
    globalThis.postMessage = postMessage;
    performance.now = now.bind(performance);
  };
}

// ------------------------------------------------------------------------------------------------ schedules

/** Runs every schedule that leaves the first order at most `bound` times; answers how many there were. */
export async function exhaust(bound: number, most: number, run: (choose: Choose) => Promise<void>): Promise<number> {
  let prefix: number[] = [];
  for (let count = 1; ; count++) {
    const made: number[] = [];
    const counts: number[] = [];
    const choose = (among: number): number => {
      counts.push(among);
      made.push(prefix[made.length] ?? 0);
      return made.at(-1) as number;
    };
    await tried(run, choose, () => made);
    let at = made.length - 1;
    const departures = (end: number): number => made.slice(0, end).filter((choice) => choice > 0).length;
    while (at >= 0 && ((made[at] as number) + 1 >= (counts[at] as number) || departures(at) >= bound)) at--;
    if (at < 0 || count >= most) return count;
    prefix = [...made.slice(0, at), (made[at] as number) + 1];
  }
}

/** Runs one schedule by the seed. */
export async function wander(seed: number, run: (choose: Choose) => Promise<void>): Promise<void> {
  await tried(run, random(seed).below, () => `seed ${seed}`);
}

async function tried(run: (choose: Choose) => Promise<void>, choose: Choose, name: () => unknown): Promise<void> {
  try {
    await run(choose);
  } catch (error) {
    throw new Error(`schedule ${JSON.stringify(name())}: ${String(error)}`, { cause: error });
  }
}
