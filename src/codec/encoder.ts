// A value to bytes: plain data, sharing, depth. Every other kind of object is in `encode-other.ts`.

import { isLocal, localNameOf } from './local.ts';
import { keyText, member, refuse, refuseUnregistered, textOf, toError, within } from './refuse.ts';
import { namesOf } from './registry.ts';
import { shapeOf } from './shapes.ts';
import { type Carrier, disinherit } from './shared.ts';
import {
  ARRAY,
  ARRAY_LONG,
  ARRAY_SPARSE,
  ATTACHMENT,
  BIGINT,
  DEPTH,
  DICT,
  ERROR,
  FALSE,
  GONE,
  INLINE,
  MAP,
  NULL,
  NUMBERS,
  REF,
  SET,
  SHAPE,
  SHAPE_KEYS,
  SHAPED,
  SHAPED_LONG,
  TARGET,
  TRUE,
  UNDEFINED,
} from './tags.ts';
import { copies, copyOf, isDetached, transferListOf } from './transfer.ts';
import {
  answer,
  byte,
  flag,
  layAside,
  number,
  numbers,
  position,
  raw,
  restart,
  room,
  since,
  size,
  text,
} from './writer.ts';

/** So many objects are looked for one by one; from there on a Map is faster. */
const LINEAR = 12;
/** Bytes of a buffer that are worth leaving out. */
export const WORTH = 1 << 16;
/** Up to this length the keys of an array tell whether it is dense; from there on its values do it faster. */
const SHORT = 32;
/** The last index of an array of each short length: there, the numbers need not be made text. */
const LAST = Array.from({ length: SHORT }, (_, length) => String(length - 1));

type Job = [job: number, object: object, list: readonly unknown[]];
type Other = (object: object, prototype: object | null) => void;

// The message that is being written.
let busy = false;
export let carrier: Carrier | undefined;
/** Writes an object that is neither plain nor an array. Given, so that this file need not know the kinds. */
let other: Other;
/** The objects met, in order: the first in a list, all in a Map when they are many, and in further ones when that is full. */
let first: (object | undefined)[] = [];
let byObject: Map<object, number> | undefined;
let full: Map<object, number>[] = [];
/** So many objects a Map takes in any engine (V8: 2^24). A message may hold more. */
let most = 1 << 24;
let count = 0;
/** Shapes remember the message that wrote them. */
let message = 0;
let shapeCount = 0;
let depth = 0;
/** Late contents. */
let jobs: Job[] = [];
/** Instances whose `[reduce]` state is being written. */
let open: object[] = [];
/** What is written of buffers, where it is less than all. */
let stretches: Map<unknown, { from: number; to: number; part: ArrayBuffer | undefined }> | undefined;
/** The message is written once more: something met later says how what came before is to be written. */
export let again = false;
/** Whether it has to be. */
let hasty = false;

/** Forgets the message. */
function clear(): void {
  for (let i = Math.min(count, LINEAR); --i >= 0; ) first[i] = undefined;
  byObject = stretches = undefined;
  again = hasty = false;
  count = depth = shapeCount = 0;
  // It stays a small integer.
  message = (message + 1) & 0x3fff_ffff;
  if (jobs.length > 0) jobs = [];
  if (open.length > 0) open = [];
  if (full.length > 0) full = [];
}

/** How many objects a Map is to take, for tests. Answers how many it took. */
export function limitMaps(objects: number): number {
  const before = most;
  most = objects;
  return before;
}

export function encodeWith(others: Other, value: unknown, path: string, by: Carrier | undefined): Uint8Array {
  if (busy) return encodeAside(others, value, path, by);
  const attached = by?.attachments.length ?? 0;
  const moving = by?.transfer.length ?? 0;
  const inheriting = by?.heirs?.length ?? 0;
  busy = true;
  other = others;
  carrier = by;
  try {
    compose(value);
    if (hasty || isHasty(by, moving)) {
      const reach = stretches;
      if (by !== undefined) {
        by.attachments.length = attached;
        // What is marked to move stays; copies are made, or listed, once more.
        const marked = by.transfer.splice(moving).filter((item) => !copies.has(item));
        by.transfer.push(...marked);
        disinherit(by.heirs, inheriting);
      }
      clear();
      again = true;
      stretches = reach;
      compose(value);
    }
    return answer();
  } catch (thrown) {
    if (by !== undefined) {
      by.attachments.length = attached;
      by.transfer.length = moving;
      disinherit(by.heirs, inheriting);
    }
    throw toError(path, thrown);
  } finally {
    clear();
    carrier = undefined;
    busy = false;
  }
}

/** What was met here is said to move, or not, by what comes later. */
export function writeAgain(): void {
  hasty = true;
}

function compose(value: unknown): void {
  restart();
  write(value);
  if (jobs.length > 0) drain();
}

/** Whether a buffer was copied before the mark that says it is to move. */
const isHasty = (by: Carrier | undefined, moving: number): boolean =>
  by !== undefined &&
  by.transfer.length > moving &&
  by.transfer
    .slice(moving)
    .some((item) => (numberOf(item) !== undefined || stretches?.has(item)) && !by.attachments.includes(item));

/** Encodes while another message is being written: a getter or hook of that asked for it. */
function encodeAside(others: Other, value: unknown, path: string, by: Carrier | undefined): Uint8Array {
  const goOn = layAside();
  const outer = [
    carrier,
    first,
    byObject,
    full,
    count,
    shapeCount,
    depth,
    jobs,
    open,
    stretches,
    again,
    hasty,
  ] as const;
  first = [];
  full = [];
  jobs = [];
  open = [];
  count = 0;
  clear();
  busy = false;
  try {
    return encodeWith(others, value, path, by);
  } finally {
    [carrier, first, byObject, full, count, shapeCount, depth, jobs, open, stretches, again, hasty] = outer;
    busy = true;
    goOn();
  }
}

export function write(value: unknown): void {
  room(0);
  switch (typeof value) {
    case 'number':
      return number(value);
    case 'string':
      return text(value);
    case 'object':
      return value === null ? byte(NULL) : writeObject(value);
    case 'boolean':
      return byte(value ? TRUE : FALSE);
    case 'undefined':
      return byte(UNDEFINED);
    case 'bigint':
      byte(BIGINT);
      return text(`${value}`);
    case 'function':
      return target(value);
    default:
      refuse('is a symbol, which cannot travel');
  }
}

/** The number of an object that was met before. */
function numberOf(object: object): number | undefined {
  let met: number | undefined;
  if (byObject === undefined) {
    for (let i = 0; i < count; i++) if (first[i] === object) met = i;
  } else {
    met = byObject.get(object);
    for (let i = 0; met === undefined && i < full.length; i++) met = full[i]?.get(object);
  }
  return met;
}

/** All of a buffer is to be written. */
export function seeWhole(buffer: ArrayBuffer): void {
  const stretch = stretches?.get(buffer);
  if (stretch === undefined) return;
  stretch.from = 0;
  stretch.to = buffer.byteLength;
  hasty = true;
}

/**
 * What to write for the buffer of a view that shows little of it (an array in the memory of a WebAssembly module, a part of
 * a file), and where in the buffer that begins. Where the message has nothing else of the buffer, that is the stretch that
 * its views cover. How far they reach is known at the end: where a later one reaches further, all is written again.
 */
export function shownBy(view: ArrayBufferView, buffer: ArrayBuffer): [part: unknown, from: number] {
  if (numberOf(buffer) !== undefined || carrier?.transfer.includes(buffer)) return [buffer, 0];
  // Aligned for the longest elements.
  const from = view.byteOffset - (view.byteOffset % 8);
  const to = view.byteOffset + view.byteLength;
  stretches ??= new Map();
  const stretch = stretches.get(buffer) ?? { from, to, part: undefined };
  stretches.set(buffer, stretch);
  if (from < stretch.from || to > stretch.to) {
    // A getter may give other views the second time.
    if (again) return [buffer, 0];
    stretch.from = Math.min(from, stretch.from);
    stretch.to = Math.max(to, stretch.to);
    stretch.part = undefined;
    hasty = true;
  }
  if (hasty && !again) return [null, 0];
  if (buffer.byteLength - stretch.to + stretch.from < WORTH) return [buffer, 0];
  stretch.part ??= copyOf(buffer, stretch.from, stretch.to);
  return [stretch.part, stretch.from];
}

/** Numbers an object, or writes a REF to one that was met before; answers whether it did that. */
function ref(object: object): boolean {
  const met = numberOf(object);
  if (met === undefined) {
    if (count < LINEAR) first[count] = object;
    else {
      byObject ??= new Map((first as object[]).map((each, i) => [each, i]));
      if (byObject.size >= most) {
        full.push(byObject);
        byObject = new Map();
      }
      byObject.set(object, count);
    }
    count++;
    return false;
  }
  if (open.includes(object)) refuse('is an instance that its own [reduce]() state holds');
  flag();
  byte(REF);
  size(met);
  return true;
}

/** A function or class: by name, or as it is, where it stays in this realm. */
export function target(value: object): void {
  const name = namesOf(value) ?? (carrier === undefined ? localNameOf(value) : undefined);
  if (name === undefined && !isLocal()) refuseUnregistered('a function', `, ${textOf(value)},`);
  if (ref(value)) return;
  if (name !== undefined) {
    byte(TARGET);
    text(name);
  } else {
    byte(ATTACHMENT);
    size((carrier as Carrier).attachments.push(value) - 1);
  }
}

function writeObject(object: object): void {
  if (ref(object)) return;
  if (carrier !== undefined) mark(object, carrier.transfer);
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype === Array.prototype && Array.isArray(object)) array(object);
  else if (prototype === Object.prototype) plain(object);
  else other(object, prototype as object | null);
}

/** Takes note of what `transfer()` listed for this object. */
function mark(object: object, moving: Transferable[]): void {
  for (const item of transferListOf(object) ?? []) {
    if (moving.includes(item)) continue;
    if (item instanceof ArrayBuffer && isDetached(item)) refuse('is to move a detached ArrayBuffer');
    moving.push(item);
  }
}

/** Whether an array has all of its indices, and no other key. Indices come first, in order: then so does the last. */
function isDense(array: readonly unknown[]): boolean {
  const { length } = array;
  if (length >= SHORT) {
    if (Object.values(array).length !== length) return false;
    if (!Array.prototype.includes.call(array, undefined)) return true;
  }
  const keys = Object.keys(array);
  return keys.length === length && (length === 0 || keys[length - 1] === (LAST[length] ?? String(length - 1)));
}

/** Writes an array that holds nothing but numbers; answers whether it is one. */
function numbersOf(array: readonly unknown[]): boolean {
  let bits = 0;
  let whole = true;
  for (let i = 0; i < array.length; i++) {
    const value = array[i];
    if (typeof value !== 'number') return false;
    // All but the sign of an int32.
    if ((value | 0) === value && (value !== 0 || 1 / value > 0)) bits |= value ^ (value >> 31);
    else whole = false;
  }
  byte(NUMBERS);
  numbers(array as readonly number[], whole ? (bits < 128 ? 1 : 4) : 8);
  return true;
}

/** A tag and a number, in one byte where that is small. */
function head(short: number, long: number, value: number): void {
  if (value < INLINE) {
    byte(short | value);
  } else {
    byte(long);
    size(value);
  }
}

export function array(array: readonly unknown[]): void {
  const { length } = array;
  if (isDense(array)) {
    if (length >= INLINE && numbersOf(array)) return;
    head(ARRAY, ARRAY_LONG, length);
    if (length > 0) fill(ARRAY, array, array);
  } else {
    byte(ARRAY_SPARSE);
    size(length);
    keyed(DICT, array, Object.keys(array));
  }
}

/** A count, and keys with their values. */
export function keyed(job: number, object: object, keys: readonly string[]): void {
  room(0);
  size(keys.length);
  fill(job, object, keys);
}

export function plain(object: object): void {
  const keys = Object.keys(object);
  if (keys.length > SHAPE_KEYS) {
    byte(DICT);
    return keyed(DICT, object, keys);
  }
  const shape = shapeOf(keys);
  if (shape.message === message) {
    head(SHAPED, SHAPED_LONG, shape.number);
  } else {
    byte(SHAPE);
    byte(keys.length);
    if (shape.bytes === undefined) {
      const start = position();
      for (const key of keys) text(key);
      shape.bytes = since(start);
    } else {
      raw(shape.bytes);
    }
    shape.message = message;
    shape.number = shapeCount++;
  }
  fill(SHAPED, object, shape.keys);
}

/** Writes contents: now, or late where they lie too deep. The list has keys, or the values themselves. */
export function fill(job: number, object: object, list: readonly unknown[]): void {
  if (depth < DEPTH) {
    depth++;
    contents(job, object, list);
    depth--;
  } else {
    // An array may change until then.
    jobs.push([job, object, job === ARRAY ? [...list] : list]);
  }
}

function contents(job: number, object: object, list: readonly unknown[]): void {
  // Where it is, should it be refused.
  let i = 0;
  const { length } = list;
  try {
    if (job === ARRAY || job === MAP || job === SET) {
      for (; i < length; i++) {
        const value = list[i];
        // Numbers first: an array of many takes a quarter less.
        if (typeof value === 'number') {
          room(0);
          number(value);
        } else {
          write(value);
        }
      }
      return;
    }
    for (; i < length; i++) {
      const key = list[i] as string;
      const value = (object as Readonly<Record<string, unknown>>)[key];
      if (job !== SHAPED) {
        write(key);
        if (job === ERROR) write(Object.prototype.propertyIsEnumerable.call(object, key));
      } else if (value === undefined && !Object.hasOwn(object, key)) {
        room(0);
        byte(GONE);
        continue;
      }
      write(value);
    }
  } catch (thrown) {
    throw within(stepIn(job, list, i), thrown);
  }
}

function drain(): void {
  for (const [job, object, list] of jobs) {
    depth = 1;
    try {
      contents(job, object, list);
    } catch (thrown) {
      // How far down is no longer known, and no one would read a path of so many steps.
      throw within(' … ', thrown);
    }
  }
}

/** A state in place of an object, which it must not hold; with its own late contents, as it is rebuilt before the rest. */
export function writeState(object: object, state: unknown): void {
  const outer = [jobs, depth] as const;
  jobs = [];
  depth = 0;
  open.push(object);
  write(state);
  drain();
  open.pop();
  [jobs, depth] = outer;
}

function stepIn(job: number, list: readonly unknown[], index: number): string {
  if (job === ARRAY) return member(index);
  if (job === MAP) return index % 2 === 0 ? `.keys()[${index / 2}]` : `.get(${keyText(list[index - 1])})`;
  if (job === SET) return `.values()[${index}]`;
  return member(list[index] as string);
}
