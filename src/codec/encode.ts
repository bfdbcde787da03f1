// A value to bytes: the entry.

import { encodeOther } from './encode-other.ts';
import { encodeWith } from './encoder.ts';
import type { Carrier } from './shared.ts';

/**
 * A value to bytes, in a buffer owned by this thread: valid until the next call here, copy them to keep them. `path`
 * names the value in refusals. Without a carrier, only what bytes can hold travels.
 */
export const encode = (value: unknown, path: string, carrier?: Carrier): Uint8Array =>
  encodeWith(encodeOther, value, path, carrier);
