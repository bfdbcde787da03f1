// What the processes of the app run.

import * as mp from 'web-multiprocessing';

export const square = (x: number): number => x * x;

export async function produce(items: mp.Queue<number>, count: number): Promise<void> {
  for (let i = 1; i <= count; i++) await items.put(i);
}

/** Blocks, as only processes of an isolated page may. */
export async function sum(items: mp.Queue<number>, count: number): Promise<{ sum: number; by: string }> {
  let total = 0;
  for (let i = 0; i < count; i++) total += crossOriginIsolated ? items.getSync() : await items.get();
  return { sum: total, by: mp.currentProcess().name };
}

/** Loads a module only when it runs, which uses the library in turn. */
export async function nameLater(): Promise<string> {
  const { ownName } = await import('./later');
  return ownName();
}

/** Reaches the manager's process from its own. */
export async function sell(stock: mp.DictProxy<string, number>): Promise<void> {
  if (crossOriginIsolated) stock.setSync('tea', (stock.getSync('tea') ?? 0) - 1);
  else await stock.set('tea', ((await stock.get('tea')) ?? 0) - 1);
}
