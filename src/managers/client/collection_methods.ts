// The methods of the collections of a manager. Proxies have each as a call to the server, with a twin for workers.

/** A shared Map. Keys may be of any kind; objects are the same key where they have the same content. */
export interface DictMethods<K, V> {
  /** The value of the key; undefined where there is none. Python: `d.get(key)`. */
  get(key: K): V | undefined;
  /** Python: `d[key] = value`. */
  set(key: K, value: V): void;
  /** Python: `key in d`. */
  has(key: K): boolean;
  /** Takes the key out; false where it was not there. Python: `del d[key]`. */
  delete(key: K): boolean;
  /** Takes everything out. */
  clear(): void;
  /** How many there are. Python: `len()`. */
  size(): number;
  /** A snapshot, as an array; so are `values` and `entries`. */
  keys(): K[];
  /** A snapshot, as an array. */
  values(): V[];
  /** A snapshot of the pairs, as an array. Python: `d.items()`. */
  entries(): [K, V][];
  /** Calls a registered function with each value and key, in the manager. */
  forEach(callback: (value: V, key: K) => void): void;
  /** The value of the key, which becomes `value` where there was none. */
  setdefault(key: K, value: V): V;
  /** Sets all these pairs, in one step. */
  update(entries: Iterable<readonly [K, V]>): void;
  /** Takes the key out, and answers its value, or `fallback`. @throws RangeError where there is neither. */
  pop(key: K, fallback?: V): V;
  /** Takes the newest entry out. @throws RangeError where there is none. */
  popitem(): [K, V];
  /** A snapshot, as a Map of this process. */
  copy(): Map<K, V>;
}

/**
 * A shared Array. Where a value is looked for, objects are the same where they have the same content. Callbacks are
 * registered functions: they run in the manager.
 */
export interface ListMethods<T> {
  /** The item, a negative index counting from the end; undefined where there is none. */
  at(index: number): T | undefined;
  /** A negative index counts from the end. @throws RangeError where there is no such item. */
  get(index: number): T;
  /** Python: `l[index] = value`. @throws RangeError where there is no such item. */
  set(index: number, value: T): void;
  /** Appends the items; answers the new size. */
  push(...items: T[]): number;
  /** Takes the first item out; undefined where there is none. */
  shift(): T | undefined;
  /** Puts the items in front; answers the new size. */
  unshift(...items: T[]): number;
  /** A snapshot of a part, as an array. Python: `l[from:to]`. */
  slice(from?: number, to?: number): T[];
  /** Takes `remove` items out at that index, puts others there, and answers those taken out. */
  splice(at: number, remove?: number, ...items: T[]): T[];
  /** A snapshot with more items behind it; the list stays as it is. */
  concat(...items: (T | readonly T[])[]): T[];
  /** The items as one text. Where no separator is given it is a comma. */
  join(separator?: string): string;
  /** Where the item first is, from `from` on; -1 where it is not. */
  indexOf(item: T, from?: number): number;
  /** Where the item last is, up to `from`; -1 where it is not. */
  lastIndexOf(item: T, from?: number): number;
  /** Python: `item in l`. */
  includes(item: T, from?: number): boolean;
  /** Turns the order round, in place. */
  reverse(): void;
  /** Sorts in place; by their texts, as arrays do, where `compare` is not given. */
  sort(compare?: (a: T, b: T) => number): void;
  /** Sets all items of a part. */
  fill(value: T, from?: number, to?: number): void;
  /** Copies a part over another, in place. */
  copyWithin(target: number, from: number, to?: number): void;
  /** What the function answers for each item, as an array. */
  map<R>(f: (item: T, index: number) => R): R[];
  /** The items for which the function answers something true, as an array. */
  filter(f: (item: T, index: number) => unknown): T[];
  /** The first item for which the function answers something true; undefined where there is none. */
  find(f: (item: T, index: number) => unknown): T | undefined;
  /** The index of that item; -1 where there is none. */
  findIndex(f: (item: T, index: number) => unknown): number;
  /** The last item for which the function answers something true; undefined where there is none. */
  findLast(f: (item: T, index: number) => unknown): T | undefined;
  /** The index of that item; -1 where there is none. */
  findLastIndex(f: (item: T, index: number) => unknown): number;
  /** Whether the function answers something true for all items. */
  every(f: (item: T, index: number) => unknown): boolean;
  /** Whether the function answers something true for any item. */
  some(f: (item: T, index: number) => unknown): boolean;
  /** Folds the items into one, from the first on. @throws TypeError where there is none. */
  reduce(f: (sum: T, item: T, index: number) => T): T;
  /** Folds the items into one, from the last on. @throws TypeError where there is none. */
  reduceRight(f: (sum: T, item: T, index: number) => T): T;
  /** Calls the function with each item. */
  forEach(f: (item: T, index: number) => void): void;
  /** A snapshot in which items that are arrays are replaced by their items; `depth` levels deep, or one. */
  flat(depth?: number): unknown[];
  /** The indices, as an array. */
  keys(): number[];
  /** A snapshot, as an array. */
  values(): T[];
  /** A snapshot of the pairs of index and item, as an array. */
  entries(): [number, T][];
  /** Python: `l.append(item)`. */
  append(item: T): void;
  /** Appends all these items, in one step. Python: `l.extend(items)`. */
  extend(items: Iterable<T>): void;
  /** Puts the item before the one of that index. Python: `l.insert(index, item)`. */
  insert(index: number, item: T): void;
  /** Takes the item out, where it first is. @throws RangeError where there is none. */
  remove(item: T): void;
  /** Where the item first is. @throws RangeError where there is none. */
  index(item: T): number;
  /** Takes the item at that index out, the last without. @throws RangeError where there is no such item. */
  pop(index?: number): T;
  /** How often the item is there. Python: `l.count(item)`. */
  count(item: T): number;
  /** Takes everything out. */
  clear(): void;
  /** A snapshot, as an array of this process. */
  copy(): T[];
  /** How many there are. Python: `len()`. */
  size(): number;
}

/** A shared Set. Objects are the same where they have the same content. */
export interface SetMethods<T> {
  /** Adds the item, if it is not there. */
  add(item: T): void;
  /** Python: `item in s`. */
  has(item: T): boolean;
  /** Takes the item out; false where it was not there. Python: `s.discard(item)`. */
  delete(item: T): boolean;
  /** Takes everything out. */
  clear(): void;
  /** How many there are. Python: `len()`. */
  size(): number;
  /** A snapshot, as an array. */
  keys(): T[];
  /** A snapshot, as an array. */
  values(): T[];
  /** A snapshot of pairs, each of an item and the same again, as an array: as Set has it. */
  entries(): [T, T][];
  /** Calls a registered function with each item, in the manager. */
  forEach(callback: (item: T) => void): void;
  /** Adds all these items, in one step. */
  update(items: Iterable<T>): void;
  /** Takes the item out. @throws RangeError where it is not there. */
  remove(item: T): void;
  /** Takes any item out. @throws RangeError where there is none. */
  pop(): T;
  /** A snapshot, as a Set of this process. */
  copy(): Set<T>;
}

/** Values by name. Names that begin with an underscore live in the proxy, and do not travel. */
export interface NamespaceMethods<T> {
  /** Python: `ns.name`. @throws RangeError for a name that is not there (Python: AttributeError). */
  get<K extends keyof T & string>(name: K): T[K];
  /** Python: `ns.name = value`. */
  set<K extends keyof T & string>(name: K, value: T[K]): void;
  /** Python: `del ns.name`. @throws RangeError for a name that is not there (Python: AttributeError). */
  delete(name: keyof T & string): void;
  /** Python: `hasattr(ns, name)`. */
  has(name: string): boolean;
  /** The names, as an array. */
  keys(): string[];
}

/** One value, of any kind. Python: `manager.Value`. */
export interface ValueMethods<T> {
  /** Proxies answer a promise of it; `valueSync` blocks. `set()` changes it. */
  readonly value: T;
  /** Python: `v.get()`. */
  get(): T;
  /** Python: `v.set(value)`. */
  set(value: T): void;
}

/** An array of a fixed size. Python: `manager.Array`. */
export interface ArrayMethods<T> {
  /** A negative index counts from the end. @throws RangeError where there is no such item. */
  get(index: number): T;
  /** Python: `a[index] = value`. @throws RangeError where there is no such item; TypeError for a value of another type. */
  set(index: number, value: T): void;
  /** How many there are. Python: `len()`. */
  size(): number;
  /** A snapshot of a part, as an array. Python: `a[from:to]`. */
  slice(from?: number, to?: number): T[];
}
