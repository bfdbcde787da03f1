// Bytes to a value: the entry.

import { decodeOther } from './decode-other.ts';
import { decodeWith } from './decoder.ts';

/** The value of a record. `bytes` must be private memory. Throws DataCloneError for what is not a whole, sound record. */
export const decode = (bytes: Uint8Array, attachments?: readonly unknown[]): unknown =>
  decodeWith(decodeOther, bytes, attachments);
