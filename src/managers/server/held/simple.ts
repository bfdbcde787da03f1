// What `Namespace`, `Value` and `Array` of a manager stand for.

import { shown } from '../../../base/shown.ts';
import { checkElement, type TypeCode, type Views, viewClassOf } from '../../../data/typecodes.ts';
import { copyOut } from './value.ts';

/** Values by name. */
export class Namespace {
  readonly #values: Map<string, unknown>;

  constructor(values?: Readonly<Record<string, unknown>> | null) {
    this.#values = new Map(Object.entries(values ?? {}));
  }

  #check(name: string): void {
    if (!this.#values.has(name)) throw new RangeError(`Namespace: there is no ${shown(name)}`);
  }

  /** @throws RangeError for a name that is not there (Python: AttributeError). */
  get(name: string): unknown {
    this.#check(name);
    return this.#values.get(name);
  }

  set(name: string, value: unknown): void {
    if (typeof name !== 'string') throw new TypeError('Namespace.set(name, value): name must be a string');
    this.#values.set(name, value);
  }

  /** @throws RangeError for a name that is not there (Python: AttributeError). */
  delete(name: string): void {
    this.#check(name);
    this.#values.delete(name);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  keys(): string[] {
    return [...this.#values.keys()];
  }

  [copyOut](): Record<string, unknown> {
    return Object.fromEntries(this.#values);
  }
}

/** Any value; the code is for those who come from Python. */
export class ValueHolder {
  readonly code: TypeCode;
  value: unknown;

  constructor(code: TypeCode, init: unknown) {
    this.code = code;
    this.value = init;
  }

  get(): unknown {
    return this.value;
  }

  set(value: unknown): void {
    this.value = value;
  }

  [copyOut](): unknown {
    return this.value;
  }
}

/** Numbers of one kind. */
export class ArrayHolder {
  readonly #code: TypeCode;
  readonly #view: { [index: number]: number | bigint; readonly length: number };

  /** @param items numbers (bigints for `q` and `Q`): a length alone is not enough, as in Python. */
  constructor(code: TypeCode, items: Iterable<number | bigint>) {
    if (typeof items !== 'object' || items === null || !(Symbol.iterator in items)) {
      throw new TypeError(`Array(code, items): items must be an iterable of numbers, not ${typeof items}`);
    }
    const View = viewClassOf(code, 'Array(code, items)') as unknown as new (length: number) => Views['i'];
    const all = [...items];
    this.#code = code;
    this.#view = new View(all.length);
    all.forEach((item, i) => this.#put(i, item, `Array(code, items): items[${i}]`));
  }

  #put(index: number, item: number | bigint, what: string): void {
    checkElement(this.#code, item, what);
    this.#view[index] = item;
  }

  #index(index: number, call: string): number {
    const { length } = this.#view;
    const at = index < 0 ? length + index : index;
    if (!Number.isInteger(at) || at < 0 || at >= length) {
      throw new RangeError(`Array.${call}: index ${index} is out of range: it has ${length} items`);
    }
    return at;
  }

  /** A negative index counts from the end. @throws RangeError where there is no such item. */
  get(index: number): number | bigint {
    return this.#view[this.#index(index, 'get(index)')] as number | bigint;
  }

  /** @throws RangeError where there is no such item; TypeError for a value of another type. */
  set(index: number, value: number | bigint): void {
    this.#put(this.#index(index, 'set(index, value)'), value, 'Array.set(index, value): value');
  }

  size(): number {
    return this.#view.length;
  }

  slice(from?: number, to?: number): (number | bigint)[] {
    return Array.from(this.#view).slice(from, to);
  }

  [Symbol.iterator](): Iterator<number | bigint> {
    return this.slice()[Symbol.iterator]();
  }

  [copyOut](): (number | bigint)[] {
    return this.slice();
  }
}
