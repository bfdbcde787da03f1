// Which replies stand until their object is changed, so that clients may keep them (kept_replies.ts): of objects of built-in
// types that nothing but their own methods can change.
//
// Code of the app's that runs here could change more than that, if it came to hold what an object is made of: a callback is
// given it, and an instance may keep what it is made with. So an object is read from replies only as long as all that was
// given to it was plain data. Types that the app has registered are never; what they hold is theirs.

import { decodeOther } from '../../codec/decode-other.ts';
import { decodeWith } from '../../codec/decoder.ts';
import { ERROR } from '../../codec/tags.ts';

/** Methods that change nothing, by type. */
const reads: Readonly<Record<string, string>> = {
  dict: 'get has keys values entries copy size',
  list: 'at get index count copy size slice concat join indexOf lastIndexOf includes flat keys values entries',
  set: 'has keys values entries copy size',
  Namespace: 'get has keys',
  Value: 'get value',
  Array: 'get size slice',
};

export const readsOf = (typeid: string): ReadonlySet<string> | undefined => {
  const names = Object.hasOwn(reads, typeid) ? reads[typeid] : undefined;
  return names === undefined ? undefined : new Set(`${names} getValue toString #snapshot`.split(' '));
};

let isPlain = true;

/** From ERROR on, the kinds have names of the app's: functions, classes, instances; and proxies. */
function noting(tag: number, number: number, prototype: object | undefined): object {
  if (tag >= ERROR) isPlain = false;
  return decodeOther(tag, number, prototype);
}

/** As `decode`; and whether there is nothing in it but plain data. */
export function decodeNoting(record: Uint8Array, from: number): { readonly value: unknown; readonly isPlain: boolean } {
  // An instance that is being made may call objects of this server.
  const outer = isPlain;
  isPlain = true;
  try {
    const value = decodeWith(noting, record, undefined, from, undefined);
    return { value, isPlain };
  } finally {
    isPlain = outer;
  }
}
