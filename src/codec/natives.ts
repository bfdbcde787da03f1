// Classes of the engine: no other process can make an instance from a prototype and fields.

import { globalNamed } from './tags.ts';

export type Constructor = { readonly prototype: object; readonly name: string };

const known = new WeakMap<object, boolean>();
const textOf = Function.prototype.toString;

/** Whether a class, or another function, is the engine's. */
export function isNative(target: object): boolean {
  let native = known.get(target);
  if (native === undefined) {
    // No source can end so.
    native = /\{\s*\[native code\]\s*\}$/.test(textOf.call(target).slice(-40));
    known.set(target, native);
  }
  return native;
}

export const isGlobal = (constructor: Constructor): boolean => globalNamed(constructor.name) === constructor;

/** The builtin of that name here, for one from another realm: a value that came from a frame has other prototypes. */
export const twinOf = (own: Constructor): Constructor => (globalNamed(own.name) as Constructor | undefined) ?? own;

/** What a builtin object is, as it says itself (`WebAssembly.Memory`): the names of some classes do not tell. */
export function titleOf(object: object, name = ''): string {
  const prototype: unknown = Object.getPrototypeOf(object);
  const title = (prototype as Readonly<Record<symbol, unknown>>)[Symbol.toStringTag];
  return typeof title === 'string' ? title : name;
}

/** Whether an object without a class has methods of the engine's in its prototype, as those that Intl.Segmenter makes. */
export const hasBuiltins = (prototype: object): boolean =>
  !Object.hasOwn(prototype, 'constructor') &&
  Object.values(Object.getOwnPropertyDescriptors(prototype)).some(
    ({ value, enumerable }) => !enumerable && typeof value === 'function' && isNative(value),
  );

/** Whether the getters of its prototype do not know an object: it is a Proxy, or has nothing but that prototype. */
export function isUnknown(object: object, prototype: object): boolean {
  const getters = Object.values(Object.getOwnPropertyDescriptors(prototype)).flatMap(({ get }) => get ?? []);
  return getters.length > 0 && getters.every((get) => isTypeError(() => get.call(object)));
}

function isTypeError(call: () => unknown): boolean {
  try {
    call();
    return false;
  } catch (thrown) {
    return thrown instanceof TypeError;
  }
}
