// Objects that are nothing but memory: they need threads that share it.

import { isIsolated } from '../base/isolation.ts';
import { InvalidStateError } from '../errors.ts';

const FOR_NUMBERS = 'a typed array, given away in args with transfer(array, [array.buffer])';

/** What there is in place of each. */
const instead = {
  Value: '"await manager.Value(code, init)" of a Manager',
  Array: `"await manager.Array(code, init)" of a Manager, or ${FOR_NUMBERS}`,
  SharedMemory: `"await manager.list(items)" of a Manager, or ${FOR_NUMBERS}`,
};

/** @throws InvalidStateError where threads of this page share no memory: that name has none then. */
export function checkMemory(name: string, kind: keyof typeof instead): void {
  if (isIsolated) return;
  throw new InvalidStateError(
    `${name} is memory that processes share, and this page is not cross-origin isolated, so they share none: use ${instead[kind]}; ` +
      'or let its server send the headers that isolate it (capabilities() names them)',
  );
}
