// How objects that own shared memory (queues, locks, ...) travel: as a kind and a small state, by inheritance only.

/** What a message carries beside its bytes: values that the browser itself clones or moves. */
export interface Carrier {
  /** Cloned (or moved) by the browser's own postMessage; the record names them by index. */
  readonly attachments: unknown[];
  /** The list to give to postMessage. */
  readonly transfer: Transferable[];
  /** A process starts with this record, so shared objects may be in it. */
  readonly inherits?: boolean;
}

/** How one kind of shared object is taken apart and put together. */
export interface SharedKind<T extends object = object> {
  /** A literal that both sides know: the class's name. */
  readonly kind: string;
  /** What another process needs to hold the same object: plain values and SharedArrayBuffers. */
  detach(object: T): unknown;
  /** The same object, held by this process. */
  attach(state: unknown): T;
}

const byPrototype = new Map<object, SharedKind>();
const byName = new Map<string, SharedKind>();

/** Registers a class of shared objects. Its instances, and those of subclasses without a name of their own, travel as `kind`. */
export function registerShared<T extends object>(prototype: T, kind: SharedKind<T>): void {
  byPrototype.set(prototype, kind as unknown as SharedKind);
  byName.set(kind.kind, kind as unknown as SharedKind);
}

/** The kind of an object with this prototype, if objects of it are shared. */
export const sharedKindOf = (prototype: object): SharedKind | undefined => byPrototype.get(prototype);

/** The kind of that name. */
export const sharedKindNamed = (name: string): SharedKind | undefined => byName.get(name);
