// A value to bytes: plain data, sharing, depth. Every other kind of object is in `encode-other.ts`.

import { isDense, widthOf } from './dense.ts';
import { reduce } from './hooks.ts';
import { isLocal, localNameOf } from './local.ts';
import { forget, layMetAside, meet, numberOf } from './met.ts';
import { isNative } from './natives.ts';
import { keyText, member, ofVariable, refuse, refuseUnregistered, textOf, toError, within } from './refuse.ts';
import { namesOf } from './registry.ts';
import { shapeOf } from './shapes.ts';
import { type Carrier, disinherit } from './shared.ts';
import {
  ARRAY,
  ARRAY_LONG,
  ARRAY_SPARSE,
  ATTACHMENT,
  BESIDE,
  BIGINT,
  CHUNK,
  DEPTH,
  DICT,
  ERROR,
  FALSE,
  GONE,
  INLINE,
  MAP,
  NULL,
  NUMBERS,
  REDUCED,
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

/** Bytes of a buffer that are worth leaving out. */
export const WORTH = 1 << 16;
/** A string of more code units is left to the browser where that may be, and each that begins so far behind. */
const LONG = 1 << 16;
const FAR = 1 << 17;

type Job = [job: number, object: object, list: readonly unknown[]];
type Other = (object: object, prototype: object | null) => void;

// The message that is being written.
let busy = false;
export let carrier: Carrier | undefined;
/** Writes an object that is neither plain nor an array. Given, so that this file need not know the kinds. */
let other: Other;
/** Strings that the browser clones, where there may be any. */
let strings: string[][] | undefined;
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
  forget();
  stretches = undefined;
  again = hasty = false;
  depth = shapeCount = 0;
  // It stays a small integer.
  message = (message + 1) & 0x3fff_ffff;
  if (jobs.length > 0) jobs = [];
  if (open.length > 0) open = [];
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
  strings = carrier?.direct ? [] : undefined;
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
  const goOn = [layAside(), layMetAside()];
  const outer = [carrier, strings, shapeCount, depth, jobs, open, stretches, again, hasty] as const;
  jobs = [];
  open = [];
  clear();
  busy = false;
  try {
    return encodeWith(others, value, path, by);
  } finally {
    [carrier, strings, shapeCount, depth, jobs, open, stretches, again, hasty] = outer;
    busy = true;
    for (const it of goOn) it();
  }
}

export function write(value: unknown): void {
  room(0);
  switch (typeof value) {
    case 'number':
      return number(value);
    case 'string':
      return strings !== undefined && (position() > FAR || value.length > LONG) ? beside(value, strings) : text(value);
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

/** A string that goes beside the record. */
function beside(value: string, lists: string[][]): void {
  byte(BESIDE);
  let list = lists[lists.length - 1];
  if (list === undefined) size((carrier as Carrier).attachments.push(lists) - 1);
  if (list === undefined || list.length === CHUNK) lists.push((list = []));
  list.push(value);
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
  const met = meet(object);
  if (met === undefined) return false;
  if (open.includes(object)) refuse('is an instance that its own [reduce]() state holds');
  flag();
  byte(REF);
  size(met);
  return true;
}

/** A function or class: by name, or as it is, where it stays in this realm. */
export function target(value: object): void {
  const name = namesOf(value) ?? (carrier === undefined ? localNameOf(value) : undefined);
  const captures = name === undefined && !isLocal() ? capturesOf(value) : undefined;
  if (ref(value)) return;
  if (captures !== undefined) {
    byte(REDUCED);
    target(value.constructor);
    try {
      return writeState(value, captures());
    } catch (thrown) {
      throw ofVariable(thrown);
    }
  }
  if (name !== undefined) {
    byte(TARGET);
    text(name);
  } else {
    byte(ATTACHMENT);
    size((carrier as Carrier).attachments.push(value) - 1);
  }
}

/** What a function takes along that was written in place: it is rebuilt of that, as an instance of what stands for it. */
function capturesOf(value: object): () => unknown {
  const captures: unknown = (value as Readonly<Record<symbol, unknown>>)[reduce];
  if (typeof captures === 'function') return captures as () => unknown;
  const text = textOf(value);
  if (isNative(value)) refuse(`is ${text}, of the browser, bound or a Proxy: call it in a function of yours`);
  if (/^class\b/.test(text)) return refuseUnregistered('a class', `, ${text},`);
  const isInPlace = /['"]use multiprocessing/.test(Function.prototype.toString.call(value));
  return refuseUnregistered('a function', `, ${text},`, isInPlace ? OF_PLUGIN : OWN);
}
const OF_PLUGIN = '; the directive of a function itself is read by the Vite plugin, which has not seen this one';
const OWN = '; or begin its own body so, with the Vite plugin';

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
    const width = length < INLINE ? 0 : widthOf(array);
    if (width > 0) {
      byte(NUMBERS);
      return numbers(array as readonly number[], width);
    }
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
