// Executables that cannot be loaded: each is an error that says what and where, and never a hang.
//
// Runs without isolation, too, in Chromium.

import { afterEach, expect, it, onTestFinished } from 'vitest';
import * as mp from '../../src/index.ts';
import { patience } from '../../src/process/page/root.ts';
import { expectNoneLeft } from '../contract/contract.ts';
import bare from '../fixtures/bare.ts?worker&url';
import * as targets from '../fixtures/targets.ts';

afterEach(expectNoneLeft);
afterEach(restore);

function restore(): void {
  mp.setExecutable(() => new Worker(new URL('../fixtures/executable.ts', import.meta.url), { type: 'module' }));
}

async function failure(): Promise<Error> {
  const child = new mp.Process({ target: targets.nothing });
  child.start();
  await child.join();
  expect(child.exitcode).toBe(1);
  expect(child.failed).toBe(true);
  expect(child.exception).toBeInstanceOf(mp.ProcessError);
  await expect(child.result()).rejects.toBe(child.exception);
  return child.exception as Error;
}

it('PROC EXIT-08 a URL that does not exist is named', async () => {
  mp.setExecutable('/no/such/file.js');
  const { message } = await failure();
  expect(message).toContain(`${location.origin}/no/such/file.js`);
  expect(message).toContain('Check that');
});

it('a URL object, and a factory, are named too', async () => {
  mp.setExecutable(new URL('/no/such/object.js', location.href));
  expect((await failure()).message).toContain('/no/such/object.js');
  mp.setExecutable(() => new Worker('/no/such/factory.js', { type: 'module' }));
  expect((await failure()).message).toContain('/no/such/factory.js');
});

it('a module that throws while it is evaluated', async () => {
  mp.setExecutable(() => new Worker(new URL('../fixtures/broken/throws.ts', import.meta.url), { type: 'module' }));
  expect((await failure()).message).toMatch(/\bthrows\b.*\.[jt]s/);
});

it('a script with a syntax error', async () => {
  // A file of that kind would not pass Vite.
  const url = URL.createObjectURL(new Blob(['const = 5;'], { type: 'text/javascript' }));
  mp.setExecutable(url);
  const { message } = await failure();
  expect(message).toContain('could not be started');
  expect(message).toContain(url);
  URL.revokeObjectURL(url);
});

it('fault 42: the global Worker is only used, and may be one that cannot be replaced', async () => {
  const own = Object.getOwnPropertyDescriptor(globalThis, 'Worker') as PropertyDescriptor;
  const { Worker } = globalThis;
  Object.defineProperty(globalThis, 'Worker', { get: () => Worker, configurable: true });
  try {
    restore();
    const child = new mp.Process({ target: targets.add, args: [3, 4] });
    child.start();
    expect(await child.result()).toBe(7);
  } finally {
    Object.defineProperty(globalThis, 'Worker', own);
  }
});

it('fault 13: where Web Locks are denied, the first process says so, and no rejection is left unheard', async () => {
  const denied = new DOMException('The request was denied.', 'SecurityError');
  Object.defineProperty(navigator, 'locks', {
    value: { request: () => Promise.reject(denied) },
    configurable: true,
  });
  try {
    restore();
    const child = new mp.Process({ target: targets.sleep, args: [60_000] });
    child.start();
    await child.join();
    expect(child.exitcode).toBe(1);
    expect((child.exception as Error).message).toMatch(/denies Web Locks .*The request was denied/);
  } finally {
    Reflect.deleteProperty(navigator, 'locks');
  }
});

it('fault 13: a worker that is denied its own lock says so', async () => {
  // A worker of a data: URL has an origin of its own, which has no locks; those of the page are as ever.
  const source = `import ${JSON.stringify(new URL(bare, location.href))};`;
  mp.setExecutable(() => new Worker(`data:text/javascript,${encodeURIComponent(source)}`, { type: 'module' }));
  const child = new mp.Process({ target: targets.sleep, args: [60_000] });
  child.start();
  await child.join();
  expect(child.exitcode).toBe(1);
  // By message it does without; this one has no functions either.
  const reason = crossOriginIsolated ? /denies Web Locks to this page \(.+\)/ : /has not registered "targets.sleep"/;
  expect((child.exception as Error).message).toMatch(reason);
});

it('a factory that throws', async () => {
  mp.setExecutable(() => {
    throw new Error('no worker today');
  });
  const child = new mp.Process({ target: targets.nothing });
  child.start();
  await expect(child.result()).rejects.toThrow('no worker today');
});

it('CTX-16 an unguarded start in the module that the worker loads is refused there, and explained', async () => {
  mp.setExecutable(() => new Worker(new URL('../fixtures/broken/bomb.ts', import.meta.url), { type: 'module' }));
  const { message } = await failure();
  expect(message).toMatch(/\bbomb\b.*\.[jt]s/);
});

it('CTX-17 CTX-19 one file that is page and worker at once', async () => {
  const { result } = await import('../fixtures/broken/guarded.ts');
  expect(await result).toBe(42);
});

it('MISC-02 terminating a process that is still loading ends it at once', async () => {
  mp.setExecutable('/no/such/file.js');
  const child = new mp.Process({ target: targets.nothing });
  child.start();
  child.terminate();
  await child.join();
  expect(child.exitcode).toBe(-15);
});

it.skipIf(!crossOriginIsolated).each(['spawn', 'forkserver'] as const)(
  'MISC-02 terminated in its first moment (%s): it ends, and its end is its end',
  async (method) => {
    const { Process } = mp.getContext(method);
    const ends: Promise<void>[] = [];
    for (let i = 0; i < 8; i++) {
      const words = new Int32Array(new SharedArrayBuffer(4));
      const child = new Process({ target: targets.countForever, args: [words] });
      child.start();
      // The page stays at work until it runs, so no message of it has come; in Firefox a worker cannot begin meanwhile.
      const end = performance.now() + 500;
      while (Atomics.load(words, 0) === 0 && performance.now() < end);
      child.terminate();
      // An engine may take seconds to be rid of it: the next begins meanwhile.
      const ended = child.join().then(async () => {
        expect(child.exitcode).toBe(-15);
        const count = Atomics.load(words, 0);
        await targets.sleep(50);
        expect(Atomics.load(words, 0)).toBe(count);
      });
      ends.push(ended);
    }
    await Promise.all(ends);
  },
  240_000,
);

it('a worker that loads and never calls the library is given up', async () => {
  onTestFinished(() => {
    patience.lookEvery = 15_000;
  });
  patience.lookEvery = 20;
  mp.setExecutable(() => new Worker(new URL('../fixtures/broken/silent.ts', import.meta.url), { type: 'module' }));
  expect((await failure()).message).toContain('never called setExecutable()');
});
