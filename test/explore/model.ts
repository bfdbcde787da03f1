// What scenarios are written with. They are ordinary code; instrumenting them (scripts/instrument.mjs) makes calls of what
// steps into steps. Processes, `setup` and `check` are generator functions, be it without a yield of their own.

import type { Waiting } from '../../src/memory/wait.ts';
import { Finding, world } from './world.ts';

/** A moment at which others may run. A primitive of the instrumentation: the label is yielded. */
export function step(_label: string): void {
  throw new Error('step() is for instrumented code');
}

/** Something is not as it has to be. */
export function demand(condition: boolean, message: string): void {
  if (!condition) throw new Finding(message);
}

/** Milliseconds for which a process lives on that has nothing more to do. */
const LINGERS = 1000;

/** Lives on: what others wait for is not to come with the end of this process. */
export function* linger(): Waiting<void> {
  yield { words: new Int32Array(1), index: 0, seen: 0, until: world.now() + LINGERS, firm: true };
}

/** Nobody who lingers has come to an end. */
export const demandInTime = (): void => demand(world.now() < LINGERS / 2, 'it came only with the end of a process');

/** Aborts what a process waits for. */
export const abort = (name: string): void => world.abort(name, new DOMException('aborted', 'AbortError'));
