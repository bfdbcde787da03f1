// The plugin's part for functions that are written in place, for tests: they have an executable of their own, which imports what is
// written in place in one of their fixtures. The scripts load this by Vite, as it needs the plugin's sources.

import type { Plugin } from 'vite';
import { App } from '../src/vite/app.ts';
import { inPlaceCode, VIRTUAL } from '../src/vite/code.ts';
import { keyOf } from '../src/vite/in_place/places.ts';
import { inPlace } from '../src/vite/in_place/plugin.ts';

const FIXTURE = 'test/fixtures/in_place.ts';
const LIST = 'virtual:in-place';

/** As the plugin's own, but for the executable: the page's is that of all fixtures. */
const pageCode = (root: string): string => `
import { registerModules } from ${JSON.stringify(`${root}src/codec/registry.ts`)};
export const register = (name, module) => registerModules({ [name]: module });
export const renew = () => {};
`;

/** For the page and its server, and for each bundle of processes. */
export function placed(root: string): { page: Plugin[]; processes: () => Plugin[] } {
  const app = new App([]);
  const own: Plugin = {
    name: 'in-place-of-tests',
    enforce: 'pre',
    configResolved: (config) => app.resolved(config),
    resolveId(source) {
      if (source === LIST) return `\0${LIST}`;
      const name = VIRTUAL.exec(source)?.[1];
      return name && { id: app.virtual(name), moduleSideEffects: true };
    },
    async load(id) {
      const name = VIRTUAL.exec(id)?.[1];
      if (name !== undefined) return name === 'page' ? pageCode(root) : inPlaceCode(app.virtual('page'));
      if (id !== `\0${LIST}`) return undefined;
      // What is written in place there is known once it is read.
      await this.load({ id: root + FIXTURE });
      const places = app.places.in(keyOf(root + FIXTURE, app.root));
      const entries = places.map((it) => `${JSON.stringify(it.name)}: () => import(${JSON.stringify(it.id)})`);
      return `export default { ${entries.join(',\n')} };`;
    },
  };
  return { page: [own, ...inPlace(app, true)], processes: () => [own, ...inPlace(app, false)] };
}
