// What scenarios are written with. They are ordinary code; instrumenting them (scripts/instrument.mjs) makes calls of what
// steps into steps. Processes, `setup` and `check` are generator functions, be it without a yield of their own.

import { Finding, world } from './world.ts';

/** A moment at which others may run. A primitive of the instrumentation: the label is yielded. */
export function step(_label: string): void {
  throw new Error('step() is for instrumented code');
}

/** Something is not as it has to be. */
export function demand(condition: boolean, message: string): void {
  if (!condition) throw new Finding(message);
}

/** Aborts what a process waits for. */
export const abort = (name: string): void => world.abort(name, new DOMException('aborted', 'AbortError'));
