// ShareableList: a list of fixed length in a block of shared memory.
//
//   word 0           COUNT   items
//        1 ..        END     of each item's slot, in bytes from the first: COUNT words
//   byte 4 + 4 COUNT TYPES   a byte each
//   -- the next multiple of 8
//                    slots   8 bytes for what is no text and no bytes; else of a size that the first content determines
//
//   NUMBER 8 bytes, a float   BIGINT 8 bytes, signed   BOOLEAN a byte   TEXT (UTF-8), BYTES: followed by NULs to the end
//
// As in Python nothing here is atomic: the list has no lock.

import { optionsIn } from '../base/options.ts';
import { shown } from '../base/shown.ts';
import { registerShared } from '../codec/shared.ts';
import { InvalidStateError } from '../errors.ts';
import { checkMemory } from './memory.ts';
import { SharedMemory } from './shared_memory.ts';

const NONE = 0;
const BOOLEAN = 1;
const NUMBER = 2;
const BIGINT = 3;
const TEXT = 4;
const BYTES = 5;

const ALIGNMENT = 8;

/** What a `ShareableList` holds. */
export type ShareableItem = number | bigint | boolean | string | Uint8Array | null;

/** The type of an item, and the bytes where it is text or bytes. */
function pack(item: unknown, what: string): [type: number, bytes: Uint8Array | undefined] {
  switch (typeof item) {
    case 'boolean':
      return [BOOLEAN, undefined];
    case 'number':
      return [NUMBER, undefined];
    case 'bigint':
      if (BigInt.asIntN(64, item) !== item) throw new RangeError(`${what} must fit into 64 bits, not ${item}n`);
      return [BIGINT, undefined];
    case 'string':
      if (/\p{Surrogate}/u.test(item))
        throw new RangeError(`${what} has half of a surrogate pair, which UTF-8 has not`);
      return [TEXT, new TextEncoder().encode(item)];
    default:
      if (item === null) return [NONE, undefined];
      if (item instanceof Uint8Array) return [BYTES, item];
      throw new TypeError(`${what} must be a number, bigint, boolean, string, Uint8Array or null, not ${shown(item)}`);
  }
}

/** Bytes of the slot of an item. */
const slotFor = (bytes: Uint8Array | undefined): number =>
  bytes === undefined ? ALIGNMENT : ALIGNMENT * (Math.floor(bytes.length / ALIGNMENT) + 1);

/** Where the slots begin. */
const startOf = (count: number): number => Math.ceil((4 + 5 * count) / ALIGNMENT) * ALIGNMENT;

const isSame = (a: unknown, b: unknown): boolean =>
  a instanceof Uint8Array && b instanceof Uint8Array
    ? a.length === b.length && a.every((byte, i) => byte === b[i])
    : a === b;

/**
 * A list of numbers, bigints, booleans, text, bytes and `null` in shared memory: its length cannot change, its items can,
 * in place. Found by the name of its memory, and travels as that in any message, as `SharedMemory` does.
 *
 * An item may be of another type than the one before it, if it fits: text and bytes have a slot of the first item's bytes,
 * rounded up to a multiple of 8 beyond them; other items have 8 bytes. Trailing NULs of text and bytes are lost. There is
 * no lock: where several processes write, use one. Never blocks; works everywhere.
 *
 * Python: `multiprocessing.shared_memory.ShareableList`, where `get` and `set` are `sl[i]`.
 */
export class ShareableList<T = ShareableItem> implements Iterable<T> {
  /** Its memory: close and unlink the list by this. */
  readonly shm: SharedMemory;

  /**
   * Makes a list of these items, or opens the one in the memory of that name.
   *
   * @param sequence the items; missing or `null`: open the list called `options.name`. Of another `ShareableList`, slots are
   *   as large as there.
   * @param options `name`: of the memory.
   * @throws TypeError for items of other types, RangeError for a bigint beyond 64 bits, and as `SharedMemory`:
   *   FileExistsError, FileNotFoundError, InvalidStateError, RangeError without items and name.
   */
  constructor(
    sequence?: (Iterable<T> & Iterable<ShareableItem>) | null,
    options?: { name?: string | null | undefined },
  ) {
    checkMemory('ShareableList', 'SharedMemory');
    const { name } = optionsIn(options, 'ShareableList(sequence, options): ', "name: 'prices'");
    if (sequence === undefined || sequence === null) {
      this.shm = new SharedMemory(name);
      const count = this.#word(0);
      if (count < 0 || startOf(count) > this.shm.size) {
        this.shm.close();
        throw new InvalidStateError(`ShareableList(null, { name }): the memory ${JSON.stringify(name)} holds no list`);
      }
      return;
    }
    const items: T[] = Array.from<T>(sequence);
    const packed = items.map((item, i) => pack(item, `ShareableList(sequence): sequence[${i}]`));
    const start = startOf(items.length);
    let end = 0;
    const ends = packed.map(([, bytes], i) => {
      const slot = sequence instanceof ShareableList && bytes !== undefined ? sequence.#slot(i)[1] : slotFor(bytes);
      return (end += slot);
    });
    this.shm = new SharedMemory(name, { create: true, size: start + end });
    const { buf } = this.shm;
    new Int32Array(buf.buffer, buf.byteOffset, 1 + items.length).set([items.length, ...ends]);
    items.forEach((item, i) => this.set(i, item));
  }

  /** How many items. */
  get length(): number {
    return this.#word(0);
  }

  /** The item at `index`; from the end where that is negative. @throws RangeError outside of the list. Python: `sl[i]`. */
  get(index: number): T {
    const i = this.#index(index, 'get');
    const { buf } = this.shm;
    const [start, size] = this.#slot(i);
    const view = new DataView(buf.buffer, buf.byteOffset + start, size);
    switch (buf[this.#type(i)]) {
      case BOOLEAN:
        return (view.getUint8(0) !== 0) as T;
      case NUMBER:
        return view.getFloat64(0) as T;
      case BIGINT:
        return view.getBigInt64(0) as T;
      case TEXT:
        return new TextDecoder('utf-8', { ignoreBOM: true }).decode(this.#content(start, size)) as T;
      case BYTES:
        return this.#content(start, size) as T;
      default:
        return null as T;
    }
  }

  /** The item at `index`, from the end where that is negative; `undefined` outside of the list. */
  at(index: number): T | undefined {
    const { length } = this;
    return Number.isInteger(index) && (index < -length || index >= length) ? undefined : this.get(index);
  }

  /**
   * Puts an item in the place of another, which may be of another type.
   *
   * @param index from the end where it is negative.
   * @throws RangeError outside of the list, and for text and bytes that do not fit into the slot; TypeError for other
   *   types. The list is then as it was.
   *
   * Python: `sl[i] = item`.
   */
  set(index: number, item: T): void {
    const i = this.#index(index, 'set');
    const [type, bytes] = pack(item, 'ShareableList.set(index, item): item');
    const { buf } = this.shm;
    const [start, size] = this.#slot(i);
    if (bytes !== undefined && bytes.length > size) {
      throw new RangeError(`ShareableList.set(): the item has ${bytes.length} bytes, more than its slot of ${size}`);
    }
    const view = new DataView(buf.buffer, buf.byteOffset + start, size);
    if (type === NUMBER) view.setFloat64(0, item as number);
    else if (type === BIGINT) view.setBigInt64(0, item as bigint);
    else if (type === BOOLEAN) view.setUint8(0, item ? 1 : 0);
    else if (bytes !== undefined) {
      buf.set(bytes, start);
      buf.fill(0, start + bytes.length, start + size);
    }
    buf[this.#type(i)] = type;
  }

  /** How many items are equal to this one: bytes by their content, others by `===`. */
  count(item: ShareableItem): number {
    let count = 0;
    for (const each of this) if (isSame(each, item)) count++;
    return count;
  }

  /** The index of the first item equal to this one. @throws RangeError where there is none (Python: ValueError). */
  index(item: ShareableItem): number {
    const index = this.indexOf(item);
    if (index < 0) throw new RangeError(`ShareableList.index(): ${shown(item)} is not in the list`);
    return index;
  }

  /** The index of the first item equal to this one; -1 where there is none. */
  indexOf(item: ShareableItem): number {
    let index = 0;
    for (const each of this) {
      if (isSame(each, item)) return index;
      index++;
    }
    return -1;
  }

  /** Is there an item equal to this one? Python: `in`. */
  includes(item: ShareableItem): boolean {
    return this.indexOf(item) >= 0;
  }

  /** What its items are, in the letters of Python's `struct`: `q` for an integer, `d` for a fraction, `8s` for text. */
  get format(): string {
    let format = '';
    for (let i = 0; i < this.length; i++) {
      const item = this.get(i);
      if (item === null) format += 'xxxxxx?x';
      else if (typeof item === 'boolean') format += 'xxxxxxx?';
      else if (typeof item === 'bigint') format += 'q';
      else if (typeof item === 'number') format += Number.isSafeInteger(item) && !Object.is(item, -0) ? 'q' : 'd';
      else format += `${this.#slot(i)[1]}s`;
    }
    return format;
  }

  /** The items, each as it is when it is come to. */
  *[Symbol.iterator](): Generator<T, undefined, undefined> {
    for (let i = 0; i < this.length; i++) yield this.get(i);
  }

  /** What it is, and its state, as text. */
  toString(): string {
    const items = Array.from(this, (item) => (item instanceof Uint8Array ? `Uint8Array [${item}]` : shown(item)));
    return `ShareableList([${items.join(', ')}], name=${JSON.stringify(this.shm.name)})`;
  }

  #word(index: number): number {
    const { buf } = this.shm;
    return buf.length < (index + 1) * 4 ? -1 : (new Int32Array(buf.buffer, buf.byteOffset + index * 4, 1)[0] as number);
  }

  /** Where an item lies, and its bytes. */
  #slot(index: number): [start: number, size: number] {
    const start = index === 0 ? 0 : this.#word(index);
    return [startOf(this.length) + start, this.#word(index + 1) - start];
  }

  /** Where the type of an item is. */
  #type(index: number): number {
    return 4 + 4 * this.length + index;
  }

  /** A copy of text or bytes, without the NULs at its end. */
  #content(start: number, size: number): Uint8Array {
    const { buf } = this.shm;
    let end = start + size;
    while (end > start && buf[end - 1] === 0) end--;
    return buf.slice(start, end);
  }

  #index(index: number, name: string): number {
    const { length } = this;
    if (!Number.isInteger(index))
      throw new TypeError(`ShareableList.${name}(index): index must be an integer, not ${shown(index)}`);
    const i = index < 0 ? index + length : index;
    if (i < 0 || i >= length) throw new RangeError(`ShareableList.${name}(${index}): there are ${length} items`);
    return i;
  }

  static {
    registerShared(ShareableList.prototype, {
      kind: 'ShareableList',
      everywhere: true,
      detach: (it) => it.shm.name,
      attach: (name) => new ShareableList(null, { name: name as string }),
    });
  }
}
