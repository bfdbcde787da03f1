// What any process asks of the root: done at once where this thread is the root, by message elsewhere.

import { executableOf } from '../codec/registry.ts';
import { InvalidStateError } from '../errors.ts';
import { checkRealm } from '../memory/realm.ts';
import { condemn, STARTING, UNBORN } from '../memory/table.ts';
import { isWorker, pid, table } from '../memory/thread.ts';
import { announceChange, announceEnd } from '../memory/wait.ts';
import { movedWith } from './parcel.ts';
import type { Post, SpawnRequest } from './protocol.ts';
import * as root from './root.ts';
import { serving, tell } from './uplink.ts';

/** @throws InvalidStateError, ProcessError where no process can be started from here, now. */
export function checkReady(): void {
  checkRealm();
  if (isWorker && pid === UNBORN) {
    throw new InvalidStateError(
      `${serving ? '' : "this worker is none of this library's: start processes in the page, or make it a Process. Or "}` +
        'a process was started while the modules of a worker were still being loaded: the same module is the page and the ' +
        'worker, and would start processes for ever. Guard what only the page is to do with ' +
        '"if (!freezeSupport()) { ... }", or move it to a module that the executable does not import',
    );
  }
  if (!isWorker && !root.hasWorkers) {
    throw new InvalidStateError(
      'there are no Web Workers here: processes are started in a page, not on a server, nor in a worker of another kind',
    );
  }
  if (!isWorker && !root.hasFactory()) {
    throw new InvalidStateError(
      'no executable is set, so there is no code for a process to run. Import the module of your function before; for a ' +
        'manager alone, which has no function of yours, an empty one. With the Vite plugin web-multiprocessing/vite that begins ' +
        "with 'use multiprocessing'; otherwise import a module that calls " +
        "setExecutable(() => new Worker(new URL('./executable.js', import.meta.url), { type: 'module' }), { tasks })",
    );
  }
}

/** The executable of what goes by that name: what a process starts runs its own. */
export const executableFor = (name: string | undefined): number =>
  isWorker ? 0 : name === undefined ? root.latestExecutable() : executableOf(name);

export function spawn(request: SpawnRequest): void {
  if (isWorker) tell({ type: 'spawn', request }, movedWith(request.work));
  else root.spawn(request);
}

/** Sends something to another process. @throws what the browser says of what it refuses to clone or to move. */
export function post(message: Omit<Post, 'type' | 'from'>): void {
  const whole: Post = { type: 'parcel', from: pid, ...message };
  if (!isWorker) root.forward(whole);
  else tell(whole, movedWith(whole.parcel));
}

/** Ends a process, with that exit code; nothing where it has ended, or is about to. */
export function terminate(pid: number, exitcode: number): void {
  const was = condemn(table(), pid, exitcode);
  if (was === undefined) return;
  // It will never enter, so nothing of it has run, or will.
  if (was === STARTING) announceEnd(pid, exitcode);
  else announceChange();
  if (isWorker) tell({ type: 'terminate', pid });
  else root.terminate(pid);
}

export { onRenewal } from './root.ts';

/** Workers in reserve will be needed soon. */
export function warmUp(): void {
  if (isWorker) tell({ type: 'warm' });
  else root.refillWhenIdle();
}
