// Bundles what apps import, as Vite does it for them, so that the budget of bytes can be held against it.
//
//   node scripts/bundles.mjs      reads dist/, writes .cache/bundles/<name>/
//
//   page/      what is loaded at first, of names of the library by themselves, or by the page of an app of test/weight/
//   worker/    likewise by each worker of such an app, which is built with the plugin, on an isolated page
//   message/   by each of its workers where threads share no memory
//   later/     what is loaded where it is used

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));

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
  const files = await bundle({ root, plugins: [entry], build: { rollupOptions: { input: ENTRY } } });
  const page = closure(files, ['entry.js']);
  write(name, files, (file) => (page.has(file) ? 'page' : 'later'));
}

// ------------------------------------------------------------------------------------------------ apps

const { default: multiprocessing } = await import('../dist/vite.js');

const alias = [
  { find: /^web-multiprocessing$/, replacement: `${root}dist/index.js` },
  { find: /^web-multiprocessing\/(page|process)$/, replacement: `${root}dist/entry/$1.js` },
];

for (const app of ['pool', 'process', 'lock', 'manager']) {
  await weigh(app, app, {});
  await weigh(`${app}-message`, app, { isolation: false });
}

async function weigh(name, app, options) {
  const plugins = [multiprocessing(options)];
  const files = await bundle({ root: `${root}test/weight/${app}`, plugins, resolve: { alias } });
  const named = (pattern) => [...files.keys()].filter((file) => pattern.test(file));
  const page = closure(files, named(/^entry/));
  // A worker imports the modules with the directive at once, too.
  const tasks = named(/^tasks-/).filter((file) => !page.has(file));
  const startedBy = (pattern) =>
    closure(
      files,
      named(pattern).flatMap((script) => [script, ...tasks.filter((file) => files.get(script).includes(file))]),
    );
  const worker = startedBy(/^process-(?!message-)/);
  const message = startedBy(/^process-message-/);
  write(name, files, (file) =>
    page.has(file) ? 'page' : worker.has(file) ? 'worker' : message.has(file) ? 'message' : 'later',
  );
}

// ------------------------------------------------------------------------------------------------ files

/** What is built: code by file name. @param {import('vite').InlineConfig} config */
async function bundle(config) {
  const { output } = /** @type {import('vite').Rolldown.RolldownOutput} */ (
    await build({
      ...config,
      configFile: false,
      logLevel: 'error',
      build: {
        target: 'es2022',
        write: false,
        modulePreload: false,
        assetsInlineLimit: 0,
        rollupOptions: { ...config.build?.rollupOptions, output: { entryFileNames: 'entry.js' } },
      },
    })
  );
  const scripts = output.filter(({ fileName }) => fileName.endsWith('.js'));
  return new Map(
    scripts.map((file) => [basename(file.fileName), file.type === 'chunk' ? file.code : String(file.source)]),
  );
}

/** These files, and those that they import statically. */
function closure(files, names) {
  const found = new Set();
  for (const left = [...names]; left.length > 0; ) {
    const name = left.pop();
    if (found.has(name)) continue;
    found.add(name);
    for (const [, imported] of files.get(name).matchAll(/\b(?:import|from)\s*[`'"]\.\/(?:assets\/)?([\w.-]+)[`'"]/g)) {
      left.push(imported);
    }
  }
  return found;
}

function write(name, files, folderOf) {
  rmSync(`${root}.cache/bundles/${name}`, { recursive: true, force: true });
  for (const [file, code] of files) {
    const folder = `${root}.cache/bundles/${name}/${folderOf(file)}`;
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}/${file}`, code);
  }
}
