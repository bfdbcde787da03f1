// A value to bytes: the entry.

import { encodeOther } from './encode-other.ts';
import { Encoder } from './encoder.ts';
import type { Carrier } from './shared.ts';

/** The encoder of this thread; absent while it is at work, when a getter or hook may need another. */
let idle: Encoder | undefined;

/**
 * A value to bytes, in a buffer owned by this thread: valid until the next call here, copy them to keep them. `path`
 * names the value in refusals. Without a carrier, only what bytes can hold travels.
 */
export function encode(value: unknown, path: string, carrier?: Carrier): Uint8Array {
  const encoder = idle ?? new Encoder(encodeOther);
  idle = undefined;
  try {
    return encoder.run(value, path, carrier);
  } finally {
    idle = encoder;
  }
}
