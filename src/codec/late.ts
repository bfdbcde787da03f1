// Modules that are loaded when something of them is needed, and records that may name their functions. A page has none: it has to
// have what it names.

import { DataCloneError } from '../errors.ts';
import { decode } from './decode.ts';
import { failureOf, late, register, registerModules } from './registry.ts';

/** A record names something of a module that is not loaded yet. Who can wait loads it, and reads the record again. */
class NotLoaded extends DataCloneError {
  readonly module: string;

  constructor(module: string) {
    super(
      `this process has not loaded ${module}, as it has run nothing of it: give serve() the module or a promise of it, in place ` +
        'of a function that loads it',
    );
    this.module = module;
  }
}

/** As `registerModules`; one that is a function is loaded once something of it is needed. */
export function registerLate(modules: Readonly<Record<string, object>>): void {
  for (const [name, module] of Object.entries(modules)) {
    if (typeof module !== 'function') registerModules({ [name]: module });
    else late.set(name, { load: module as () => unknown, absence: () => new NotLoaded(name) });
  }
}

/** Loads a module that is loaded when something of it is needed; nothing where it is none, or is here. */
export const loadModule = (name: string): Promise<void> | undefined => (late.has(name) ? arrive(name) : undefined);

/** @throws ProcessError where it cannot be loaded; it is tried again at the next need. */
async function arrive(name: string): Promise<void> {
  try {
    const module = await late.get(name)?.load();
    // It may have come with another meanwhile.
    if (late.has(name)) register(name, module);
  } catch (error) {
    throw failureOf(name, error);
  }
}

/**
 * As `decode`; a promise where modules have to be loaded first. The record is read from its beginning again then, and what was
 * attached before is the same. @throws ProcessError, as a rejection, where a module cannot be loaded.
 */
export function decodeLate(record: Uint8Array, attachments: readonly unknown[], from = 0): unknown {
  if (late.size === 0) return decode(record, attachments, from);
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
