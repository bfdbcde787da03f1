// Bundles what apps import, as Vite does it for them, so that the budget of bytes can be held against it: the entry, and
// beside it what is loaded only where it is used.
//
//   node scripts/bundles.mjs      reads dist/, writes .cache/bundles/<name>/

import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));

const imports = {
  everything: '* as all',
  app: '{ setExecutable, Process, Queue, Lock }',
  pool: '{ Pool }',
  lock: '{ Lock }',
  value: '{ Value }',
};

const ENTRY = 'virtual:entry';

for (const [name, names] of Object.entries(imports)) {
  const used = names.replace('* as ', '').replace(/[{}]/g, '').trim();
  const entry = {
    name: 'entry',
    resolveId: (id) => (id === ENTRY ? id : undefined),
    load: (id) =>
      id === ENTRY ? `import ${names} from '${root}dist/index.js'; globalThis.used = [${used}];` : undefined,
  };
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    plugins: [entry],
    build: {
      outDir: `${root}.cache/bundles/${name}`,
      emptyOutDir: true,
      modulePreload: false,
      copyPublicDir: false,
      rollupOptions: {
        input: ENTRY,
        output: { entryFileNames: 'entry.js', chunkFileNames: 'later.js' },
      },
    },
  });
}
