// Objects that are neither plain objects nor plain arrays: builtins, errors, instances of classes, shared objects, and
// what only the browser can carry.

import { observer } from '../base/observer.ts';
import { ours } from '../base/tag.ts';
import { ERRORS, isError } from '../errors.ts';
import { attach, builtin, kinds } from './encode-builtin.ts';
import { again, array, carrier, encodeWith, keyed, plain, target, writeAgain, writeState } from './encoder.ts';
import { reduce } from './hooks.ts';
import { isLocal, localNameOf } from './local.ts';
import { type Constructor, hasBuiltins, isGlobal, isNative, isUnknown, titleOf, twinOf } from './natives.ts';
import { refuse, refuseKind, refuseProxy, refuseShared, refuseUnregistered } from './refuse.ts';
import { namesOf } from './registry.ts';
import { detach, sharedKindOf } from './shared.ts';
import { ARRAY, CLASS, DICT, ERROR, REDUCED, SHARED } from './tags.ts';
import { isShared } from './transfer.ts';
import { byte, text } from './writer.ts';

/** What the browser moves, and does not copy. */
const MOVABLE =
  /^(MessagePort|OffscreenCanvas|\w+(able|form)Stream|RTCDataChannel|MediaSourceHandle|MediaStreamTrack)$/;

/** Whether the browser's own messages carry it as what it is. */
function isCarried(object: object, title: string): boolean {
  // WebKit's structuredClone() refuses a memory that its messages carry.
  if (title === 'WebAssembly.Memory') return isShared((object as WebAssembly.Memory).buffer);
  try {
    const clone = structuredClone(object);
    return titleOf(clone, clone.constructor.name) === title;
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
    const heirs = carrier?.heirs ?? (shared.everywhere ? [] : refuseShared(shared.title ?? shared.kind));
    byte(SHARED);
    text(shared.kind);
    if (carrier?.heirs !== undefined) observer?.onInherit(object, carrier.heirs);
    let state: unknown;
    try {
      state = detach(shared, object, heirs, carrier?.heirs !== undefined && !carrier.called);
    } catch (error) {
      // A Proxy has no private members.
      if (!(error instanceof TypeError)) throw error;
      refuseProxy(shared.title ?? shared.kind);
    }
    return writeState(object, state);
  }
  const nearest = classes[0];
  const own = nearest?.prototype === prototype ? nearest : undefined;
  const native = own !== undefined && isBuiltin(own);
  // Of a builtin class, registered or not, nothing but its hooks can make an instance.
  if (own !== undefined && (namesOf(own) !== undefined ? !native || reduce in object : mayStay(object, own, classes)))
    return instance(object, own, classes);
  if (object instanceof Error) return error(object, classes);
  if (native) {
    const twin = twinOf(own);
    if (kinds.has(twin.prototype)) return builtin(object, twin.prototype);
    if (/Error$/.test(twin.name)) return error(object as Error, [twin]);
    const title = titleOf(object, own.name);
    if (isUnknown(object, own.prototype)) refuseProxy(title);
    if (MOVABLE.test(title)) return move(object, title);
    if (isCarried(object, title) || (isLocal() && CARRIED.test(title))) return attach(object, title);
    refuseNative(title);
  }
  if (own === undefined && Array.isArray(object)) return array(object);
  if (nearest !== undefined) {
    if (isNative(nearest) || isGlobal(nearest)) refuseNative(titleOf(object, nearest.name));
    // A Process says itself what to send.
    if (reduce in object) (object[reduce] as () => unknown)();
    else if (classes.some(({ prototype }) => ours.has(prototype)))
      refuseKind(titleOf(object), 'belongs to the process that made it');
    refuseInstance(object, nearest);
  }
  // It has lost its class, and is one all the same.
  if (isError(object)) return error(object, classes);
  // Generators, iterators and what Intl.Segmenter makes have no class.
  if (prototype !== null) {
    const title = titleOf(object, hasBuiltins(prototype) ? 'builtin object' : '');
    if (title !== '') refuseKind(title);
  }
  plain(object);
}

/** What the browser carries, and what stands for the browser cannot clone. */
const CARRIED = /^(Blob|File|FileList|ImageData|DOM(Exception|Matrix|Point|Quad|Rect)(ReadOnly)?|CryptoKey)$/;

/** Is a class the engine's? In place of a browser, as jsdom and Node are, many are only the realm's. */
const isBuiltin = (own: Constructor): boolean => isNative(own) || (isLocal() && isGlobal(own));

/** Need its class not be registered? What is refused for other reasons is refused here, too. */
const mayStay = (object: object, own: Constructor, classes: readonly Constructor[]): boolean =>
  isLocal() && !isBuiltin(own) && (reduce in object || !classes.some(({ prototype }) => ours.has(prototype)));

const refuseNative = (title: string): never =>
  refuseKind(
    title,
    title === 'WebAssembly.Memory'
      ? 'is not shared: send its bytes, or make it with { shared: true }'
      : /^Abort(Signal|Controller)$/.test(title)
        ? 'cannot travel: a call of a pool has the option "signal", and its task taskSignal()'
        : undefined,
  );

/** What it advises can be done: with the class of a package, which a module of tasks can export again, or without it. */
function refuseInstance(object: object, { name }: Constructor): never {
  const fields = Object.keys(object);
  // A minifier leaves a letter or two.
  const isNamed = name.length > 2;
  const title = isNamed ? name : `${name || 'a class without a name'} { ${fields.slice(0, 5).join(', ')} }`;
  let plainly = 'toJSON' in object ? ', such as its toJSON()' : '';
  try {
    if (plainly === '' && structuredClone(object) && fields.length > 0) plainly = ', such as structuredClone() of it';
  } catch {
    // It holds what cannot be cloned.
  }
  return refuseUnregistered(
    `an instance of ${title}, a class`,
    '',
    ` (where it is of a package: export { ${isNamed ? name : 'TheClass'} } from 'the-package')` +
      (reduce in object ? '' : `; or send plain data in its place${plainly}`),
  );
}

/** What only moves has to be in a list of `transfer()`, maybe one that comes later in the message. */
function move(object: object, title: string): void {
  if (!carrier?.transfer.includes(object as Transferable)) {
    if (again || carrier === undefined)
      refuseKind(title, 'only the browser can move: mark it with transfer(), in arguments or a result');
    writeAgain();
  }
  attach(object, title);
}

function instance(object: object, own: Constructor, classes: readonly Constructor[]): void {
  const hook: unknown = (object as Readonly<Record<symbol, unknown>>)[reduce];
  if (typeof hook === 'function') {
    byte(REDUCED);
    target(own);
    return writeState(object, hook.call(object));
  }
  if (object instanceof Error) return error(object, classes);
  const native = classes.find(isBuiltin);
  const base = native && twinOf(native);
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
      (isBuiltin(own) ? undefined : localNameOf(own)) ??
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
  // In some engines the stack is inherited; the name nearly always is, and may be a getter of the class, which throws.
  const isThere = (key: string): boolean => {
    if (key !== 'stack' && Object.hasOwn(error, key)) return true;
    try {
      return typeof error[key as 'name'] === 'string';
    } catch {
      return false;
    }
  };
  const quiet = Object.getOwnPropertyNames(error).filter(
    (key) => !fields.includes(key) && !hidden.includes(key) && !OF_ENGINES.test(key) && canTravel(error, key),
  );
  keyed(ERROR, error, [...hidden.filter((key) => !fields.includes(key) && isThere(key)), ...quiet, ...fields]);
}

/** What engines note in errors, beside the stack: it is of the place where the error is made again. */
const OF_ENGINES = /^(fileName|lineNumber|columnNumber|line|column|sourceURL)$/;

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
