// A busy machine: as many workers as there are cores, which compute all the time.

/** Begins to keep all cores busy, until the page is closed; settles when each worker computes. */
export async function keepBusy(): Promise<void> {
  const begun = Array.from({ length: navigator.hardwareConcurrency }, () => {
    const worker = new Worker(new URL('./busy.worker.ts', import.meta.url), { type: 'module' });
    return new Promise((done) => worker.addEventListener('message', done, { once: true }));
  });
  await Promise.all(begun);
}
