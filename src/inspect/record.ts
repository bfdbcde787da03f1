// What was seen since this module was loaded. Shared objects and pools are not kept from the garbage collector by it.

import { observe } from '../base/observer.ts';
import { isWorker } from '../base/thread.ts';
import { sharedKindOf } from '../codec/shared.ts';
import { InvalidStateError } from '../errors.ts';
import { hasEnded } from '../memory/processes.ts';
import type { Pool } from '../pool/owner/pool.ts';
import { type Started, showLife, showRun } from './tracks.ts';

/** How many processes that have ended are remembered. */
const MEMORY = 100;

/** The processes by pid, the oldest first. */
export const births = new Map<number, Started>();

export interface Seen {
  readonly id: number;
  readonly kind: string;
  readonly object: WeakRef<object>;
  /** Who was started with it. */
  readonly holders: Set<number>;
}

/** The shared objects that processes were started with, the oldest first. */
export const objects = new Set<Seen>();
const seen = new WeakMap<object, Seen>();
export const names = new WeakMap<object, string>();

export const pools = new Set<WeakRef<Pool>>();

/** Lets go of what stands for an object, once that is garbage, whether anybody looks or not. */
const collected =
  typeof FinalizationRegistry === 'function' ? new FinalizationRegistry<() => void>((forget) => forget()) : undefined;

/** @throws InvalidStateError in a process: only the page knows of all of them. */
export function checkPage(call: string): void {
  if (isWorker) throw new InvalidStateError(`${call}(): only the page knows all processes; call it there`);
}

function forget(): void {
  const ended = [...births.keys()].filter(hasEnded);
  for (const pid of ended.slice(0, Math.max(0, ended.length - MEMORY))) births.delete(pid);
}

function kindOf(object: object): string {
  for (let at = Object.getPrototypeOf(object); at !== null; at = Object.getPrototypeOf(at)) {
    const kind = sharedKindOf(at)?.kind;
    if (kind !== undefined) return kind;
  }
  return 'object';
}

/** Who wants to hear of each process that is started. */
export const starts = new Set<(started: Started) => void>();

let count = 0;

/** That process holds that object. */
function enter(object: object, pid: number): void {
  let entry = seen.get(object);
  if (entry === undefined) {
    entry = { id: ++count, kind: kindOf(object), object: new WeakRef(object), holders: new Set() };
    const made = entry;
    seen.set(object, made);
    objects.add(made);
    collected?.register(object, () => objects.delete(made));
  }
  for (const holder of entry.holders) if (hasEnded(holder)) entry.holders.delete(holder);
  entry.holders.add(pid);
}

observe({
  onBirth(birth) {
    const { pid, parent, name, daemon, method, task } = birth;
    const started = { pid, parent, name, daemon, method, task, started: performance.timeOrigin + performance.now() };
    births.set(pid, started);
    if (births.size > 2 * MEMORY) forget();
    for (const start of starts) start(started);
  },
  onEnd(pid) {
    const started = births.get(pid);
    if (started !== undefined) showLife(started);
  },
  onRun: showRun,
  onInherit(object, heirs) {
    heirs.push((pid) => {
      if (pid !== 0) enter(object, pid);
    });
  },
  onPool(pool) {
    const reference = new WeakRef(pool as Pool);
    pools.add(reference);
    collected?.register(pool, () => pools.delete(reference));
  },
});
