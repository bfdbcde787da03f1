// Reads a record that may name functions of modules which are loaded only when something of them is needed.

import { decode } from './decode.ts';
import { loadModule, NotLoaded, someAreLate } from './registry.ts';

/**
 * As `decode`; a promise where modules have to be loaded first. The record is read from its beginning again then, and what was
 * attached before is the same. @throws ProcessError, as a rejection, where a module cannot be loaded.
 */
export function decodeLate(record: Uint8Array, attachments: readonly unknown[], from = 0): unknown {
  if (!someAreLate()) return decode(record, attachments, from);
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
