// Objects that are neither plain objects nor plain arrays: builtins, errors, instances of classes, shared objects, and
// what only the browser can carry.

import { ERRORS } from '../errors.ts';
import type { Encoder } from './encoder.ts';
import { reduce } from './hooks.ts';
import { article, refuse, refuseClass, refuseShared } from './refuse.ts';
import { nameOf } from './registry.ts';
import { sharedKindOf } from './shared.ts';
import {
  ARRAY,
  ATTACHMENT,
  BOXED,
  BUFFER,
  BUILTIN_ERRORS,
  CLASS,
  DATE,
  ERROR,
  FIELDS,
  globalNamed,
  MAP,
  REDUCED,
  REGEXP,
  SET,
  SHARED,
  VIEW,
  VIEWS,
} from './tags.ts';
import { isDetached } from './transfer.ts';

type Constructor = { readonly prototype: object; readonly name: string };

/** Builtins by prototype: the tag, and for views their index above it. */
const kinds = new Map<unknown, number>();

function add(name: string, kind: number): void {
  const builtin = globalNamed(name);
  if (typeof builtin === 'function') kinds.set(builtin.prototype, kind);
}

add('Array', ARRAY);
add('Map', MAP);
add('Set', SET);
add('Date', DATE);
add('RegExp', REGEXP);
for (const name of ['Boolean', 'Number', 'String', 'BigInt']) add(name, BOXED);
add('ArrayBuffer', BUFFER);
add('SharedArrayBuffer', ATTACHMENT);
for (const [index, name] of VIEWS.entries()) add(name, VIEW | (index << 8));
for (const name of [...BUILTIN_ERRORS, 'DOMException']) add(name, ERROR);

/** Serializable by the browser, and by nothing else. */
const PLATFORM =
  /^(Blob|File(List|System.*Handle)?|Image(Bitmap|Data)|OffscreenCanvas|MessagePort|(Readable|Writable|Transform)Stream|CryptoKey|VideoFrame|AudioData|Encoded.*Chunk|RTC(DataChannel|Certificate|Encoded.*)|MediaS(treamTrack|ourceHandle)|DOM(Point|Rect|Quad|Matrix).*|Module)$/;

const isPlatform = (constructor: Constructor): boolean =>
  PLATFORM.test(constructor.name) &&
  (isGlobal(constructor) || (typeof WebAssembly === 'object' && constructor === (WebAssembly.Module as unknown)));

const isGlobal = (constructor: Constructor): boolean => globalNamed(constructor.name) === constructor;

/** The class whose instances have this very prototype. */
function classOf(prototype: object): Constructor | undefined {
  const own: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return typeof own === 'function' && own.prototype === prototype ? (own as unknown as Constructor) : undefined;
}

/** The prototype and what it inherits from, nearest first. */
function chainOf(prototype: object | null): object[] {
  const chain: object[] = [];
  for (let at = prototype; at !== null; at = Object.getPrototypeOf(at) as object | null) chain.push(at);
  return chain;
}

export function encodeOther(e: Encoder, object: object, prototype: object | null): void {
  const kind = kinds.get(prototype);
  if (kind !== undefined) return builtin(e, object, kind);
  const chain = chainOf(prototype);
  for (const at of chain) {
    const shared = sharedKindOf(at);
    if (shared === undefined) continue;
    if (!e.carrier?.inherits) return refuseShared(shared.kind);
    e.byte(SHARED);
    e.text(shared.kind);
    return hooked(e, object, shared.detach(object));
  }
  const own = prototype === null ? undefined : classOf(prototype);
  if (own !== undefined && nameOf(own) !== undefined) return instance(e, object, own, chain);
  if (object instanceof Error) return error(e, object, chain);
  if (own !== undefined && isPlatform(own)) return attach(e, object, own.name);
  // From another realm (a frame), a builtin has another prototype.
  const here = own === undefined || isGlobal(own) ? undefined : globalNamed(own.name);
  if (typeof here === 'function' && Function.prototype.toString.call(own).includes('[native code]')) {
    const twin = kinds.get(here.prototype);
    if (twin !== undefined) return twin === ARRAY ? e.array(object as unknown[]) : builtin(e, object, twin);
  }
  if (Array.isArray(object) && own === undefined) return e.array(object);
  for (const at of chain) {
    const constructor = classOf(at);
    if (constructor === undefined || constructor.name === 'Object') continue;
    if (isGlobal(constructor)) refuse(`is ${article(constructor.name)}, which cannot travel`);
    refuseClass(constructor.name);
  }
  const tag: unknown = prototype === null ? undefined : (prototype as Record<symbol, unknown>)[Symbol.toStringTag];
  // Generators and iterators have no class.
  if (typeof tag === 'string') refuse(`is ${article(tag)}, which cannot travel`);
  e.plain(object);
}

/** A state in place of an object, which the state must not hold. */
function hooked(e: Encoder, object: object, state: unknown): void {
  e.open.push(object);
  e.whole(state);
  e.open.pop();
}

function attach(e: Encoder, object: object, name: string): void {
  const { carrier } = e;
  if (carrier === undefined) {
    return refuse(`is ${article(name)}, which only the browser can move: pass it as an argument of a process`);
  }
  e.byte(ATTACHMENT);
  e.size(carrier.attachments.push(object) - 1);
}

function instance(e: Encoder, object: object, own: Constructor, chain: readonly object[]): void {
  const hook: unknown = (object as Record<symbol, unknown>)[reduce];
  if (typeof hook === 'function') {
    e.byte(REDUCED);
    e.target(own);
    return hooked(e, object, hook.call(object));
  }
  if (object instanceof Error) return error(e, object, chain);
  let kind: number | undefined;
  for (const at of chain) {
    kind = kinds.get(at);
    const base = classOf(at);
    if (kind !== undefined || base === undefined || base.name === 'Object') break;
    if (isGlobal(base)) refuse(`extends ${base.name}, which cannot be rebuilt: give its class [reduce] and [rebuild]`);
  }
  e.byte(CLASS);
  e.target(own);
  e.room(0);
  if (kind === undefined) return e.plain(object);
  if (kind === ARRAY) return e.array(object as unknown[]);
  builtin(e, object, kind);
  let keys = Object.keys(object);
  // The indices of a view or a String come first, and are no fields.
  const tag = kind & 0xff;
  if (tag === VIEW || object instanceof String) keys = keys.filter((key) => !/^\d+$/.test(key));
  e.room(0);
  e.size(keys.length);
  e.fill(FIELDS, object, keys);
}

function error(e: Encoder, error: Error, chain: readonly object[]): void {
  let name = 'Error';
  for (const at of chain) {
    const own = classOf(at);
    if (own === undefined) continue;
    // The library's own have their name on the prototype: a minifier does not spare that of the class.
    const literal = Object.getOwnPropertyDescriptor(at, 'name')?.value as keyof typeof ERRORS;
    const found =
      nameOf(own) ??
      (Object.hasOwn(ERRORS, literal) && ERRORS[literal].prototype === at
        ? literal
        : [...BUILTIN_ERRORS, 'DOMException'].find((builtin) => builtin === own.name));
    if (found === undefined) continue;
    name = found;
    break;
  }
  e.byte(ERROR);
  e.text(name);
  const dom = name === 'DOMException';
  if (dom) {
    e.text(error.name);
    e.text(error.message);
  }
  const fields = Object.keys(error);
  const hidden = ['stack', 'cause', 'errors', 'error', 'suppressed'];
  if (!dom) hidden.unshift('name', 'message');
  const keys = hidden.filter((key) => {
    if (fields.includes(key)) return false;
    // In some engines the stack is inherited; the name nearly always is.
    if (key !== 'stack' && key !== 'name') return Object.hasOwn(error, key) || (key === 'message' && error[key] !== '');
    return typeof error[key] === 'string';
  });
  keys.push(...fields);
  e.room(0);
  e.size(keys.length);
  e.fill(ERROR, error, keys);
}

function builtin(e: Encoder, object: object, kind: number): void {
  // The builtins' own methods: a subclass may have others by the same name.
  switch (kind & 0xff) {
    case MAP: {
      const flat: unknown[] = [];
      Map.prototype.forEach.call(object, (value: unknown, key: unknown) => flat.push(key, value));
      e.byte(MAP);
      e.size(flat.length / 2);
      return e.fill(MAP, object, flat);
    }
    case SET: {
      const flat: unknown[] = [];
      Set.prototype.forEach.call(object, (value: unknown) => flat.push(value));
      e.byte(SET);
      e.size(flat.length);
      return e.fill(SET, object, flat);
    }
    case DATE:
      e.byte(DATE);
      return e.float64(Date.prototype.getTime.call(object));
    case REGEXP: {
      const { source, flags } = object as RegExp;
      e.byte(REGEXP);
      e.text(source);
      return e.text(flags);
    }
    case BOXED:
      e.byte(BOXED);
      return e.write(unboxed(object));
    case BUFFER:
      return buffer(e, object as ArrayBuffer);
    case ATTACHMENT:
      return attach(e, object, 'SharedArrayBuffer');
    case VIEW:
      return view(e, object as DataView | Uint8Array, kind >> 8);
    default:
      return error(e, object as Error, chainOf(Object.getPrototypeOf(object) as object));
  }
}

function unboxed(object: object): unknown {
  for (const builtin of [Boolean, Number, String, BigInt]) {
    try {
      return (builtin.prototype.valueOf as () => unknown).call(object);
    } catch {
      // It is another one.
    }
  }
  return refuse('is not what its prototype says');
}

function buffer(e: Encoder, buffer: ArrayBuffer): void {
  if (isDetached(buffer)) refuse('is a detached ArrayBuffer: its content has moved elsewhere');
  if (e.carrier?.transfer.includes(buffer)) return attach(e, buffer, 'ArrayBuffer');
  const { byteLength, resizable, maxByteLength } = buffer;
  e.byte(BUFFER);
  e.size(byteLength);
  e.size(resizable ? maxByteLength + 1 : 0);
  e.raw(new Uint8Array(buffer));
}

function view(e: Encoder, view: DataView | Uint8Array, index: number): void {
  const { buffer } = view;
  if (kinds.get(Object.getPrototypeOf(buffer)) === ATTACHMENT) return attach(e, view, 'view on a SharedArrayBuffer');
  if (isDetached(buffer as ArrayBuffer)) refuse('is a view on a detached ArrayBuffer: its content has moved elsewhere');
  if (isOut(view)) refuse('is a view that lies outside its buffer');
  const { byteOffset } = view;
  const length = view instanceof DataView ? view.byteLength : view.length;
  e.byte(VIEW);
  e.byte(index);
  e.size(byteOffset);
  e.size(tracks(view, buffer as ArrayBuffer) ? 0 : length + 1);
  e.write(buffer);
}

/** Whether its buffer has shrunk away from under it. */
function isOut(view: DataView | Uint8Array): boolean {
  try {
    if (view instanceof DataView) return view.byteLength < 0;
    Uint8Array.prototype.at.call(view, 0);
    return false;
  } catch {
    return true;
  }
}

/** Whether a view's length follows that of its buffer, which nothing tells but a resize (undone before anyone can see). */
function tracks(view: DataView | Uint8Array, buffer: ArrayBuffer): boolean {
  const { resizable, byteLength, maxByteLength } = buffer;
  const before = view.byteLength;
  const size = view instanceof DataView ? 1 : view.BYTES_PER_ELEMENT;
  const { byteOffset } = view;
  if (!resizable || byteLength - byteOffset - before >= size) return false;
  if (byteLength + size <= maxByteLength) {
    buffer.resize(byteLength + size);
    const follows = view.byteLength !== before;
    buffer.resize(byteLength);
    return follows;
  }
  if (before === 0) return false;
  const content = new Uint8Array(buffer.slice(byteOffset));
  buffer.resize(byteOffset);
  const follows = !isOut(view);
  buffer.resize(byteLength);
  new Uint8Array(buffer).set(content, byteOffset);
  return follows;
}
