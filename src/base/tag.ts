// What `Object.prototype.toString` calls objects of the library's classes.

/** The prototypes that have such a name. */
export const ours = new WeakSet<object>();

/**
 * Names the instances of a class: `[object Queue]`. So stores that wrap whatever is put into them in a Proxy (Vue's `reactive()`)
 * leave them alone, as they do with the browser's own: behind a Proxy nobody finds what a class keeps for itself. The name is
 * a literal, which a minifier spares.
 */
export function tag(prototype: object, name: string): void {
  ours.add(prototype);
  Object.defineProperty(prototype, Symbol.toStringTag, { value: name, configurable: true });
}
