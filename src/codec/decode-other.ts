// Objects that are neither plain objects nor arrays, maps and sets: how they are made again.

import { DataCloneError, ERRORS } from '../errors.ts';
import { corrupt, Rethrown } from './corrupt.ts';
import type { Decoder } from './decoder.ts';
import { rebuild } from './hooks.ts';
import { targetOf } from './registry.ts';
import { sharedKindNamed } from './shared.ts';
import {
  ARRAY,
  ATTACHMENT,
  BOXED,
  BUFFER,
  BUILTIN_ERRORS,
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

function attempt<T>(hook: () => T): T {
  try {
    return hook();
  } catch (error) {
    throw new Rethrown(error);
  }
}

const missing = (what: string): never => {
  throw new Rethrown(new DataCloneError(`this process has not registered ${what}`));
};

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** A class, which can only come from the registry. */
function classIn(d: Decoder): { readonly prototype: object } {
  const target = d.read();
  if (typeof target !== 'function' || !isObject(target.prototype)) return corrupt('no class');
  return target as { readonly prototype: object };
}

export function decodeOther(d: Decoder, tag: number, number: number, prototype: object | undefined): object {
  switch (tag) {
    case TARGET: {
      const name = d.string();
      return d.keep(number, targetOf(name) ?? missing(`"${name}": give its module to setExecutable()`));
    }
    case CLASS: {
      const { prototype: own } = classIn(d);
      const inner = d.byte();
      if (
        inner < ARRAY ||
        inner === ERROR ||
        inner === CLASS ||
        inner === TARGET ||
        inner === REDUCED ||
        inner === SHARED
      )
        corrupt('no base');
      const object = d.object(inner, number, own);
      if (hasFields(inner)) d.fields(object);
      return object;
    }
    case REDUCED: {
      const own = classIn(d);
      const state = d.whole();
      return d.keep(
        number,
        attempt(() => rebuilt(own, state)),
      );
    }
    case SHARED: {
      const kind = d.string();
      // Only a message that carries attachments can hold one.
      if (d.attachments === undefined) corrupt('a shared object');
      const shared = sharedKindNamed(kind) ?? missing(`the class ${kind}`);
      const state = d.whole();
      return d.keep(
        number,
        attempt(() => shared.attach(state)),
      );
    }
    case ERROR:
      return d.contain(ERROR, errorShell(d), number, undefined, d.count());
    default: {
      const object = builtin(d, tag);
      if (prototype !== undefined) Object.setPrototypeOf(object, prototype);
      return d.keep(number, object);
    }
  }
}

/** Arrays and plain objects have their fields in their own contents. */
const hasFields = (tag: number): boolean => tag > DICT;

function rebuilt(own: { readonly prototype: object }, state: unknown): object {
  const hook: unknown = (own as unknown as Record<symbol, unknown>)[rebuild];
  const object: unknown =
    typeof hook === 'function' ? hook.call(own, state) : Object.assign(Object.create(own.prototype) as object, state);
  if (!isObject(object)) throw new TypeError('[rebuild]() answered no object');
  return object;
}

function errorShell(d: Decoder): Error {
  const name = d.string();
  if (name === 'DOMException') {
    const kind = d.string();
    return new DOMException(d.string(), kind) as Error;
  }
  const found: unknown = Object.hasOwn(ERRORS, name)
    ? ERRORS[name as keyof typeof ERRORS]
    : BUILTIN_ERRORS.includes(name)
      ? globalNamed(name)
      : targetOf(name);
  // A class that this process does not have: an error must arrive all the same.
  const known = typeof found === 'function' && (found === Error || found.prototype instanceof Error) ? found : Error;
  return Reflect.construct(Error, [], known) as Error;
}

function builtin(d: Decoder, tag: number): object {
  switch (tag) {
    case DATE:
      return new Date(d.float64());
    case REGEXP: {
      const source = d.string();
      return new RegExp(source, d.string());
    }
    case BOXED: {
      const value = d.read();
      if (value === null || value === undefined || isObject(value) || typeof value === 'function')
        corrupt('no primitive');
      return Object(value) as object;
    }
    case BUFFER:
      return buffer(d);
    case VIEW:
      return view(d);
    case ATTACHMENT: {
      const object = d.attachments?.[d.size()];
      return isObject(object) ? object : corrupt('no such attachment');
    }
    default:
      return corrupt('no such tag');
  }
}

function buffer(d: Decoder): ArrayBuffer {
  const length = d.size();
  const max = d.size() - 1;
  d.need(length);
  const start = d.pos;
  d.pos += length;
  if (max < 0) return d.bytes.slice(start, d.pos).buffer as ArrayBuffer;
  if (max < length) corrupt('no such length');
  const buffer = new ArrayBuffer(length, { maxByteLength: max });
  new Uint8Array(buffer).set(d.bytes.subarray(start, d.pos));
  return buffer;
}

type View = new (buffer: ArrayBuffer, byteOffset: number, length?: number) => ArrayBufferView;

function view(d: Decoder): ArrayBufferView {
  const View = globalNamed(VIEWS[d.byte()] ?? '') as View | undefined;
  if (View === undefined) return corrupt('no such view');
  const byteOffset = d.size();
  const length = d.size() - 1;
  const buffer = d.read();
  if (!(buffer instanceof ArrayBuffer)) return corrupt('no buffer');
  return length < 0 ? new View(buffer, byteOffset) : new View(buffer, byteOffset, length);
}
