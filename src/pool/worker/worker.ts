// Runs in a pool's worker: initializes it, and does tasks.

import { isIsolated } from '../../base/isolation.ts';
import { registerModules } from '../../codec/registry.ts';
import type { MessageSetup } from '../batch_record.ts';
import { READY, type WorkerSetup } from '../board.ts';
import { MemoryLoop } from './by_memory/loop.ts';
import { setSlot } from './current.ts';
import { loopByMessage } from './loop.ts';

/** What a worker's process does. */
export async function worker(
  setup: WorkerSetup | MessageSetup,
  initializer: ((...args: unknown[]) => unknown) | undefined,
  initargs: readonly unknown[],
): Promise<void> {
  await initializer?.(...initargs);
  const loop = isIsolated ? new MemoryLoop(setup as WorkerSetup) : loopByMessage(setup as MessageSetup);
  setSlot(loop.slot);
  Atomics.store(loop.slot, READY, 1);
  await loop.work();
}

registerModules({ 'multiprocessing.pool': { worker } });
