// Objects that are neither plain objects nor plain arrays: builtins, errors, instances of classes, shared objects, and
// what only the browser can carry.

import { ERRORS } from '../errors.ts';
import { observer } from '../memory/observer.ts';
import { array, carrier, encodeWith, fill, keyed, plain, target, write, writeState } from './encoder.ts';
import { reduce } from './hooks.ts';
import { refuse, refuseKind, refuseShared, refuseUnregistered } from './refuse.ts';
import { namesOf } from './registry.ts';
import { sharedKindOf } from './shared.ts';
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
  MAP,
  REDUCED,
  REGEXP,
  SET,
  SHARED,
  VIEW,
  VIEWS,
} from './tags.ts';
import { isDetached } from './transfer.ts';
import { byte, float64, raw, size, text } from './writer.ts';

type Constructor = { readonly prototype: object; readonly name: string };
type View = DataView<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** Builtins by prototype: the tag, and for views their index above it. */
const kinds = new Map<unknown, number>();

const builtins: Readonly<Record<string, number>> = {
  Array: ARRAY,
  Map: MAP,
  Set: SET,
  Date: DATE,
  RegExp: REGEXP,
  Boolean: BOXED,
  Number: BOXED,
  String: BOXED,
  BigInt: BOXED,
  ArrayBuffer: BUFFER,
  SharedArrayBuffer: ATTACHMENT,
};
for (const [name, kind] of [...Object.entries(builtins), ...VIEWS.map((name, i) => [name, VIEW | (i << 8)] as const)]) {
  const builtin = globalNamed(name);
  if (builtin !== undefined) kinds.set(builtin.prototype, kind);
}

/** What the browser moves, and does not copy. */
const MOVABLE =
  /^(MessagePort|OffscreenCanvas|\w+(able|form)Stream|RTCDataChannel|MediaSourceHandle|MediaStreamTrack)$/;

const isGlobal = (constructor: Constructor): boolean => globalNamed(constructor.name) === constructor;

/** Whether the browser's own messages carry it as what it is. */
function isCarried(object: object, { name, prototype }: Constructor): boolean {
  try {
    return MOVABLE.test(name) || Object.getPrototypeOf(structuredClone(object)) === prototype;
  } catch {
    return false;
  }
}

export function encodeOther(object: object, prototype: object | null): void {
  if (kinds.has(prototype)) return builtin(object, prototype as object);
  // The classes that it is an instance of, nearest first.
  const classes: Constructor[] = [];
  for (let at = prototype; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const own: unknown = Object.getOwnPropertyDescriptor(at, 'constructor')?.value;
    if (typeof own === 'function' && own.prototype === at && own.name !== 'Object')
      classes.push(own as unknown as Constructor);
  }
  for (const { prototype } of classes) {
    const shared = sharedKindOf(prototype);
    if (shared === undefined) continue;
    const heirs = carrier?.heirs ?? (shared.everywhere ? [] : refuseShared(shared.kind));
    byte(SHARED);
    text(shared.kind);
    if (carrier?.heirs !== undefined) observer?.onInherit(object, carrier.heirs);
    return writeState(object, shared.detach(object, heirs, carrier?.heirs !== undefined && !carrier.called));
  }
  const nearest = classes[0];
  const own = nearest?.prototype === prototype ? nearest : undefined;
  if (own !== undefined && namesOf(own) !== undefined) return instance(object, own, classes);
  if (object instanceof Error) return error(object, classes);
  if (own === undefined) {
    if (Array.isArray(object)) return array(object);
  } else if ((isGlobal(own) || own === globalThis.WebAssembly?.Module) && isCarried(object, own)) {
    return attach(object, own.name);
  }
  const twin = own === undefined ? undefined : twinOf(own);
  if (twin !== undefined) {
    if (kinds.has(twin.prototype)) return builtin(object, twin.prototype);
    if (/Error$/.test(twin.name)) return error(object as Error, [twin]);
  }
  if (nearest !== undefined) {
    if (isGlobal(nearest)) refuseKind(nearest.name);
    refuseUnregistered(`an instance of ${nearest.name || 'a class without a name'}, a class`);
  }
  // Generators and iterators have no class.
  const tag: unknown = prototype && (prototype as Readonly<Record<symbol, unknown>>)[Symbol.toStringTag];
  if (typeof tag === 'string') refuseKind(tag);
  plain(object);
}

/** The builtin of that name here, for one from another realm: a value that came from a frame has other prototypes. */
function twinOf(own: Constructor): Constructor | undefined {
  const twin = globalNamed(own.name) as Constructor | undefined;
  return twin !== own && Function.prototype.toString.call(own).includes('[native code]') ? twin : undefined;
}

function attach(object: object, name: string): void {
  const index =
    carrier?.attachments.push(object) ??
    refuseKind(name, 'only the browser can move: pass it as an argument of a process');
  byte(ATTACHMENT);
  size(index - 1);
}

function instance(object: object, own: Constructor, classes: readonly Constructor[]): void {
  const hook: unknown = (object as Readonly<Record<symbol, unknown>>)[reduce];
  if (typeof hook === 'function') {
    byte(REDUCED);
    target(own);
    return writeState(object, hook.call(object));
  }
  if (object instanceof Error) return error(object, classes);
  const base = classes.find(isGlobal);
  const kind = kinds.get(base?.prototype);
  if (base !== undefined && kind === undefined)
    refuse(`extends ${base.name}, which cannot be rebuilt: give its class [reduce] and [rebuild]`);
  byte(CLASS);
  target(own);
  if (base === undefined) return plain(object);
  builtin(object, base.prototype);
  if (kind === ARRAY) return;
  // The indices of a view or a String come first, and are no fields.
  const indexed = ArrayBuffer.isView(object) || object instanceof String;
  keyed(
    DICT,
    object,
    Object.keys(object).filter((key) => !indexed || !/^\d+$/.test(key)),
  );
}

/** The name of the nearest class that another process can know. */
function errorName(classes: readonly Constructor[]): string {
  for (const own of classes) {
    const name =
      namesOf(own) ??
      // A minifier does not spare the names of the library's own classes.
      Object.entries(ERRORS).find(([, each]) => each === own)?.[0] ??
      (isGlobal(own) ? own.name : undefined);
    if (name !== undefined) return name;
  }
  return 'Error';
}

function error(error: Error, classes: readonly Constructor[]): void {
  const dom = error instanceof DOMException;
  byte(ERROR);
  text(dom ? 'DOMException' : errorName(classes));
  const hidden = ['stack', 'cause', 'errors', 'error', 'suppressed'];
  if (dom) {
    text(error.name);
    text(error.message);
  } else {
    hidden.push('name', 'message');
  }
  const fields = Object.keys(error);
  // In some engines the stack is inherited; the name nearly always is.
  const isThere = (key: string): boolean =>
    typeof error[key as 'name'] === 'string' || (key !== 'stack' && Object.hasOwn(error, key));
  const quiet = Object.getOwnPropertyNames(error).filter(
    (key) => !fields.includes(key) && !hidden.includes(key) && !OF_ENGINES.test(key) && canTravel(error, key),
  );
  keyed(ERROR, error, [...hidden.filter((key) => !fields.includes(key) && isThere(key)), ...quiet, ...fields]);
}

/** What engines note in errors, beside the stack: it is of the place where the error is made again. */
const OF_ENGINES = /^(fileName|lineNumber|columnNumber|line|column|sourceURL|stack|name|message)$/;

let probing = false;

/** Whether a field that is not enumerable can travel: libraries keep functions there, and nobody meant those to. */
function canTravel(error: Error, key: string): boolean {
  if (probing) return false;
  probing = true;
  try {
    encodeWith(encodeOther, error[key as 'name'], '', undefined);
    return true;
  } catch {
    return false;
  } finally {
    probing = false;
  }
}

/** An object by what the builtin of this prototype knows of it: its class may have methods by the same names. */
function builtin(object: object, prototype: object): void {
  const kind = kinds.get(prototype) as number;
  const tag = kind & 0xff;
  const { forEach, valueOf } = prototype as Map<unknown, unknown>;
  if (tag === ARRAY) return Array.isArray(object) ? array(object) : plain(object);
  if (tag === ATTACHMENT) return attach(object, 'SharedArrayBuffer');
  if (tag === BUFFER) return buffer(object as ArrayBuffer);
  if (tag === VIEW) return view(object as View, kind >> 8);
  byte(tag);
  if (tag === DATE) return float64((valueOf as () => unknown).call(object) as number);
  if (tag === BOXED) return write((valueOf as () => unknown).call(object));
  if (tag === REGEXP) {
    const { source, flags } = object as RegExp;
    text(source);
    return text(flags);
  }
  const list: unknown[] = [];
  forEach.call(object as Map<unknown, unknown>, (value, key) => {
    if (tag === MAP) list.push(key);
    list.push(value);
  });
  size(tag === MAP ? list.length / 2 : list.length);
  fill(tag, object, list);
}

function buffer(buffer: ArrayBuffer): void {
  if (isDetached(buffer)) refuse('is a detached ArrayBuffer');
  if (carrier?.transfer.includes(buffer)) return attach(buffer, 'ArrayBuffer');
  if (carrier?.large !== undefined && buffer.byteLength >= carrier.large && !buffer.resizable) {
    const copy = buffer.slice(0);
    carrier.transfer.push(copy);
    return attach(copy, 'ArrayBuffer');
  }
  byte(BUFFER);
  size(buffer.byteLength);
  size(buffer.resizable ? buffer.maxByteLength + 1 : 0);
  raw(new Uint8Array(buffer));
}

function view(view: View, index: number): void {
  const { buffer } = view;
  if (kinds.get(Object.getPrototypeOf(buffer)) === ATTACHMENT) return attach(view, 'view on a SharedArrayBuffer');
  if (isOut(view))
    refuse(`is a view ${isDetached(buffer) ? 'on a detached ArrayBuffer' : 'that lies outside its buffer'}`);
  byte(VIEW);
  byte(index);
  size(view.byteOffset);
  // Asked so, since a DataView from another realm is no instance of ours.
  size(tracks(view) ? 0 : ((view as Uint8Array).length ?? view.byteLength) + 1);
  write(buffer);
}

/** Whether its buffer has shrunk away from under it. */
function isOut(view: View): boolean {
  try {
    // Something must need the length: WebKit's optimizing compiler leaves out, with its exception, a read for nothing.
    if (!('length' in view)) return view.byteOffset + view.byteLength > view.buffer.byteLength;
    Uint8Array.prototype.at.call(view, 0);
    return false;
  } catch {
    return true;
  }
}

/** Whether a view's length follows that of its buffer, which nothing tells but a resize: of a copy. */
function tracks(view: View): boolean {
  const { buffer, byteOffset, byteLength } = view;
  if (!buffer.resizable) return false;
  const copy = structuredClone(view);
  if (byteLength > 0) {
    copy.buffer.resize(byteOffset);
    return !isOut(copy);
  }
  copy.buffer.resize(buffer.maxByteLength);
  return copy.byteLength > 0;
}
