// What of the library is not here: a bundler leaves out what the executable does not name.

import { isWorker } from '../base/thread.ts';
import { DataCloneError } from '../errors.ts';

/** The part that brings a class of shared objects, or a function or class of the library. */
const partOf = (name: string): string =>
  /manager|^Proxy$/i.test(name) ? 'Managers' : /pool/.test(name) ? 'PoolWorker' : name;

/** Why nothing of that name is here. */
export function missing(name: string): Error {
  const part = partOf(name);
  return new DataCloneError(
    isWorker
      ? `this process has no ${part} of the library: name it where the executable is two files, in serve(modules, [${part}]); ` +
          "one file, with setExecutable() of 'web-multiprocessing', has all of them"
      : `this page has no ${part} of the library: name it where the executable is two files, in setExecutable(worker, modules, ` +
          `[${part}]) of 'web-multiprocessing/page'; with one file, use it in the page`,
  );
}
