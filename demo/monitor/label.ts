// What a section shares has its names in the monitor.

import { label } from 'web-multiprocessing/inspect';

/** Labels each object by its key. */
export function labelAll(shared: object): void {
  for (const [name, object] of Object.entries(shared))
    if (typeof object === 'object' && object !== null) label(object, name);
}
