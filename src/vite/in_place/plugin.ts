// The plugin's part for functions that are written in place. What it reads is JavaScript, whatever the module was written in: it comes after
// all other plugins of the app.

import { createHash } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import type { Plugin, Rollup } from 'vite';
import type { App } from '../app.ts';
import { LIBRARY } from '../packages.ts';
import type { Node } from '../tree.ts';
import { bodyOf, moduleOf, restOf } from './cut.ts';
import { InPlaceError, MISPLACED, misplacedIn, startOf } from './find.ts';
import { logAt } from './log.ts';
import { FOLDER, keyOf, type Place } from './places.ts';

const PLACE = new RegExp(String.raw`/${FOLDER}/.*\.js(?:\?.*)?$`);
const MODULE = /\.(?:[cm]?[jt]s|[jt]sx|vue|svelte|astro)(?:\?|$)/;
/** What reads as text, or is no script; the library's own modules. */
const OTHER = /[?&](?:raw|url)\b|[?&]type=(?:style|template)\b|\/@web-multiprocessing\/(?!in-place\/)/;

const isPlaced = (id: string): boolean => PLACE.test(id);
const plain = (id: string): string => id.replace(/\?.*$/s, '');

/** The modules of the functions. */
const places = (app: App): Plugin => ({
  name: 'web-multiprocessing:places',
  enforce: 'pre',
  resolveId: {
    order: 'pre',
    async handler(source, importer) {
      if (isPlaced(source)) {
        return {
          id: app.config.root + source.slice(source.indexOf('/@web-multiprocessing/')),
          moduleSideEffects: true,
        };
      }
      // What a function imports is what the module around it would.
      const place = importer && isPlaced(importer) ? app.places.get(plain(importer)) : undefined;
      return place && (await this.resolve(source, place.importer, { skipSelf: true }));
    },
  },
  load: {
    filter: { id: PLACE },
    handler(id) {
      const place = app.places.get(plain(id));
      return place && { code: place.code, map: place.map, moduleSideEffects: true };
    },
  },
  transform: {
    filter: { id: PLACE },
    handler(code, id) {
      const place = app.places.get(plain(id));
      if (place === undefined) return undefined;
      const module = moduleOf(code, this.parse(code) as unknown as Node);
      const it = module.functions[place.index];
      if (it === undefined) return undefined;
      const text = bodyOf(module, it, place.id, place.name);
      return { code: text.toString(), map: text.generateMap({ hires: true, source: id }) };
    },
  },
});

/** Puts what stands for functions into their places. */
const cut = (app: App, registers: boolean): Plugin => ({
  name: 'web-multiprocessing:in-place',
  enforce: 'post',
  transform: {
    filter: { id: { include: [MODULE], exclude: [OTHER] }, code: /use multiprocessing/ },
    handler(code, id) {
      if (this.environment.config.consumer === 'server') return undefined;
      let program: Node;
      try {
        program = this.parse(code) as unknown as Node;
      } catch {
        return undefined;
      }
      // The dummy runs functions here.
      if (usesDummy(program)) return undefined;
      // A development server looks for the source by itself.
      const isBuild = this.environment.mode === 'build';
      const logOf = (message: string, position: number): Rollup.RollupLog =>
        logAt(message, position, { id, code, map: this.getCombinedSourcemap() });
      const say = (message: string, position: number): void =>
        isBuild ? this.warn(logOf(message, position)) : this.warn({ message, id }, position);
      for (const node of registers ? misplacedIn(program) : []) say(MISPLACED, startOf(node));
      try {
        const module = moduleOf(code, program);
        const key = keyOf(id, app.root);
        const { functions } = module;
        const map = functions.length > 0 ? mapOf(this.getCombinedSourcemap(), plain(id)) : undefined;
        const made = functions.map((it, index): Place => {
          const place = app.virtual(`in-place/${key}/${it.name}`);
          const name = `${it.name}@${key}`;
          const body = bodyOf(module, it, place, name).toString();
          const version = createHash('sha256').update(body).digest('hex').slice(0, 12);
          return { id: place, name, isLate: it.isHanded, importer: id, code, map: map as never, index, version };
        });
        // Processes load what the page's build has found, whatever they would make of it.
        const changed = registers || !app.places.has(key) ? app.places.set(key, made) : [];
        if (this.environment.mode === 'dev') {
          const { moduleGraph } = this.environment;
          const stale = changed.length > 0 ? [...changed, app.virtual('process')] : [];
          for (const each of stale.flatMap((file) => [...(moduleGraph.getModulesByFile(file) ?? [])]))
            moduleGraph.invalidateModule(each, undefined, Date.now(), true);
        }
        if (made.length === 0) return undefined;
        const version = this.environment.mode === 'dev' ? made.map((it) => it.version).join() : '';
        // Tests run functions where they stand.
        const bodies = process.env.VITEST ? made.map((it) => it.id) : [];
        const text = restOf(module, key, version, app.virtual('in-place'), bodies);
        return { code: text.toString(), map: text.generateMap({ hires: true, source: id }) };
      } catch (error) {
        if (!(error instanceof InPlaceError)) throw error;
        return isBuild
          ? this.error(logOf(error.message, error.position))
          : this.error({ message: error.message, id }, error.position);
      }
    },
  },
});

/** For the page and its server, or for the bundle of processes. */
export const inPlace = (app: App, registers: boolean): Plugin[] => [places(app), cut(app, registers)];

function usesDummy({ body }: Node): boolean {
  return (body as Node[]).some(({ source }) => (source as Node | undefined)?.value === `${LIBRARY}/dummy`);
}

/** With sources that do not depend on where the module is. */
function mapOf(map: Rollup.SourceMap, file: string): Rollup.ExistingRawSourceMap {
  const sources = map.sources.map((source) => (source === null ? file : resolve(dirname(file), source)));
  return { ...map, sources, mappings: map.mappings } as Rollup.ExistingRawSourceMap;
}
