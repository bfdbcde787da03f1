/**
 * Waits until memory that grows can be had. WebKit refuses to reserve room for it while too much that nobody uses any more
 * waits for its garbage collector, which comes by sooner when there is more garbage.
 */
export async function roomToGrow(): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      new ArrayBuffer(1, { maxByteLength: 1 << 30 });
      return;
    } catch {
      new ArrayBuffer(16 << 20);
      await new Promise((next) => setTimeout(next, 100));
    }
  }
  throw new Error('The engine refused to reserve room for memory that grows for ten seconds.');
}
