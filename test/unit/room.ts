import { allocate, ceilingOf } from '../../src/memory/buffer.ts';

/**
 * Waits until memory that grows can be had. WebKit refuses to reserve room for it, and the library to take more of it, while
 * too much that nobody uses any more waits for the garbage collector, which comes by sooner when there is more garbage.
 */
export async function roomToGrow(): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (canGrow()) return;
    new ArrayBuffer(16 << 20);
    await new Promise((next) => setTimeout(next, 100));
  }
  throw new Error('There was no room for memory that grows for ten seconds.');
}

/** So much is to be free, which is more than a file of tests takes before the collector comes by. */
const ROOM = 4;

function canGrow(): boolean {
  const probes: ArrayBuffer[] = [];
  try {
    while (probes.length < ROOM) probes.push(new ArrayBuffer(1, { maxByteLength: 1 << 30 }));
  } catch {
    return false;
  } finally {
    // Else what was found free is taken until the collector comes by.
    for (const probe of probes) (probe as { transferToFixedLength?: () => unknown }).transferToFixedLength?.();
  }
  return ceilingOf(allocate(4, 1 << 26)) === 1 << 26;
}
