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

export interface Observer {
  /** In the page, for every process, whoever asked for it. */
  onBirth(birth: Birth): void;
  /** A shared object goes to a process that this thread starts. Who is added to the heirs is told its pid. */
  onInherit(object: object, heirs: ((pid: number) => void)[]): void;
  /** A pool was made in this thread. */
  onPool(pool: object): void;
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
