// What every other test relies on: an isolated page whose module workers share memory with it.

import { expect, test } from 'vitest';

test('the page is cross-origin isolated', () => {
  expect(crossOriginIsolated).toBe(true);
});

test('a module worker writes to memory that the page waits on', async () => {
  const worker = new Worker(new URL('./answer.ts', import.meta.url), { type: 'module' });
  const words = new Int32Array(new SharedArrayBuffer(4));
  worker.postMessage(words);
  while (Atomics.load(words, 0) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  worker.terminate();
  expect(words[0]).toBe(42);
});
