// A value to bytes: plain data, sharing, depth. Every other kind of object is in `encode-other.ts`.

import { asRefusal, describe, member, refuse, refuseFunction, within } from './refuse.ts';
import { nameOf } from './registry.ts';
import { Shapes } from './shapes.ts';
import type { Carrier } from './shared.ts';
import {
  ARRAY,
  ARRAY_LONG,
  ARRAY_SPARSE,
  DEPTH,
  DICT,
  ERROR,
  FALSE,
  GONE,
  INLINE,
  MAP,
  NULL,
  REF,
  SET,
  SHAPE,
  SHAPED,
  SHAPED_LONG,
  TARGET,
  TRUE,
  UNDEFINED,
} from './tags.ts';
import { isDetached, transferListOf } from './transfer.ts';
import { Writer } from './writer.ts';

/** So many objects are looked for one by one; from there on a Map is faster. */
const LINEAR = 12;
/** Up to this length the keys of an array tell whether it is dense; from there on its values do it faster. */
const SHORT = 32;
/** The last index of an array of each short length: there, the numbers need not be made text. */
const LAST = Array.from({ length: SHORT }, (_, length) => String(length - 1));
/**
 * Whether short arrays are asked for keys that are no indices. The question is half of what a small array costs (see
 * docs/codec.md), and nothing cheaper answers it; without it, such keys would be lost without a word.
 */
const ASK = true;

/** Thrown when a mark lists a buffer that has been copied already: the message begins again, now moving it. */
const AGAIN = Symbol();

type Fields = Readonly<Record<string, unknown>>;

/** How an index or key of an array is written. */
const arrayKey = (key: string): string | number => {
  const index = Number(key) >>> 0;
  return index !== 0xffff_ffff && String(index) === key ? index : key;
};

/** Whether an array has all of its indices, and no other key. Indices come first, in order: then so does the last. */
function isDense(array: readonly unknown[]): boolean {
  const { length } = array;
  if (length < SHORT) {
    if (!ASK) {
      for (let i = 0; i < length; i++) if (array[i] === undefined && !Object.hasOwn(array, i)) return false;
      return true;
    }
    const keys = Object.keys(array);
    return keys.length === length && (length === 0 || keys[length - 1] === LAST[length]);
  }
  if (Object.values(array).length !== length) return false;
  if (!Array.prototype.includes.call(array, undefined)) return true;
  const keys = Object.keys(array);
  return keys.length === length && keys[length - 1] === String(length - 1);
}

export class Encoder extends Writer {
  carrier: Carrier | undefined;
  private readonly shapes = new Shapes();
  private message = 0;
  private shapeCount = 0;
  /** The objects met, in order: the first in a list, all in a Map when they are many. */
  private readonly first: (object | undefined)[] = new Array<undefined>(LINEAR).fill(undefined);
  private numbers: Map<object, number> | undefined;
  private count = 0;
  private depth = 0;
  /** Late contents. */
  private jobs: [job: number, object: object, list: readonly unknown[]][] = [];
  /** Instances whose `[reduce]` state is being written. */
  readonly open: object[] = [];

  /** Writes an object that is neither plain nor an array. Given, so that this file need not know the kinds. */
  private readonly other: (e: Encoder, object: object, prototype: object | null) => void;

  constructor(other: (e: Encoder, object: object, prototype: object | null) => void) {
    super();
    this.other = other;
  }

  run(value: unknown, path: string, carrier: Carrier | undefined): Uint8Array {
    const attached = carrier?.attachments.length ?? 0;
    const moving = carrier?.transfer.length ?? 0;
    this.carrier = carrier;
    try {
      for (;;) {
        try {
          this.restart();
          this.bytes[this.pos++] = 0;
          this.write(value);
          if (this.jobs.length > 0) this.drain();
          return this.answer();
        } catch (thrown) {
          if (carrier !== undefined) carrier.attachments.length = attached;
          if (thrown === AGAIN) {
            this.clear();
            continue;
          }
          if (carrier !== undefined) carrier.transfer.length = moving;
          throw asRefusal(thrown).toError(path);
        }
      }
    } finally {
      this.clear();
      this.carrier = undefined;
    }
  }

  private clear(): void {
    for (let i = Math.min(this.count, LINEAR); --i >= 0; ) this.first[i] = undefined;
    this.numbers = undefined;
    this.count = 0;
    this.depth = 0;
    this.shapeCount = 0;
    // Shapes remember the message that wrote them. The counter stays a small integer.
    this.message = (this.message + 1) & 0x3fff_ffff;
    if (this.jobs.length > 0) this.jobs = [];
    if (this.open.length > 0) this.open.length = 0;
  }

  write(value: unknown): void {
    this.room(0);
    switch (typeof value) {
      case 'number':
        return this.number(value);
      case 'string':
        return this.text(value);
      case 'object':
        return value === null ? this.byte(NULL) : this.object(value);
      case 'boolean':
        return this.byte(value ? TRUE : FALSE);
      case 'undefined':
        return this.byte(UNDEFINED);
      case 'bigint':
        return this.bigint(value);
      case 'function':
        return this.target(value);
      default:
        refuse('is a symbol, which cannot travel');
    }
  }

  /** Answers the number of an object met before, or numbers it and answers -1. */
  private meet(object: object): number {
    let numbers = this.numbers;
    if (numbers === undefined) {
      const { first, count } = this;
      for (let i = 0; i < count; i++) if (first[i] === object) return i;
      if (count < LINEAR) {
        first[count] = object;
        this.count = count + 1;
        return -1;
      }
      numbers = this.numbers = new Map();
      for (let i = 0; i < LINEAR; i++) numbers.set(first[i] as object, i);
    }
    const number = numbers.get(object);
    if (number !== undefined) return number;
    numbers.set(object, this.count++);
    return -1;
  }

  /** Writes a REF to an object met before; answers whether it did. */
  private ref(object: object): boolean {
    const number = this.meet(object);
    if (number < 0) return false;
    if (this.open.length > 0 && this.open.includes(object))
      refuse('is an instance that its own [reduce]() state holds');
    this.bytes[0] = 1;
    this.byte(REF);
    this.size(number);
    return true;
  }

  /** A function or class, by name. */
  target(value: object): void {
    const name = nameOf(value);
    if (name === undefined) refuseFunction();
    else if (!this.ref(value)) {
      this.byte(TARGET);
      this.text(name);
    }
  }

  private object(object: object): void {
    if (this.ref(object)) return;
    if (this.carrier !== undefined) this.mark(object, this.carrier);
    const prototype: unknown = Object.getPrototypeOf(object);
    if (Array.isArray(object) && prototype === Array.prototype) this.array(object);
    else if (prototype === Object.prototype) this.plain(object);
    else this.other(this, object, prototype as object | null);
  }

  /** Takes note of what `transfer()` listed for this object. */
  private mark(object: object, { attachments, transfer }: Carrier): void {
    for (const item of transferListOf(object) ?? []) {
      if (transfer.includes(item)) continue;
      if (item instanceof ArrayBuffer && isDetached(item))
        refuse('is to move a detached ArrayBuffer, which has moved before');
      transfer.push(item);
      if (!(item instanceof ArrayBuffer) || attachments.includes(item)) continue;
      const met = this.numbers?.has(item) ?? this.first.includes(item);
      if (met) throw AGAIN;
    }
  }

  array(array: readonly unknown[]): void {
    const { length } = array;
    if (!isDense(array)) {
      const keys = Object.keys(array);
      this.byte(ARRAY_SPARSE);
      this.size(length);
      this.size(keys.length);
      return this.fill(ARRAY_SPARSE, array, keys);
    }
    if (length < INLINE) {
      this.byte(ARRAY | length);
    } else {
      this.byte(ARRAY_LONG);
      this.size(length);
    }
    if (length > 0) this.fill(ARRAY, array, array);
  }

  plain(object: object): void {
    const keys = Object.keys(object);
    const shape = this.shapes.of(keys);
    if (shape === undefined) {
      this.byte(DICT);
      this.size(keys.length);
      this.fill(DICT, object, keys);
      return;
    }
    if (shape.message === this.message) {
      if (shape.number < INLINE) {
        this.byte(SHAPED | shape.number);
      } else {
        this.byte(SHAPED_LONG);
        this.size(shape.number);
      }
    } else {
      const { bytes } = shape;
      const { length } = bytes;
      this.room(length);
      this.byte(SHAPE);
      this.byte(keys.length);
      this.byte(length);
      // A loop: keys are mostly too few for a call into the engine.
      const out = this.bytes;
      const start = this.pos;
      for (let i = 0; i < length; i++) out[start + i] = bytes[i] as number;
      this.pos = start + length;
      shape.message = this.message;
      shape.number = this.shapeCount++;
    }
    this.fill(SHAPED, object, shape.keys);
  }

  /** Writes contents: now, or late where they lie too deep. */
  fill(job: number, object: object, list: readonly unknown[]): void {
    if (this.depth >= DEPTH) {
      // An array may change until then.
      this.jobs.push([job, object, job === ARRAY ? [...list] : list]);
    } else {
      this.depth++;
      this.contents(job, object, list);
      this.depth--;
    }
  }

  /** Values one after another: a loop of its own, which the engine compiles for arrays alone. */
  private values(job: number, list: readonly unknown[]): void {
    let i = 0;
    const { length } = list;
    try {
      for (; i < length; i++) {
        const value = list[i];
        if (typeof value === 'number') {
          if (this.bytes.length - this.pos < 16) this.room(0);
          this.number(value);
        } else {
          this.write(value);
        }
      }
    } catch (thrown) {
      if (thrown === AGAIN) throw thrown;
      throw within(thrown, stepIn(job, list, i));
    }
  }

  private contents(job: number, object: object, list: readonly unknown[]): void {
    // The list has the values.
    if (job === ARRAY || job === MAP || job === SET) return this.values(job, list);
    // Where it is, should it be refused.
    let i = 0;
    const { length } = list;
    try {
      switch (job) {
        case SHAPED:
          for (; i < length; i++) {
            const key = list[i] as string;
            const value = (object as Fields)[key];
            if (value === undefined && !Object.hasOwn(object, key)) {
              this.room(0);
              this.byte(GONE);
            } else {
              this.write(value);
            }
          }
          break;
        case ERROR:
          for (; i < length; i++) {
            const key = list[i] as string;
            const value = (object as Fields)[key];
            this.text(key);
            this.write(Object.prototype.propertyIsEnumerable.call(object, key));
            this.write(value);
          }
          break;
        default:
          // ARRAY_SPARSE, DICT, FIELDS
          for (; i < length; i++) {
            const key = list[i] as string;
            const value = (object as Fields)[key];
            this.write(job === ARRAY_SPARSE ? arrayKey(key) : key);
            this.write(value);
          }
      }
    } catch (thrown) {
      if (thrown === AGAIN) throw thrown;
      throw within(thrown, stepIn(job, list, i));
    }
  }

  private drain(): void {
    for (const [job, object, list] of this.jobs) {
      this.depth = 1;
      try {
        this.contents(job, object, list);
      } catch (thrown) {
        // How far down is no longer known, and no one would read a path of so many steps.
        throw thrown === AGAIN ? thrown : within(thrown, ' … ');
      }
    }
  }

  /** A value with its own late contents: a state, which must be whole before what it stands for is rebuilt. */
  whole(state: unknown): void {
    const { jobs, depth } = this;
    this.jobs = [];
    this.depth = 0;
    this.write(state);
    this.drain();
    this.jobs = jobs;
    this.depth = depth;
  }
}

function stepIn(job: number, list: readonly unknown[], index: number): string {
  if (job === ARRAY) return member(index);
  if (job === MAP) return index % 2 === 0 ? `.keys()[${index / 2}]` : `.get(${describe(list[index - 1])})`;
  if (job === SET) return `.values()[${index}]`;
  return member(list[index] as string);
}
