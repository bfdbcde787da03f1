// The shared objects that the page gave to processes.

import { shown } from '../base/shown.ts';
import { Connection, messagesFor } from '../data/connection.ts';
import { maxsizeOf, Queue } from '../data/queue.ts';
import { Value } from '../data/shared_value.ts';
import { SimpleQueue, sizeOf } from '../data/simple_queue.ts';
import { hasEnded } from '../memory/processes.ts';
import { UNLIMITED } from '../memory/ring/ring.ts';
import { Condition, lockOf } from '../sync/condition.ts';
import { Lock } from '../sync/lock.ts';
import { RLock } from '../sync/rlock.ts';
import { checkPage, names, objects, type Seen } from './record.ts';

/** A shared object, at one moment. */
export interface ObjectInfo {
  /** The object itself. */
  readonly object: object;
  /** What it was labelled as, or its kind and a number: `Lock-3`. */
  readonly name: string;
  /** The name of its class: `Lock`, `Queue`, `Array`, ... */
  readonly kind: string;
  /** The processes that were started with it and have not ended. The page has it, too. */
  readonly holders: readonly number[];
  /** Who holds this lock, or that of this Condition, Value or Array; `null`: nobody, or there is none. */
  readonly owner: number | null;
  /** How many items are in this queue, or messages for this end of a pipe; `null` for other objects. */
  readonly size: number | null;
  /** How many items this queue may have; `null`: any number. */
  readonly maxsize: number | null;
  /** More of its state, for people: `waiters=2/3`; may be empty. */
  readonly text: string;
}

/** The lock that belongs to an object, or is it. */
function lockIn(object: object): Lock | RLock | undefined {
  if (object instanceof Lock || object instanceof RLock) return object;
  if (object instanceof Condition) return lockIn(lockOf(object));
  // Others may have a method of that name, and a proxy would call its server.
  if (!(object instanceof Value) && !ArrayBuffer.isView(object)) return undefined;
  const { getLock } = object as { getLock?: () => object };
  return getLock === undefined ? undefined : lockIn(getLock.call(object));
}

function sizeIn(object: object): Pick<ObjectInfo, 'size' | 'maxsize'> {
  if (object instanceof Queue) {
    const maxsize = maxsizeOf(object);
    return { size: object.qsize(), maxsize: maxsize === UNLIMITED ? null : maxsize };
  }
  if (object instanceof SimpleQueue) return { size: sizeOf(object), maxsize: null };
  return { size: object instanceof Connection ? messagesFor(object) : null, maxsize: null };
}

/** Its text without the name of its class. Arrays are numbers, and have none. */
function textOf(object: object): string {
  if (ArrayBuffer.isView(object)) return `${(object as unknown as ArrayLike<number>).length} elements`;
  if (object.toString === Object.prototype.toString) return '';
  try {
    return /^<?\w+[ (]*(.*?)\)?>?$/s.exec(String(object))?.[1] ?? '';
  } catch {
    // The page has closed it, or its class has a text of its own that throws: the others are told all the same.
    return '';
  }
}

/**
 * The shared objects that processes were started with from the page, after this module was loaded, and that are not garbage.
 * What processes make and share among themselves is known to them alone. The lock of a Condition, Value or Array is told
 * with it, and not once more.
 *
 * Only in the page; never waits. Not in Python.
 *
 * @throws InvalidStateError in a process.
 */
export function sharedObjects(): ObjectInfo[] {
  checkPage('sharedObjects');
  const found: [Seen, object][] = [];
  for (const entry of objects) {
    const object = entry.object.deref();
    if (object !== undefined) found.push([entry, object]);
  }
  // The locks of others.
  const parts = new Set<object | undefined>();
  for (const [, object] of found) if (lockIn(object) !== object) parts.add(lockIn(object));
  return found
    .filter(([, object]) => !parts.has(object))
    .map(([{ id, kind, holders }, object]) => ({
      object,
      name: names.get(object) ?? `${kind}-${id}`,
      kind,
      holders: [...holders].filter((pid) => !hasEnded(pid)),
      owner: lockIn(object)?.owner ?? null,
      ...sizeIn(object),
      text: textOf(object),
    }));
}

/**
 * Names a shared object, for who reads `sharedObjects()`. Answers the object: `const results = label(new mp.Queue(), 'results')`.
 *
 * @throws TypeError for what is no object, and for a name that is no string.
 */
export function label<T extends object>(object: T, name: string): T {
  if (object === null || (typeof object !== 'object' && typeof object !== 'function')) {
    throw new TypeError(`label(object, name): object must be a shared object, not ${shown(object)}`);
  }
  if (typeof name !== 'string') throw new TypeError(`label(object, name): name must be a string, not ${typeof name}`);
  names.set(object, name);
  return object;
}
