// What every Vite of this repository shares: demo, tests, benchmarks.

import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
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
      { find: /^web-multiprocessing\/inspect$/, replacement: source('inspect.ts') },
      { find: /^web-multiprocessing\/page$/, replacement: source('entry/page.ts') },
      { find: /^web-multiprocessing\/process$/, replacement: source('entry/process.ts') },
      { find: /^web-multiprocessing\/vite$/, replacement: source('vite.ts') },
    ],
  },
};

/**
 * Builds modules as an app is built, for a dev server, which keeps what comes of it in memory: the chunks by their file names.
 *
 * @param {Record<string, string>} input the files, by the names of their chunks
 * @param {import('vite').Rolldown.OutputOptions} [output]
 * @returns {Promise<Map<string, import('vite').Rolldown.OutputChunk>>}
 */
export async function bundle(input, output = {}) {
  const built = await build({
    configFile: false,
    root,
    publicDir: false,
    logLevel: 'warn',
    worker: { format: 'es', rollupOptions: { external: () => true } },
    build: {
      write: false,
      target: 'es2022',
      minify: false,
      modulePreload: false,
      sourcemap: 'hidden',
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
