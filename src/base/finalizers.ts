// What a process has to do before it ends, in order: util.Finalize and atexit of Python in one list.

import { optionsIn } from './options.ts';
import { shown } from './shown.ts';
import { actAs, actor } from './thread.ts';

interface Finalizer {
  /** The process whose it is, where that is one of several in this thread. */
  readonly owner: number | undefined;
  readonly callback: () => unknown;
  readonly priority: number;
}

/** A callback that waits for the end of this process. Python: `multiprocessing.util.Finalize`. */
export interface ExitCallback {
  /** Runs it now, once; at the end of the process it does not run again. */
  (): unknown;
  /** It is never run. Python: `cancel()`. */
  cancel(): void;
  /** Is it still to be run? Python: `still_active()`. */
  stillActive(): boolean;
}

/** In the order of registration. */
const finalizers = new Set<Finalizer>();

/** Queues hand over what they still hold at this priority: after the children were joined. */
export const FLUSH_PRIORITY = -5;

/**
 * Runs `callback` when this process ends by itself: after its target returned or threw, or after `exit()`; not when it is
 * terminated. It may be async. Higher priorities run first, among equals the newest; those below 0 run after the children
 * were joined. Python: `atexit.register`, `multiprocessing.util.Finalize`.
 *
 * @returns a function that runs it now instead, once; and by whose `cancel()` it is never run.
 */
export function onExit(callback: () => unknown, options?: { priority?: number }): ExitCallback {
  if (typeof callback !== 'function') throw new TypeError('onExit(callback): callback must be a function');
  const priority = optionsIn(options, 'onExit(callback, options): ', 'priority: 1').priority ?? 0;
  if (!Number.isFinite(priority)) {
    throw new TypeError(`onExit(callback, { priority }): priority must be a finite number, not ${shown(priority)}`);
  }
  const finalizer = { owner: actor, callback, priority };
  finalizers.add(finalizer);
  return Object.assign(() => (finalizers.delete(finalizer) ? callback() : undefined), {
    cancel: () => void finalizers.delete(finalizer),
    stillActive: () => finalizers.has(finalizer),
  });
}

/**
 * Runs all finalizers of a process of at least `lowest`, one after another; `report` hears of those that throw, the others go on.
 */
export async function runFinalizers(lowest: number, report: (error: unknown) => void, owner?: number): Promise<void> {
  for (;;) {
    let next: Finalizer | undefined;
    for (const finalizer of finalizers) {
      if (finalizer.owner !== owner) continue;
      if (finalizer.priority >= lowest && finalizer.priority >= (next?.priority ?? lowest)) next = finalizer;
    }
    if (next === undefined) return;
    finalizers.delete(next);
    try {
      await actAs(owner, next.callback);
    } catch (error) {
      report(error);
    }
  }
}
