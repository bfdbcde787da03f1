// Bytes to a value: plain data, maps and sets, sharing, depth. Every other kind of object is in `decode-other.ts`.

import { DataCloneError } from '../errors.ts';
import { corrupt, Rethrown } from './corrupt.ts';
import { type KnownShape, shapeAt } from './known-shapes.ts';
import {
  ARRAY,
  ARRAY_LONG,
  ARRAY_SPARSE,
  ASCII,
  BIGINT,
  BIGINT64,
  DEPTH,
  DICT,
  ERROR,
  FALSE,
  FIELDS,
  FLOAT64,
  GONE,
  INT_BIAS,
  INT32,
  MAP,
  NULL,
  REF,
  SET,
  SHAPE,
  SHAPED,
  SHAPED_LONG,
  TEXT,
  TRUE,
  UNDEFINED,
  WIDE,
} from './tags.ts';
import { ascii, latin1, wide } from './text.ts';

const NOTHING = new Uint8Array(0);
const eight = new Uint8Array(8);
const view = new DataView(eight.buffer);

/** Gives an object a field, whatever its prototype has by that name. */
function put(object: object, key: string, value: unknown, enumerable = true): void {
  if (enumerable && !(key in object)) (object as Record<string, unknown>)[key] = value;
  else Object.defineProperty(object, key, { value, enumerable, configurable: true, writable: true });
}

export class Decoder {
  bytes: Uint8Array = NOTHING;
  pos = 0;
  attachments: readonly unknown[] | undefined;
  /** Whether the record has REFs, so that objects must be remembered. */
  private tracking = false;
  private objects: (object | undefined)[] = [];
  private shapes: KnownShape[] = [];
  private depth = 0;
  /** Late contents. */
  private jobs: [job: number, object: object, list: unknown][] = [];

  /** Reads an object that is neither plain nor an array. Given, so that this file need not know the kinds. */
  private readonly other: (d: Decoder, tag: number, number: number, prototype: object | undefined) => object;

  constructor(other: (d: Decoder, tag: number, number: number, prototype: object | undefined) => object) {
    this.other = other;
  }

  run(bytes: Uint8Array, attachments: readonly unknown[] | undefined): unknown {
    this.bytes = bytes;
    this.pos = 1;
    this.attachments = attachments;
    this.tracking = bytes[0] === 1;
    if (bytes.length < 2 || (bytes[0] as number) > 1) corrupt('no such beginning');
    try {
      const value = this.read();
      if (this.jobs.length > 0) this.drain();
      if (this.pos !== bytes.length) corrupt('no such end');
      return value;
    } catch (thrown) {
      if (thrown instanceof Rethrown) throw thrown.error;
      if (thrown instanceof DataCloneError) throw thrown;
      throw new DataCloneError(`corrupted record: ${(thrown as Error).message}`, { cause: thrown });
    } finally {
      this.bytes = NOTHING;
      this.attachments = undefined;
      if (this.objects.length > 0) this.objects = [];
      if (this.shapes.length > 0) this.shapes = [];
      if (this.jobs.length > 0) this.jobs = [];
      this.depth = 0;
    }
  }

  /** So many bytes are there. */
  need(count: number): void {
    if (count > this.bytes.length - this.pos) corrupt('it ends early');
  }

  byte(): number {
    const { bytes, pos } = this;
    if (pos >= bytes.length) corrupt('it ends early');
    this.pos = pos + 1;
    return bytes[pos] as number;
  }

  size(): number {
    let byte = this.byte();
    let value = byte & 0x7f;
    for (let unit = 128; byte >= 0x80; unit *= 128) {
      if (unit > 2 ** 46) corrupt('no such length');
      byte = this.byte();
      value += (byte & 0x7f) * unit;
    }
    return value;
  }

  /** A count of what takes at least a byte each. */
  count(): number {
    const count = this.size();
    this.need(count);
    return count;
  }

  private eight(): DataView {
    this.need(8);
    for (let i = 0; i < 8; i++) eight[i] = this.bytes[this.pos + i] as number;
    this.pos += 8;
    return view;
  }

  float64(): number {
    return this.eight().getFloat64(0, true);
  }

  string(): string {
    const value = this.read();
    return typeof value === 'string' ? value : corrupt('no string');
  }

  /** Takes the next number for an object that is not made yet. */
  reserve(): number {
    return this.tracking ? this.objects.push(undefined) - 1 : 0;
  }

  keep<T extends object>(number: number, object: T): T {
    if (this.tracking) this.objects[number] = object;
    return object;
  }

  read(): unknown {
    const tag = this.byte();
    if (tag < TEXT) return tag - INT_BIAS;
    if (tag < ARRAY) return this.latin1(tag & 31);
    switch (tag) {
      case NULL:
        return null;
      case UNDEFINED:
        return undefined;
      case FALSE:
        return false;
      case TRUE:
        return true;
      case INT32: {
        this.need(4);
        const { bytes, pos } = this;
        this.pos = pos + 4;
        return (
          (bytes[pos] as number) |
          ((bytes[pos + 1] as number) << 8) |
          ((bytes[pos + 2] as number) << 16) |
          ((bytes[pos + 3] as number) << 24)
        );
      }
      case FLOAT64:
        return this.float64();
      case BIGINT64:
        return this.eight().getBigInt64(0, true);
      case BIGINT: {
        const digits = this.string();
        return digits[0] === '-' ? -BigInt(`0x${digits.slice(1)}`) : BigInt(`0x${digits}`);
      }
      case ASCII: {
        const length = this.count();
        this.pos += length;
        return ascii(this.bytes, this.pos - length, length);
      }
      case WIDE: {
        const length = this.size();
        this.need(2 * length);
        this.pos += 2 * length;
        return wide(this.bytes, this.pos - 2 * length, length);
      }
      case REF:
        return this.objects[this.size()] ?? corrupt('no such object');
      default:
        return this.object(tag, this.reserve(), undefined);
    }
  }

  private latin1(length: number): string {
    this.need(length);
    const start = this.pos;
    this.pos = start + length;
    return latin1(this.bytes, start, length);
  }

  /** The object that begins with this tag; it gets its number, and a prototype where one is given. */
  object(tag: number, number: number, prototype: object | undefined): object {
    if (tag < SHAPED) return this.array(tag & 15, number, prototype);
    if (tag < NULL) return this.shaped(this.shapes[tag & 15], number, prototype);
    switch (tag) {
      case ARRAY_LONG:
        return this.array(this.count(), number, prototype);
      case ARRAY_SPARSE: {
        const length = this.size();
        if (length > 0xffff_ffff) corrupt('no such length');
        const array: unknown[] = [];
        // An element far out makes the engine keep a sparse array: it reserves nothing for the length.
        if (length > 2 * this.bytes.length + 1024) array[0xffff_fffe] = 0;
        array.length = Math.min(length, 0xffff_fffe);
        array.length = length;
        return this.contain(ARRAY_SPARSE, array, number, prototype, this.count());
      }
      case SHAPE: {
        const count = this.byte();
        const length = this.byte();
        this.need(length);
        const shape = shapeAt(this.bytes, this.pos, length, count);
        if (shape !== undefined) this.shapes.push(shape);
        this.pos += length;
        return this.shaped(shape, number, prototype);
      }
      case SHAPED_LONG:
        return this.shaped(this.shapes[this.size()], number, prototype);
      case DICT:
        return this.contain(DICT, prototype ? Object.create(prototype) : {}, number, undefined, this.count());
      case MAP:
        return this.contain(MAP, new Map(), number, prototype, this.count());
      case SET:
        return this.contain(SET, new Set(), number, prototype, this.count());
      default:
        return this.other(this, tag, number, prototype);
    }
  }

  /** An object, and its contents, now or late. */
  contain(job: number, object: object, number: number, prototype: object | undefined, list: unknown): object {
    if (prototype !== undefined) Object.setPrototypeOf(object, prototype);
    this.keep(number, object);
    this.fill(job, object, list);
    return object;
  }

  /** Most arrays are short and hold no REF: made at once, they take half the time and room. */
  private short(length: number): object | undefined {
    if (this.tracking || this.depth >= DEPTH) return undefined;
    this.depth++;
    let array: unknown[] | undefined;
    if (length === 3) array = [this.read(), this.read(), this.read()];
    else if (length === 2) array = [this.read(), this.read()];
    else if (length === 1) array = [this.read()];
    this.depth--;
    return array;
  }

  private array(length: number, number: number, prototype: object | undefined): object {
    if (length < 4 && length > 0 && prototype === undefined) {
      const array = this.short(length);
      if (array !== undefined) return array;
    }
    const array: unknown[] = [];
    if (prototype !== undefined) Object.setPrototypeOf(array, prototype);
    this.keep(number, array);
    if (length > 0) this.fill(ARRAY, array, length);
    return array;
  }

  private shaped(shape: KnownShape | undefined, number: number, prototype: object | undefined): object {
    if (shape === undefined) return corrupt('no such shape');
    const object = prototype === undefined ? {} : (Object.create(prototype) as object);
    this.keep(number, object);
    // On an instance, a setter of its class could be in the way.
    this.fill(shape.careful || prototype !== undefined ? SHAPE : SHAPED, object, shape.keys);
    return object;
  }

  /** Reads contents: now, or late where they lie too deep. */
  fill(job: number, object: object, list: unknown): void {
    if (this.depth === DEPTH) {
      this.jobs.push([job, object, list]);
    } else {
      this.depth++;
      this.contents(job, object, list);
      this.depth--;
    }
  }

  private contents(job: number, object: object, list: unknown): void {
    const { bytes } = this;
    switch (job) {
      case SHAPED: {
        const keys = list as readonly string[];
        for (let i = 0; i < keys.length; i++) {
          if (bytes[this.pos] === GONE) this.pos++;
          else (object as Record<string, unknown>)[keys[i] as string] = this.read();
        }
        break;
      }
      case SHAPE:
        for (const key of list as readonly string[]) {
          if (bytes[this.pos] === GONE) this.pos++;
          else put(object, key, this.read());
        }
        break;
      case ARRAY:
        for (let i = 0; i < (list as number); i++) (object as unknown[])[i] = this.read();
        break;
      case ARRAY_SPARSE:
        for (let i = 0; i < (list as number); i++) {
          const key = this.read();
          put(
            object,
            typeof key === 'number' ? String(key) : typeof key === 'string' ? key : corrupt('no key'),
            this.read(),
          );
        }
        break;
      case MAP:
        for (let i = 0; i < (list as number); i++) {
          const key = this.read();
          Map.prototype.set.call(object, key, this.read());
        }
        break;
      case SET:
        for (let i = 0; i < (list as number); i++) Set.prototype.add.call(object, this.read());
        break;
      case ERROR:
        for (let i = 0; i < (list as number); i++) {
          const key = this.string();
          const enumerable = this.read() === true;
          const value = this.read();
          // The name that the class has anyway.
          if (enumerable || key !== 'name' || (object as Error).name !== value) put(object, key, value, enumerable);
        }
        break;
      default:
        // DICT, FIELDS
        for (let i = 0; i < (list as number); i++) {
          const key = this.string();
          put(object, key, this.read());
        }
    }
  }

  /** The count of the fields of an instance whose base is a builtin, and the fields. */
  fields(object: object): void {
    this.fill(FIELDS, object, this.count());
  }

  private drain(): void {
    for (const [job, object, list] of this.jobs) {
      this.depth = 1;
      this.contents(job, object, list);
    }
  }

  /** A value with its own late contents. */
  whole(): unknown {
    const { jobs, depth } = this;
    this.jobs = [];
    this.depth = 0;
    const state = this.read();
    this.drain();
    this.jobs = jobs;
    this.depth = depth;
    return state;
  }
}
