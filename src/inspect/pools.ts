// The pools that were made in the page.

import { type Pool, workOf } from '../pool/owner/pool.ts';
import { checkPage, pools as known } from './record.ts';

/** A worker of a pool, at one moment. */
export interface PoolWorkerInfo {
  /** Its pid. */
  readonly pid: number;
  /** What it is at: `crunch()`, or `crunch(), chunk 3`; `null` while it has no task. */
  readonly task: string | null;
}

/** A pool, at one moment. */
export interface PoolInfo {
  /** The pool itself. */
  readonly pool: Pool;
  /** `closed` and `terminated` take no more work. */
  readonly state: 'running' | 'closed' | 'terminated';
  /** How many workers it has at most. */
  readonly size: number;
  /** Tasks that are waiting or at work: a call, or a chunk of one. */
  readonly pending: number;
  /** Its workers. */
  readonly workers: readonly PoolWorkerInfo[];
}

/**
 * The pools that were made in the page after this module was loaded, and are not garbage. Those that processes made are
 * known to them alone. Only in the page; never waits. Not in Python.
 *
 * @throws InvalidStateError in a process.
 */
export function pools(): PoolInfo[] {
  checkPage('pools');
  const living = [...known].map((reference) => reference.deref()).filter((pool) => pool !== undefined);
  return living.map((pool) => ({ pool, ...workOf(pool) }));
}
