// What a server tells of an object, so that its proxy has the same names.

import { isGeneratorFunction, type Shape, tagOf } from '../look.ts';

/** The iterator of a Map, Set, Array or the like. */
export const isBuiltinIterator = (value: object): value is IterableIterator<unknown> =>
  /^(Map|Set|Array|String|RegExp String) Iterator\]$/.test(tagOf(value).slice(8));

/**
 * Is this a name that a proxy has if nothing is said? One with `then` would be taken for a promise, and what JavaScript
 * converts a proxy by must not answer one.
 */
const isPublic = (name: string): boolean => !/^(_|(\d+|constructor|then|toString|valueOf)$)/.test(name);

/** The public names of an object, its classes' included, or those of the list. */
export function shapeOf(object: object, exposed: readonly string[] | undefined): Shape {
  const shape: [string[], string[], string[]] = [[], [], []];
  const seen = new Set<string>();
  for (let at: object | null = object; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const [name, { value, get }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (seen.has(name)) continue;
      seen.add(name);
      if (exposed === undefined ? !isPublic(name) : !exposed.includes(name)) continue;
      const kind =
        typeof value !== 'function'
          ? value === undefined && get === undefined
            ? undefined
            : 2
          : isGeneratorFunction(value)
            ? 1
            : 0;
      if (kind !== undefined) shape[kind].push(name);
    }
  }
  for (const name of exposed ?? []) if (!shape.flat().includes(name)) shape[0].push(name);
  return shape;
}
