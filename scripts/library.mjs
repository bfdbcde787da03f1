// A Vite plugin for the demo: in development the library comes in a few files, as that of an app does, which Vite bundles where
// it is installed. From source each worker would ask the server for more than a hundred modules.

import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle, shared } from './vite.mjs';

const source = fileURLToPath(new URL('../src/', import.meta.url));
/** Where it would be installed: neither Vite nor our plugin looks for anything of the app there. */
const INSTALLED = /\/node_modules\/web-multiprocessing\/([\w.-]+)$/;

/** What runs in a browser. */
const entries = shared.resolve.alias.filter(({ replacement }) => basename(replacement) !== 'vite.ts');
const nameOf = (file) => basename(file, '.ts');

/** All modules are in one file, which the entries import: so there is one copy of each in a page, and in a process. */
const build = () =>
  bundle(Object.fromEntries(entries.map(({ replacement }) => [nameOf(replacement), replacement])), {
    codeSplitting: { groups: [{ name: 'library' }] },
  });

/** @returns {import('vite').Plugin} */
export default function library() {
  let root;
  let files;
  const place = (name) => `${root}/node_modules/web-multiprocessing/${name}`;

  return {
    name: 'library',
    enforce: 'pre',
    // A build takes the sources. To a server nothing of this is a file that could be optimized.
    config: (_user, { command }) =>
      command === 'build' ? { resolve: shared.resolve } : { optimizeDeps: { exclude: ['web-multiprocessing'] } },
    configResolved(config) {
      root = config.root;
    },
    configureServer({ watcher }) {
      watcher.add(source);
    },
    resolveId(id, importer = '') {
      const entry = entries.find(({ find }) => find.test(id));
      if (entry !== undefined) return place(`${nameOf(entry.replacement)}.js`);
      // What the page asks for, and what one of these files imports.
      const [, name] = INSTALLED.exec(id) ?? [];
      if (name !== undefined) return place(name);
      return INSTALLED.test(importer) && id.startsWith('./') ? place(basename(id)) : undefined;
    },
    load: {
      filter: { id: INSTALLED },
      async handler(id) {
        files ??= build();
        const file = (await files).get(basename(id));
        return file && { code: file.code, map: file.map };
      },
    },
    hotUpdate({ file }) {
      if (!resolve(file).startsWith(source)) return undefined;
      files = undefined;
      const { hot, moduleGraph } = this.environment;
      moduleGraph.invalidateAll();
      hot.send({ type: 'full-reload' });
      return [];
    },
  };
}
