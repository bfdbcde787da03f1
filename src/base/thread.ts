// Who this thread is.

/** The pid of the thread that first loads the library. */
export const MAIN = 1;

/** One more than the largest pid: 32 MiB of table. Owner words have 20 bits for it. */
export const MOST_PIDS = 1 << 20;

/** The owner that a thread names before it knows its pid: while the modules of a worker are still being evaluated. */
export const UNBORN = MOST_PIDS - 1;

/** Only dedicated workers can be processes; they may block. */
export const isWorker = 'DedicatedWorkerGlobalScope' in globalThis;

/** With one core a thread that spins only keeps the one that it waits for from running. */
export const manyCores = (globalThis.navigator?.hardwareConcurrency ?? 1) > 1;

let itself: number = isWorker ? UNBORN : MAIN;

/**
 * This thread's process; during a step in the name of another, that one. In a worker it is UNBORN until the root has told it, which is
 * before any of its work.
 */
export let pid: number = itself;

/** The process in whose name a step is taken; `undefined` for this thread's own steps. */
export let actor: number | undefined;

export function setPid(itsPid: number): void {
  itself = itsPid;
  pid = actor ?? itself;
}

/**
 * Takes a step in the name of another process: to words it is that process that did it. Where threads share no memory, the page does
 * so for processes, whose shared objects all lie in its own. The step must be synchronous.
 */
export function actAs<T>(other: number | undefined, act: () => T): T {
  const before = actor;
  actor = other;
  pid = actor ?? itself;
  try {
    return act();
  } finally {
    actor = before;
    pid = actor ?? itself;
  }
}

/** What this process is called now. */
export let own: { readonly name: string } = { name: 'MainProcess' };

export function setOwn(itself: { readonly name: string }): void {
  own = itself;
}

/** The owner of something, as Python's texts name it. */
export const ownerText = (owner: number): string =>
  owner === 0 ? 'None' : owner === pid ? own.name : 'SomeOtherProcess';
