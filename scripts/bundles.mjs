// Bundles what apps import, as Vite does it for them, so that the budget of bytes can be held against it.
//
//   node scripts/bundles.mjs      reads dist/, writes .cache/bundles/<name>/: names of the library by themselves
//                                 .cache/bundles/<app>/page/, worker/: what an app of test/weight/, built with the plugin, loads
//                                 at first; later/: what it loads where it is used

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = 'es2022';

// ------------------------------------------------------------------------------------------------ names

const imports = {
  everything: '* as all',
  app: '{ setExecutable, Process, Queue, Lock }',
  one: '{ Lock }',
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
      target,
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

// ------------------------------------------------------------------------------------------------ apps

const { default: multiprocessing } = await import('../dist/vite.js');

const alias = [
  { find: /^web-multiprocessing$/, replacement: `${root}dist/index.js` },
  { find: /^web-multiprocessing\/(page|process)$/, replacement: `${root}dist/entry/$1.js` },
];

for (const app of ['pool', 'process', 'lock', 'manager']) {
  const { output } = /** @type {import('vite').Rolldown.RolldownOutput} */ (
    await build({
      root: `${root}test/weight/${app}`,
      configFile: false,
      logLevel: 'error',
      plugins: [multiprocessing()],
      resolve: { alias },
      build: { target, write: false, modulePreload: false, assetsInlineLimit: 0 },
    })
  );
  const files = new Map();
  for (const file of output) {
    if (file.fileName.endsWith('.js')) {
      files.set(basename(file.fileName), file.type === 'chunk' ? file.code : String(file.source));
    }
  }
  const page = closure(
    files,
    [...files.keys()].filter((name) => /^index-/.test(name)),
  );
  // What a worker imports at once are the modules with the directive, too.
  const worker = closure(
    files,
    [...files.keys()].filter((name) => /^(?:process|tasks)-/.test(name) && !page.has(name)),
  );
  const folder = `${root}.cache/bundles/${app}`;
  rmSync(folder, { recursive: true, force: true });
  for (const [name, code] of files) {
    for (const side of page.has(name) ? ['page'] : worker.has(name) ? ['worker'] : ['later']) {
      mkdirSync(`${folder}/${side}`, { recursive: true });
      writeFileSync(`${folder}/${side}/${name}`, code);
    }
  }
}

/** These files, and those that they import statically. */
function closure(files, names) {
  const found = new Set();
  for (const left = [...names]; left.length > 0; ) {
    const name = left.pop();
    if (found.has(name)) continue;
    found.add(name);
    for (const [, imported] of files.get(name).matchAll(/\b(?:import|from)\s*[`'"]\.\/([\w.-]+)[`'"]/g))
      left.push(imported);
  }
  return found;
}
