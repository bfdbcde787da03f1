// The shared objects of a page that shares no memory with its processes. Their bodies are here, made of words; processes have their
// keys, `<pid>:<number>`, given by who makes them. An entry is kept while a process holds it, or a record with its key is under way.

import { MAIN } from '../../base/thread.ts';
import type { Marshaller } from '../../codec/shared.ts';
import { InvalidStateError } from '../../errors.ts';
import { hasEnded } from '../../memory/processes.ts';

export interface Entry {
  readonly key: string;
  readonly kind: string;
  readonly body: object;
  /** The processes that hold it, and what each one's requests are made to, once it has made one. */
  readonly holders: Map<number, object | undefined>;
  /** Records with its key that were not read yet, of which nobody knows who will. */
  journeys: number;
}

const entries = new Map<string, Entry>();
/** What each process holds. */
const held = new Map<number, Set<Entry>>();
/** By body: what was given away once has the same key ever after. */
const known = new WeakMap<object, Entry>();
let made = 0;

export const find = (key: string): Entry | undefined => entries.get(key);

export function enter(key: string, kind: string, body: object): Entry {
  const entry = { key, kind, body, holders: new Map(), journeys: 0 };
  known.set(body, entry);
  return entry;
}

/** That process holds it from now on. */
export function hold(entry: Entry, pid: number): void {
  if (!entry.holders.has(pid)) entry.holders.set(pid, undefined);
  held.set(pid, (held.get(pid) ?? new Set()).add(entry));
  entries.set(entry.key, entry);
}

/** That process does not hold it any more. */
export function letGo(entry: Entry, pid: number): void {
  entry.holders.delete(pid);
  held.get(pid)?.delete(entry);
  if (entry.holders.size === 0 && entry.journeys <= 0) entries.delete(entry.key);
}

/** More, or less, records with its key are under way. */
export function travel(entry: Entry, by: number): void {
  entry.journeys += by;
  if (by > 0) entries.set(entry.key, entry);
  else letGo(entry, 0);
}

/** Processes that have ended hold nothing any more, whether or not they have ever asked for something. */
export function letGoOfEnded(): void {
  for (const [pid, its] of held) {
    if (!hasEnded(pid)) continue;
    held.delete(pid);
    for (const entry of its) letGo(entry, pid);
  }
}

export const gone = (kind: string): InvalidStateError =>
  new InvalidStateError(`${kind}: the process that had it has ended, and nobody has it any more`);

/** How the page's objects travel: as key, whether its record counts as a journey, and what belongs to them. */
export const pageMarshaller: Marshaller = {
  make: () => undefined,

  detach(kind, object, heirs, starts) {
    const body = kind.body?.(object, heirs) as object;
    const entry = known.get(body) ?? enter(`${MAIN}:${++made}`, kind.kind, body);
    if (!starts) travel(entry, 1);
    heirs.push((pid) => {
      if (!starts && pid === 0) travel(entry, -1);
      else if (starts && pid !== 0) hold(entry, pid);
    });
    return [entry.key, !starts, kind.beside?.(object)];
  },

  attach(kind, state) {
    const [key, travels, beside] = state as [string, boolean, unknown];
    const entry = entries.get(key);
    if (entry === undefined) throw gone(kind.kind);
    const object = kind.make?.(entry.body, beside) as object;
    if (travels) travel(entry, -1);
    return object;
  },
};
