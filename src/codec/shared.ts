// How objects that own shared memory (queues, locks, ...) travel: as a kind and a small state, where it is known which process
// gets them: with one that starts, and with the calls of pools.
//
// Where threads share no memory their state is a key of what the page has, their body there (`Marshaller`).

import { tag } from '../base/tag.ts';

/** What a message carries beside its bytes: values that the browser itself clones or moves. */
export interface Carrier {
  /** Cloned (or moved) by the browser's own postMessage; the record names them by index. */
  readonly attachments: unknown[];
  /** The list to give to postMessage. */
  readonly transfer: Transferable[];
  /**
   * There where it will be known which process gets this record, so that shared objects may be in it. Who must know which process
   * holds them adds a callback: it gets the pid before that reads the record, or 0 if the record is not sent after all.
   */
  readonly heirs?: Heir[];
  /** The record is of a pool's call: nobody knows yet who gets it, or it gets there without the heirs. */
  readonly called?: boolean;
  /** Buffers of so many bytes are copied into an attachment that is moved, in place of a copy in the record. */
  readonly large?: number;
  /**
   * It goes to its reader's thread without being handed on, which would take the attachments apart and put them together once more. So
   * long strings, and those of a large record, go beside it: the browser copies them several times faster.
   */
  readonly direct?: boolean;
}

export type Heir = (pid: number) => void;

/** Calls those off that were added since there were `from` of them: their record is not sent. */
export const disinherit = (heirs: Heir[] | undefined, from: number): void =>
  heirs?.splice(from).forEach((heir) => heir(0));

/** How one kind of shared object is taken apart and put together. */
export interface SharedKind<T extends object = object> {
  /** A literal that both sides know: the class's name. */
  readonly kind: string;
  /** What texts call it, where that is not its kind. */
  readonly title?: string;
  /** Its state is a plain value: it travels in any message, not by inheritance alone. */
  readonly everywhere?: boolean;
  /**
   * What another process needs to hold the same object: plain values and SharedArrayBuffers. `starts`: this is for a process
   * that starts, and the heirs will be called; with the result of a pool's call they are called only if it is not sent.
   */
  detach(object: T, heirs: Heir[], starts: boolean): unknown;
  /** The same object, held by this process. */
  attach(state: unknown): T;
  /**
   * What is made of words, or, in a process that shares no memory, of requests. A kind without it needs no memory. One that knows its
   * holders answers another for who gets it, which the heirs tell.
   */
  body?(object: T, heirs: Heir[]): object;
  /** What a process has to know of it beside its body: a value that travels, shared objects too. */
  beside?(object: T): unknown;
  /** An object of that body. */
  make?(body: object, beside: unknown): T;
}

/** How objects are made and travel where threads share no memory. */
export interface Marshaller {
  /** The body of a new object, in a process; in the page it is made of words. */
  make(kind: string, args: readonly unknown[]): object | undefined;
  detach(kind: SharedKind, object: object, heirs: Heir[], starts: boolean): unknown;
  attach(kind: SharedKind, state: unknown): object;
}

let marshaller: Marshaller | undefined;

/** From now on objects travel so. Answers how they did before. */
export function setMarshaller(by: Marshaller | undefined): Marshaller | undefined {
  const before = marshaller;
  marshaller = by;
  return before;
}

/** The body of the object that is being made. */
let given: object | undefined;

/** What `make` makes, of a body that is there: no constructor takes one, where users could pass it something else. */
export function withBody<T>(body: object, make: () => T): T {
  given = body;
  try {
    return make();
  } finally {
    given = undefined;
  }
}

/** The body of a new object; `undefined` where it is to be made of words. One that is given is for the first to ask. */
export function bodyFor<B extends object>(kind: string, ...args: readonly unknown[]): B | undefined {
  const body = given ?? marshaller?.make(kind, args);
  given = undefined;
  return body as B | undefined;
}

/** What another process needs to hold the same object. */
export const detach = (kind: SharedKind, object: object, heirs: Heir[], starts: boolean): unknown =>
  marshaller === undefined || kind.body === undefined
    ? kind.detach(object, heirs, starts)
    : marshaller.detach(kind, object, heirs, starts);

/** The same object, held by this process. */
export const attach = (kind: SharedKind, state: unknown): object =>
  marshaller === undefined || kind.body === undefined ? kind.attach(state) : marshaller.attach(kind, state);

const byPrototype = new Map<object, SharedKind>();
const byName = new Map<string, SharedKind>();

/** Registers a class of shared objects. Its instances, and those of subclasses without a name of their own, travel as `kind`. */
export function registerShared<T extends object>(prototype: T, kind: SharedKind<T>): void {
  // Typed arrays say what they are.
  if (!('BYTES_PER_ELEMENT' in prototype)) tag(prototype, kind.kind);
  byPrototype.set(prototype, kind as unknown as SharedKind);
  byName.set(kind.kind, kind as unknown as SharedKind);
}

/** The kind of an object with this prototype, if objects of it are shared. */
export const sharedKindOf = (prototype: object): SharedKind | undefined => byPrototype.get(prototype);

/** The kind of that name. */
export const sharedKindNamed = (name: string): SharedKind | undefined => byName.get(name);
