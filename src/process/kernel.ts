// What any process asks of the root: done at once where this thread is the root (page/root.ts), by message elsewhere (child/uplink.ts).

import { isIsolated } from '../base/isolation.ts';
import { checkRealm } from '../base/realm.ts';
import { isWorker, pid, UNBORN } from '../base/thread.ts';
import { InvalidStateError } from '../errors.ts';
import { table } from '../memory/processes.ts';
import { condemn, STARTING } from '../memory/table.ts';
import { announceChange, announceEnd } from '../memory/wait.ts';
import { NOTHING } from './parcel.ts';
import { type Post, REPLY, type SpawnRequest } from './protocol.ts';

export interface Kernel {
  spawn(request: SpawnRequest): void;
  /** Hands a message on to the process that it is for. @throws what the browser says of what it refuses to clone or to move. */
  forward(post: Post): void;
  /** Ends the worker of a process that is condemned in the table, to that exit code. */
  terminate(pid: number, exitcode: number): void;
  /** Where threads share no memory: lets this thread hear of the end of that process. */
  follow(pid: number): void;
  /** Workers in reserve will be needed soon. */
  warmUp(): void;
  /** Those that are there are to load the preloads, too. */
  preload(): void;
  /** The executable of what goes by that name; what a process starts runs its own. */
  executableFor(name: string | undefined): number;
}

/** Set once processes can be started from here: in the page by its first executable, in a worker as soon as it hears the page. */
let kernel: Kernel | undefined;

export function setKernel(newKernel: Kernel): void {
  kernel = newKernel;
}

/** @throws InvalidStateError, ProcessError where no process can be started from here, now. */
export function checkReady(): void {
  checkRealm();
  if (isWorker && pid === UNBORN) {
    throw new InvalidStateError(
      `${kernel ? '' : "this worker is none of this library's: start processes in the page, or make it a Process. Or "}` +
        'a process was started while the modules of a worker were still being loaded: the same module is the page and the ' +
        'worker, and would start processes for ever. Guard what only the page is to do with ' +
        '"if (!freezeSupport()) { ... }", or move it to a module that the executable does not import',
    );
  }
  if (!isWorker && !('Worker' in globalThis)) {
    throw new InvalidStateError(
      'there are no Web Workers here: processes are started in a page, not on a server, nor in a worker of another kind',
    );
  }
  if (kernel === undefined) {
    throw new InvalidStateError(
      "no executable is set, so there is no code for a process to run. With the Vite plugin web-multiprocessing/vite: 'use " +
        "multiprocessing' begins the body of your function, or a module of its own, which is imported before; for a manager alone, " +
        'which has no function of yours, an empty module. Otherwise import a module that calls ' +
        "setExecutable(() => new Worker(new URL('./executable.js', import.meta.url), { type: 'module' }), { tasks })",
    );
  }
}

export const executableFor = (name: string | undefined): number => kernel?.executableFor(name) ?? 0;

export const spawn = (request: SpawnRequest): void => kernel?.spawn(request);

/** Sends something to another process. @throws what the browser says of what it refuses to clone or to move. */
export const post = (message: Omit<Post, 'type' | 'from'>): void =>
  kernel?.forward({ type: 'parcel', from: pid, ...message });

/** Nobody serves where that request was to go. */
export const refuse = ({ from, to }: Post): void =>
  kernel?.forward({ type: 'parcel', from: to, to: from, claim: REPLY, parcel: NOTHING });

/** Ends a process, with that exit code; nothing where it has ended, or is about to. */
export function terminate(pid: number, exitcode: number): void {
  const was = condemn(table(), pid, exitcode);
  if (was === undefined) return;
  // It will never enter, so nothing of it has run, or will.
  if (was === STARTING) announceEnd(pid, exitcode);
  else announceChange();
  kernel?.terminate(pid, exitcode);
}

/** From now on this thread knows when that process has ended, whoever has started it. */
export function follow(pid: number): void {
  if (!isIsolated && isWorker) kernel?.follow(pid);
}

export const warmUp = (): void => kernel?.warmUp();

/** URLs of modules that workers in reserve load. */
export let preloads: readonly string[] = [];

export function setPreloads(urls: readonly string[]): void {
  preloads = urls;
  kernel?.preload();
}

const renewals = new Set<() => void>();

/** Calls back when workers that are made from now on run other code than those that are there. Answers how to end that. */
export function onRenewal(renew: () => void): () => void {
  renewals.add(renew);
  return () => renewals.delete(renew);
}

/** Workers that are made from now on run other code. */
export function renewAll(): void {
  for (const renew of renewals) renew();
}
