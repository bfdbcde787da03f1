// Bytes to a value: the entry.

import { decodeOther } from './decode-other.ts';
import { decodeWith } from './decoder.ts';

/**
 * The value of a record, which is all of `bytes` from `from` on. They must be private memory. Throws DataCloneError for what
 * is not a whole, sound record. `attached` keeps the shared objects, for a record that is read again.
 */
export const decode = (bytes: Uint8Array, attachments?: readonly unknown[], from = 0, attached?: object[]): unknown =>
  decodeWith(decodeOther, bytes, attachments, from, attached);
