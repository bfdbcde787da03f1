// RawValue and Value: one number in shared memory.
//
//   byte 0   the number, in the machine's order; 1, 2, 4 or 8 bytes: all there is in the buffer
//
// Every access is one atomic instruction, so nothing ever blocks or tears. Atomics knows integers only: a float is read and
// written as the bits of one, through a scratch pad of this thread. (A plain access to a Float64Array would be faster, but
// the language lets it tear.)

import { shown } from '../base/shown.ts';
import { registerShared } from '../codec/shared.ts';
import { allocate } from '../memory/buffer.ts';
import type { RLock } from '../sync/rlock.ts';
import { checkMemory } from './memory.ts';
import { addLockMethods, type Locked, lockIn, type SharedOptions } from './shared_lock.ts';
import { checkElement, type Element, isFloat, type TypeCode, viewClassOf } from './typecodes.ts';

/** One type for the compiler; in truth any view on integers, and a number or a bigint. */
type Bits = Int32Array;

/** The bits of a float, as integers and as what they mean. */
interface Pad {
  readonly bits: Bits;
  readonly float: Float64Array;
}

const pads: Partial<Record<TypeCode, Pad>> = {};

/** The views for a code: on the value itself, and the pad where it is a float. */
function views(code: TypeCode, buffer: SharedArrayBuffer | undefined, call: string): [Bits, Pad | undefined] {
  const View = viewClassOf(code, call);
  const memory = buffer ?? allocate(View.BYTES_PER_ELEMENT);
  if (!isFloat(code)) return [new View(memory) as unknown as Bits, undefined];
  const Integers = viewClassOf(code === 'd' ? 'q' : code === 'f' ? 'i' : 'h', call);
  const pad = (pads[code] ??= makePad(View as never, Integers as never));
  return [new Integers(memory) as unknown as Bits, pad];
}

function makePad(Floats: Float64ArrayConstructor, Integers: Int32ArrayConstructor): Pad {
  const float = new Floats(1);
  return { float, bits: new Integers(float.buffer) };
}

/** A number that is there already: how one travels to a new process, too. */
export interface ValueState<C extends TypeCode = TypeCode> {
  readonly code: C;
  readonly buffer: SharedArrayBuffer;
  readonly lock?: RLock | undefined;
}

/** Given in place of a first value. A class of its own, as a user may give anything. */
class There<C extends TypeCode = TypeCode> {
  readonly state: ValueState<C>;

  constructor(state: ValueState<C>) {
    this.state = state;
  }
}

export let stateOf: <C extends TypeCode>(it: RawValue<C>) => ValueState<C>;

/** The value in that memory, without and with the lock. */
export const rawValueAt = <C extends TypeCode>(state: ValueState<C>): RawValue<C> =>
  new RawValue(state.code, new There(state));
export const valueAt = <C extends TypeCode>(state: ValueState<C>): Value<C> => new Value(state.code, new There(state));

/**
 * A number in memory that processes share, without a lock. It travels to a process in `args` or `initargs`.
 *
 * Reading and writing `value` are atomic each and never block, in a window neither. What reads and then writes
 * (`v.value += 1`) is not atomic: use the atomic operations, or a lock.
 *
 * Python: `multiprocessing.RawValue`.
 */
export class RawValue<C extends TypeCode = TypeCode> {
  readonly #code: C;
  readonly #bits: Bits;
  readonly #pad: Pad | undefined;

  /**
   * @param code what it holds (`TypeCode`).
   * @param init its first value; missing: 0.
   * @throws TypeError for an unknown code, or a value that the code cannot hold; InvalidStateError where the page is not
   *   cross-origin isolated.
   */
  constructor(code: C, init?: Element<C>);
  /** @internal The value in that memory. */
  constructor(code: C, there: There<C>);
  constructor(code: C, from?: Element<C> | There<C>) {
    checkMemory(this.kind, 'Value');
    this.#code = code;
    const buffer = from instanceof There ? from.state.buffer : undefined;
    [this.#bits, this.#pad] = views(code, buffer, `${this.kind}(code)`);
    if (buffer === undefined && from !== undefined) this.value = from as Element<C>;
  }

  /** The name in error messages: a literal. */
  protected get kind(): string {
    return 'RawValue';
  }

  /**
   * The number. Integers out of range wrap around, as in C: 128 in a `'b'` is -128.
   *
   * @throws TypeError when set to what the code cannot hold: text, `null`, a fraction for an integer code, a number for
   *   `q` and `Q`, which take a bigint.
   */
  get value(): Element<C> {
    return this.#read(Atomics.load(this.#bits, 0));
  }

  set value(value: Element<C>) {
    Atomics.store(this.#bits, 0, this.#toBits(value, 'value'));
  }

  /** Adds, in one atomic step. @returns the old value. */
  add(n: Element<C>): Element<C> {
    const bits = this.#toBits(n, 'add(n): n');
    return this.#pad === undefined
      ? this.#read(Atomics.add(this.#bits, 0, bits))
      : this.#update((old) => old + (n as number));
  }

  /** Subtracts, in one atomic step. @returns the old value. */
  sub(n: Element<C>): Element<C> {
    const bits = this.#toBits(n, 'sub(n): n');
    return this.#pad === undefined
      ? this.#read(Atomics.sub(this.#bits, 0, bits))
      : this.#update((old) => old - (n as number));
  }

  /** Keeps the bits that `n` has too, in one atomic step; integers only. @returns the old value. */
  and(n: Element<C>): Element<C> {
    return this.#read(Atomics.and(this.#bits, 0, this.#integer(n, 'and')));
  }

  /** Sets the bits that `n` has, in one atomic step; integers only. @returns the old value. */
  or(n: Element<C>): Element<C> {
    return this.#read(Atomics.or(this.#bits, 0, this.#integer(n, 'or')));
  }

  /** Flips the bits that `n` has, in one atomic step; integers only. @returns the old value. */
  xor(n: Element<C>): Element<C> {
    return this.#read(Atomics.xor(this.#bits, 0, this.#integer(n, 'xor')));
  }

  /** Sets it, in one atomic step. @returns the old value. */
  exchange(n: Element<C>): Element<C> {
    return this.#read(Atomics.exchange(this.#bits, 0, this.#toBits(n, 'exchange(n): n')));
  }

  /**
   * Sets it to `n` if it is `expected`, in one atomic step. Floats are compared as numbers: 0 is -0, and NaN is NaN.
   *
   * @returns the old value: `expected` where it was set.
   */
  compareExchange(expected: Element<C>, n: Element<C>): Element<C> {
    const wanted = this.#toBits(expected, 'compareExchange(expected)');
    // As the code rounds it: 0.1 is another number in 32 bits.
    const rounded = this.#read(wanted);
    const next = this.#toBits(n, 'compareExchange(expected, n): n');
    if (this.#pad === undefined) return this.#read(Atomics.compareExchange(this.#bits, 0, wanted, next));
    for (;;) {
      const seen = Atomics.load(this.#bits, 0);
      const old = this.#read(seen);
      if (old !== rounded && !Object.is(old, rounded)) return old;
      if (Atomics.compareExchange(this.#bits, 0, seen, next) === seen) return old;
    }
  }

  /** What it is, and its state, as text. */
  toString(): string {
    return `${this.kind}('${this.#code}', ${shown(this.value)})`;
  }

  #update(change: (old: number) => number): Element<C> {
    for (;;) {
      const seen = Atomics.load(this.#bits, 0);
      const old = this.#read(seen);
      const next = this.#toBits(change(old as number) as Element<C>, '');
      if (Atomics.compareExchange(this.#bits, 0, seen, next) === seen) return old;
    }
  }

  #read(bits: number): Element<C> {
    const pad = this.#pad;
    if (pad === undefined) return bits as Element<C>;
    pad.bits[0] = bits;
    return pad.float[0] as Element<C>;
  }

  #toBits(value: Element<C>, what: string): number {
    checkElement(this.#code, value, `${this.kind}.${what}`);
    const pad = this.#pad;
    if (pad !== undefined) {
      pad.float[0] = value as number;
      return pad.bits[0] as number;
    }
    if (typeof value === 'number' && !Number.isInteger(value)) {
      throw new TypeError(`${this.kind}.${what} must be an integer for the code '${this.#code}', not ${shown(value)}`);
    }
    return value as number;
  }

  #integer(n: Element<C>, name: string): number {
    if (this.#pad !== undefined) throw new TypeError(`${this.kind}.${name}(): the code '${this.#code}' has no bits`);
    return this.#toBits(n, `${name}(n): n`);
  }

  static {
    stateOf = (it) => ({ code: it.#code, buffer: it.#bits.buffer as SharedArrayBuffer });
    registerShared(RawValue.prototype, {
      kind: 'RawValue',
      detach: stateOf,
      attach: (state) => rawValueAt(state as ValueState),
    });
  }
}

// What addLockMethods gives it.
export interface Value<C extends TypeCode = TypeCode> extends Locked<RawValue<C>> {}

/**
 * A number in memory that processes share, with a lock beside it. It travels to a process in `args` or `initargs`.
 *
 * Reading and writing `value` are atomic each, never block (in a window neither) and do not take the lock. To read and
 * then write, take the lock: `await v.getLock().with(() => { v.value += 1; })`, or use the atomic operations.
 *
 * Python: `multiprocessing.Value`, whose wrapper takes the lock for each access.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: it has them all
export class Value<C extends TypeCode = TypeCode> extends RawValue<C> {
  readonly #lock: RLock;

  /**
   * @param code what it holds (`TypeCode`).
   * @param init its first value; missing: 0.
   * @param options `lock`: a lock to use; `false` for none: then this is a `RawValue`, and has no `getLock()`.
   * @throws TypeError for an unknown code, a value that the code cannot hold, or what is no lock; InvalidStateError where the
   *   page is not cross-origin isolated.
   */
  constructor(code: C, init?: Element<C>, options?: SharedOptions);
  /** @internal The value in that memory. */
  constructor(code: C, there: There<C>);
  constructor(code: C, from?: Element<C> | There<C>, options?: SharedOptions) {
    super(code, from as Element<C>);
    const lock = from instanceof There ? from.state.lock : lockIn(options, 'Value(code, init, options)');
    this.#lock = lock as RLock;
    // biome-ignore lint/correctness/noConstructorReturn: without a lock it is another class, as in Python
    if (lock === undefined) return rawValueAt(stateOf(this)) as never;
  }

  protected override get kind(): string {
    return 'Value';
  }

  /** The lock beside it: an `RLock`, or the one that was given. Python: `get_lock()`. */
  getLock(): RLock {
    return this.#lock;
  }

  /** The same number without its lock. Python: `get_obj()`. */
  getObj(): RawValue<C> {
    return rawValueAt(stateOf(this));
  }

  static {
    addLockMethods(this.prototype);
    registerShared(Value.prototype, {
      kind: 'Value',
      detach: (it) => ({ ...stateOf(it), lock: it.#lock }),
      attach: (state) => valueAt(state as ValueState),
    });
  }
}
