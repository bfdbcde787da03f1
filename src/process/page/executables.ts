// The executables of a page: how workers are made. It has several where packages bring their own.

import { describe, ProcessError } from '../../errors.ts';

/**
 * Makes the worker of the executable; the app writes it, because its bundler has to see `new Worker(new URL(...))`. The name is for
 * the browser's tools: that of the process, or of this library for one in reserve.
 */
export type WorkerFactory = (name: string) => Worker;

interface Executable {
  readonly factory: WorkerFactory;
  /** The address of its script, where that is known. */
  readonly address: string | undefined;
}

/** A process knows its own by the place here. */
const executables: Executable[] = [];

/**
 * Notes an executable. Returns its place, and whether it is new or replaces one: one that is known, a new one, or, where it says nothing
 * of what it knows, the way to make those of all others, too.
 */
export function noteExecutable(executable: Executable, knows: boolean): { index: number; isNews: boolean } {
  const { factory, address } = executable;
  const index = executables.findIndex((one) =>
    address === undefined ? one.factory === factory : one.address === address,
  );
  if (index >= 0) return { index, isNews: !knows };
  if (!knows) executables.fill(executable);
  if (knows || executables.length === 0) executables.push(executable);
  return { index: latestExecutable(), isNews: true };
}

/** The executable of processes that could run any; -1 where there is none. */
export const latestExecutable = (): number => executables.length - 1;

/** The script that workers load, as far as it is known here: by its address, or as the factory's own text names it. */
export function scriptOf(executable: number): string {
  const { address, factory } = executables[executable] as Executable;
  if (address !== undefined) return address;
  const named = /(['"`])([^'"`]*\.[cm]?[jt]sx?\b[^'"`]*)\1/.exec(String(factory))?.[2];
  return named ?? 'that the factory given to setExecutable() makes';
}

/** @throws ProcessError, with what the browser says, and what to do. */
export function makeWorker(executable: number, name = 'web-multiprocessing'): Worker {
  try {
    return (executables[executable] as Executable).factory(name);
  } catch (error) {
    const advice =
      globalThis.origin === 'null'
        ? '. This page has no origin, as a frame without "allow-same-origin" in its sandbox, or a file: add that, or serve it'
        : ". Its script has to be of the page's own origin, and where the page demands Trusted Types, a policy has to let it " +
          'through: trustedTypes.createPolicy("default", { createScriptURL: (url) => url })';
    throw new ProcessError(`the browser made no worker: ${describe(error).replace(/\.+$/, '')}${advice}`, {
      cause: error,
    });
  }
}
