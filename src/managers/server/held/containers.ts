// What `dict`, `list` and `set` of a manager stand for: Map, Array and Set with the methods of Python that JavaScript lacks.

import { shown } from '../../../base/shown.ts';
import { Keys, sameAs } from './same.ts';
import { copyOut } from './value.ts';

/** @throws TypeError for what cannot be gone through, naming it. */
function iterable<T>(items: Iterable<T>, what: string): Iterable<T> {
  if (typeof (items as Partial<Iterable<T>> | null | undefined)?.[Symbol.iterator] === 'function') return items;
  throw new TypeError(`${what} must be iterable, not ${shown(items)}`);
}

/** A shared Map. Keys may be of any kind; objects are the same key where they have the same content. */
export class Dict<K = unknown, V = unknown> extends Map<K, V> {
  // A field would not be there yet when the constructor of Map calls set().
  #keys: Keys | undefined;

  static {
    Object.defineProperty(this, 'name', { value: 'Dict' });
  }

  constructor(entries?: Iterable<readonly [K, V]>) {
    super();
    this.#keys = new Keys();
    if (entries !== undefined) this.update(entries);
  }

  #of(key: K, add = false): K {
    return this.#keys?.of(key, add) ?? key;
  }

  override get(key: K): V | undefined {
    return super.get(this.#of(key));
  }

  override set(key: K, value: V): this {
    return super.set(this.#of(key, true), value);
  }

  override has(key: K): boolean {
    return super.has(this.#of(key));
  }

  override delete(key: K): boolean {
    const deleted = super.delete(this.#of(key));
    this.#keys?.delete(key);
    return deleted;
  }

  override clear(): void {
    super.clear();
    this.#keys?.clear();
  }

  /** The value of the key, which becomes `value` where there was none. */
  setdefault(key: K, value: V): V {
    if (!this.has(key)) this.set(key, value);
    return this.get(key) as V;
  }

  update(entries: Iterable<readonly [K, V]>): void {
    for (const entry of iterable(entries, 'dict: the entries')) {
      const [key, value] = iterable(entry as readonly [K, V], 'dict: an entry') as readonly [K, V];
      this.set(key, value);
    }
  }

  /** Takes the key out, and answers its value, or `fallback`. @throws RangeError where there is neither. */
  pop(...[key, ...fallback]: [key: K, fallback?: V]): V {
    if (!this.has(key)) {
      if (fallback.length === 0) throw new RangeError(`dict.pop(key): there is no such key: ${shown(key)}`);
      return fallback[0] as V;
    }
    const value = this.get(key) as V;
    this.delete(key);
    return value;
  }

  /** Takes the newest entry out. @throws RangeError where there is none. */
  popitem(): [K, V] {
    const last = [...this].at(-1);
    if (last === undefined) throw new RangeError('dict.popitem(): it is empty');
    this.delete(last[0]);
    return last;
  }

  copy(): Map<K, V> {
    return new Map(this);
  }

  [copyOut](): Map<K, V> {
    return this.copy();
  }
}

/** A shared Array. Where a value is looked for, objects are the same where they have the same content. */
export class List<T = unknown> extends Array<T> {
  static {
    Object.defineProperty(this, 'name', { value: 'List' });
  }

  /** What its methods answer are plain arrays. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  /** A negative index counts from the end. @throws RangeError where there is no such item. */
  #index(index: number, call: string): number {
    if (!Number.isInteger(index))
      throw new TypeError(`list.${call}: the index must be an integer, not ${shown(index)}`);
    const at = index < 0 ? this.length + index : index;
    if (at < 0 || at >= this.length) {
      throw new RangeError(`list.${call}: index ${index} is out of range: it has ${this.length} items`);
    }
    return at;
  }

  get(index: number): T {
    return this[this.#index(index, 'get(index)')] as T;
  }

  set(index: number, value: T): void {
    this[this.#index(index, 'set(index, value)')] = value;
  }

  append(item: T): void {
    this.push(item);
  }

  extend(items: Iterable<T>): void {
    // One by one: a spread of very many would be too much for the stack.
    for (const item of [...iterable(items, 'list: the items')]) this.push(item);
  }

  /** Puts it before that index; an index out of range is the beginning or the end. */
  insert(index: number, item: T): void {
    this.splice(index, 0, item);
  }

  /** @throws RangeError where there is none. */
  remove(item: T): void {
    const at = this.indexOf(item);
    if (at < 0) throw new RangeError('list.remove(item): it is not in the list');
    this.splice(at, 1);
  }

  /** @throws RangeError where there is no such item. */
  index(item: T): number {
    const at = this.indexOf(item);
    if (at < 0) throw new RangeError('list.index(item): it is not in the list');
    return at;
  }

  /** @throws RangeError where there is no such item. */
  override pop(index = -1): T {
    return this.splice(this.#index(index, 'pop(index)'), 1)[0] as T;
  }

  count(item: T): number {
    return this.filter(sameAs(item)).length;
  }

  override indexOf(item: T, from = 0): number {
    const is = sameAs(item);
    const start = from < 0 ? Math.max(0, this.length + from) : from;
    return this.findIndex((value, i) => i >= start && is(value));
  }

  override lastIndexOf(item: T, from = this.length - 1): number {
    const is = sameAs(item);
    const end = from < 0 ? this.length + from : from;
    return this.findLastIndex((value, i) => i <= end && is(value));
  }

  override includes(item: T, from = 0): boolean {
    return this.indexOf(item, from) >= 0;
  }

  clear(): void {
    this.length = 0;
  }

  copy(): T[] {
    // For a class of its own, Array.from takes ten times as long as this loop, and slice twenty times (measured).
    const { length } = this;
    const items = new Array<T>(length);
    for (let i = 0; i < length; i++) items[i] = this[i] as T;
    return items;
  }

  size(): number {
    return this.length;
  }

  [copyOut](): T[] {
    return this.copy();
  }
}

/** A list of these items. (The constructor of an Array takes a single number for a length.) */
export function listOf<T>(items: Iterable<T> = []): List<T> {
  const list = new List<T>();
  list.extend(items);
  return list;
}

/** A shared Set. Objects are the same where they have the same content. */
export class SetOf<T = unknown> extends Set<T> {
  #keys: Keys | undefined;

  static {
    Object.defineProperty(this, 'name', { value: 'SetOf' });
  }

  constructor(items?: Iterable<T>) {
    super();
    this.#keys = new Keys();
    if (items !== undefined) this.update(items);
  }

  #of(item: T, add = false): T {
    return this.#keys?.of(item, add) ?? item;
  }

  override add(item: T): this {
    return super.add(this.#of(item, true));
  }

  override has(item: T): boolean {
    return super.has(this.#of(item));
  }

  override delete(item: T): boolean {
    const deleted = super.delete(this.#of(item));
    this.#keys?.delete(item);
    return deleted;
  }

  override clear(): void {
    super.clear();
    this.#keys?.clear();
  }

  update(items: Iterable<T>): void {
    for (const item of iterable(items, 'set: the items')) this.add(item);
  }

  /** @throws RangeError where it is not there. */
  remove(item: T): void {
    if (!this.delete(item)) throw new RangeError('set.remove(item): it is not in the set');
  }

  /** Takes any item out. @throws RangeError where there is none. */
  pop(): T {
    for (const item of this) {
      this.delete(item);
      return item;
    }
    throw new RangeError('set.pop(): it is empty');
  }

  copy(): Set<T> {
    return new Set(this);
  }

  [copyOut](): Set<T> {
    return this.copy();
  }
}
