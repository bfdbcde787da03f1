// Runs in a child: what it asks of the root, and what it hears from it.

import { type Kernel, setKernel } from '../kernel.ts';
import { movedWith } from '../parcel.ts';
import { type FromRoot, type FromWorker, seal, unseal } from '../protocol.ts';

/** The part of a dedicated worker's global scope that is used here; the DOM's types know only windows. */
interface WorkerScope {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  addEventListener(type: string, listener: (event: never) => void): void;
  close(): void;
}

export const scope = globalThis as unknown as WorkerScope;

export const tell = (message: FromWorker, transfer: readonly Transferable[] = []): void =>
  scope.postMessage(seal(message), transfer as Transferable[]);

/** By message: the root does it. */
const uplink: Kernel = {
  spawn: (request) => tell({ type: 'spawn', request }, movedWith(request.work)),
  forward: (post) => tell(post, movedWith(post.parcel)),
  terminate: (pid) => tell({ type: 'terminate', pid }),
  warmUp: () => tell({ type: 'warm' }),
  preload: () => {},
  executableFor: () => 0,
};

/** This worker is for processes. Answers false where that was said before. */
export function listen(receive: (message: FromRoot) => void): boolean {
  if (listening) return false;
  listening = true;
  setKernel(uplink);
  scope.addEventListener('message', (event: MessageEvent) => {
    const message = unseal<FromRoot>(event.data);
    if (message !== undefined) receive(message);
  });
  scope.addEventListener('messageerror', () => tell({ type: 'unreadable' }));
  return true;
}

let listening = false;
