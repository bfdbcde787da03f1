// The shared objects of a page that shares no memory with its processes. Their bodies are here, made of words; processes have their
// keys, `<pid>:<number>`, given by who makes them. An entry is kept while a process holds it, or a record with its key is under way.

import { MAIN } from '../../base/thread.ts';
import type { Heir, Marshaller } from '../../codec/shared.ts';
import { InvalidStateError } from '../../errors.ts';
import { hasEnded } from '../../memory/processes.ts';

export interface Entry {
  readonly key: string;
  readonly kind: string;
  readonly body: object;
  /** The processes that hold it, and what each one's requests are made to, once it has made one. */
  readonly holders: Map<number, object | undefined>;
  /** Records with its key that were not read yet, by who has them: whoever wrote one, then whoever is sent it. */
  readonly journeys: Map<number, number>;
}

const entries = new Map<string, Entry>();
/** What each process holds, or has a record of. */
const held = new Map<number, Set<Entry>>();
/** By body: what was given away once has the same key ever after. */
const known = new WeakMap<object, Entry>();
let made = 0;

export const find = (key: string): Entry | undefined => entries.get(key);

export function enter(key: string, kind: string, body: object): Entry {
  const entry = { key, kind, body, holders: new Map(), journeys: new Map() };
  known.set(body, entry);
  return entry;
}

/** That process holds it from now on. */
export function hold(entry: Entry, pid: number): void {
  if (!entry.holders.has(pid)) entry.holders.set(pid, undefined);
  keep(entry, pid);
}

function keep(entry: Entry, pid: number): void {
  held.set(pid, (held.get(pid) ?? new Set()).add(entry));
  entries.set(entry.key, entry);
}

/** That process does not hold it any more. */
export function letGo(entry: Entry, pid: number): void {
  entry.holders.delete(pid);
  tidy(entry, pid);
}

function tidy(entry: Entry, pid: number): void {
  const { key, holders, journeys } = entry;
  if (!holders.has(pid) && !journeys.has(pid)) held.get(pid)?.delete(entry);
  if (holders.size + journeys.size === 0) entries.delete(key);
}

/** A record with its key goes from who had it to who gets it; 0: it is new; it was read, or will not be. */
export function travel(entry: Entry, from: number, to: number): void {
  const { journeys } = entry;
  // Who has ended has none any more, and gets none.
  if (to !== 0 && !hasEnded(to)) {
    journeys.set(to, (journeys.get(to) ?? 0) + 1);
    keep(entry, to);
  }
  const count = journeys.get(from) ?? 0;
  if (count > 1) journeys.set(from, count - 1);
  else journeys.delete(from);
  tidy(entry, from);
}

/** Processes that have ended hold nothing any more, whether or not they have ever asked for something. */
export function letGoOfEnded(): void {
  for (const [pid, its] of held) {
    if (!hasEnded(pid)) continue;
    held.delete(pid);
    for (const entry of its) {
      entry.journeys.delete(pid);
      letGo(entry, pid);
    }
  }
}

export const gone = (kind: string): InvalidStateError =>
  new InvalidStateError(`${kind}: the process that had it has ended, and nobody has it any more`);

/** How the page's objects travel: as key, who wrote its record where that counts as a journey, and what belongs to them. */
export const pageMarshaller: Marshaller = {
  make: () => undefined,

  detach(kind, object, heirs, starts) {
    const body = kind.body?.(object, heirs) as object;
    const entry = known.get(body) ?? enter(`${MAIN}:${++made}`, kind.kind, body);
    let at = 0;
    const pass: Heir = (to) => {
      travel(entry, at, to);
      at = to;
    };
    if (starts) heirs.push((pid) => pid !== 0 && hold(entry, pid));
    else {
      pass(MAIN);
      heirs.push(pass);
    }
    return [entry.key, starts ? 0 : MAIN, kind.beside?.(object)];
  },

  attach(kind, state) {
    const [key, writer, beside] = state as [string, number, unknown];
    const entry = entries.get(key);
    if (entry === undefined) throw gone(kind.kind);
    const object = kind.make?.(entry.body, beside) as object;
    // The page is sent no record by name: whoever wrote it had it until now.
    travel(entry, writer, 0);
    return object;
  },
};
