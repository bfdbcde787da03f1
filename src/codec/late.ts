// Modules that are not here at once: promised ones, and those that are loaded when something of them is needed; and records that may
// name their functions.

import { adviceOn } from '../base/gone.ts';
import { isWorker } from '../base/thread.ts';
import { DataCloneError, ProcessError } from '../errors.ts';
import { decode } from './decode.ts';
import { absences, plain, prefix, registerModules } from './registry.ts';

/** How to load those that are loaded when something of them is needed. */
const loaders = new Map<string, () => unknown>();
/** Those that were promised, and have not come yet. */
const arriving = new Map<string, Promise<unknown>>();

/** A record names something of a module that is not loaded yet. Who can wait loads it, and reads the record again. */
class NotLoaded extends DataCloneError {
  readonly module: string;

  constructor(module: string, isComing: boolean) {
    super(
      isComing
        ? `this process has not loaded ${plain(module)} yet, which awaits something: await that in its functions, not at its top ` +
            'level; or start the process with something of it'
        : `this process has not loaded ${module}, as it has run nothing of it: give serve() the module or a promise of it, in ` +
            'place of a function that loads it',
    );
    this.module = module;
  }
}

/**
 * As `registerModules`. Where one is a promise, it is registered once it is there, where one is a function, once something of it is
 * needed; what cannot be loaded, or is no module, spoils only what needs it.
 */
export function registerLate(modules: Readonly<Record<string, object>>, executable = 0): void {
  for (const [name, module] of Object.entries(modules)) {
    const full = prefix(executable) + name;
    const fail = (error: unknown): unknown => absences.set(full, () => failureOf(full, error));
    if (typeof module === 'function') {
      loaders.set(name, module as () => unknown);
      absences.set(name, () => new NotLoaded(name, false));
    } else if (module instanceof Promise) {
      absences.set(full, () => new NotLoaded(full, true));
      const arrival = module
        .then((it: unknown) => enter(name, it, executable))
        .catch(fail)
        .then(() => arriving.delete(full));
      arriving.set(full, arrival);
    } else {
      try {
        enter(name, module, executable);
      } catch (error) {
        fail(error);
      }
    }
  }
}

/** @throws TypeError for what is no module. */
function enter(name: string, module: unknown, executable?: number): void {
  if (Object(module) !== module) {
    const text = `it came to ${String(module)}: give what import() answers, or a function that returns it`;
    // Where this was found out tells nothing.
    throw Object.assign(new TypeError(text), { stack: text });
  }
  loaders.delete(name);
  registerModules({ [name]: module as object }, executable);
}

/** Milliseconds without a module that comes after which the others are waited for by what needs them alone. */
const PATIENCE = 1000;
/** On a busy machine each module takes long: as many times what it took until this worker's first ones were here. */
const AS_LONG_AS_ALL_BEFORE = 10;

/**
 * Until all modules are here that were promised, for a thread that blocks can wait for none, and what one does when it is evaluated
 * is there for all that runs. One that never comes, as it awaits something for ever, holds up nothing but what needs it.
 */
export async function modulesArrived(): Promise<void> {
  const patience = Math.max(PATIENCE, AS_LONG_AS_ALL_BEFORE * performance.now());
  const silence = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, patience));
  // An arrival answers that it is one.
  while (arriving.size > 0 && (await Promise.race([...arriving.values(), silence()])));
}

/** Loads a module that is loaded when something of it is needed, or waits for one that was promised; nothing where it is here. */
export const loadModule = (name: string): Promise<unknown> | undefined =>
  loaders.has(name) ? arrive(name) : arriving.get(name);

/** @throws ProcessError where it cannot be loaded; it is tried again at the next need. */
async function arrive(name: string): Promise<void> {
  try {
    const module = await loaders.get(name)?.();
    // It may have come with another meanwhile.
    if (loaders.has(name)) enter(name, module);
  } catch (error) {
    throw failureOf(name, error);
  }
}

/** Why what is called so is not here. */
export function failureOf(module: string, error: unknown): ProcessError {
  const text = `${plain(module)} could not be loaded in this ${isWorker ? 'process, which has no page' : 'page'}: ${reasonOf(error)}${adviceOn(error)}`;
  return Object.assign(new ProcessError(text, { cause: error }), { module: plain(module) });
}

/** What was thrown, and where: the first place that its stack names. */
function reasonOf(error: unknown): string {
  try {
    const place = /\w+:\/\/[^\s()]+:\d+/.exec(String((error as Error).stack))?.[0];
    return String(error) + (place ? ` (${place})` : '');
  } catch {
    return 'it threw';
  }
}

/**
 * As `decode`; a promise where modules have to be loaded first. The record is read from its beginning again then, and what was
 * attached before is the same. @throws ProcessError, as a rejection, where a module cannot be loaded.
 */
export function decodeLate(record: Uint8Array, attachments: readonly unknown[], from = 0): unknown {
  if (loaders.size === 0 && arriving.size === 0) return decode(record, attachments, from);
  const attached: object[] = [];
  const read = (): unknown => decode(record, attachments, from, attached);
  const load = async (error: unknown): Promise<unknown> => {
    if (!(error instanceof NotLoaded)) throw error;
    await loadModule(error.module);
    try {
      return read();
    } catch (next) {
      return load(next);
    }
  };
  try {
    return read();
  } catch (error) {
    if (error instanceof NotLoaded) return load(error);
    throw error;
  }
}
