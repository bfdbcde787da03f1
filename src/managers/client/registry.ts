// The types that each class of managers has, and the methods that make objects of them.

import { isGeneratorFunction } from '../look.ts';
import { IteratorProxy, LateIterator } from '../proxy.ts';
import type { Registration, Registry } from '../registration.ts';

/** By class; one without has its parent's. */
const registries = new WeakMap<object, Record<string, Registration>>();

/** The types of a class of managers, its parents' included. */
export function registryOf(type: object): Registry {
  for (let at: object | null = type; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const registry = registries.get(at);
    if (registry !== undefined) return registry;
  }
  return {};
}

/** Adds a type to a class, and to those that will be made of it. */
export function addType(type: object, typeid: string, registration: Registration): void {
  registries.set(type, { ...registryOf(type), [typeid]: registration });
}

/** The types that managers of this class have a method for, and whether that gives an iterator. */
export const factoriesOf = (type: object): [typeid: string, isGenerator: boolean][] =>
  Object.entries(registryOf(type))
    .filter(([, { createMethod }]) => createMethod)
    .map(([typeid, { factory }]) => [typeid, isGeneratorFunction(factory)]);

/** How a manager makes an object. */
export interface Maker<M> {
  create(manager: M, typeid: string, args: readonly unknown[]): Promise<unknown>;
  createSync(manager: M, typeid: string, args: readonly unknown[]): unknown;
}

/** Gives managers a method that makes an object, and its twin. */
export function addFactory<M>(prototype: object, typeid: string, isGenerator: boolean, maker: Maker<M>): void {
  const add = (name: string, value: (this: M, ...args: unknown[]) => unknown): void => {
    Object.defineProperty(prototype, name, { value, configurable: true, writable: true });
  };
  add(
    typeid,
    isGenerator
      ? function (...args) {
          return new LateIterator(() => maker.create(this, typeid, args));
        }
      : function (...args) {
          return maker.create(this, typeid, args);
        },
  );
  add(`${typeid}Sync`, function (...args) {
    const made = maker.createSync(this, typeid, args);
    return made instanceof IteratorProxy ? made.blocking() : made;
  });
}
