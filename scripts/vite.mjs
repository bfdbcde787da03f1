// What every Vite of this repository shares: demo, tests, benchmarks.

import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, runnerImport } from 'vite';
import { isolation } from './serve.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));
const source = (path) => `${root}src/${path}`;

/**
 * The isolation headers on every answer. `server.headers` leaves out a 304, and WebKit then refuses the module to a worker.
 * @type {import('vite').Plugin}
 */
export const isolated = {
  name: 'isolated',
  configureServer({ middlewares }) {
    middlewares.use((_request, response, next) => {
      for (const [name, value] of Object.entries(isolation)) response.setHeader(name, value);
      next();
    });
  },
};

/** @satisfies {import('vite').UserConfig} */
export const shared = {
  server: { headers: isolation },
  preview: { headers: isolation },
  worker: { format: /** @type {const} */ ('es') },
  resolve: {
    // The package by its own name, from source.
    alias: [
      { find: /^web-multiprocessing$/, replacement: source('index.ts') },
      { find: /^web-multiprocessing\/dummy$/, replacement: source('dummy.ts') },
      { find: /^web-multiprocessing\/inspect$/, replacement: source('inspect.ts') },
      { find: /^web-multiprocessing\/page$/, replacement: source('entry/page.ts') },
      { find: /^web-multiprocessing\/process$/, replacement: source('entry/process.ts') },
      { find: /^web-multiprocessing\/vite$/, replacement: source('vite.ts') },
    ],
  },
};

/**
 * How modules are built for a server of ours, which keeps what comes of it in memory. Not minified, so that stacks can be read.
 * @satisfies {import('vite').InlineConfig}
 */
export const inMemory = {
  configFile: /** @type {const} */ (false),
  root,
  publicDir: /** @type {const} */ (false),
  logLevel: /** @type {const} */ ('warn'),
  build: {
    write: false,
    // WebKit has no `using` yet.
    target: 'es2022',
    minify: false,
    modulePreload: /** @type {const} */ (false),
    sourcemap: /** @type {const} */ ('hidden'),
  },
};

/**
 * Builds modules as an app is built, for a dev server, which keeps what comes of it in memory: the chunks by their file names.
 *
 * @param {Record<string, string>} input the files, by the names of their chunks
 * @param {import('vite').Rolldown.OutputOptions} [output]
 * @param {import('vite').Plugin[]} [plugins]
 * @returns {Promise<Map<string, import('vite').Rolldown.OutputChunk>>}
 */
export async function bundle(input, output = {}, plugins = []) {
  const built = await build({
    ...inMemory,
    resolve: shared.resolve,
    plugins,
    worker: { format: 'es', rollupOptions: { external: () => true } },
    build: {
      ...inMemory.build,
      rolldownOptions: {
        input,
        preserveEntrySignatures: 'strict',
        // What an app may do without is in a chunk of its own where it does; here all is used.
        checks: { ineffectiveDynamicImport: false, pluginTimings: false },
        output: {
          entryFileNames: '[name].js',
          chunkFileNames: '[name].js',
          // Absolute: nothing of it is where it was built.
          sourcemapPathTransform: (path, map) => resolve(dirname(map), path),
          ...output,
        },
      },
    },
  });
  const files = /** @type {import('vite').Rolldown.RolldownOutput} */ (built).output;
  return new Map(files.flatMap((file) => (file.type === 'chunk' ? [[file.fileName, file]] : [])));
}

/** What in_place.ts makes. @returns {Promise<ReturnType<typeof import('./in_place.ts').placed>>} */
export async function placed() {
  const { module } = await runnerImport(`${root}scripts/in_place.ts`, { configFile: false });
  return /** @type {typeof import('./in_place.ts')} */ (module).placed(root);
}
