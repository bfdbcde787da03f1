// Workers in reserve: booted, and waiting for the start method 'forkserver'.

import { outside } from '../../base/outside.ts';
import { type PageWorker, spares } from './workers.ts';

/** How many there are of each executable at most. */
const SPARES = Math.max(2, Math.min(4, globalThis.navigator?.hardwareConcurrency ?? 2));

/** Milliseconds before the reserve is filled again: making a worker must not compete with the one just taken. */
const REFILL_AFTER = 50;

let refilling = false;

/** Makes a worker that is no process yet. */
type Launch = (executable: number) => unknown;

/** A worker in reserve, one that is ready if there is any. */
export function takeSpare(executable: number, launch: Launch): PageWorker | undefined {
  const reserve = spares(executable);
  refillWhenIdle(executable, launch);
  return reserve.find(({ ready }) => ready) ?? reserve[0];
}

/** Fills the reserve of an executable, one worker in each idle moment of the page. */
export function refillWhenIdle(executable: number, launch: Launch): void {
  if (refilling || executable < 0 || spares(executable).length >= SPARES) return;
  refilling = true;
  whenIdle(() => {
    refilling = false;
    if (spares(executable).length >= SPARES) return;
    outside(() => launch(executable));
    refillWhenIdle(executable, launch);
  });
}

function whenIdle(callback: () => void): void {
  const idle = globalThis.requestIdleCallback;
  setTimeout(() => (idle === undefined ? callback() : idle(callback, { timeout: 200 })), REFILL_AFTER);
}
