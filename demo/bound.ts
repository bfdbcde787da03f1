// The library and the console as one example has them: in the page, what it prints and what it starts is known as its own.
//
// The examples themselves import the package and print to the console, as they would anywhere. When this page is built, the
// import of each is replaced by one of this file (bound.mjs).

import * as library from 'web-multiprocessing';
import './console.ts';
import { printFrom, runOf } from './run.ts';

const inPage = !('DedicatedWorkerGlobalScope' in globalThis);

/** The console of that example. */
export function consoleOf(id: string): Console {
  if (!inPage) return console;
  return Object.assign(Object.create(console) as Console, {
    log(...values: unknown[]) {
      console.log(...values);
      printFrom(id, values);
    },
  });
}

/** The library of that example. */
export function libraryOf(id: string): typeof library {
  if (!inPage) return library;
  class Process<P extends readonly unknown[] = readonly [], R = unknown> extends library.Process<P, R> {
    // As the classes of contexts: there is nothing in an instance that its process would miss.
    static override readonly startMethod = library.Process.startMethod;

    override start(): void {
      runOf(id)?.checkRunning();
      super.start();
      runOf(id)?.adopt(this as library.Process<never, unknown>);
    }
  }
  // A minifier may rename the class, and the names of processes begin with its name.
  Object.defineProperty(Process, 'name', { value: 'Process' });
  class Pool<I extends readonly unknown[] = readonly []> extends library.Pool<I> {
    constructor(...given: ConstructorParameters<typeof library.Pool<I>>) {
      super(...given);
      runOf(id)?.adoptPool(this as library.Pool);
    }
  }
  const Manager = () => new library.SyncManager({ ctx: { Process } }).start();
  return { ...library, Process, Pool, Manager };
}
