// What an inspector is told of. Nobody listens, and nothing is kept, unless `web-multiprocessing/inspect` is imported.

/** A process that is about to be started. */
export interface Birth {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly daemon: boolean;
  readonly method: string;
  /** The qualified name of what it runs. */
  readonly task: string;
}

/** A task of a pool that was answered: one call, or a chunk of one. Times are milliseconds since 1970, with fractions. */
export interface Run {
  /** The worker. */
  readonly pid: number;
  readonly worker: string;
  /** `crunch()`, or `crunch(), chunk 3`. */
  readonly task: string;
  /** Bytes that its function and arguments took. */
  readonly size: number;
  readonly submitted: number;
  /** When the worker began with it, and when it had its answer written. */
  readonly began: number;
  readonly ended: number;
}

export interface Observer {
  /** In the page, for every process, whoever asked for it. */
  onBirth(birth: Birth): void;
  /** In the page: the worker of that process is gone. */
  onEnd(pid: number): void;
  /** A shared object goes to a process that this thread starts. Who is added to the heirs is told its pid. */
  onInherit(object: object, heirs: ((pid: number) => void)[]): void;
  /** A pool was made in this thread. */
  onPool(pool: object): void;
  /** A task of a pool of this thread was answered. */
  onRun(run: Run): void;
}

export let observer: Observer | undefined;

/** What the Vite plugin's development server sets while it evaluates a module of the app (src/vite/code.ts). */
const MADE = Symbol.for('web-multiprocessing.made');

/** A pool was made, or a process started: where a module of the app did that, a hot update of the module ends it. */
export const noteMade = (it: { terminate(): void }): void =>
  (globalThis as Readonly<Record<symbol, ((it: object) => void) | undefined>>)[MADE]?.(it);

export function observe(by: Observer): void {
  observer = by;
}
