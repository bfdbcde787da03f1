// Runs in a child: what it asks of the root, and what it hears from it.

import { type FromRoot, type FromWorker, seal, unseal } from './protocol.ts';

/** The part of a dedicated worker's global scope that is used here; the DOM's types know only windows. */
interface WorkerScope {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  addEventListener(type: string, listener: (event: never) => void): void;
  close(): void;
}

export const scope = globalThis as unknown as WorkerScope;

export const tell = (message: FromWorker, transfer: readonly Transferable[] = []): void =>
  scope.postMessage(seal(message), transfer as Transferable[]);

/** Has this worker said that it is for processes? */
export let serving = false;

export function listen(receive: (message: FromRoot) => void): void {
  serving = true;
  scope.addEventListener('message', (event: MessageEvent) => {
    const message = unseal<FromRoot>(event.data);
    if (message !== undefined) receive(message);
  });
  scope.addEventListener('messageerror', () => tell({ type: 'unreadable' }));
}
