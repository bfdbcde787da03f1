// Bytes to a value: plain data, maps and sets, sharing, depth. Every other kind of object is in `decode-other.ts`.
//
// What lies past the end reads as `undefined`, which is no tag. So only lengths are checked at once, and the place where
// a record ends when it has been read; whatever a corrupted record makes the engine throw means just that.

import { DataCloneError, leftBehind } from '../errors.ts';
import {
  ARRAY,
  ARRAY_LONG,
  ARRAY_SPARSE,
  ASCII,
  BESIDE,
  BIGINT,
  CHUNK,
  DEPTH,
  DICT,
  ERROR,
  FALSE,
  FLOAT64,
  GONE,
  INT_BIAS,
  INT32,
  LEFT_BEHIND,
  MAP,
  NULL,
  NUMBERS,
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

interface Shape {
  readonly keys: readonly string[];
  readonly bytes: Uint8Array;
  /** SHAPE where a key means something on every object (`__proto__`, `toString`): it is defined, not assigned. */
  readonly job: number;
}

type Job = [job: number, object: object, list: unknown];
type Other = (tag: number, number: number, prototype: object | undefined) => object;

const SHAPES = 256;
/** An array that is made with a length from here on is kept as a dictionary by an engine. */
const DENSE = 1 << 24;
const NOTHING = new Uint8Array(0);
const float = new Float64Array(1);
const eight = new Uint8Array(float.buffer);
/** The shapes seen last: a known list of keys is compared, not read. */
const table = new Array<Shape | undefined>(SHAPES).fill(undefined);

// The record that is being read.
let bytes: Uint8Array = NOTHING;
let pos = 0;
export let attachments: readonly unknown[] | undefined;
/** Its strings that are beside it, and how many of them were read. */
let strings: readonly (readonly unknown[])[] | undefined;
let taken = 0;
/** Its shared objects, where it may be read more than once, and how many of them were met. */
let attached: object[] | undefined;
let met = 0;
/** Reads an object that is neither plain nor an array. Given, so that this file need not know the kinds. */
let other: Other;
/** Whether the record has REFs, so that objects must be remembered. */
let tracking = false;
let objects: (object | undefined)[] = [];
let shapes: Shape[] = [];
let depth = 0;
/** Late contents. */
let jobs: Job[] = [];
/** What is thrown is no fault of the record: it reaches the caller as it is. */
let faultless = false;

export const corrupt = (): never => {
  throw new Error();
};

/** What this thread lacks is no fault of the record. */
export const lack = (error: Error): never => {
  faultless = true;
  throw error;
};

export function decodeWith(
  others: Other,
  record: Uint8Array,
  given: readonly unknown[] | undefined,
  from: number,
  shared: object[] | undefined,
): unknown {
  other = others;
  bytes = record;
  pos = from + 1;
  attachments = given;
  attached = shared;
  met = 0;
  tracking = record[from] === 1;
  try {
    const value = read();
    if (jobs.length > 0) drain();
    return pos === record.length && (record[from] as number) < 2 ? value : corrupt();
  } catch (thrown) {
    throw faultless ? thrown : new DataCloneError(`corrupted record, at byte ${pos}`, { cause: thrown });
  } finally {
    bytes = NOTHING;
    attachments = strings = undefined;
    taken = 0;
    attached = undefined;
    if (tracking) objects = [];
    if (shapes.length > 0) shapes = [];
    if (jobs.length > 0) jobs = [];
    depth = 0;
    faultless = false;
  }
}

/** Calls a hook, which may decode. */
export function attempt<T>(hook: () => T): T {
  if (pos > bytes.length) corrupt();
  const outer = [
    bytes,
    pos,
    attachments,
    strings,
    taken,
    attached,
    met,
    tracking,
    objects,
    shapes,
    depth,
    jobs,
  ] as const;
  objects = [];
  shapes = [];
  jobs = [];
  depth = taken = 0;
  strings = undefined;
  let failed = true;
  try {
    const answer = hook();
    failed = false;
    return answer;
  } finally {
    [bytes, pos, attachments, strings, taken, attached, met, tracking, objects, shapes, depth, jobs] = outer;
    faultless = failed;
  }
}

/** A shared object, which is attached once, however often its record is read. */
export function attachOnce(attach: () => object): object {
  const object = attached?.[met] ?? attempt(attach);
  if (attached !== undefined) attached[met++] = object;
  return object;
}

export const byte = (): number => bytes[pos++] as number;

export function size(): number {
  let value = 0;
  for (let unit = 1; ; unit *= 128) {
    const part = byte();
    value += (part & 0x7f) * unit;
    if (!(part >= 0x80)) return value;
  }
}

/** Bytes of the record, all of them there. */
export function take(length: number): Uint8Array {
  const start = pos;
  pos += length;
  return pos <= bytes.length ? bytes.subarray(start, pos) : corrupt();
}

export function float64(): number {
  for (let i = 0; i < 8; i++) eight[i] = bytes[pos + i] as number;
  pos += 8;
  return float[0] as number;
}

export function string(): string {
  const value = read();
  return typeof value === 'string' ? value : corrupt();
}

/** An object of the record, which has its number, and a prototype where one is given. */
export function keep<T extends object>(number: number, object: T, prototype?: object): T {
  if (prototype !== undefined) Object.setPrototypeOf(object, prototype);
  if (tracking) objects[number] = object;
  return object;
}

export function read(): unknown {
  const tag = byte();
  if (tag < TEXT) return tag - INT_BIAS;
  if (tag < ARRAY) {
    pos += tag & 31;
    return latin1(bytes, pos - (tag & 31), tag & 31);
  }
  switch (tag) {
    case NULL:
      return null;
    case UNDEFINED:
      return undefined;
    case FALSE:
      return false;
    case TRUE:
      return true;
    case INT32:
      return byte() | (byte() << 8) | (byte() << 16) | (byte() << 24);
    case FLOAT64:
      return float64();
    case BIGINT:
      return BigInt(string());
    case ASCII:
      return ascii(take(size()));
    case WIDE:
      return wide(take(2 * size()));
    case BESIDE:
      return beside();
    case REF:
      return objects[size()] ?? corrupt();
    default:
      // An object takes the next number before it is made.
      return readObject(tag, tracking ? objects.push(undefined) - 1 : 0, undefined);
  }
}

/** The next of the strings that are beside the record. */
function beside(): string {
  strings ??= attachments?.[size()] as readonly (readonly unknown[])[];
  const value = strings[Math.trunc(taken / CHUNK)]?.[taken % CHUNK];
  taken++;
  return typeof value === 'string' ? value : corrupt();
}

/** The object that begins with this tag; it has its number, and a prototype where one is given. */
export function readObject(tag: number, number: number, prototype: object | undefined): object {
  if (tag < SHAPED) return array(tag & 15, number, prototype);
  if (tag < NULL) return shaped(shapes[tag & 15], number, prototype);
  switch (tag) {
    case ARRAY_LONG:
      return array(size(), number, prototype);
    case ARRAY_SPARSE: {
      const length = size();
      const array: unknown[] = [];
      // An element far out makes the engine keep a sparse array: it reserves nothing for the length.
      if (length > bytes.length + 1024) array[0xffff_fffe] = 0;
      array.length = Math.min(length, 0xffff_fffe);
      array.length = length;
      return contain(DICT, array, number, prototype);
    }
    case SHAPE: {
      const shape = shapeHere();
      shapes.push(shape);
      return shaped(shape, number, prototype);
    }
    case SHAPED_LONG:
      return shaped(shapes[size()], number, prototype);
    case DICT:
      return contain(DICT, {}, number, prototype);
    case NUMBERS:
      return numbers(number, prototype);
    case MAP:
      return contain(MAP, new Map(), number, prototype);
    case SET:
      return contain(SET, new Set(), number, prototype);
    default:
      return other(tag, number, prototype);
  }
}

/** The shape whose list of keys is next. */
function shapeHere(): Shape {
  const start = pos;
  const count = byte();
  // Every key takes a byte or more.
  const place = (count + 3 * byte() + 7 * (bytes[pos + count] as number) + 31 * (bytes[start + count] as number)) & 255;
  const last = table[place];
  if (last !== undefined) {
    const known = last.bytes;
    const here = bytes;
    const { length } = known;
    let i = 0;
    while (i < length && known[i] === here[start + i]) i++;
    pos = start + i;
    if (i === length) return last;
  }
  pos = start + 1;
  const keys = Array.from({ length: count }, string);
  // Half a list must not be taken for a whole one later.
  if (pos > bytes.length) corrupt();
  const job = keys.some((key) => key in {}) ? SHAPE : SHAPED;
  return (table[place] = { keys, bytes: bytes.slice(start, pos), job });
}

/** An object, and its contents after their count. */
export function contain(job: number, object: object, number: number, prototype: object | undefined): object {
  keep(number, object, prototype);
  fill(job, object, size());
  return object;
}

function array(length: number, number: number, prototype: object | undefined): object {
  // Most arrays are short and hold no REF: made at once, they take half the time and room.
  if (length < 4 && length > 0 && prototype === undefined && !tracking && depth < DEPTH) {
    depth++;
    const array = length === 3 ? [read(), read(), read()] : length === 2 ? [read(), read()] : [read()];
    depth--;
    return array;
  }
  // Made with its length, it is not made larger again and again. Every value takes a byte or more.
  const array: unknown[] = keep(number, new Array(length <= bytes.length && length < DENSE ? length : 0), prototype);
  fill(ARRAY, array, length);
  return array;
}

function numbers(number: number, prototype: object | undefined): object {
  const length = size();
  const width = byte();
  if (width !== 1 && width !== 4 && width !== 8) return corrupt();
  let at = bytes.byteOffset + pos;
  const view = new DataView(bytes.buffer);
  take(length * width);
  const array = new Array<number>(length < DENSE ? length : 0);
  if (width === 8) for (let i = 0; i < length; i++, at += 8) array[i] = view.getFloat64(at, true);
  else if (width === 4) for (let i = 0; i < length; i++, at += 4) array[i] = view.getInt32(at, true);
  else for (let i = 0; i < length; i++) array[i] = view.getInt8(at++);
  return keep(number, array, prototype);
}

function shaped(shape: Shape | undefined, number: number, prototype: object | undefined): object {
  if (shape === undefined) return corrupt();
  const object = keep(number, prototype === undefined ? {} : (Object.create(prototype) as object));
  // On an instance, a setter of its class could be in the way.
  fill(prototype === undefined ? shape.job : SHAPE, object, shape.keys);
  return object;
}

/** Reads contents, so many or one for each key: now, or late where they lie too deep. */
export function fill(job: number, object: object, list: unknown): void {
  if (depth < DEPTH) {
    depth++;
    contents(job, object, list);
    depth--;
  } else {
    jobs.push([job, object, list]);
  }
}

/** Gives an object a field, whatever its prototype has by that name. */
function put(object: object, key: string | symbol, value: unknown, enumerable: boolean): void {
  if (enumerable && !(key in object)) (object as Record<string | symbol, unknown>)[key] = value;
  else Object.defineProperty(object, key, { value, enumerable, configurable: true, writable: true });
}

function contents(job: number, object: object, list: unknown): void {
  if (job === SHAPED || job === SHAPE) {
    const keys = list as readonly string[];
    for (let i = 0; i < keys.length; i++) {
      if (bytes[pos] === GONE) pos++;
      else if (job === SHAPED) (object as Record<string, unknown>)[keys[i] as string] = read();
      else put(object, keys[i] as string, read(), true);
    }
    return;
  }
  const count = list as number;
  if (job === ARRAY) {
    for (let i = 0; i < count; i++) (object as unknown[])[i] = read();
    return;
  }
  for (let i = 0; i < count; i++) {
    if (job === SET) {
      Set.prototype.add.call(object, read());
    } else if (job === MAP) {
      const key = read();
      Map.prototype.set.call(object, key, read());
    } else {
      const key = string();
      const enumerable = job === DICT || read() === true;
      const value = read();
      // An error shows some texts without having them: the name of its class, an empty message.
      if (enumerable || typeof value !== 'string' || (object as Readonly<Record<string, unknown>>)[key] !== value)
        put(object, job === ERROR && key === LEFT_BEHIND ? leftBehind : key, value, enumerable);
    }
  }
}

function drain(): void {
  for (const [job, object, list] of jobs) {
    depth = 1;
    contents(job, object, list);
  }
}

/** A value with its own late contents. */
export function whole(): unknown {
  const outer = [jobs, depth] as const;
  jobs = [];
  depth = 0;
  const state = read();
  drain();
  [jobs, depth] = outer;
  return state;
}
