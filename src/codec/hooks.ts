// The hooks of a class whose fields are not all of it (`#private` state, a handle, a cache).

/** `instance[reduce]()` answers what to send in its place: any value that travels. Python: `__reduce__`, `__getstate__`. */
export const reduce: unique symbol = Symbol.for('web-multiprocessing.reduce') as never;

/** `Class[rebuild](state)` answers the instance again, from what `reduce` gave. Python: `__setstate__`. */
export const rebuild: unique symbol = Symbol.for('web-multiprocessing.rebuild') as never;
