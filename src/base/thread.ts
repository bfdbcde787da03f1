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

/** This thread's process. In a worker it is UNBORN until the root has told it, which is before any of its work. */
export let pid: number = isWorker ? UNBORN : MAIN;

export function setPid(itsPid: number): void {
  pid = itsPid;
}

/** What this process is called now. */
export let own: { readonly name: string } = { name: 'MainProcess' };

export function setOwn(itself: { readonly name: string }): void {
  own = itself;
}

/** The owner of something, as Python's texts name it. */
export const ownerText = (owner: number): string =>
  owner === 0 ? 'None' : owner === pid ? own.name : 'SomeOtherProcess';
