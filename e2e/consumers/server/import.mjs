// Imports the library where there is no page, in the main thread of Node and in another one, and tells what comes of it.
// It ends by itself, as nothing is left to wait for.

import { isMainThread, Worker } from 'node:worker_threads';

const globals = () => Reflect.ownKeys(globalThis).concat(Reflect.ownKeys(Symbol)).length;
const before = globals();
const mp = await import('web-multiprocessing');
const added = globals() - before;

const square = (x) => x * x;
mp.setStartMethod('forkserver');
mp.setExecutable('./executable.js', { tasks: { square } });
mp.setForkserverPreload(['./preloaded.js']);

async function refused(call) {
  try {
    await call();
    return 'nothing';
  } catch (error) {
    return String(error);
  }
}

const told = {
  isMainThread,
  added,
  process: await refused(() => new mp.Process({ target: square, args: [3] }).start()),
  pool: await refused(() => new mp.Pool(2).map(square, [3])),
  manager: await refused(() => mp.Manager()),
  value: new mp.Value('i', 7).value,
};
console.log(JSON.stringify(told));
if (isMainThread) new Worker(new URL(import.meta.url));
