// Bytes to a value: the entry.

import { decodeOther } from './decode-other.ts';
import { Decoder } from './decoder.ts';

/** The decoder of this thread; absent while it is at work, when a hook may need another. */
let idle: Decoder | undefined;

/** The value of a record. `bytes` must be private memory. Throws DataCloneError for what is not a whole, sound record. */
export function decode(bytes: Uint8Array, attachments?: readonly unknown[]): unknown {
  const decoder = idle ?? new Decoder(decodeOther);
  idle = undefined;
  try {
    return decoder.run(bytes, attachments);
  } finally {
    idle = decoder;
  }
}
