// What a proxy looks like: the names it has.

/** By kind: methods; methods that answer a generator; properties. */
export type Shape = readonly [methods: readonly string[], generators: readonly string[], properties: readonly string[]];

/** A class of proxies known to both sides: the library's own by name, the app's by itself; or the names. */
export type Look = string | ProxyClass | Shape;

/** A class that `register()` may be given as `proxytype`. */
// biome-ignore lint/suspicious/noExplicitAny: any constructor
export type ProxyClass = (new (...args: any[]) => object) & { readonly exposed?: readonly string[] | undefined };

export const tagOf = (value: unknown): string => Object.prototype.toString.call(value);

/** Does a call of this function answer a generator? */
export const isGeneratorFunction = (value: unknown): boolean =>
  /(^|Async)GeneratorFunction\]$/.test(tagOf(value).slice(8));

/** An iterator or generator, and not what has one. */
export function isIterator(value: unknown): value is Iterator<unknown> | AsyncIterator<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const { next } = value as { next?: unknown };
  return typeof next === 'function' && (Symbol.iterator in value || Symbol.asyncIterator in value);
}
