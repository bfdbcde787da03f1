// A process, a pool, a queue and a manager, in whatever the app was built with. What came of it stands in the page.

import * as mp from 'web-multiprocessing';
import { processes } from 'web-multiprocessing/inspect';
import { nameLater, produce, sell, square, sum } from './tasks';

const started = <P extends mp.Process>(p: P): P => {
  p.start();
  return p;
};

async function results(): Promise<object> {
  const process = await started(new mp.Process({ target: square, args: [7] })).result();

  const pool = new mp.Pool(2);
  const squares = await pool.map(square, [1, 2, 3]);
  pool.close();
  await pool.join();

  const items = new mp.Queue<number>(2);
  const producer = started(new mp.Process({ target: produce, args: [items, 10] }));
  const queue = await started(new mp.Process({ target: sum, args: [items, 10], name: 'consumer' })).result();
  await producer.join();

  const manager = await mp.Manager();
  const stock = await manager.dict([['tea', 10]]);
  await started(new mp.Process({ target: sell, args: [stock] })).join();
  const dict = await stock.getValue();
  await manager.shutdown();

  const seen = processes()
    .find(({ name }) => name === 'consumer')
    ?.task?.endsWith('tasks.sum');
  const later = await started(new mp.Process({ target: nameLater, name: 'lazy' })).result();

  return { process, squares, later, queue, dict: [...dict], seen, left: mp.activeChildren().length };
}

export async function run(): Promise<void> {
  const shown = document.querySelector('#result') as HTMLElement;
  const told = await results().catch((error: unknown) => ({ error: String(error) }));
  shown.textContent = JSON.stringify({ ...told, isolated: crossOriginIsolated });
  // To whoever cannot look at the page.
  if (location.hash === '#tell') await fetch('told', { method: 'POST', body: shown.textContent });
}
