/**
 * What happens on this page, for monitors and debugging. Load it before the first process is started: what happened before is
 * not known.
 *
 * @module web-multiprocessing/inspect
 */

export { label, type ObjectInfo, sharedObjects } from './inspect/objects.ts';
export { type PoolInfo, type PoolWorkerInfo, pools } from './inspect/pools.ts';
export { onStart, type ProcessInfo, processes, terminate } from './inspect/processes.ts';
