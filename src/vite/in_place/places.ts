// The functions of an app that are written in place, each of which is a module of its own.

import { relative } from 'node:path';
import type { Rollup } from 'vite';
import { realPath, slashed } from '../packages.ts';

/** A function that is written in place. */
export interface Place {
  readonly id: string;
  /** As processes know its module. */
  readonly name: string;
  /** It need not be there before it is run. */
  readonly isLate: boolean;
  /** The module that it stands in. */
  readonly importer: string;
  /** What that module was before it was cut. */
  readonly code: string;
  readonly map: Rollup.ExistingRawSourceMap;
  /** Which of the functions of that module it is. */
  readonly index: number;
  /** Another for another function. */
  readonly version: string;
}

/** The path of such modules in Vite's root. */
export const FOLDER = '@web-multiprocessing/in-place';

/** How a module is called in names: by its path, and by what else tells it from others of that file. */
export function keyOf(id: string, root: string): string {
  const [path = '', query = ''] = id.split(/\?(.*)/s);
  const its = query.split('&').filter((part) => part !== '' && !/^(?:v|t)=|^web-multiprocessing-body$/.test(part));
  const file = slashed(relative(root, realPath(path)))
    .replace(`${FOLDER}/`, '')
    .replaceAll('../', '-/');
  return [file, ...its.map((part) => part.replace(/[^\w.-]/g, '_'))].join('~');
}

export class Places {
  readonly #byModule = new Map<string, readonly Place[]>();
  readonly #byId = new Map<string, Place>();

  /** Notes what is written in place in a module. Answers the ids of what is not as it was. */
  set(module: string, places: readonly Place[]): string[] {
    const before = new Map(this.in(module).map((it) => [it.id, it]));
    for (const id of before.keys()) this.#byId.delete(id);
    this.#byModule.set(module, places);
    const changed: string[] = [];
    for (const it of places) {
      const old = before.get(it.id);
      if (old?.version !== it.version || old.isLate !== it.isLate) changed.push(it.id);
      before.delete(it.id);
      this.#byId.set(it.id, it);
    }
    return [...changed, ...before.keys()];
  }

  has(module: string): boolean {
    return this.#byModule.has(module);
  }

  in(module: string): readonly Place[] {
    return this.#byModule.get(module) ?? [];
  }

  get(id: string): Place | undefined {
    return this.#byId.get(id);
  }

  /** In one order, whatever was read first. */
  all(): Place[] {
    return [...this.#byId.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
  }
}
