// Builtins that bytes can hold: what is read of each.

import { isOurs } from '../memory/buffer.ts';
import { array, carrier, fill, plain, seeWhole, shownBy, WORTH, write } from './encoder.ts';
import { isLocal } from './local.ts';
import { type Constructor, isUnknown } from './natives.ts';
import { refuse, refuseKind, refuseProxy } from './refuse.ts';
import { ARRAY, ATTACHMENT, BOXED, BUFFER, DATE, globalNamed, MAP, REGEXP, SET, VIEW, VIEWS } from './tags.ts';
import { copies, copyOf, isDetached } from './transfer.ts';
import { byte, float64, raw, size, text } from './writer.ts';

type View = DataView<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** Builtins by prototype: the tag, and for views their index above it. */
export const kinds = new Map<unknown, number>();

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

export function attach(object: object, name: string): void {
  const index =
    carrier?.attachments.push(object) ??
    refuseKind(name, 'only the browser can move: pass it as an argument of a process');
  byte(ATTACHMENT);
  size(index - 1);
}

/** An object by what the builtin of this prototype knows of it: its class may have methods by the same names. */
export function builtin(object: object, prototype: object): void {
  const kind = kinds.get(prototype) as number;
  const tag = kind & 0xff;
  if (tag === ARRAY) return Array.isArray(object) ? array(object) : plain(object);
  if (tag === BUFFER) return buffer(object as ArrayBuffer, prototype);
  if (tag === VIEW && ArrayBuffer.isView(object)) return view(object as View, kind >> 8);
  if (tag === MAP || tag === SET) return collection(object as Map<unknown, unknown>, prototype, tag);
  if (tag === VIEW || (tag === ATTACHMENT && isUnknown(object, prototype))) refuseAs(prototype);
  if (tag === ATTACHMENT) return attach(object, 'SharedArrayBuffer');
  let value: unknown;
  let flags = '';
  try {
    if (tag === REGEXP) ({ source: value, flags } = object as RegExp);
    else value = prototype.valueOf.call(object);
  } catch {
    refuseAs(prototype);
  }
  byte(tag);
  if (tag === DATE) return float64(value as number);
  write(value);
  if (tag === REGEXP) text(flags);
}

/** Is it what this realm has in place of shared memory, and does it stay there? */
const isKept = (buffer: ArrayBuffer): boolean => isLocal() && isOurs(buffer);

const refuseAs = (prototype: object): never => refuseProxy((prototype.constructor as unknown as Constructor).name);

function collection(object: Map<unknown, unknown>, prototype: object, tag: number): void {
  const list: unknown[] = [];
  const add = (value: unknown, key: unknown): void => {
    if (tag === MAP) list.push(key);
    list.push(value);
  };
  try {
    (prototype as Map<unknown, unknown>).forEach.call(object, add);
  } catch {
    // Reactive state is a Proxy of a Map or Set, whose own methods know that.
    try {
      object.forEach(add);
    } catch {
      refuseAs(prototype);
    }
  }
  byte(tag);
  size(tag === MAP ? list.length / 2 : list.length);
  fill(tag, object, list);
}

function buffer(buffer: ArrayBuffer, prototype: object): void {
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(buffer);
  } catch {
    return refuse('is a detached ArrayBuffer');
  }
  // It takes what is no buffer for a list.
  if (bytes.buffer !== buffer) refuseAs(prototype);
  if (carrier?.transfer.includes(buffer) || isKept(buffer)) return attach(buffer, 'ArrayBuffer');
  seeWhole(buffer);
  if (carrier?.large !== undefined && buffer.byteLength >= carrier.large && !buffer.resizable) {
    const copy = copies.has(buffer) ? buffer : copyOf(buffer);
    carrier.transfer.push(copy);
    return attach(copy, 'ArrayBuffer');
  }
  byte(BUFFER);
  size(buffer.byteLength);
  size(buffer.resizable ? buffer.maxByteLength + 1 : 0);
  raw(bytes);
}

function view(view: View, index: number): void {
  const { buffer } = view;
  if (kinds.get(Object.getPrototypeOf(buffer)) === ATTACHMENT || isKept(buffer))
    return attach(view, 'view on a SharedArrayBuffer');
  if (isOut(view))
    refuse(`is a view ${isDetached(buffer) ? 'on a detached ArrayBuffer' : 'that lies outside its buffer'}`);
  // Of one that can be resized, nobody knows how far a view will reach.
  const [part, from] =
    buffer.byteLength - view.byteLength < WORTH || buffer.resizable ? [buffer, 0] : shownBy(view, buffer);
  byte(VIEW);
  byte(index);
  size(view.byteOffset - from);
  // Asked so, since a DataView from another realm is no instance of ours.
  size(tracks(view) ? 0 : ((view as Uint8Array).length ?? view.byteLength) + 1);
  write(part);
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
