// RawArray and Array: typed arrays in shared memory.
//
//   byte 0   the elements, in the machine's order: all there is in the buffer
//
// Each is a typed array, of a subclass that knows its lock and how to travel; so an element is read and written at the
// engine's own speed (behind a Proxy: 300 times slower). There is a pair of classes for each typed array, made when it
// is first asked for. Their species is the plain typed array: `slice`, `map` and `filter` answer a plain copy in memory of
// this process, `subarray` a plain view of the same shared memory.

import { shown } from '../base/shown.ts';
import { registerShared } from '../codec/shared.ts';
import { allocate } from '../memory/buffer.ts';
import type { RLock } from '../sync/rlock.ts';
import { checkMemory } from './memory.ts';
import { addLockMethods, type Locked, lockIn, type SharedOptions } from './shared_lock.ts';
import {
  checkElement,
  codeOf,
  type Element,
  type TypeCode,
  type ViewClass,
  type Views,
  viewClassOf,
} from './typecodes.ts';

/** An array that is there already: how one travels to a new process, too. */
export interface ArrayState<C extends TypeCode = TypeCode> {
  readonly code: C;
  readonly buffer: SharedArrayBuffer;
  readonly byteOffset: number;
  readonly length: number;
  readonly lock?: RLock | undefined;
}

type View = Views['i'];
type Place = [buffer: SharedArrayBuffer, byteOffset: number, length: number];
type Pair = {
  readonly Raw: new (...place: Place) => View;
  readonly Locked: new (lock: RLock, ...place: Place) => View;
};

const pairs = new Map<ViewClass, Pair>();
const locked = new WeakSet<object>();
const raw = new WeakSet<object>();

/** The two classes for a typed array. To the compiler they all are of Int32Array. */
function pairOf(plain: ViewClass): Pair {
  let pair = pairs.get(plain);
  if (pair === undefined) {
    class Raw extends (plain as ViewClass<'i'>) {
      static get [Symbol.species](): ViewClass {
        return plain;
      }
    }
    class Locked extends Raw {
      readonly #lock: RLock;

      constructor(lock: RLock, ...place: Place) {
        super(...place);
        this.#lock = lock;
      }

      getLock(): RLock {
        return this.#lock;
      }

      getObj(): View {
        return new Raw(...placeOf(this));
      }
    }
    addLockMethods(Locked.prototype);
    raw.add(Raw.prototype);
    locked.add(Locked.prototype);
    registerShared(Raw.prototype, rawKind);
    registerShared(Locked.prototype, lockedKind);
    pair = { Raw, Locked };
    pairs.set(plain, pair);
  }
  return pair;
}

const placeOf = ({ buffer, byteOffset, length }: View): Place => [buffer, byteOffset, length];

const stateOf = (view: View): ArrayState => {
  const [buffer, byteOffset, length] = placeOf(view);
  return { code: codeOf(view) as TypeCode, buffer, byteOffset, length };
};

/** The array in that memory: with a lock where there is one. */
export function arrayAt({ code, buffer, byteOffset, length, lock }: ArrayState): View {
  const { Raw, Locked } = pairOf(viewClassOf(code, 'Array(code)'));
  return lock === undefined ? new Raw(buffer, byteOffset, length) : new Locked(lock, buffer, byteOffset, length);
}

const attach = (state: unknown): View => arrayAt(state as ArrayState);
const rawKind = { kind: 'RawArray', detach: stateOf, attach };
const lockedKind = {
  kind: 'Array',
  detach: (it: View) => ({ ...stateOf(it), lock: (it as View & Locked<View>).getLock() }),
  attach,
};

/** Makes the memory, and fills it. */
function make(code: TypeCode, from: unknown, lock: RLock | undefined, call: string): View {
  const { BYTES_PER_ELEMENT: bytes } = viewClassOf(code, call);
  const elements = typeof from === 'number' ? undefined : elementsIn(from, code, call);
  const length = elements?.length ?? (from as number);
  if (!Number.isInteger(length)) throw new TypeError(`${call}: the size must be an integer, not ${shown(from)}`);
  if (length < 0) throw new RangeError(`${call}: the size must not be negative, and is ${length}`);
  const view = arrayAt({ code, buffer: allocate(length * bytes), byteOffset: 0, length, lock });
  if (elements !== undefined) view.set(elements as ArrayLike<number>);
  return view;
}

/** What the array begins with: anything with a length, or that can be gone through again and again. */
function elementsIn(from: unknown, code: TypeCode, call: string): ArrayLike<unknown> {
  if (typeof from !== 'object' || from === null) {
    throw new TypeError(`${call}: the second argument must be a size or the elements, not ${shown(from)}`);
  }
  const { length, [Symbol.iterator]: iterate } = from as { length?: unknown; [Symbol.iterator]?: () => unknown };
  if (typeof length !== 'number' && (iterate === undefined || iterate.call(from) === from)) {
    throw new TypeError(`${call}: the elements must have a length; spread an iterator first: [...iterator]`);
  }
  const typed = ArrayBuffer.isView(from);
  const elements = typed ? (from as Views['i']) : Array.from(from as Iterable<unknown> | ArrayLike<unknown>);
  // All elements of a typed array are of one type.
  const count = typed ? Math.min(elements.length, 1) : elements.length;
  for (let i = 0; i < count; i++) checkElement(code, elements[i], `${call}: init[${i}]`);
  return elements;
}

/** What `RawArray` is to the compiler. */
export interface RawArrayConstructor {
  /**
   * A typed array in shared memory, without a lock. It travels to a process in `args` or `initargs`.
   *
   * @param code what it holds (`TypeCode`).
   * @param sizeOrInit how many elements, all 0; or the elements: an array, typed array, Set, ...
   * @throws TypeError for an unknown code, elements that are no numbers (bigints for `q` and `Q`), or an iterator;
   *   RangeError for a negative size; InvalidStateError where the page is not cross-origin isolated.
   *
   * Python: `multiprocessing.RawArray`.
   */
  new <C extends TypeCode>(code: C, sizeOrInit: number | Iterable<Element<C>> | ArrayLike<Element<C>>): Views[C];
}

/** An `Array` of that code: a typed array with a lock beside it. */
export type SharedArray<C extends TypeCode = TypeCode> = Views[C] & Locked<Views[C]>;

/** What `Array` is to the compiler. */
export interface SharedArrayConstructor {
  /**
   * A typed array in memory that processes share, with a lock beside it. It travels to a process in `args` or `initargs`.
   *
   * It is a typed array in all: elements are converted as those are, reading and writing them is as fast and takes no lock,
   * and `Atomics` works on it. `slice`, `map` and `filter` answer plain copies in memory of this process, `subarray` a
   * plain view of the same memory. To read and then write, take the lock:
   * `await a.getLock().with(() => { a[0] += 1; })`.
   *
   * @param code what it holds (`TypeCode`).
   * @param sizeOrInit how many elements, all 0; or the elements: an array, typed array, Set, ...
   * @param options `lock`: a lock to use; `false` for none: then this is a `RawArray`, and has no `getLock()`.
   * @throws TypeError for an unknown code, elements that are no numbers (bigints for `q` and `Q`), an iterator, or what is
   *   no lock; RangeError for a negative size; InvalidStateError where the page is not cross-origin isolated.
   *
   * Python: `multiprocessing.Array`.
   */
  new <C extends TypeCode>(
    code: C,
    sizeOrInit: number | Iterable<Element<C>> | ArrayLike<Element<C>>,
    options?: SharedOptions,
  ): SharedArray<C>;
}

/** Makes typed arrays in shared memory, without a lock. Python: `multiprocessing.RawArray`. */
export const RawArray: RawArrayConstructor = class RawArray {
  constructor(code: TypeCode, sizeOrInit: unknown) {
    checkMemory('RawArray', 'Array');
    // biome-ignore lint/correctness/noConstructorReturn: the class depends on the code
    return make(code, sizeOrInit, undefined, 'RawArray(code, sizeOrInit)') as never;
  }

  static [Symbol.hasInstance](it: unknown): boolean {
    return isA(raw, it) || isA(locked, it);
  }
} as never;

/** Makes typed arrays in shared memory, with a lock beside each. Python: `multiprocessing.Array`. */
export const SharedArray: SharedArrayConstructor = class SharedArray {
  constructor(code: TypeCode, sizeOrInit: unknown, options?: SharedOptions) {
    checkMemory('Array', 'Array');
    const call = 'Array(code, sizeOrInit, options)';
    // biome-ignore lint/correctness/noConstructorReturn: the class depends on the code
    return make(code, sizeOrInit, lockIn(options, call), call) as never;
  }

  static [Symbol.hasInstance](it: unknown): boolean {
    return isA(locked, it);
  }
} as never;

const isA = (prototypes: WeakSet<object>, it: unknown): boolean =>
  typeof it === 'object' && it !== null && prototypes.has(Object.getPrototypeOf(it) as object);

// The names by which another process asks for them, known before the first of them is made.
registerShared((RawArray as unknown as { prototype: object }).prototype, rawKind as never);
registerShared((SharedArray as unknown as { prototype: object }).prototype, lockedKind as never);
