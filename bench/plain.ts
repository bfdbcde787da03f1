// Drives the peers' worker.

export const plainWorker = (): Worker => new Worker(new URL('./plain.worker.ts', import.meta.url), { type: 'module' });

export const message = <T>(worker: Worker): Promise<T> =>
  new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data as T);
    worker.onerror = (event) => reject(new Error(event.message));
  });

/** A worker that has loaded. */
export async function loadedWorker(): Promise<Worker> {
  const worker = plainWorker();
  await message(worker);
  return worker;
}
