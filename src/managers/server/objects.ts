// The objects of a manager's server, and who needs them.
//
// An entry is kept by what can reach it, as garbage collection has it: by the sessions of the clients that have a proxy, by
// passages, and by the server's own proxies, which lie in other objects. Nothing is counted but what a client holds; circles
// of objects that hold one another go as well.

import { RemoteError } from '../../errors.ts';
import type { Look, Shape } from '../look.ts';
import type { BaseProxy } from '../proxy.ts';
import type { DebugInfo } from '../request_record.ts';

/** What a method is called for. */
export type Kind = 'method' | 'property';

export interface Entry {
  readonly id: number;
  readonly typeid: string;
  readonly referent: object;
  readonly look: Look;
  readonly members: ReadonlyMap<string, Kind>;
  /** Methods whose results are kept here, and answered as proxies of these types. */
  readonly nested: Readonly<Record<string, string>>;
  /** Methods whose results stand until another is called; none any more where code of the app's may change the object. */
  reads: ReadonlySet<string> | undefined;
  /** The server's own proxy, which keeps this entry, and is kept by it. */
  proxy: BaseProxy | undefined;
  /** Proxies elsewhere, or on their way. */
  references: number;
}

export function membersOf([methods, generators, properties]: Shape): Map<string, Kind> {
  return new Map<string, Kind>([
    ...[...methods, ...generators].map((name) => [name, 'method'] as const),
    ...properties.map((name) => [name, 'property'] as const),
  ]);
}

/** Goes on in the next server of this process: proxies of one that has ended are not to be taken for those of others. */
let last = 0;

export class Objects {
  readonly #entries = new Map<number, WeakRef<Entry>>();
  /** By object, and then by type: an object that is given out again is the same. */
  readonly #known = new WeakMap<object, Map<string, Entry>>();
  readonly #collected = new FinalizationRegistry<number>((id) => this.#entries.delete(id));

  /** @param first after which number the ids begin, at least. */
  constructor(first: number) {
    last = Math.max(last, first);
  }

  /** The entry of that object, made where there is none. */
  enter(referent: object, typeid: string, make: () => Pick<Entry, 'look' | 'members' | 'nested' | 'reads'>): Entry {
    let types = this.#known.get(referent);
    if (types === undefined) {
      types = new Map();
      this.#known.set(referent, types);
    }
    let entry = types.get(typeid);
    if (entry === undefined) {
      entry = { id: ++last, typeid, referent, ...make(), proxy: undefined, references: 0 };
      types.set(typeid, entry);
      this.#entries.set(entry.id, new WeakRef(entry));
      this.#collected.register(entry, entry.id);
    }
    return entry;
  }

  /** @throws RemoteError where nobody had a proxy of it any more. */
  get(id: number): Entry {
    const entry = this.#entries.get(id)?.deref();
    if (entry === undefined) throw new RemoteError(`this manager holds no object ${id}: its last proxy is gone`);
    return entry;
  }

  info(): DebugInfo[] {
    const all: DebugInfo[] = [];
    for (const each of this.#entries.values()) {
      const entry = each.deref();
      if (entry !== undefined) all.push({ id: entry.id, typeid: entry.typeid, references: entry.references });
    }
    return all;
  }
}
