// Objects that are neither plain objects nor arrays, maps and sets: how they are made again.

import { ERRORS } from '../errors.ts';
import {
  attachments,
  attachOnce,
  attempt,
  byte,
  contain,
  corrupt,
  fill,
  float64,
  keep,
  lack,
  read,
  readObject,
  size,
  string,
  take,
  whole,
} from './decoder.ts';
import { rebuild } from './hooks.ts';
import { missing } from './missing.ts';
import { absenceOf, targetOf } from './registry.ts';
import { attach, sharedKindNamed } from './shared.ts';
import {
  ARRAY,
  ATTACHMENT,
  BOXED,
  BUFFER,
  CLASS,
  DATE,
  DICT,
  ERROR,
  globalNamed,
  REDUCED,
  REGEXP,
  SHARED,
  TARGET,
  VIEW,
  VIEWS,
} from './tags.ts';

type Class = { readonly prototype: object };

const isObject = (value: unknown): value is object => Object(value) === value;

/** A class, which can only come from the registry. */
function readClass(): Class {
  const target = read();
  return typeof target === 'function' && isObject(target.prototype) ? (target as unknown as Class) : corrupt();
}

export function decodeOther(tag: number, number: number, prototype: object | undefined): object {
  switch (tag) {
    case TARGET: {
      const name = string();
      return keep(number, targetOf(name) ?? lack(absenceOf(name)));
    }
    case CLASS: {
      const own = readClass();
      const inner = byte();
      if (!(inner >= ARRAY && inner < ERROR)) corrupt();
      const object = readObject(inner, number, own.prototype);
      // Arrays and plain objects have their fields in their own contents.
      if (inner > DICT) fill(DICT, object, size());
      return object;
    }
    case REDUCED: {
      const own = readClass();
      const state = whole();
      return keep(
        number,
        attempt(() => rebuilt(own, state)),
      );
    }
    case SHARED: {
      const name = string();
      const kind = sharedKindNamed(name) ?? lack(missing(name));
      // Only a message that carries attachments can hold what has memory of its own.
      if (attachments === undefined && !kind.everywhere) corrupt();
      const state = whole();
      return keep(
        number,
        attachOnce(() => attach(kind, state)),
      );
    }
    case ERROR:
      return contain(ERROR, errorShell(), number, undefined);
    default:
      return keep(number, builtin(tag), prototype);
  }
}

function rebuilt(own: Class, state: unknown): object {
  const hook: unknown = (own as unknown as Readonly<Record<symbol, unknown>>)[rebuild];
  const object: unknown =
    typeof hook === 'function' ? hook.call(own, state) : Object.assign(Object.create(own.prototype) as object, state);
  if (!isObject(object)) throw new TypeError('[rebuild]() answered no object');
  return object;
}

function errorShell(): Error {
  const name = string();
  if (name === 'DOMException') {
    const kind = string();
    return new DOMException(string(), kind) as Error;
  }
  const found = ERRORS[name as keyof typeof ERRORS] ?? targetOf(name) ?? globalNamed(name);
  // A class that this process does not have: an error must arrive all the same.
  const known = found?.prototype instanceof Error ? found : Error;
  return Reflect.construct(Error, [], known) as Error;
}

type View = new (buffer: ArrayBuffer, byteOffset: number, length?: number) => ArrayBufferView;

function builtin(tag: number): object {
  switch (tag) {
    case DATE:
      return new Date(float64());
    case REGEXP: {
      const source = string();
      return new RegExp(source, string());
    }
    case BOXED: {
      const value = read();
      return isObject(value) ? corrupt() : (Object(value) as object);
    }
    case BUFFER: {
      const length = size();
      const max = size();
      const content = take(length);
      const buffer = new ArrayBuffer(length, max > 0 ? { maxByteLength: max - 1 } : undefined);
      new Uint8Array(buffer).set(content);
      return buffer;
    }
    case VIEW: {
      const View = globalNamed(VIEWS[byte()] as string) as View | undefined;
      const byteOffset = size();
      const length = size();
      const buffer = read();
      if (View === undefined || !(buffer instanceof ArrayBuffer)) return corrupt();
      return new View(buffer, byteOffset, length > 0 ? length - 1 : undefined);
    }
    case ATTACHMENT: {
      const object = attachments?.[size()];
      return isObject(object) ? object : corrupt();
    }
    default:
      return corrupt();
  }
}
